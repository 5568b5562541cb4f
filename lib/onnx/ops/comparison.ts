/**
 * Comparisons, logic and choice.
 *
 * @module
 */
import { asValue, broadcast, checkType, emit } from "../_node.ts";
import { binary } from "./_pointwise.ts";
import type { Operand, Value } from "../types.ts";

/**
 * Where the first operand is larger.
 *
 * @param a First operand; a number stands for a scalar.
 * @param b Second operand, of the same element type.
 * @returns Truth values; shapes broadcast as in numpy.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example Above two
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.greater(op.constant(Float32Array.of(1, 2, 3), [3]), 2));
 * deepStrictEqual([...data], [0, 0, 1]);
 * ```
 */
export function greater(a: Operand, b: Operand): Value {
  return binary("Greater", a, b, "bool");
}

/**
 * Where the first operand is larger or equal.
 *
 * @param a First operand; a number stands for a scalar.
 * @param b Second operand, of the same element type.
 * @returns Truth values; shapes broadcast as in numpy.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example Two and above
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.greaterOrEqual(op.constant(Float32Array.of(1, 2, 3), [3]), 2));
 * deepStrictEqual([...data], [0, 1, 1]);
 * ```
 */
export function greaterOrEqual(a: Operand, b: Operand): Value {
  return binary("GreaterOrEqual", a, b, "bool");
}

/**
 * Where the first operand is smaller.
 *
 * @param a First operand; a number stands for a scalar.
 * @param b Second operand, of the same element type.
 * @returns Truth values; shapes broadcast as in numpy.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example Below two
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.less(op.constant(Float32Array.of(1, 2, 3), [3]), 2));
 * deepStrictEqual([...data], [1, 0, 0]);
 * ```
 */
export function less(a: Operand, b: Operand): Value {
  return binary("Less", a, b, "bool");
}

/**
 * Where the first operand is smaller or equal.
 *
 * @param a First operand; a number stands for a scalar.
 * @param b Second operand, of the same element type.
 * @returns Truth values; shapes broadcast as in numpy.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example Two and below
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.lessOrEqual(op.constant(Float32Array.of(1, 2, 3), [3]), 2));
 * deepStrictEqual([...data], [1, 1, 0]);
 * ```
 */
export function lessOrEqual(a: Operand, b: Operand): Value {
  return binary("LessOrEqual", a, b, "bool");
}

/**
 * Where both operands are equal.
 *
 * @param a First operand; a number stands for a scalar.
 * @param b Second operand, of the same element type.
 * @returns Truth values; shapes broadcast as in numpy.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example Two itself
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.equal(op.constant(Float32Array.of(1, 2, 3), [3]), 2));
 * deepStrictEqual([...data], [0, 1, 0]);
 * ```
 */
export function equal(a: Operand, b: Operand): Value {
  return binary("Equal", a, b, "bool");
}

/**
 * Where both operands are true.
 *
 * @param a First truth values.
 * @param b Second truth values, broadcast against the first.
 * @returns Truth values; shapes broadcast as in numpy.
 * @throws {TypeError} If an operand does not hold truth values, or shapes do not broadcast.
 *
 * @example Between one and three
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.constant(Float32Array.of(1, 2, 3), [3]);
 * const { data } = await op.compute(op.and(op.greater(x, 1), op.less(x, 3)));
 * deepStrictEqual([...data], [0, 1, 0]);
 * ```
 */
export function and(a: Value, b: Value): Value {
  checkType("And", "the first operand", a, "bool");
  return binary("And", a, b);
}

/**
 * Where at least one operand is true.
 *
 * @param a First truth values.
 * @param b Second truth values, broadcast against the first.
 * @returns Truth values; shapes broadcast as in numpy.
 * @throws {TypeError} If an operand does not hold truth values, or shapes do not broadcast.
 *
 * @example Outside of one to three
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.constant(Float32Array.of(1, 2, 3), [3]);
 * const { data } = await op.compute(op.or(op.less(x, 2), op.greater(x, 2)));
 * deepStrictEqual([...data], [1, 0, 1]);
 * ```
 */
export function or(a: Value, b: Value): Value {
  checkType("Or", "the first operand", a, "bool");
  return binary("Or", a, b);
}

/**
 * Truth values turned around.
 *
 * @param x Truth values.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold truth values.
 *
 * @example Not above two
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.not(op.greater(op.constant(Float32Array.of(1, 3), [2]), 2)));
 * deepStrictEqual([...data], [1, 0]);
 * ```
 */
export function not(x: Value): Value {
  checkType("Not", "the operand", x, "bool");
  return emit("Not", [x], "bool", x.shape);
}

/**
 * Elements of one value where a condition holds, of another elsewhere.
 *
 * @param condition Truth values.
 * @param a Taken where the condition holds; a number stands for a scalar.
 * @param b Taken elsewhere, of the same element type.
 * @returns Chosen elements; all three shapes broadcast.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example Large elements become zero
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.constant(Float32Array.of(1, 5), [2]);
 * const { data } = await op.compute(op.where(op.less(x, 2), x, 0));
 * deepStrictEqual([...data], [1, 0]);
 * ```
 */
export function where(condition: Value, a: Operand, b: Operand): Value {
  checkType("Where", "the condition", condition, "bool");
  const dtype = typeof a !== "number" ? a.dtype : typeof b !== "number" ? b.dtype : "float32";
  const x = asValue(a, dtype), y = asValue(b, dtype);
  checkType("Where", "the third operand", y, x.dtype);
  const shape = broadcast("Where", condition.shape, broadcast("Where", x.shape, y.shape));
  return emit("Where", [condition, x, y], x.dtype, shape);
}

/**
 * Elements limited to a range; those outside pass no gradient.
 *
 * @param x Operand of any shape.
 * @param lo Least value of the result; -Infinity for no limit.
 * @param hi Largest value of the result; Infinity for no limit.
 * @returns Value of the same shape.
 * @throws {RangeError} If the lower limit is above the upper one.
 *
 * @example A range of one
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.clip(op.constant(Float32Array.of(-3, 0.5, 7), [3]), 0, 1));
 * deepStrictEqual([...data], [0, 0.5, 1]);
 * ```
 */
export function clip(x: Value, lo: number, hi: number): Value {
  if (!(lo <= hi)) throw new RangeError(`Cannot build Clip: lower limit ${lo} is above upper limit ${hi}`);
  return emit("Clip", [x, asValue(lo, x.dtype), asValue(hi, x.dtype)], x.dtype, x.shape);
}
