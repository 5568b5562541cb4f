/**
 * Features of images and of their mirror images, a batch at a time, while the next images are read.
 */

import { mirrorTensor, type Pixels, resize, toTensor } from "@/images/mod.ts";
import type { ImageEmbedder } from "./feature_rows.ts";
import { inOrder } from "./_in_order.ts";
import { itemFault } from "./_item_fault.ts";

/** Features of one image, or why there are none. */
export interface ViewRow {
  /** Which image. */
  readonly index: number;
  /** Feature [D] of the image. */
  readonly plain?: Float32Array;
  /** Feature [D] of its mirror image, where asked for. */
  readonly mirrored?: Float32Array;
  /** Why there is no feature. */
  readonly fault?: string;
}

/** Options of {@link embedViews}. */
export interface ViewOptions {
  /** Also embed mirror images. @default {true} */
  readonly mirror?: boolean;
  /** Images embedded together. @default {32} */
  readonly batchSize?: number;
  /** Stops the work between two batches. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Embeds images that are read one by one.
 *
 * @param indices Numbers of the images, in the order of the rows.
 * @param read Reads one; those of another size than the network's are resized.
 * @param embedder The recogniser.
 * @param options Mirror images and batches.
 * @returns A row for each image; one that cannot be read has a fault.
 * @throws {Error} Whatever `read` throws that is not the fault of one image.
 *
 * @example The first value of an image as its feature
 * ```ts
 * import { embedViews } from "@/datasets/mod.ts";
 * import { filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const read = () => Promise.resolve(filled(1, 1, [255, 0, 0]));
 * const embedder = { vectorSize: 1, imageSize: 1, embed: (x: Float32Array) => Promise.resolve(x.slice(0, 1)) };
 * const rows = await Array.fromAsync(embedViews([7], read, embedder, { mirror: false }));
 * assert.deepEqual(rows, [{ index: 7, plain: Float32Array.of(1) }]);
 * ```
 */
export async function* embedViews(
  indices: Iterable<number>,
  read: (index: number) => Promise<Pixels>,
  embedder: ImageEmbedder,
  { mirror = true, batchSize = 32, signal }: ViewOptions = {},
): AsyncGenerator<ViewRow> {
  const { vectorSize: width, imageSize: size } = embedder;
  let rows: { index: number; image?: Pixels; fault?: string }[] = [];
  const embedBatch = async (): Promise<ViewRow[]> => {
    signal?.throwIfAborted();
    const images = rows.flatMap(({ image }) => image ?? []);
    const tensor = toTensor(images), none = new Float32Array(0);
    const plain = images.length === 0 ? none : await embedder.embed(tensor, images.length);
    const other = mirror && images.length > 0 ? await embedder.embed(mirrorTensor(tensor, size), images.length) : none;
    let next = 0;
    const out = rows.map(({ index, fault }): ViewRow => {
      if (fault !== undefined) return { index, fault };
      const [from, to] = [next * width, ++next * width];
      return { index, plain: plain.slice(from, to), ...(mirror ? { mirrored: other.slice(from, to) } : {}) };
    });
    rows = [];
    return out;
  };
  const readOne = async (index: number) => {
    try {
      const image = await read(index);
      const fits = image.width === size && image.height === size;
      return { index, image: fits ? image : resize(image, size, size) };
    } catch (error) {
      const fault = itemFault(error);
      if (fault === undefined) throw error;
      return { index, fault };
    }
  };
  for await (const row of inOrder(indices, 2 * batchSize, readOne)) {
    rows.push(row);
    if (rows.length === batchSize) yield* await embedBatch();
  }
  if (rows.length > 0) yield* await embedBatch();
}
