/**
 * Decoded images of a data set.
 */

import { decodeImage, type Pixels, resize } from "@/images/mod.ts";
import type { DatasetReader } from "./dataset.ts";

/**
 * Reads and decodes one image.
 *
 * @param dataset Where it is.
 * @param index Which one, 0..length-1.
 * @param size Height and width in pixels to resize to, as the reference's transforms.Resize((112, 112)) does; its own
 * size when left out.
 * @returns The image, RGB.
 * @throws {RangeError} When `index` is outside its range, or the image claims too many pixels.
 * @throws {SyntaxError} When the record or the image cannot be read.
 *
 * @example A small image
 * ```ts
 * import { arrayDataset, readPixels } from "@/datasets/mod.ts";
 * import { encodePng, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const faces = arrayDataset([{ label: 0, bytes: await encodePng(filled(4, 2, [9, 8, 7])) }]);
 * const { width, height, data } = await readPixels(faces, 0, 3);
 * assert.deepEqual([width, height, data[0]], [3, 3, 9]);
 * ```
 */
export async function readPixels(dataset: DatasetReader, index: number, size?: number): Promise<Pixels> {
  const { bytes } = await dataset.get(index);
  const image = await decodeImage(bytes, { name: `"${dataset.itemName(index)}"` });
  const fits = size === undefined || (image.width === size && image.height === size);
  return fits ? image : resize(image, size, size);
}
