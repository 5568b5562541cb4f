/**
 * Activation functions.
 *
 * @module
 */
import { broadcast, checkType, elementCount, emit, withRule } from "../_node.ts";
import { float } from "./_pointwise.ts";
import { positive } from "./_positive.ts";
import { unbroadcast } from "../gradient/unbroadcast.ts";
import type { Value } from "../types.ts";
import { channelAffine } from "./channel_affine.ts";
import { channelDots } from "./dots.ts";
import { add, mul, sub } from "./arithmetic.ts";
import { reshape } from "./shape.ts";

/**
 * The larger of each element and zero; the gradient at zero is zero.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example Negative elements become zero
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.relu(op.constant(Float32Array.of(-1, 2), [2])));
 * deepStrictEqual([...data], [0, 2]);
 * ```
 */
export function relu(x: Value): Value {
  return float("Relu", x);
}

/**
 * Logistic function 1 / (1 + e^-x) of each element, 0..1.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example The middle
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.sigmoid(op.constant(Float32Array.of(0), [1])));
 * deepStrictEqual([...data], [0.5]);
 * ```
 */
export function sigmoid(x: Value): Value {
  return float("Sigmoid", x);
}

/**
 * Hyperbolic tangent of each element, -1..1.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example The middle
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.tanh(op.constant(Float32Array.of(0), [1])));
 * deepStrictEqual([...data], [0]);
 * ```
 */
export function tanh(x: Value): Value {
  return float("Tanh", x);
}

/**
 * GELU with the exact error function: each element times the normal distribution function.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example Zero and a large number
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.gelu(op.constant(Float32Array.of(0, 20), [2])));
 * deepStrictEqual([...data], [0, 20]);
 * ```
 */
export function gelu(x: Value): Value {
  return float("Gelu", x);
}

/**
 * Each element times its logistic function, also called swish.
 *
 * @param x Operand of any shape.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example Zero and a large number
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.silu(op.constant(Float32Array.of(0, 64), [2])));
 * deepStrictEqual([...data], [0, 64]);
 * ```
 */
export function silu(x: Value): Value {
  const s = sigmoid(x), y = mul(x, s);
  // y' = s + x s (1 - s) = y + s (1 - y): four passes, where the chain rule would make six.
  return withRule(y, [x], (_node, [g]) => [() => mul(g!, add(y, mul(s, sub(1, y))))]);
}

/**
 * Positive elements as they are, the others times a number.
 *
 * @param x Operand of any shape.
 * @param alpha Factor of the elements below zero.
 * @returns Value of the same shape.
 * @throws {TypeError} If x does not hold floating-point numbers.
 *
 * @example A quarter of what is negative
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.leakyRelu(op.constant(Float32Array.of(-4, 4), [2]), 0.25));
 * deepStrictEqual([...data], [-1, 4]);
 * ```
 */
export function leakyRelu(x: Value, alpha = 0.01): Value {
  checkType("LeakyRelu", "the operand", x, "float32", "float64", "float16");
  return emit("LeakyRelu", [x], x.dtype, x.shape, { alpha: { float: alpha } });
}

/**
 * Positive elements as they are, the others times a learned slope.
 *
 * @param x Operand of any shape, images as `[N, C, H, W]`.
 * @param slope Factors that broadcast to x, one a channel of images as `[C, 1, 1]`.
 * @returns Value of x's shape.
 * @throws {TypeError} If types differ, shapes do not broadcast or the slope has a higher rank than x.
 *
 * @example A slope per column
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.constant(Float32Array.of(-1, -1, 5, 5), [2, 2]);
 * const { data } = await op.compute(op.prelu(x, op.constant(Float32Array.of(0.5, 2), [2])));
 * deepStrictEqual([...data], [-0.5, -2, 5, 5]);
 * ```
 */
export function prelu(x: Value, slope: Value): Value {
  checkType("PRelu", "the slope", slope, x.dtype);
  const shape = broadcast("PRelu", x.shape, slope.shape);
  if (shape.length !== x.shape.length) {
    throw new TypeError("Cannot build PRelu: the slope has a higher rank than the operand");
  }
  // ONNX Runtime's PRelu takes twice as long as these four passes together, its Min four times as long as this difference.
  const above = relu(x), below = sub(x, above), y = add(above, mul(below, slope)), channels = isPerChannel(slope, x);
  return withRule(y, [x, slope], (_node, [g]) => [
    () => mul(g!, choose(positive(x), slope, channels)),
    () => channels ? reshape(channelDots(g!, below), slope.shape) : unbroadcast(mul(g!, below), slope),
  ]);
}

/** Whether a slope has one value a channel, as `[C, 1, 1]` or `[1, C, 1, 1]`. */
function isPerChannel(slope: Value, x: Value): boolean {
  const [channels, ...rest] = slope.shape.length === x.shape.length ? slope.shape.slice(1) : slope.shape;
  return typeof channels === "number" && channels === x.shape[1] && slope.shape.length > 1 &&
    rest.length === x.shape.length - 2 && rest.every((d) => d === 1) && elementCount(slope.shape) === channels;
}

/** 1 where the mask is 1, the slope where it is 0. */
function choose(mask: Value, slope: Value, perChannel: boolean): Value {
  if (!perChannel) return add(mul(mask, sub(1, slope)), slope);
  const flat = reshape(slope, [-1]);
  return channelAffine(mask, sub(1, flat), flat);
}
