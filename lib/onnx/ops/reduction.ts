/**
 * Sums, means and maxima over axes, and what is made of them: softmax, norms, cosine.
 *
 * @module
 */
import { axisOf, checkType, emit, show, withRule } from "../_node.ts";
import type { Value } from "../types.ts";
import { ints } from "./creation.ts";
import { positive } from "./_positive.ts";
import { add, div, max2, mul, sub } from "./arithmetic.ts";

function reduce(op: string, x: Value, axes: readonly number[], keepDims: boolean): Value {
  checkType(op, "the operand", x, "float32", "float64", "float16", "int64", "int32");
  const at = axes.map((a) => axisOf(op, a, x.shape.length)).sort((a, b) => a - b);
  const shape = keepDims ? x.shape.map((d, i) => at.includes(i) ? 1 : d) : x.shape.filter((_, i) => !at.includes(i));
  return emit(op, [x, ints(at)], x.dtype, shape, { keepdims: { int: keepDims ? 1 : 0 } });
}

const all = (x: Value) => x.shape.map((_, i) => i);

/**
 * Sum over axes.
 *
 * @param x Operand of any shape.
 * @param axes Axes to reduce; all when left out.
 * @param keepDims Whether reduced axes stay, with length 1.
 * @returns Value without the axes, or with length 1 there.
 * @throws {RangeError} If x has no such axis.
 *
 * @example Sums of rows
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.reduceSum(op.constant(Float32Array.of(1, 2, 3, 4), [2, 2]), [1]));
 * deepStrictEqual([...data], [3, 7]);
 * ```
 */
export function reduceSum(x: Value, axes: readonly number[] = all(x), keepDims = true): Value {
  return reduce("ReduceSum", x, axes, keepDims);
}
/**
 * Mean over axes.
 *
 * @param x Operand of any shape.
 * @param axes Axes to reduce; all when left out.
 * @param keepDims Whether reduced axes stay, with length 1.
 * @returns Value without the axes, or with length 1 there.
 * @throws {RangeError} If x has no such axis.
 *
 * @example Means of columns
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.reduceMean(op.constant(Float32Array.of(1, 2, 3, 4), [2, 2]), [0]));
 * deepStrictEqual([...data], [2, 3]);
 * ```
 */
export function reduceMean(x: Value, axes: readonly number[] = all(x), keepDims = true): Value {
  return reduce("ReduceMean", x, axes, keepDims);
}
/**
 * Largest element over axes; equal ones share the gradient.
 *
 * @param x Operand of any shape.
 * @param axes Axes to reduce; all when left out.
 * @param keepDims Whether reduced axes stay, with length 1.
 * @returns Value without the axes, or with length 1 there.
 * @throws {RangeError} If x has no such axis.
 *
 * @example Maxima of rows
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.reduceMax(op.constant(Float32Array.of(1, 2, 3, 4), [2, 2]), [1]));
 * deepStrictEqual([...data], [2, 4]);
 * ```
 */
export function reduceMax(x: Value, axes: readonly number[] = all(x), keepDims = true): Value {
  return reduce("ReduceMax", x, axes, keepDims);
}
/**
 * Mean of all elements.
 *
 * @param x Operand of any shape.
 * @returns Scalar.
 *
 * @example Of four numbers
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.mean(op.constant(Float32Array.of(1, 2, 3, 4), [2, 2])));
 * deepStrictEqual([...data], [2.5]);
 * ```
 */
export function mean(x: Value): Value {
  return reduceMean(x, all(x), false);
}
/**
 * Exponentials scaled to sum 1 along an axis.
 *
 * @param x Operand of any shape.
 * @param axis The axis; negative counts from the end.
 * @returns Value of the same shape, 0..1.
 * @throws {RangeError} If x has no such axis.
 *
 * @example Two equal elements
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.softmax(op.constant(Float32Array.of(3, 3), [2])));
 * deepStrictEqual([...data], [0.5, 0.5]);
 * ```
 */
export function softmax(x: Value, axis = -1): Value {
  return emit("Softmax", [x], x.dtype, x.shape, { axis: { int: axisOf("Softmax", axis, x.shape.length) } });
}
/**
 * Logarithm of softmax, computed without overflow.
 *
 * @param x Operand of any shape.
 * @param axis The axis; negative counts from the end.
 * @returns Value of the same shape, 0 or less.
 * @throws {RangeError} If x has no such axis.
 *
 * @example A sure choice
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.logSoftmax(op.constant(Float32Array.of(1000, 0), [2])));
 * deepStrictEqual([...data], [0, -1000]);
 * ```
 */
export function logSoftmax(x: Value, axis = -1): Value {
  return emit("LogSoftmax", [x], x.dtype, x.shape, { axis: { int: axisOf("LogSoftmax", axis, x.shape.length) } });
}
/** Least length that the gradient of a Euclidean length divides by. */
const TINY = 1e-30;

/**
 * Euclidean length along an axis.
 *
 * The gradient at length 0 is 0, as in PyTorch, where the chain rule alone would give 0 / 0.
 *
 * @param x Operand of any shape.
 * @param axis The axis; negative counts from the end.
 * @returns Value with length 1 along the axis.
 * @throws {RangeError} If x has no such axis.
 *
 * @example A length
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.l2norm(op.constant(Float32Array.of(3, 4), [2])));
 * deepStrictEqual([...data], [5]);
 * ```
 */
export function l2norm(x: Value, axis = -1): Value {
  const squares = reduceSum(mul(x, x), [axis]);
  const length = emit("Sqrt", [squares], squares.dtype, squares.shape);
  return withRule(length, [x], (_node, [g]) => [() => mul(x, div(g!, max2(length, TINY)))]);
}
/**
 * A value divided by its Euclidean length along an axis.
 *
 * @param x Operand of any shape.
 * @param axis The axis; negative counts from the end.
 * @param epsilon Lengths under this count as this, as in PyTorch.
 * @returns Value of the same shape, lengths 1.
 * @throws {RangeError} If x has no such axis.
 *
 * @example A direction
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.normalize(op.constant(Float32Array.of(0, 4), [2])));
 * deepStrictEqual([...data], [0, 1]);
 * ```
 */
export function normalize(x: Value, axis = -1, epsilon = 1e-12): Value {
  const length = l2norm(x, axis), divisor = max2(length, epsilon), y = div(x, divisor);
  // dx = (g - y sum(g y)) / length; below epsilon the divisor is constant, and dx = g / epsilon.
  return withRule(y, [x], (_node, [g]) => [() => {
    const along = mul(reduceSum(mul(g!, y), [axis]), positive(sub(length, epsilon)));
    return div(sub(g!, mul(y, along)), divisor);
  }]);
}
/**
 * Cosine between rows.
 *
 * @param a Rows `[N, D]`.
 * @param b Rows `[N, D]`; lengths under 1e-8 count as 1e-8, as in PyTorch.
 * @returns `[N]`, -1..1.
 * @throws {TypeError} If the shapes differ.
 *
 * @example The same direction and the opposite one
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const a = op.constant(Float32Array.of(0, 2, 0, 2), [2, 2]), b = op.constant(Float32Array.of(0, 1, 0, -1), [2, 2]);
 * const { data } = await op.compute(op.cosine(a, b));
 * deepStrictEqual([...data], [1, -1]);
 * ```
 */
export function cosine(a: Value, b: Value): Value {
  if (show(a.shape) !== show(b.shape)) {
    throw new TypeError(`Cannot take cosines of ${show(a.shape)} and ${show(b.shape)}: the shapes differ`);
  }
  const norms = mul(max2(l2norm(a, -1), 1e-8), max2(l2norm(b, -1), 1e-8));
  return reduceSum(div(mul(a, b), norms), [-1], false);
}
/**
 * Sum of values, for losses.
 *
 * @param values At least one value; shapes broadcast.
 * @returns Their sum.
 * @throws {TypeError} If no values are given.
 *
 * @example Two parts of a loss
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.sum([op.scalar(1), op.scalar(2)]));
 * deepStrictEqual([...data], [3]);
 * ```
 */
export function sum(values: readonly Value[]): Value {
  const [first, ...rest] = values;
  if (first === undefined) throw new TypeError("Cannot add up: no values given");
  return rest.reduce((a, b) => add(a, b), first);
}
