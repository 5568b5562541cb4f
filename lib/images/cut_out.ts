/**
 * A part of a picture as a picture of its own, also of one much larger.
 */
import type { Pixels } from "./pixels.ts";
import { resize } from "./resize.ts";
import type { Affine } from "./similarity_transform.ts";
import { warpAffine, type WarpOptions } from "./warp_affine.ts";

/**
 * Warps a picture as `warpAffine` does; where that would make it less than half as large, it is made smaller by averages
 * afterwards, instead of taking a pixel here and there.
 *
 * @param image The picture.
 * @param matrix From input to output coordinates; turns, enlarges and shifts only.
 * @param size Height and width of the output in pixels.
 * @param options Colour of the border.
 * @returns A new picture.
 * @throws {TypeError} When the picture is malformed.
 * @throws {RangeError} When the matrix cannot be inverted or the size is not an integer in 1..65535.
 *
 * @example A quarter of a chequered picture is grey
 * ```ts
 * import { cutOut, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = filled(64, 64, [0, 0, 0]);
 * for (let i = 0; i < 64 * 64; i++) if ((i + (i >> 6)) % 2 === 0) image.data.fill(255, 3 * i, 3 * i + 3);
 * const middle = cutOut(image, [0.25, 0, 0, 0, 0.25, 0], 16).data[3 * (8 * 16 + 8)]!;
 * assert.ok(Math.abs(middle - 128) < 10);
 * ```
 */
export function cutOut(image: Pixels, matrix: Affine, size: number, options: WarpOptions = {}): Pixels {
  const times = Math.min(MOST, Math.floor(1 / Math.hypot(matrix[0], matrix[3])));
  if (!(times > 1)) return warpAffine(image, matrix, size, size, options);
  const shift = (times - 1) / 2; // pixel centres have integer coordinates
  const [a, b, c, d, e, f] = matrix.map((value) => times * value);
  const large: Affine = [a!, b!, c! + shift, d!, e!, f! + shift];
  return resize(warpAffine(image, large, times * size, times * size, options), size, size, { filter: "bicubic" });
}

/** A larger picture in between would only cost time. */
const MOST = 8;
