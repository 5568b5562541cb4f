/**
 * Mirrored images.
 */

/**
 * Mirrors square images left to right.
 *
 * @param images Images [N, C, size, size], any range.
 * @param size Height and width in pixels.
 * @returns A new tensor of the same shape.
 * @throws {TypeError} When the values do not make whole images.
 *
 * @example Two pixels change places
 * ```ts
 * import { mirrorTensor } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...mirrorTensor(Float32Array.of(1, 2, 3, 4), 2)], [2, 1, 4, 3]);
 * ```
 */
export function mirrorTensor(images: Float32Array, size: number): Float32Array<ArrayBuffer> {
  if (images.length % (size * size) !== 0) {
    throw new TypeError(`Cannot mirror images: ${images.length} values, expected a multiple of ${size} x ${size}`);
  }
  const out = new Float32Array(images.length);
  for (let row = 0; row < images.length; row += size) {
    for (let x = 0; x < size; x++) out[row + x] = images[row + size - 1 - x]!;
  }
  return out;
}
