/**
 * Optimiser steps as graph operations, so that a training step is one session run.
 *
 * Rules as PyTorch states them: https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html and
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 *
 * @module
 */
import { add, div, min2, mul, sqrt, sub } from "./ops/elementwise.ts";
import { reduceSum, sum } from "./ops/reduction.ts";
import type { Value } from "./types.ts";

/** Settings of stochastic gradient descent. */
export interface SgdOptions {
  /** Share of the last velocity that is kept. @default {0.9} */
  readonly momentum?: number;
  /** Factor of the weight that is added to its gradient. @default {0} */
  readonly weightDecay?: number;
}

/**
 * One step of SGD with momentum: v' = momentum v + (g + decay p); p' = p - rate v'.
 *
 * @param parameter Weight p.
 * @param gradient Its gradient g.
 * @param velocity Velocity v of the same shape; zeros at the first step.
 * @param rate Learning rate, a scalar.
 * @param options Momentum and decay.
 * @returns Weight and velocity after the step.
 * @throws {TypeError} If shapes do not broadcast.
 *
 * @example A first step
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const p = op.full([1], 1), g = op.full([1], 2), v = op.full([1], 0);
 * const { parameter } = op.sgdStep(p, g, v, op.scalar(0.25));
 * deepStrictEqual([...(await op.compute(parameter)).data], [0.5]);
 * ```
 */
export function sgdStep(
  parameter: Value,
  gradient: Value,
  velocity: Value,
  rate: Value,
  { momentum = 0.9, weightDecay = 0 }: SgdOptions = {},
): { parameter: Value; velocity: Value } {
  const g = weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
  const v = add(mul(velocity, momentum), g);
  return { parameter: sub(parameter, mul(v, rate)), velocity: v };
}

/** Settings of AdamW. */
export interface AdamWOptions {
  /** Decay of the mean of gradients. @default {0.9} */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients. @default {0.999} */
  readonly beta2?: number;
  /** Added to the root of the mean square. @default {1e-8} */
  readonly epsilon?: number;
  /** Share of the weight, times the rate, that is taken off at each step. @default {0} */
  readonly weightDecay?: number;
}

/** Values that change with the step: scalars that the caller feeds. */
export interface AdamWSchedule {
  /** Learning rate. */
  readonly rate: Value;
  /** 1 - beta1^t at step t, counted from 1. */
  readonly correction1: Value;
  /** 1 - beta2^t at step t, counted from 1. */
  readonly correction2: Value;
}

/**
 * One step of AdamW with decoupled weight decay.
 *
 * @param parameter Weight.
 * @param gradient Its gradient.
 * @param moments Means of the gradient and of its square; zeros at the first step.
 * @param schedule Scalars that change from step to step.
 * @param options Decays and epsilon.
 * @returns Weight and moments after the step.
 * @throws {TypeError} If shapes do not broadcast.
 *
 * @example A first step goes down by the rate
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const p = op.full([1], 1), g = op.full([1], 2), zero = op.full([1], 0);
 * const schedule = { rate: op.scalar(0.25), correction1: op.scalar(0.1), correction2: op.scalar(0.001) };
 * const { parameter } = op.adamwStep(p, g, { first: zero, second: zero }, schedule);
 * deepStrictEqual(Math.abs((await op.compute(parameter)).data[0] as number - 0.75) < 1e-6, true);
 * ```
 */
export function adamwStep(
  parameter: Value,
  gradient: Value,
  moments: { readonly first: Value; readonly second: Value },
  { rate, correction1, correction2 }: AdamWSchedule,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamWOptions = {},
): { parameter: Value; first: Value; second: Value } {
  const first = add(mul(moments.first, beta1), mul(gradient, 1 - beta1));
  const second = add(mul(moments.second, beta2), mul(mul(gradient, gradient), 1 - beta2));
  // rate (m / c1) / (sqrt(v / c2) + e) = m (rate sqrt(c2) / c1) / (sqrt(v) + e sqrt(c2)): fewer passes over the weight.
  const root = sqrt(correction2);
  const step = div(mul(first, div(mul(rate, root), correction1)), add(sqrt(second), mul(root, epsilon)));
  const decayed = weightDecay === 0 ? parameter : mul(parameter, sub(1, mul(rate, weightDecay)));
  return { parameter: sub(decayed, step), first, second };
}

/**
 * Scales gradients so that their common Euclidean length is at most a limit, as PyTorch's clip_grad_norm_ does.
 *
 * @param gradients Gradients of any shapes.
 * @param limit Greatest length.
 * @returns The scaled gradients and the length before scaling.
 * @throws {TypeError} If no gradients are given.
 *
 * @example A length of five is halved
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { norm } = op.clipGradientNorm([op.constant(Float32Array.of(3, 4), [2])], 2.5);
 * deepStrictEqual([...(await op.compute(norm)).data], [5]);
 * ```
 */
export function clipGradientNorm(gradients: readonly Value[], limit: number): { gradients: Value[]; norm: Value } {
  const squares = gradients.map((g) => reduceSum(mul(g, g), g.shape.map((_, i) => i), false));
  const norm = sqrt(sum(squares));
  const factor = min2(div(limit, add(norm, 1e-6)), 1);
  return { gradients: gradients.map((g) => mul(g, factor)), norm };
}
