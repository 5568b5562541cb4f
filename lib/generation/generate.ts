/**
 * Makes the images of a plan: vector, mask, network, JPEG, data set, one batch after the other.
 *
 * Every image is a function of (recipe, ID vectors, weights, identity, image) alone: its noise and its mask come from
 * streams of its own, so batch size, order, shard and an interruption change nothing. Memory is two batches, whatever
 * the size of the data set. (The reference, https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation.py,
 * builds all vectors first, draws one mask ratio a batch, and starts over after a stop.)
 */
import { encodeJpeg, fromTensor } from "@/images/mod.ts";
import type { DatasetWriter } from "@/datasets/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import type { MaskedGenerator } from "./generator.ts";
import { type GenerationPlan, type ImageAddress, imageVectors, plannedImages, planSize } from "./plan.ts";

/** How far a run is. */
export interface GenerationProgress {
  /** Images of the plan that are in the data set. */
  readonly done: number;
  /** Images of the plan. */
  readonly total: number;
  /** Images of the plan that were there before. */
  readonly skipped: number;
}

/** Options of {@link generateDataset}. */
export interface GenerateOptions {
  /** Images decoded together; memory and speed only, never the images. @default {8} */
  readonly batchSize?: number;
  /** Make images again that are there. @default {false} */
  readonly overwrite?: boolean;
  /** Called after the check for what is there and after each batch. */
  readonly onProgress?: (progress: GenerationProgress) => void;
  /** Stops between two batches; what is written stays. */
  readonly signal?: AbortSignal;
}

/** What a run did. */
export interface GenerationResult {
  /** Images of the plan. */
  readonly total: number;
  /** Images written by this run. */
  readonly written: number;
  /** Images that were there before. */
  readonly skipped: number;
}

/**
 * Makes the images of a plan that are not in the data set yet.
 *
 * @param plan What to make.
 * @param generator The network.
 * @param writer The data set; stays open.
 * @param options Batch size, progress, interruption.
 * @returns How many images were written and how many were there.
 * @throws {TypeError} When the network's vectors have another width than the plan's.
 * @throws {RangeError} When the batch size is not a whole number above 0, or the network gives NaN.
 * @throws {DOMException} The signal's reason, when it fires; images written so far stay.
 *
 * @example A data set of two images in memory, by a network that paints its vector's first value
 * ```ts
 * import { generateDataset, makePlan, type Recipe } from "@/generation/mod.ts";
 * import { arrayVectors } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const vectors = arrayVectors(Float32Array.of(0.5, 1), 2, "one");
 * const recipe = {
 *   identities: { count: 1 },
 *   images: 2,
 *   seed: "0",
 *   variation: { kind: "cosine", cosine: 1 },
 *   output: { quality: 90 },
 * } as Recipe;
 * const images: Uint8Array[] = [];
 * const result = await generateDataset(makePlan(recipe, vectors), {
 *   tokens: 1,
 *   vectorSize: 2,
 *   drawMask: () => null,
 *   decode: (v) => Promise.resolve(new Float32Array(v.length / 2 * 3 * 112 * 112).fill(v[0]!)),
 *   release: () => Promise.resolve(),
 * }, {
 *   write: ({ bytes }) => Promise.resolve(void images.push(bytes)),
 *   has: () => Promise.resolve(false),
 * });
 * assert.equal(result.written, 2);
 * assert.deepEqual(images[0], images[1]);
 * ```
 */
export async function generateDataset<Mask>(
  plan: GenerationPlan,
  generator: MaskedGenerator<Mask>,
  writer: Pick<DatasetWriter, "write" | "has">,
  options: GenerateOptions = {},
): Promise<GenerationResult> {
  const { batchSize = 8, overwrite = false, onProgress, signal } = options;
  const { recipe, vectors } = plan;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new RangeError(
      `Cannot generate: batch size ${batchSize}, expected a whole number of at least 1`,
    );
  }
  if (vectors.width !== generator.vectorSize) {
    throw new TypeError(
      `Cannot generate: ${vectors.name} has vectors of ${vectors.width} values, the network takes ${generator.vectorSize}`,
    );
  }
  const total = planSize(plan);
  const vectorOf = imageVectors(recipe, vectors);
  const seed = BigInt(recipe.seed);
  let [written, skipped] = [0, 0];
  let storing: Promise<void> = Promise.resolve();

  const decode = async (batch: readonly ImageAddress[]): Promise<void> => {
    signal?.throwIfAborted();
    const input = new Float32Array(batch.length * vectors.width); // [B, D]
    batch.forEach((address, b) => input.set(vectorOf(address), b * vectors.width));
    const masks = batch.map(({ identity, image }) =>
      generator.drawMask(new RandomStream(seed, "mask", identity, image))
    );
    const images = await generator.decode(input, masks); // [B, 3, H, W]
    await storing;
    storing = store(batch, images);
    storing.catch(() => {}); // is awaited before the next batch is stored, and at the end
  };
  const store = async (
    batch: readonly ImageAddress[],
    images: Float32Array,
  ): Promise<void> => {
    const size = images.length / batch.length;
    await Promise.all(batch.map(async ({ identity, image }, b) => {
      if (!images.subarray(b * size, (b + 1) * size).every(Number.isFinite)) {
        throw new RangeError(
          `Cannot store image ${image} of identity ${identity}: the network gave NaN or an infinite value; ` +
            "check the weights and the device",
        );
      }
      const bytes = await encodeJpeg(fromTensor(images, b), {
        quality: recipe.output.quality,
      });
      await writer.write({ label: identity, image, bytes });
    }));
    written += batch.length;
    onProgress?.({ done: written + skipped, total, skipped });
  };

  let batch: ImageAddress[] = [];
  try {
    for (const address of plannedImages(plan)) {
      if (!overwrite && await writer.has(address.identity, address.image)) {
        skipped++;
        continue;
      }
      batch.push(address);
      if (batch.length === batchSize) {
        await decode(batch);
        batch = [];
      }
    }
    if (batch.length > 0) await decode(batch);
  } finally {
    await storing;
  }
  onProgress?.({ done: written + skipped, total, skipped });
  return { total, written, skipped };
}
