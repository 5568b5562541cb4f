/**
 * Features of a data set's images, row after row: computed by a recogniser, or those that items carry.
 *
 * Counterpart of feature_extractor.py of https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test, which writes a
 * file for each image.
 */

import { decodeImage, type Pixels } from "@/images/mod.ts";
import type { DatasetReader } from "./dataset.ts";
import { embedViews } from "./embed_views.ts";
import { inOrder } from "./_in_order.ts";
import { itemFault } from "./_item_fault.ts";

/** What turns images into features, such as `Recogniser`. */
export interface ImageEmbedder {
  /** Width D of a feature. */
  readonly vectorSize: number;
  /** Height and width of an image in pixels. */
  readonly imageSize: number;
  /** Images [N, 3, H, W] in -1..1 to features [N, D]. */
  embed(images: Float32Array, count: number): Promise<Float32Array>;
}

/** The feature of one item, or why there is none. */
export interface FeatureRow {
  /** Which item. */
  readonly index: number;
  /** Feature [D], natural norm. */
  readonly feature?: Float32Array;
  /** Why there is no feature. */
  readonly fault?: string;
}

/** Options of `embedRows`. */
export interface EmbedOptions {
  /** Items in the order of the rows; all when left out. */
  indices?: Iterable<number>;
  /** Adds the feature of the mirrored image, as verification does. @default false */
  flip?: boolean;
  /** Images embedded together. @default 32 */
  batchSize?: number;
  /** Looks at each image and gives the one to embed; a SyntaxError that it throws is the fault of that image. */
  prepare?: (image: Pixels) => Promise<Pixels>;
  /** Stops the work between two batches. */
  signal?: AbortSignal;
}

/**
 * Computes the features of a data set's images, a batch at a time; the next images are decoded meanwhile.
 *
 * @param dataset The images; those of another size are resized.
 * @param embedder The recogniser.
 * @param options Order, mirroring and batches.
 * @returns A row for each item; an image that cannot be read has a fault instead of a feature.
 *
 * @example The first value of an image as its feature
 * ```ts
 * import { arrayDataset, embedRows } from "@/datasets/mod.ts";
 * import { encodePng, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const faces = arrayDataset([{ label: 0, bytes: await encodePng(filled(1, 1, [255, 0, 0])) }]);
 * const embedder = { vectorSize: 1, imageSize: 1, embed: (x: Float32Array) => Promise.resolve(x.slice(0, 1)) };
 * const rows = await Array.fromAsync(embedRows(faces, embedder, { flip: true }));
 * assert.deepEqual(rows, [{ index: 0, feature: Float32Array.of(2) }]);
 * ```
 */
export async function* embedRows(
  dataset: DatasetReader,
  embedder: ImageEmbedder,
  options: EmbedOptions = {},
): AsyncGenerator<FeatureRow> {
  const { flip = false, batchSize = 32, prepare, signal } = options;
  const read = async (index: number) => {
    const image = await decodeImage((await dataset.get(index)).bytes, { name: `"${dataset.itemName(index)}"` });
    return prepare === undefined ? image : await prepare(image);
  };
  const indices = options.indices ?? range(dataset.length);
  const views = embedViews(indices, read, embedder, { mirror: flip, batchSize, signal });
  for await (const { index, plain, mirrored, fault } of views) {
    if (plain === undefined) yield { index, fault: fault! };
    else yield { index, feature: mirrored === undefined ? plain : plain.map((x, c) => x + mirrored[c]!) };
  }
}

/**
 * Gives the features that the items of a data set carry.
 *
 * @param dataset A database with features, a data set with a matrix beside it, or feature files.
 * @param indices Items in the order of the rows; all when left out.
 * @returns A row for each item; an item without a feature, or with one that is not finite, has a fault.
 *
 * @example In memory
 * ```ts
 * import { arrayDataset, storedRows } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const bytes = Uint8Array.of(1);
 * const faces = arrayDataset([{ label: 0, bytes, feature: Float32Array.of(3) }, { label: 0, bytes }]);
 * const rows = await Array.fromAsync(storedRows(faces));
 * assert.deepEqual(rows, [{ index: 0, feature: Float32Array.of(3) }, { index: 1, fault: "it has no feature" }]);
 * ```
 */
export async function* storedRows(dataset: DatasetReader, indices?: Iterable<number>): AsyncGenerator<FeatureRow> {
  yield* inOrder(indices ?? range(dataset.length), 16, async (index): Promise<FeatureRow> => {
    try {
      const { feature } = await dataset.get(index);
      if (feature === undefined) return { index, fault: "it has no feature" };
      return feature.every(Number.isFinite) ? { index, feature } : { index, fault: "its feature is not finite" };
    } catch (error) {
      const fault = itemFault(error);
      if (fault === undefined) throw error;
      return { index, fault };
    }
  });
}

function* range(length: number): Generator<number> {
  for (let i = 0; i < length; i++) yield i;
}
