/**
 * Batch normalisation with PyTorch's names, in evaluation and in training.
 *
 * In training ONNX's own operator does not report what PyTorch keeps, so the statistics of the batch are outputs of the graph
 * and the running averages are moved outside it ({@linkcode updateRunningStatistics}).
 * Rule: https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html .
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { ONES, ZEROS } from "./initialisation.ts";
import type { Parameters } from "./params.ts";

/** Added to a variance: PyTorch's default, which the reference uses everywhere. */
export const BATCH_NORM_EPSILON = 1e-5;

/** Statistics of one batch norm in a training graph, and the names of the buffers they move. */
export interface StatisticsUpdate {
  /** Name of the running mean in the state dict. */
  readonly meanName: string;
  /** Name of the running variance in the state dict. */
  readonly varianceName: string;
  /** Mean of the batch, [C]. */
  readonly mean: Value;
  /** Biased variance of the batch, [C]. */
  readonly variance: Value;
  /** Values each sample gives a channel: H*W, or 1 after flattening. */
  readonly elementsPerSample: number;
}

/** How a network with batch norms is built. */
export interface BatchNormMode {
  /** The list that training graphs add to; absent in evaluation, where running statistics are used. */
  readonly updates?: StatisticsUpdate[];
}

/**
 * Normalises each channel.
 *
 * @param params Scope of the layer: weight, bias, running_mean, running_var are asked for in both modes.
 * @param name Name of the layer below the scope.
 * @param x Input [N,C] or [N,C,H,W].
 * @param options `updates` selects training; `trainGain: false` freezes the weight at its value, as IResNet's last norm does.
 * @returns The normalised value, same shape.
 *
 * @example Training reports the statistics to keep
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { batchNorm, inputParameters, type StatisticsUpdate } from "@/networks/mod.ts";
 *
 * const updates: StatisticsUpdate[] = [];
 * batchNorm(inputParameters(), "bn1", op.input("x", "float32", [8, 4, 5, 5]), { updates });
 * strictEqual(updates[0]!.meanName, "bn1.running_mean");
 * strictEqual(updates[0]!.elementsPerSample, 25);
 * ```
 */
export function batchNorm(params: Parameters, name: string, x: Value, options: BatchNormOptions = {}): Value {
  return batchNormOfParts(params, name, [x], options)[0]!;
}

/** Options of {@linkcode batchNorm}. */
export interface BatchNormOptions extends BatchNormMode {
  /** Whether the weight is trained. @default {true} */
  readonly trainGain?: boolean;
}

/**
 * {@linkcode batchNorm} of a batch that lies in several tensors, normalised by the statistics of all of them.
 *
 * @param params Scope of the layer.
 * @param name Name of the layer below the scope.
 * @param parts Parts of the batch `[n,C]` or `[n,C,H,W]`.
 * @param options As of {@linkcode batchNorm}.
 * @returns The normalised parts.
 * @throws {TypeError} In training, if a length is a name or channels differ.
 *
 * @example Two halves share a mean
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { batchNormOfParts, inputParameters, type StatisticsUpdate } from "@/networks/mod.ts";
 *
 * const updates: StatisticsUpdate[] = [], halves = ["a", "b"].map((name) => op.input(name, "float32", [4, 8, 5, 5]));
 * strictEqual(batchNormOfParts(inputParameters(), "bn1", halves, { updates }).length, 2);
 * strictEqual(updates.length, 1);
 * ```
 */
export function batchNormOfParts(
  params: Parameters,
  name: string,
  parts: readonly Value[],
  { updates, trainGain = true }: BatchNormOptions = {},
): Value[] {
  const [, channels, ...field] = parts[0]!.shape as readonly number[];
  const shape = [channels!];
  const layer = params.scope(name);
  const scale = layer.param("weight", shape, {
    init: ONES,
    trainable: trainGain,
  });
  const bias = layer.param("bias", shape, { init: ZEROS });
  const runningMean = layer.param("running_mean", shape, {
    init: ZEROS,
    trainable: false,
  });
  const runningVariance = layer.param("running_var", shape, {
    init: ONES,
    trainable: false,
  });
  const affine = { scale, bias, epsilon: BATCH_NORM_EPSILON };
  if (updates === undefined) {
    return parts.map((x) => op.batchNorm(x, { ...affine, mean: runningMean, variance: runningVariance }));
  }
  const { y, mean, variance } = op.batchNormTrainParts(parts, affine);
  updates.push({
    meanName: layer.fullName("running_mean"),
    varianceName: layer.fullName("running_var"),
    mean,
    variance,
    elementsPerSample: field.reduce((size, dim) => size * dim, 1),
  });
  return y;
}

/** What moves a pair of running statistics. */
export interface BatchStatistics {
  /** Mean of the batch a channel. */
  readonly mean: Float32Array;
  /** Biased variance of the batch a channel. */
  readonly variance: Float32Array;
  /** Values that went into each: batch size times {@linkcode StatisticsUpdate.elementsPerSample}. */
  readonly count: number;
}

/**
 * Moves running statistics towards those of a batch, in place, as PyTorch does: the variance kept is the unbiased one.
 *
 * @param running Running mean and variance [C]; changed.
 * @param batch Statistics of the batch.
 * @param momentum Weight of the batch, 0..1.
 * @throws {RangeError} If the batch has fewer than two values a channel: its variance is not defined.
 *
 * @example One step with PyTorch's momentum
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { updateRunningStatistics } from "@/networks/mod.ts";
 *
 * const running = { mean: new Float32Array([0]), variance: new Float32Array([1]) };
 * updateRunningStatistics(running, {
 *   mean: new Float32Array([4]),
 *   variance: new Float32Array([1]),
 *   count: 2,
 * }, 0.5);
 * deepStrictEqual([running.mean[0], running.variance[0]], [2, 1.5]);
 * ```
 */
export function updateRunningStatistics(
  running: { readonly mean: Float32Array; readonly variance: Float32Array },
  batch: BatchStatistics,
  momentum = 0.1,
): void {
  const { mean, variance, count } = batch;
  if (count < 2) {
    throw new RangeError(
      `Cannot update running statistics: the batch has ${count} value a channel, at least 2 are needed`,
    );
  }
  const unbiased = count / (count - 1);
  for (let c = 0; c < mean.length; c++) {
    running.mean[c] = running.mean[c]! +
      momentum * (mean[c]! - running.mean[c]!);
    running.variance[c] = running.variance[c]! +
      momentum * (variance[c]! * unbiased - running.variance[c]!);
  }
}
