/**
 * Convolution of an image made twice as large, without making it.
 *
 * @module
 */
import { checkRank, fixed, show } from "../_node.ts";
import type { Value } from "../types.ts";
import { constant } from "./creation.ts";
import { convTranspose } from "./convolution.ts";
import { matmul } from "./linalg.ts";
import { reshape, transpose } from "./shape.ts";

/** Taps of the transposed kernel from those of the plain one, along an axis: a pixel is seen by the taps that fall on its copies. */
const AXIS: readonly (readonly number[])[] = [[0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]];

/** The same along both axes, `[9, 16]`. */
const BOTH: Float32Array<ArrayBuffer> = Float32Array.from({ length: 9 * 16 }, (_, at) => {
  const from = Math.floor(at / 16), to = at % 16;
  return AXIS[to >> 2]![Math.floor(from / 3)]! * AXIS[to & 3]![from % 3]!;
});

/**
 * Every pixel copied to a block of 2x2, then a 3x3 convolution with a border of one zero.
 *
 * Gives what {@linkcode conv} of {@linkcode resizeNearest} gives up to rounding, with 4/9 of the products: three neighbours in a row
 * are copies of two pixels, so that all is one transposed convolution with a 4x4 kernel.
 *
 * @param x Images `[N, C, H, W]`; all lengths but N fixed.
 * @param w Weight `[O, C, 3, 3]`.
 * @param bias Added to each output channel, `[O]`; none when left out.
 * @returns `[N, O, 2H, 2W]`.
 * @throws {TypeError} If w is no 3x3 kernel, or shapes do not fit.
 *
 * @example Twice the size
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 8, 7, 7]);
 * deepStrictEqual(op.upsampleConv(x, op.full([4, 8, 3, 3], 0)).shape, ["N", 4, 14, 14]);
 * ```
 */
export function upsampleConv(x: Value, w: Value, bias?: Value): Value {
  checkRank("UpsampleConv", "the weight", w, 4);
  const [out, inn, rows, columns] = w.shape.map((_, axis) => fixed("UpsampleConv", w.shape, axis));
  if (rows !== 3 || columns !== 3) {
    throw new TypeError(`Cannot build UpsampleConv: the weight is ${show(w.shape)}, expected [O, C, 3, 3]`);
  }
  const taps = reshape(transpose(w, [1, 0, 2, 3]), [inn! * out!, 9]);
  const kernel = reshape(matmul(taps, constant(BOTH, [9, 16])), [inn!, out!, 4, 4]);
  return convTranspose(x, kernel, { bias, strides: [2, 2], pads: [1, 1, 1, 1] });
}
