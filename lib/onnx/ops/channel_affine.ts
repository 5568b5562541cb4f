/**
 * A scale and a shift per channel in one pass.
 *
 * @module
 */
import { emit } from "../_node.ts";
import type { GradientRule, Value } from "../types.ts";
import { cast } from "./conversion.ts";
import { full } from "./creation.ts";
import { channelDots, channelSums } from "./dots.ts";

/** Variance and epsilon that add up to exactly 1, epsilon not below what cuDNN allows (1e-5). */
const EPSILON = 2 ** -16;

/**
 * x * slope + shift with one slope and one shift per channel.
 *
 * Batch normalisation with mean 0 and variance 1 does it in one pass over memory, where a product and a sum need two.
 *
 * @param x `[N, C, ...]`, C fixed.
 * @param slope `[C]`.
 * @param shift `[C]`.
 * @returns Value of x's shape.
 *
 * @example Twice and one more
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.constant(Float32Array.of(1, 3), [2, 1]);
 * const { data } = await op.compute(op.channelAffine(x, op.full([1], 2), op.full([1], 1)));
 * deepStrictEqual([...data], [3, 7]);
 * ```
 */
export function channelAffine(x: Value, slope: Value, shift: Value): Value {
  const channels = [x.shape[1] as number];
  const statistics = [0, 1 - EPSILON].map((number) => cast(full(channels, number), x.dtype));
  const rule: GradientRule = (_node, [g]) => [
    () => channelAffine(g!, slope, statistics[0]!),
    () => channelDots(g!, x),
    () => channelSums(g!),
  ];
  return emit("BatchNormalization", [x, slope, shift, ...statistics], x.dtype, x.shape, {
    epsilon: { float: EPSILON },
  }, rule);
}
