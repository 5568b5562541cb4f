/**
 * Operations that join, cut, pick and repeat parts of values.
 *
 * @module
 */
import { asValue, axisOf, checkRank, checkType, emit, fixed, makeNode, show } from "../_node.ts";
import type { Value } from "../types.ts";
import { ints } from "./creation.ts";

/**
 * Values joined along an axis.
 *
 * @param xs Values that agree in all other axes; fixed lengths along the axis.
 * @param axis Where to join; negative counts from the end.
 * @returns Value whose length along the axis is the sum.
 * @throws {TypeError} If no values are given or they do not fit.
 *
 * @example A token before others
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const tokens = op.input("tokens", "float32", [2, 49, 8]);
 * const first = op.full([2, 1, 8], 0);
 * deepStrictEqual((op.concat([first, tokens], 1)).shape, [2, 50, 8]);
 * ```
 */
export function concat(xs: readonly Value[], axis: number): Value {
  const first = xs[0];
  if (first === undefined) throw new TypeError("Cannot concatenate: no values given");
  const at = axisOf("Concat", axis, first.shape.length);
  const shape = [...first.shape];
  let total = 0;
  for (const x of xs) {
    checkType("Concat", "each operand", x, first.dtype);
    if (x.shape.length !== shape.length || x.shape.some((d, i) => i !== at && d !== shape[i])) {
      throw new TypeError(`Cannot concatenate ${show(first.shape)} and ${show(x.shape)} along axis ${at}`);
    }
    total += fixed("Concat", x.shape, at);
  }
  shape[at] = total;
  return emit("Concat", xs, first.dtype, shape, { axis: { int: at } });
}

/**
 * A value cut along an axis.
 *
 * @param x Operand, fixed length along the axis.
 * @param sizes Length of each part.
 * @param axis Where to cut; negative counts from the end.
 * @returns One value per part.
 * @throws {TypeError} If the sizes do not add up to the axis.
 *
 * @example Two parts
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 5]);
 * const [a, b] = op.split(x, [2, 3], 1);
 * deepStrictEqual([a!.shape, b!.shape], [["N", 2], ["N", 3]]);
 * ```
 */
export function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  const at = axisOf("Split", axis, x.shape.length);
  if (sizes.reduce((a, b) => a + b, 0) !== fixed("Split", x.shape, at)) {
    throw new TypeError(`Cannot split axis ${at} of ${show(x.shape)} into ${show(sizes)}: the sizes do not add up`);
  }
  const outputs = sizes.map((n) => ({ dtype: x.dtype, shape: x.shape.map((d, i) => i === at ? n : d) }));
  return [...makeNode("Split", [x, ints(sizes)], outputs, { axis: { int: at } }).outputs];
}

/** Options of {@linkcode slice}. */
export interface SliceOptions {
  /** Axes to cut. */
  readonly axes: readonly number[];
  /** First index on each axis; negative counts from the end. */
  readonly starts: readonly number[];
  /** Index after the last on each axis; negative counts from the end. */
  readonly ends: readonly number[];
  /** Step on each axis, positive. @default {1 for each} */
  readonly steps?: readonly number[];
}

/**
 * Part of a value: a range on each of some axes.
 *
 * @param x Operand, fixed lengths along the axes.
 * @param options Ranges; ends beyond the axis stop at its end.
 * @returns Value with the chosen elements.
 * @throws {RangeError} If a step is below 1 or x has no such axis.
 * @throws {TypeError} If a length along an axis is a name.
 *
 * @example Every second column but the first
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.constant(Float32Array.of(0, 1, 2, 3, 4), [5]);
 * const { data } = await op.compute(op.slice(x, { axes: [0], starts: [1], ends: [5], steps: [2] }));
 * deepStrictEqual([...data], [1, 3]);
 * ```
 */
export function slice(x: Value, { axes, starts, ends, steps = axes.map(() => 1) }: SliceOptions): Value {
  const shape = [...x.shape];
  const from: number[] = [], to: number[] = [];
  const at = axes.map((a) => axisOf("Slice", a, x.shape.length));
  at.forEach((axis, i) => {
    const n = fixed("Slice", x.shape, axis), step = steps[i]!;
    if (!(step >= 1)) throw new RangeError(`Cannot build Slice: step ${step} must be at least 1`);
    const limit = (k: number) => Math.min(Math.max(k < 0 ? k + n : k, 0), n);
    from.push(limit(starts[i]!));
    to.push(limit(ends[i]!));
    shape[axis] = Math.max(0, Math.ceil((to[i]! - from[i]!) / step));
  });
  return emit("Slice", [x, ints(from), ints(to), ints(at), ints(steps)], x.dtype, shape);
}

/**
 * Entries of a value along an axis, chosen by number; one entry may be chosen more than once.
 *
 * @param x Operand of any shape.
 * @param indices int64 or int32 numbers of any shape; negative counts from the end.
 * @param axis Where to choose.
 * @returns x's shape with the axis replaced by the shape of the indices.
 * @throws {TypeError} If the indices are not whole numbers.
 * @throws {RangeError} If x has no such axis.
 *
 * @example Last and first
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.gather(op.constant(Float32Array.of(5, 6, 7), [3]), op.ints([-1, 0])));
 * deepStrictEqual([...data], [7, 5]);
 * ```
 */
export function gather(x: Value, indices: Value, axis = 0): Value {
  checkType("Gather", "the indices", indices, "int64", "int32");
  const at = axisOf("Gather", axis, x.shape.length);
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  return emit("Gather", [x, indices], x.dtype, shape, { axis: { int: at } });
}

/**
 * One entry per index: `result[i][j] = x[index[i][j]][j]` for axis 0, and alike for others.
 *
 * @param x Operand.
 * @param indices int64 or int32 numbers of x's rank.
 * @param axis Where to choose.
 * @returns Value of the indices' shape.
 * @throws {TypeError} If the indices are not whole numbers or have another rank.
 *
 * @example The right class of each row
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.constant(Float32Array.of(5, 6, 7, 8), [2, 2]);
 * const labels = op.constant(BigInt64Array.of(1n, 0n), [2, 1]);
 * const { data } = await op.compute(op.gatherElements(x, labels, 1));
 * deepStrictEqual([...data], [6, 7]);
 * ```
 */
export function gatherElements(x: Value, indices: Value, axis: number): Value {
  checkType("GatherElements", "the indices", indices, "int64", "int32");
  checkRank("GatherElements", "the indices", indices, x.shape.length);
  const at = axisOf("GatherElements", axis, x.shape.length);
  return emit("GatherElements", [x, indices], x.dtype, indices.shape, { axis: { int: at } });
}

/**
 * A copy of a value with some entries written or added to: `result[index[i][j]][j]` becomes `updates[i][j]` for axis 0, and alike for others.
 *
 * @param x Operand.
 * @param indices int64 or int32 numbers of x's rank.
 * @param updates What to write, of the indices' shape.
 * @param axis Where to write.
 * @param reduction `add` adds to what is there; with `none` no index may come twice.
 * @returns Value of x's shape.
 * @throws {TypeError} If types or shapes do not fit.
 *
 * @example One hot
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.full([1, 3], 0), one = op.full([1, 1], 1);
 * const label = op.constant(BigInt64Array.of(2n), [1, 1]);
 * const { data } = await op.compute(op.scatterElements(x, label, one, 1));
 * deepStrictEqual([...data], [0, 0, 1]);
 * ```
 */
export function scatterElements(
  x: Value,
  indices: Value,
  updates: Value,
  axis: number,
  reduction: "none" | "add" = "none",
): Value {
  checkType("ScatterElements", "the indices", indices, "int64", "int32");
  checkType("ScatterElements", "the updates", updates, x.dtype);
  checkRank("ScatterElements", "the indices", indices, x.shape.length);
  const at = axisOf("ScatterElements", axis, x.shape.length);
  if (show(indices.shape) !== show(updates.shape)) {
    throw new TypeError(
      `Cannot build ScatterElements: indices ${show(indices.shape)} and updates ${show(updates.shape)} differ`,
    );
  }
  return emit("ScatterElements", [x, indices, updates], x.dtype, x.shape, {
    axis: { int: at },
    reduction: { text: reduction },
  });
}

/**
 * A value with a border of one number.
 *
 * @param x Operand; fixed lengths where the border is not empty.
 * @param pads Lengths of the border: before each axis, then after each axis.
 * @param value The number.
 * @returns Larger value.
 * @throws {TypeError} If there are not two lengths >= 0 for each axis.
 *
 * @example A zero before, two after
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.pad(op.constant(Float32Array.of(7), [1]), [1, 2]));
 * deepStrictEqual([...data], [0, 7, 0, 0]);
 * ```
 */
export function pad(x: Value, pads: readonly number[], value = 0): Value {
  const rank = x.shape.length;
  if (pads.length !== 2 * rank || pads.some((p) => p < 0)) {
    throw new TypeError(`Cannot pad ${show(x.shape)}: expected ${2 * rank} lengths >= 0, found ${show(pads)}`);
  }
  const shape = x.shape.map((d, i) => {
    const extra = pads[i]! + pads[rank + i]!;
    return extra === 0 ? d : fixed("Pad", x.shape, i) + extra;
  });
  return emit("Pad", [x, ints(pads), asValue(value, x.dtype)], x.dtype, shape, { mode: { text: "constant" } });
}

/**
 * Images enlarged by a whole factor, each pixel repeated.
 *
 * @param x Images `[N, C, H, W]`.
 * @param scale Whole factor of height and width.
 * @returns Images `[N, C, H * scale, W * scale]`.
 * @throws {RangeError} If the factor is not a whole number from 1.
 *
 * @example Twice the size
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 8, 7, 7]);
 * deepStrictEqual((op.resizeNearest(x)).shape, ["N", 8, 14, 14]);
 * ```
 */
export function resizeNearest(x: Value, scale = 2): Value {
  checkRank("Resize", "the operand", x, 4);
  if (!Number.isInteger(scale) || scale < 1) {
    throw new RangeError(`Cannot resize: scale ${scale} is not a whole number`);
  }
  const shape = [x.shape[0]!, x.shape[1]!, fixed("Resize", x.shape, 2) * scale, fixed("Resize", x.shape, 3) * scale];
  const scales: Value = {
    dtype: "float32",
    shape: [4],
    source: { kind: "memory", data: Float32Array.of(1, 1, scale, scale) },
  };
  return emit("Resize", [x, undefined, scales], x.dtype, shape, {
    mode: { text: "nearest" },
    coordinate_transformation_mode: { text: "asymmetric" },
    nearest_mode: { text: "floor" },
  });
}
