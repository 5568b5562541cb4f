/**
 * Arithmetic on elements, with numpy broadcasting.
 *
 * @module
 */
import { binary, float, unary } from "./_pointwise.ts";
import type { Operand, Value } from "../types.ts";

/**
 * Sum of two values.
 *
 * @param a First operand; a number stands for a scalar.
 * @param b Second operand, of the same element type.
 * @returns Elementwise result; shapes broadcast as in numpy.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example A number added to each element
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.add(op.constant(Float32Array.of(1, 2), [2]), 10));
 * deepStrictEqual([...data], [11, 12]);
 * ```
 */
export function add(a: Operand, b: Operand): Value {
  return binary("Add", a, b);
}

/**
 * Difference of two values.
 *
 * @param a First operand; a number stands for a scalar.
 * @param b Second operand, of the same element type.
 * @returns Elementwise result; shapes broadcast as in numpy.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example Each element taken from a number
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.sub(10, op.constant(Float32Array.of(1, 2), [2])));
 * deepStrictEqual([...data], [9, 8]);
 * ```
 */
export function sub(a: Operand, b: Operand): Value {
  return binary("Sub", a, b);
}

/**
 * Product of two values, element by element.
 *
 * @param a First operand; a number stands for a scalar.
 * @param b Second operand, of the same element type.
 * @returns Elementwise result; shapes broadcast as in numpy.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example A column times a row
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.mul(op.constant(Float32Array.of(2, 3), [2, 1]), op.constant(Float32Array.of(1, 10), [2])));
 * deepStrictEqual([...data], [2, 20, 3, 30]);
 * ```
 */
export function mul(a: Operand, b: Operand): Value {
  return binary("Mul", a, b);
}

/**
 * Quotient of two values; whole numbers are cut towards zero.
 *
 * @param a First operand; a number stands for a scalar.
 * @param b Second operand, of the same element type.
 * @returns Elementwise result; shapes broadcast as in numpy.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example Half of each element
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.div(op.constant(Float32Array.of(1, 3), [2]), 2));
 * deepStrictEqual([...data], [0.5, 1.5]);
 * ```
 */
export function div(a: Operand, b: Operand): Value {
  return binary("Div", a, b);
}

/**
 * First operand to the power of the second.
 *
 * @param a First operand; a number stands for a scalar.
 * @param b Second operand, of the same element type.
 * @returns Elementwise result; shapes broadcast as in numpy.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example Squares
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.pow(op.constant(Float32Array.of(-2, 3), [2]), 2));
 * deepStrictEqual([...data], [4, 9]);
 * ```
 */
export function pow(a: Operand, b: Operand): Value {
  return binary("Pow", a, b);
}

/**
 * The smaller of two values, element by element; equal ones share the gradient.
 *
 * @param a First operand; a number stands for a scalar.
 * @param b Second operand, of the same element type.
 * @returns Elementwise result; shapes broadcast as in numpy.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example An upper limit
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.min2(op.constant(Float32Array.of(1, 3), [2]), 2));
 * deepStrictEqual([...data], [1, 2]);
 * ```
 */
export function min2(a: Operand, b: Operand): Value {
  return binary("Min", a, b);
}

/**
 * The larger of two values, element by element; equal ones share the gradient.
 *
 * @param a First operand; a number stands for a scalar.
 * @param b Second operand, of the same element type.
 * @returns Elementwise result; shapes broadcast as in numpy.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example A lower limit
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.max2(op.constant(Float32Array.of(1, 3), [2]), 2));
 * deepStrictEqual([...data], [2, 3]);
 * ```
 */
export function max2(a: Operand, b: Operand): Value {
  return binary("Max", a, b);
}

/**
 * Negative of each element.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold numbers.
 *
 * @example Signs change
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.neg(op.constant(Float32Array.of(1, -2), [2])));
 * deepStrictEqual([...data], [-1, 2]);
 * ```
 */
export function neg(x: Value): Value {
  return unary("Neg", x);
}

/**
 * Distance of each element from zero; its gradient at zero is zero.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold numbers.
 *
 * @example Signs go
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.abs(op.constant(Float32Array.of(1, -2), [2])));
 * deepStrictEqual([...data], [1, 2]);
 * ```
 */
export function abs(x: Value): Value {
  return unary("Abs", x);
}

/**
 * -1, 0 or 1 for negative, zero and positive elements; no gradient passes.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold numbers.
 *
 * @example Three signs
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.sign(op.constant(Float32Array.of(-2, 0, 5), [3])));
 * deepStrictEqual([...data], [-1, 0, 1]);
 * ```
 */
export function sign(x: Value): Value {
  return unary("Sign", x);
}

/**
 * Square root of each element, NaN below zero.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example Roots of squares
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.sqrt(op.constant(Float32Array.of(4, 9), [2])));
 * deepStrictEqual([...data], [2, 3]);
 * ```
 */
export function sqrt(x: Value): Value {
  return float("Sqrt", x);
}

/**
 * e to the power of each element.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example e to the power of zero
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.exp(op.constant(Float32Array.of(0), [1])));
 * deepStrictEqual([...data], [1]);
 * ```
 */
export function exp(x: Value): Value {
  return float("Exp", x);
}

/**
 * Natural logarithm of each element.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example Logarithm of one
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.log(op.constant(Float32Array.of(1), [1])));
 * deepStrictEqual([...data], [0]);
 * ```
 */
export function log(x: Value): Value {
  return float("Log", x);
}

/**
 * Error function of each element, -1..1.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example An odd function
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.erf(op.constant(Float32Array.of(0, 9, -9), [3])));
 * deepStrictEqual([...data], [0, 1, -1]);
 * ```
 */
export function erf(x: Value): Value {
  return float("Erf", x);
}
