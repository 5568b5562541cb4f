/**
 * Centres of identities whose images come one after another and are stored nowhere.
 *
 * The same plain means as `writeCentres`, as the author made center_feature_examples.npy
 * (https://github.com/HaiyuWu/Vec2Face/issues/10), for images that are generated or rendered only to be measured.
 */
import type { ImageEmbedder } from "./feature_rows.ts";

/** An image on its way to an embedder. */
export interface StreamedFace {
  /** Its identity; images of one identity follow each other. */
  readonly identity: number;
  /** Its values [3, H, W] in -1..1. */
  readonly image: Float32Array;
}

/** The mean feature of an identity. */
export interface StreamedCentre {
  /** The identity. */
  readonly identity: number;
  /** Mean of its images' features [D], natural norm. */
  readonly vector: Float32Array<ArrayBuffer>;
  /** Images averaged. */
  readonly images: number;
}

/** Options of {@linkcode streamCentres}. */
export interface StreamCentresOptions {
  /** Images embedded together; memory and speed only. @default {32} */
  readonly batchSize?: number;
  /** Stops the work between two batches. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch with the number of images embedded. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * Embeds images as they come and averages the features of each identity.
 *
 * @param faces Images, identity by identity.
 * @param embedder Turns them into features.
 * @param options Batches, stopping, progress.
 * @returns A centre for each identity, as soon as its last image is embedded.
 * @throws {TypeError} When an image is not of the embedder's size.
 * @throws {RangeError} When an identity comes back after another, or a feature is not finite.
 *
 * @example Two images of identity 7, one of identity 3
 * ```ts
 * import { streamCentres } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const first = (images: Float32Array, count: number) =>
 *   Promise.resolve(Float32Array.from({ length: count }, (_, i) => images[3 * i]!));
 * const face = (identity: number, shade: number) => ({ identity, image: new Float32Array(3).fill(shade) });
 * const centres = streamCentres([face(7, 0), face(7, 1), face(3, 0.25)], { vectorSize: 1, imageSize: 1, embed: first });
 * const found = await Array.fromAsync(centres, ({ identity, vector }) => [identity, vector[0]]);
 * assert.deepEqual(found, [[7, 0.5], [3, 0.25]]);
 * ```
 */
export async function* streamCentres(
  faces: AsyncIterable<StreamedFace> | Iterable<StreamedFace>,
  embedder: ImageEmbedder,
  options: StreamCentresOptions = {},
): AsyncGenerator<StreamedCentre, void, undefined> {
  const { batchSize = 32, signal, onProgress } = options;
  const { vectorSize: width, imageSize: size } = embedder;
  const seen = new Set<number>();
  const sum = new Float64Array(width);
  let batch: StreamedFace[] = [];
  let identity: number | undefined, images = 0, done = 0;
  const centre = (): StreamedCentre => {
    const vector = Float32Array.from(sum, (value) => value / images);
    const finished = { identity: identity!, vector, images };
    sum.fill(0);
    images = 0;
    return finished;
  };
  const embedBatch = async function* (): AsyncGenerator<StreamedCentre, void, undefined> {
    signal?.throwIfAborted();
    const tensor = new Float32Array(batch.length * 3 * size * size); // [B, 3, H, W]
    batch.forEach(({ image }, b) => tensor.set(image, b * 3 * size * size));
    const features = await embedder.embed(tensor, batch.length); // [B, D]
    for (const [b, face] of batch.entries()) {
      if (face.identity !== identity) {
        if (identity !== undefined) yield centre();
        if (seen.has(face.identity)) {
          throw new RangeError(
            `Cannot average features: identity ${face.identity} comes back after ${identity}; give its images together`,
          );
        }
        seen.add(identity = face.identity);
      }
      for (let k = 0; k < width; k++) {
        const value = features[b * width + k]!;
        if (!Number.isFinite(value)) {
          throw new RangeError(
            `Cannot average features: value ${k} of image ${images} of identity ${identity} is ${value}; ` +
              "check the weights and the device",
          );
        }
        sum[k]! += value;
      }
      images++;
    }
    done += batch.length;
    batch = [];
    onProgress?.(done);
  };
  for await (const face of faces) {
    if (face.image.length !== 3 * size * size) {
      throw new TypeError(
        `Cannot embed an image of identity ${face.identity}: it has ${face.image.length} values, expected 3 x ${size} x ${size}`,
      );
    }
    batch.push(face);
    if (batch.length === batchSize) yield* embedBatch();
  }
  if (batch.length > 0) yield* embedBatch();
  if (identity !== undefined) yield centre();
}
