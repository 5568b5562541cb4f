/** Sums, means and maxima over axes, and what is made of them: softmax, norms, cosine. */
import { axisOf, checkType, emit, show } from "../_node.ts";
import type { GradientRule, Value } from "../types.ts";
import { ints } from "./creation.ts";
import { add, div, max2, mul } from "./elementwise.ts";

function reduce(op: string, x: Value, axes: readonly number[], keepDims: boolean): Value {
  checkType(op, "the operand", x, "float32", "float64", "float16", "int64", "int32");
  const at = axes.map((a) => axisOf(op, a, x.shape.length)).sort((a, b) => a - b);
  const shape = keepDims ? x.shape.map((d, i) => at.includes(i) ? 1 : d) : x.shape.filter((_, i) => !at.includes(i));
  return emit(op, [x, ints(at)], x.dtype, shape, { keepdims: { int: keepDims ? 1 : 0 } });
}

const all = (x: Value) => x.shape.map((_, i) => i);

/** Sum over axes; over all of them when none are given. */
export function reduceSum(x: Value, axes: readonly number[] = all(x), keepDims = true): Value {
  return reduce("ReduceSum", x, axes, keepDims);
}
/** Mean over axes; over all of them when none are given. */
export function reduceMean(x: Value, axes: readonly number[] = all(x), keepDims = true): Value {
  return reduce("ReduceMean", x, axes, keepDims);
}
/** Largest element over axes; over all of them when none are given. */
export function reduceMax(x: Value, axes: readonly number[] = all(x), keepDims = true): Value {
  return reduce("ReduceMax", x, axes, keepDims);
}
/** Mean of all elements as a scalar. */
export function mean(x: Value): Value {
  return reduceMean(x, all(x), false);
}
/** Exponentials scaled to sum 1 along an axis. */
export function softmax(x: Value, axis = -1): Value {
  return emit("Softmax", [x], x.dtype, x.shape, { axis: { int: axisOf("Softmax", axis, x.shape.length) } });
}
/** Logarithm of softmax, computed without overflow. */
export function logSoftmax(x: Value, axis = -1): Value {
  return emit("LogSoftmax", [x], x.dtype, x.shape, { axis: { int: axisOf("LogSoftmax", axis, x.shape.length) } });
}
/** Least length that the gradient of a Euclidean length divides by. */
const TINY = 1e-30;

/**
 * Euclidean length along an axis, kept as an axis of length 1.
 *
 * The gradient at length 0 is 0, as in PyTorch, where the chain rule alone would give 0 / 0.
 */
export function l2norm(x: Value, axis = -1): Value {
  const squares = reduceSum(mul(x, x), [axis]);
  const rule: GradientRule = (node, [g]) => [() => div(mul(g!, 0.5), max2(node.outputs[0]!, TINY))];
  return emit("Sqrt", [squares], squares.dtype, squares.shape, {}, rule);
}
/** x divided by its Euclidean length along an axis; lengths under epsilon count as epsilon, as in PyTorch. */
export function normalize(x: Value, axis = -1, epsilon = 1e-12): Value {
  return div(x, max2(l2norm(x, axis), epsilon));
}
/** Cosine between rows of a and b, `[N, D]` x `[N, D]` -> `[N]`; lengths under 1e-8 count as 1e-8, as in PyTorch. */
export function cosine(a: Value, b: Value): Value {
  if (show(a.shape) !== show(b.shape)) {
    throw new TypeError(`Cannot take cosines of ${show(a.shape)} and ${show(b.shape)}: the shapes differ`);
  }
  const norms = mul(max2(l2norm(a, -1), 1e-8), max2(l2norm(b, -1), 1e-8));
  return reduceSum(div(mul(a, b), norms), [-1], false);
}
/** Sum of values, for losses. */
export function sum(values: readonly Value[]): Value {
  const [first, ...rest] = values;
  if (first === undefined) throw new TypeError("Cannot add up: no values given");
  return rest.reduce((a, b) => add(a, b), first);
}
