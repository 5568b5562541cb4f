/**
 * Trigonometric functions; all angles are in radians.
 *
 * @module
 */
import { asValue } from "../_node.ts";
import { float } from "./_pointwise.ts";
import type { Value } from "../types.ts";
import { abs, add, div, mul, neg, sign } from "./arithmetic.ts";
import { equal, greater, less, where } from "./comparison.ts";
import { cast } from "./conversion.ts";

/**
 * Sine of each element.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example Sine of zero
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.sin(op.constant(Float32Array.of(0), [1])));
 * deepStrictEqual([...data], [0]);
 * ```
 */
export function sin(x: Value): Value {
  return float("Sin", x);
}

/**
 * Cosine of each element.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example Cosine of zero
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.cos(op.constant(Float32Array.of(0), [1])));
 * deepStrictEqual([...data], [1]);
 * ```
 */
export function cos(x: Value): Value {
  return float("Cos", x);
}

/**
 * Angle 0..pi whose cosine is the element; the gradient is infinite at -1 and 1.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example Angle of one
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.acos(op.constant(Float32Array.of(1), [1])));
 * deepStrictEqual([...data], [0]);
 * ```
 */
export function acos(x: Value): Value {
  return float("Acos", x);
}

/**
 * Angle -pi/2..pi/2 whose tangent is the element.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example Angle of zero
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.atan(op.constant(Float32Array.of(0), [1])));
 * deepStrictEqual([...data], [0]);
 * ```
 */
export function atan(x: Value): Value {
  return float("Atan", x);
}

/**
 * Angle of the point (x, y), -pi..pi.
 *
 * ONNX has no Atan2, so it is put together from the arc tangent of the smaller coordinate over the larger one, turned by
 * a quarter where these change places. That keeps value and gradient finite on the axes; the point (0, 0) gives 0.
 *
 * @param y Second coordinates.
 * @param x First coordinates, broadcast against y.
 * @returns Angles in radians.
 * @throws {TypeError} If types differ or shapes do not broadcast.
 *
 * @example Straight up
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.atan2(op.constant(Float32Array.of(2), [1]), op.constant(Float32Array.of(0), [1])));
 * deepStrictEqual([...data], [Math.fround(Math.PI / 2)]);
 * ```
 */
export function atan2(y: Value, x: Value): Value {
  const steep = greater(abs(y), abs(x));
  const top = where(steep, neg(x), y), bottom = where(steep, y, x);
  const ratio = div(top, where(equal(bottom, 0), 1, bottom));
  const half = where(less(y, 0), asValue(-Math.PI, y.dtype), asValue(Math.PI, y.dtype));
  const behind = mul(cast(less(x, 0), y.dtype), half);
  return add(atan(ratio), where(steep, mul(sign(y), Math.PI / 2), behind));
}
