/**
 * Operations that change axes and keep every element.
 *
 * @module
 */
import { axisOf, broadcast, elementCount, emit, fixed, show } from "../_node.ts";
import { divideExtents, extentOf } from "../_extent.ts";
import type { Dim, Value } from "../types.ts";
import { ints } from "./creation.ts";

/**
 * The same elements under other axis lengths.
 *
 * A length that is a name must stand at the same position in x, or be the only unknown one.
 *
 * @param x Operand of any shape.
 * @param dims New lengths; -1 for the one that follows from the others, at most once.
 * @returns Value of the new shape.
 * @throws {TypeError} If element counts differ, or more than one length is unknown.
 *
 * @example Rows of two
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 6]);
 * deepStrictEqual((op.reshape(x, ["N", 3, 2])).shape, ["N", 3, 2]);
 * deepStrictEqual((op.reshape(x, [-1, 2])).shape, ["N*3", 2]);
 * ```
 */
export function reshape(x: Value, dims: readonly Dim[]): Value {
  const spec = dims.map((dim, i) => typeof dim === "number" ? dim : x.shape[i] === dim ? 0 : -1);
  const fail = (why: string): never => {
    throw new TypeError(`Cannot reshape ${show(x.shape)} to ${show(dims)}: ${why}`);
  };
  if (spec.filter((d) => d === -1).length > 1) fail("more than one length is unknown");
  const shape = [...dims];
  const hole = dims.indexOf(-1);
  const have = extentOf(x.shape), want = extentOf(dims);
  const rest = divideExtents(have, want);
  if (hole >= 0) {
    if (rest === undefined && want.names.length === 0 && have.names.length === 0) fail("element counts differ");
    shape[hole] = rest ?? `(${x.shape.join("*")})/(${dims.filter((d) => d !== -1).join("*")})`;
  } else if (have.names.join() === want.names.join()) {
    if (have.factor !== want.factor) fail(`element counts differ, ${have.factor} and ${want.factor}`);
  } else if (spec.filter((_, i) => typeof dims[i] === "string").length !== 1) {
    fail("symbolic lengths differ");
  }
  return emit("Reshape", [x, ints(spec)], x.dtype, shape);
}

/**
 * All axes before one in one axis, and all from it on in another.
 *
 * @param x Operand, fixed lengths from `axis` on.
 * @param axis First axis of the second group.
 * @returns Value of two axes.
 * @throws {TypeError} If a length from `axis` on is a name.
 * @throws {RangeError} If x has no such axis.
 *
 * @example An image as a row
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 3, 4, 4]);
 * deepStrictEqual((op.flatten(x)).shape, ["N", 48]);
 * ```
 */
export function flatten(x: Value, axis = 1): Value {
  const at = axisOf("Flatten", axis, x.shape.length);
  const tail = x.shape.slice(at).reduce<number>((p, _, i) => p * fixed("Flatten", x.shape, at + i), 1);
  return at === 1 ? reshape(x, [x.shape[0]!, tail]) : reshape(x, [-1, tail]);
}

/**
 * Axes in another order.
 *
 * @param x Operand of any shape.
 * @param perm For each axis of the result, the axis of x.
 * @returns Value whose axis i is axis perm[i] of x.
 * @throws {TypeError} If perm is not an order of x's axes.
 *
 * @example Channels last
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 3, 8, 9]);
 * deepStrictEqual((op.transpose(x, [0, 2, 3, 1])).shape, ["N", 8, 9, 3]);
 * ```
 */
export function transpose(x: Value, perm: readonly number[]): Value {
  if (perm.length !== x.shape.length || [...perm].sort((a, b) => a - b).some((p, i) => p !== i)) {
    throw new TypeError(`Cannot transpose ${show(x.shape)}: ${show(perm)} is not an order of its axes`);
  }
  return emit("Transpose", [x], x.dtype, perm.map((p) => x.shape[p]!), { perm: { ints: perm } });
}

/**
 * New axes of length 1.
 *
 * @param x Operand of any shape.
 * @param axes Positions of the new axes in the result.
 * @returns Value of higher rank.
 * @throws {RangeError} If a position is outside the result.
 *
 * @example A row becomes a column
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", [3]);
 * deepStrictEqual((op.unsqueeze(x, [1])).shape, [3, 1]);
 * ```
 */
export function unsqueeze(x: Value, axes: readonly number[]): Value {
  const rank = x.shape.length + axes.length;
  const at = axes.map((a) => axisOf("Unsqueeze", a, rank));
  const shape: Dim[] = [];
  let next = 0;
  for (let i = 0; i < rank; i++) shape.push(at.includes(i) ? 1 : x.shape[next++]!);
  return emit("Unsqueeze", [x, ints(at)], x.dtype, shape);
}

/**
 * Axes of length 1 taken away.
 *
 * @param x Operand of any shape.
 * @param axes Which axes go.
 * @returns Value of lower rank.
 * @throws {TypeError} If one of the axes has another length.
 * @throws {RangeError} If x has no such axis.
 *
 * @example One column
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 1]);
 * deepStrictEqual((op.squeeze(x, [1])).shape, ["N"]);
 * ```
 */
export function squeeze(x: Value, axes: readonly number[]): Value {
  const at = axes.map((a) => axisOf("Squeeze", a, x.shape.length));
  for (const a of at) {
    if (x.shape[a] !== 1) throw new TypeError(`Cannot squeeze axis ${a} of ${show(x.shape)}: its length is not 1`);
  }
  return emit("Squeeze", [x, ints(at)], x.dtype, x.shape.filter((_, i) => !at.includes(i)));
}

/**
 * A value repeated to a larger shape by broadcasting.
 *
 * @param x Operand; its axes of length 1 are repeated.
 * @param target The shape, or a value that has it.
 * @returns Value of the broadcast shape.
 * @throws {TypeError} If the shapes do not broadcast.
 *
 * @example One row for each image
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 4]);
 * deepStrictEqual((op.expand(op.full([1, 4], 0), x)).shape, ["N", 4]);
 * ```
 */
export function expand(x: Value, target: readonly number[] | Value): Value {
  if ("dtype" in target) {
    const shape = broadcast("Expand", x.shape, target.shape);
    const known = elementCount(shape) !== undefined;
    return emit("Expand", [x, known ? ints(shape as number[]) : shapeOf(target)], x.dtype, shape);
  }
  return emit("Expand", [x, ints(target)], x.dtype, broadcast("Expand", x.shape, target));
}

/**
 * Lengths of all axes, known when the model runs.
 *
 * @param x Operand of any shape.
 * @returns int64 `[rank]`.
 *
 * @example A fixed shape
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.shapeOf(op.full([2, 3], 0)));
 * deepStrictEqual([...data], [2n, 3n]);
 * ```
 */
export function shapeOf(x: Value): Value {
  return emit("Shape", [x], "int64", [x.shape.length]);
}
