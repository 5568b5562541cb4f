/**
 * Features of a verification set's images, and of their mirror images.
 *
 * As load_bin() and test() of eval/verification.py (https://github.com/deepinsight/insightface , recognition/arcface_torch) read and embed
 * them. Deviation: images of another size are resized to the network's, not their shorter side alone.
 */

import { embedViews } from "./embed_views.ts";
import type { ImageEmbedder } from "./feature_rows.ts";
import type { PairSource } from "./write_verification_set.ts";

/** Features of P pairs of images. */
export interface PairFeatures {
  /** Features [2P, D] of the images, natural norm; NaN where an image could not be read. */
  readonly plain: Float32Array;
  /** Features [2P, D] of their mirror images, where asked for. */
  readonly mirrored: Float32Array | undefined;
  /** Images that could not be read, and why. */
  readonly faults: readonly ImageFault[];
}

/** An image that could not be read. */
export interface ImageFault {
  /** Which image, 0..2P-1. */
  readonly index: number;
  /** Why. */
  readonly reason: string;
}

/** Options of {@link embedPairs}. */
export interface EmbedPairsOptions {
  /** Also embed mirror images. @default {true} */
  readonly mirror?: boolean;
  /** Images embedded together. @default {32} */
  readonly batchSize?: number;
  /** Called with the number of images done. */
  readonly onProgress?: (done: number) => void;
  /** Stops the work between two batches. */
  readonly signal?: AbortSignal;
}

/**
 * Embeds the images of a verification set; a picture that is in several pairs is embedded once where the set tells.
 *
 * @param set The pairs.
 * @param embedder The recogniser.
 * @param options Mirror images and batches.
 * @returns The features, and what could not be read.
 * @throws {RangeError} When the recogniser gives numbers that are not finite, or no image can be read.
 *
 * @example The first value of an image as its feature
 * ```ts
 * import { embedPairs } from "@/datasets/mod.ts";
 * import { filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const white = filled(1, 1, [255, 255, 255]);
 * const set = {
 *   length: 1,
 *   same: Uint8Array.of(1),
 *   bytes: () => Promise.resolve(undefined),
 *   image: (i: number) => i === 0 ? Promise.resolve(white) : Promise.reject(new SyntaxError("it is cut off")),
 * };
 * const embedder = { vectorSize: 1, imageSize: 1, embed: (x: Float32Array) => Promise.resolve(x.slice(0, 1)) };
 * const { plain, mirrored, faults } = await embedPairs(set, embedder);
 * assert.deepEqual([[...plain], [...mirrored!]], [[1, NaN], [1, NaN]]);
 * assert.deepEqual(faults, [{ index: 1, reason: "it is cut off" }]);
 * ```
 */
export async function embedPairs(
  set: PairSource,
  embedder: ImageEmbedder,
  { mirror = true, batchSize = 32, onProgress, signal }: EmbedPairsOptions = {},
): Promise<PairFeatures> {
  const { vectorSize: width } = embedder, images = 2 * set.length;
  const plain = new Float32Array(images * width).fill(NaN);
  const mirrored = mirror ? plain.slice() : undefined;
  const faults: ImageFault[] = [], places = placesOf(set);
  let done = 0;
  for await (const row of embedViews(places.keys(), (i) => set.image(i), embedder, { mirror, batchSize, signal })) {
    for (const index of places.get(row.index)!) {
      if (row.plain === undefined) faults.push({ index, reason: row.fault! });
      else {
        for (const [into, feature] of [[plain, row.plain], [mirrored, row.mirrored]] as const) {
          if (feature?.every(Number.isFinite) === false) {
            throw new RangeError(
              `Cannot embed image ${index} of ${images}: its feature is not finite; look at the weights and the device`,
            );
          }
          into?.set(feature!, index * width);
        }
      }
      onProgress?.(++done);
    }
  }
  faults.sort((a, b) => a.index - b.index);
  if (faults.length === images) {
    throw new RangeError(`Cannot embed ${images} images: none can be read (image 0: ${faults[0]?.reason ?? "none"})`);
  }
  return { plain, mirrored, faults };
}

/** The images that show each picture, by the first of them. */
function placesOf(set: PairSource): Map<number, number[]> {
  const firsts = new Map<number, number>(), places = new Map<number, number[]>();
  for (let i = 0; i < 2 * set.length; i++) {
    const item = set.item?.(i) ?? i, first = firsts.get(item);
    if (first !== undefined) places.get(first)!.push(i);
    else {
      firsts.set(item, i);
      places.set(i, [i]);
    }
  }
  return places;
}
