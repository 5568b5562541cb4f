/**
 * Batch, group and layer normalisation.
 *
 * @module
 */
import { checkRank, emit, fixed, show, withRule } from "../_node.ts";
import type { GradientRule, Value } from "../types.ts";
import { add, div, max2, mul, sqrt, sub } from "./arithmetic.ts";
import { channelAffine } from "./channel_affine.ts";
import { channelDots, channelSums, rowDots } from "./dots.ts";
import { full } from "./creation.ts";
import { concat, slice } from "./movement.ts";
import { reduceMean, reduceSum, sum } from "./reduction.ts";
import { reshape, unsqueeze } from "./shape.ts";

/** Learned scale and shift, one per channel. */
export interface AffineParameters {
  /** Factor per channel, `[C]`. */
  readonly scale: Value;
  /** Shift per channel, `[C]`. */
  readonly bias: Value;
  /** Added to the variance. @default {1e-5} */
  readonly epsilon?: number;
}

/** Parameters and running statistics of batch normalisation. */
export interface BatchNormParameters extends AffineParameters {
  /** Running mean, `[C]`. */
  readonly mean: Value;
  /** Running variance, `[C]`. */
  readonly variance: Value;
}

/**
 * Batch normalisation with running statistics (eval mode), channels on axis 1.
 *
 * @param x `[N, C, ...]`.
 * @param parameters Scale, bias and running statistics `[C]`.
 * @returns Value of x's shape.
 * @throws {TypeError} If a parameter is not `[C]`.
 *
 * @example Images
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 8, 7, 7]);
 * const scale = op.full([8], 1), bias = op.full([8], 0);
 * deepStrictEqual((op.batchNorm(x, { scale, bias, mean: bias, variance: scale })).shape, ["N", 8, 7, 7]);
 * ```
 */
export function batchNorm(x: Value, { scale, bias, mean, variance, epsilon = 1e-5 }: BatchNormParameters): Value {
  for (const [what, v] of Object.entries({ scale, bias, mean, variance })) {
    if (v.shape.length !== 1 || v.shape[0] !== x.shape[1]) {
      throw new TypeError(
        `Cannot build BatchNormalization: ${what} is ${show(v.shape)}, the operand ${show(x.shape)} has ${
          x.shape[1]
        } channels`,
      );
    }
  }
  return emit("BatchNormalization", [x, scale, bias, mean, variance], x.dtype, x.shape, {
    epsilon: { float: epsilon },
  });
}

/**
 * A value per channel shaped to broadcast along axis 1.
 *
 * @param v `[C]`.
 * @param x What it will be combined with, `[N, C, ...]`.
 * @returns `[C, 1, ...]`.
 *
 * @example Images
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 8, 7, 7]);
 * deepStrictEqual((op.perChannel(op.full([8], 1), x)).shape, [8, 1, 1]);
 * ```
 */
export function perChannel(v: Value, x: Value): Value {
  return reshape(v, [fixed("perChannel", v.shape, 0), ...x.shape.slice(2).map(() => 1)]);
}

/** What {@linkcode batchNormTrain} returns. */
export interface BatchNormTrainResult {
  /** Normalised operand. */
  readonly y: Value;
  /** Mean of the batch per channel, `[C]`. */
  readonly mean: Value;
  /** Biased variance of the batch per channel, `[C]`. */
  readonly variance: Value;
}

/**
 * Batch normalisation with the statistics of the batch (training mode), channels on axis 1.
 *
 * @param x `[N, C, ...]`, all lengths fixed.
 * @param parameters Scale and bias `[C]`.
 * @returns The normalised value and the biased statistics `[C]`.
 * @throws {TypeError} If a length is a name.
 *
 * @example Statistics of a batch
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.constant(Float32Array.of(1, 3), [2, 1]);
 * const { mean } = op.batchNormTrain(x, { scale: op.full([1], 1), bias: op.full([1], 0) });
 * deepStrictEqual([...(await op.compute(mean)).data], [2]);
 * ```
 */
export function batchNormTrain(x: Value, parameters: AffineParameters): BatchNormTrainResult {
  const { y, mean, variance } = batchNormTrainParts([x], parameters);
  return { y: y[0]!, mean, variance };
}

/**
 * {@linkcode batchNormTrain} of a batch that lies in several tensors, with the statistics of all of them.
 *
 * @param parts Tensors `[N, C, ...]`, all lengths fixed; N may differ.
 * @param parameters Scale and bias `[C]`.
 * @returns The normalised parts and the biased statistics `[C]`.
 * @throws {TypeError} If a length is a name, there are no parts, or their channels or ranks differ.
 *
 * @example A batch of two halves
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const halves = [1, 3].map((x) => op.full([1, 1], x));
 * const { variance } = op.batchNormTrainParts(halves, { scale: op.full([1], 1), bias: op.full([1], 0) });
 * deepStrictEqual([...(await op.compute(variance)).data], [1]);
 * ```
 */
export function batchNormTrainParts(
  parts: readonly Value[],
  { scale, bias, epsilon = 1e-5 }: AffineParameters,
): Omit<BatchNormTrainResult, "y"> & {
  /** Normalised parts. */
  readonly y: Value[];
} {
  const [first] = parts;
  const other = parts.find(({ shape }) => shape.length !== first!.shape.length || shape[1] !== first!.shape[1]);
  if (first === undefined || other !== undefined) {
    const found = other === undefined ? "none" : `${show(first!.shape)} and ${show(other.shape)}`;
    throw new TypeError(`Cannot build BatchNormTrain: expected parts with the same channels and rank, found ${found}`);
  }
  const { mean, variance } = batchStatistics(parts);
  // One slope and one shift per channel for all parts, whose gradients are sums of the parts' own.
  const slope = div(scale, sqrt(add(variance, epsilon))), shift = sub(bias, mul(mean, slope));
  return { y: parts.map((x) => channelAffine(x, slope, shift)), mean, variance };
}

/**
 * Mean and biased variance per channel of a batch in parts `[N, C, ...]`, `[C]`.
 *
 * Both are made of sums, a mean and a mean of squares, and so is their gradient: no centred copy of the operands is kept.
 */
function batchStatistics(parts: readonly Value[]): { readonly mean: Value; readonly variance: Value } {
  const sizes = parts.map((x) =>
    x.shape.reduce((n: number, _, i) => i === 1 ? n : n * fixed("BatchNormTrain", x.shape, i), 1)
  );
  const share = 1 / sizes.reduce((a, b) => a + b, 0), channels = fixed("BatchNormTrain", parts[0]!.shape, 1);
  const average = mul(sum(parts.map(channelSums)), share);
  const squares = mul(sum(parts.map((x) => channelDots(x, x))), share);
  const spread = max2(sub(squares, mul(average, average)), 0);
  // Together, so that their gradient is one pass over each part.
  const both = withRule(concat([average, spread], 0), parts, (_node, [g]) => {
    const [toMean, toVariance] = halves(mul(g!, share)), slope = mul(toVariance, 2);
    const shift = sub(toMean, mul(slope, average));
    return parts.map((x) => () => channelAffine(x, slope, shift));
  });
  const [mean, variance] = halves(both);
  return { mean, variance };

  function halves(v: Value): [Value, Value] {
    return [0, channels].map((from) => slice(v, { axes: [0], starts: [from], ends: [from + channels] })) as [
      Value,
      Value,
    ];
  }
}

/**
 * Group normalisation: channels in groups, each image by itself.
 *
 * @param x Images `[N, C, H, W]`; all lengths but N fixed.
 * @param groups Number of groups; divides C.
 * @param scale `[C]`.
 * @param bias `[C]`.
 * @param epsilon Added to the variance.
 * @returns Value of x's shape.
 * @throws {RangeError} If the groups do not divide the channels.
 *
 * @example Two groups of four channels
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 8, 7, 7]);
 * const scale = op.full([8], 1), bias = op.full([8], 0);
 * deepStrictEqual((op.groupNorm(x, 2, scale, bias)).shape, ["N", 8, 7, 7]);
 * ```
 */
export function groupNorm(x: Value, groups: number, scale: Value, bias: Value, epsilon = 1e-6): Value {
  checkRank("GroupNorm", "the operand", x, 4);
  const channels = fixed("GroupNorm", x.shape, 1);
  if (channels % groups !== 0) {
    throw new RangeError(`Cannot build GroupNorm: ${channels} channels do not divide into ${groups} groups`);
  }
  const pixels = fixed("GroupNorm", x.shape, 2) * fixed("GroupNorm", x.shape, 3);
  const grouped = reshape(x, [x.shape[0]!, groups, pixels * channels / groups]); // N, G, area
  const attributes = { epsilon: { float: epsilon } };
  const own = groups === channels;
  const [one, zero] = own ? [scale, bias] : [full([groups], 1), full([groups], 0)];
  const hat = reshape(emit("InstanceNormalization", [grouped, one, zero], x.dtype, grouped.shape, attributes), x.shape);
  const y = own ? hat : channelAffine(hat, scale, bias);
  return withRule(y, [x, scale, bias], groupNormRule(x, scale, groups, epsilon));
}

/**
 * Gradient of group normalisation, on two sums per image and channel instead of passes over whole images: with d = x - mean,
 * i = 1 / deviation and s = scale, dx = i s dy - (sum(s dy) i + d sum(s dy d) i^3) / area, sums over the group.
 */
function groupNormRule(x: Value, scale: Value, groups: number, epsilon: number): GradientRule {
  const channels = fixed("GroupNorm", x.shape, 1), per = channels / groups;
  const pixels = fixed("GroupNorm", x.shape, 2) * fixed("GroupNorm", x.shape, 3), area = pixels * per;
  const split = (v: Value) => reshape(v, [x.shape[0]!, groups, per, pixels]); // N, G, C/G, H W
  return (_node, [g]) => {
    const grouped = reshape(x, [x.shape[0]!, groups, area]);
    const d = sub(grouped, reduceMean(grouped, [2]));
    const inverse = div(1, sqrt(add(mul(unsqueeze(rowDots(d, d), [2]), 1 / area), epsilon))); // N, G, 1
    const dy = split(g!), s = reshape(scale, [1, groups, per]);
    const sumDy = reduceSum(dy, [3], false), sumDyD = rowDots(dy, split(d)); // N, G, C/G
    return [
      () => {
        const mean = mul(reduceSum(mul(sumDy, s), [2]), 1 / area); // N, G, 1
        const slope = mul(reduceSum(mul(sumDyD, s), [2]), 1 / area);
        const cubed = mul(inverse, mul(inverse, inverse));
        const rest = add(mul(d, mul(slope, cubed)), mul(mean, inverse));
        return reshape(sub(mul(dy, unsqueeze(mul(inverse, s), [3])), split(rest)), x.shape);
      },
      () => reshape(reduceSum(mul(sumDyD, inverse), [0], false), [channels]),
      () => reshape(reduceSum(sumDy, [0], false), [channels]),
    ];
  };
}

/**
 * Layer normalisation over the last axis.
 *
 * @param x `[..., D]`.
 * @param scale `[D]`.
 * @param bias `[D]`.
 * @param epsilon Added to the variance.
 * @returns Value of x's shape.
 * @throws {TypeError} If scale or bias do not fit the last axis.
 *
 * @example Tokens
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 49, 8]);
 * const scale = op.full([8], 1), bias = op.full([8], 0);
 * deepStrictEqual((op.layerNorm(x, scale, bias)).shape, ["N", 49, 8]);
 * ```
 */
export function layerNorm(x: Value, scale: Value, bias: Value, epsilon = 1e-6): Value {
  const width = x.shape.at(-1);
  if (scale.shape[0] !== width || bias.shape[0] !== width) {
    throw new TypeError(
      `Cannot build LayerNormalization: scale ${show(scale.shape)} does not fit the last axis of ${show(x.shape)}`,
    );
  }
  return emit("LayerNormalization", [x, scale, bias], x.dtype, x.shape, {
    axis: { int: -1 },
    epsilon: { float: epsilon },
  });
}
