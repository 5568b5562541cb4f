/**
 * RepVGG: a stack of 3x3 convolutions and ReLU that is trained with two more branches beside each convolution.
 *
 * Follows https://github.com/DingXiaoH/RepVGG (MIT; https://arxiv.org/abs/2101.03697) as 6DRepNet carries it,
 * https://github.com/thohemp/6DRepNet/blob/master/sixdrepnet/backbone/repvgg.py , with that file's state-dict names.
 * A layer in training form adds a 3x3 convolution, a 1x1 convolution and, where shapes allow, the input itself, each with a
 * batch norm of its own; in deploy form it is one 3x3 convolution with a bias. Deviations: widths are settings; the
 * conversion is computed in float64 and rounded once; the classifier at the end is left out.
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { conv2d } from "./_layers.ts";
import { batchNorm, type BatchNormMode, type StatisticsUpdate } from "./batch_norm.ts";
import { ZEROS } from "./initialisation.ts";
import type { Parameters } from "./params.ts";

/** Shape of a RepVGG. */
export interface RepVggConfig {
  /** Layers of the four stages after the first layer. */
  readonly blocks: readonly number[];
  /** Channels of the first layer and of the four stages. */
  readonly widths: readonly number[];
  /** Channel groups of every second layer, the first layer counted as 0: 1, 2 or 4. */
  readonly groups: number;
  /** Squeeze-and-excitation before each ReLU. */
  readonly squeezeExcitation: boolean;
}

/** A size that the reference names, without its "RepVGG-". */
export type RepVggName =
  | ("A0" | "A1" | "A2" | "B0" | "B1" | "B1g2" | "B1g4")
  | ("B2" | "B2g2" | "B2g4" | "B3" | "B3g2" | "B3g4" | "D2se");

/** How a RepVGG is built. */
export interface RepVggOptions {
  /** Training form with its branches, instead of the deploy form. @default {false} */
  readonly branches?: boolean;
  /** Normalise with the statistics of the batch and report them; means training form. @default {false} */
  readonly training?: boolean;
  /** What comes before the number of a stage in parameter names: "layer" in 6DRepNet. @default {"stage"} */
  readonly stageName?: string;
}

/** What a RepVGG gives. */
export interface RepVggOutput {
  /** Features [N,C,H/32,W/32], halves rounded up. */
  readonly features: Value;
  /** Statistics of every batch norm; empty unless training. */
  readonly updates: readonly StatisticsUpdate[];
}

const A = [2, 4, 14, 1], B = [4, 6, 16, 1], D = [8, 14, 24, 1];

/** Layers of the stages, and factors of 64, 128, 256 and 512 channels. */
const SIZES: Readonly<Record<string, readonly [blocks: readonly number[], factors: readonly number[]]>> = {
  A0: [A, [0.75, 0.75, 0.75, 2.5]],
  A1: [A, [1, 1, 1, 2.5]],
  A2: [A, [1.5, 1.5, 1.5, 2.75]],
  B0: [B, [1, 1, 1, 2.5]],
  B1: [B, [2, 2, 2, 4]],
  B2: [B, [2.5, 2.5, 2.5, 5]],
  B3: [B, [3, 3, 3, 5]],
  D2: [D, [2.5, 2.5, 2.5, 5]],
};

/** PyTorch's default epsilon of batch norms, which the reference uses everywhere. */
const EPSILON = 1e-5;

/**
 * The shape of a network that the reference names.
 *
 * @param name A0 to D2se; "g2" and "g4" have every second layer in groups, "se" has squeeze-and-excitation.
 * @returns The configuration.
 *
 * @example The backbone of the published pose estimator
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { repvggConfig } from "@/networks/mod.ts";
 *
 * const { widths, groups } = repvggConfig("B1g2");
 * deepStrictEqual([widths, groups], [[64, 128, 256, 512, 2048], 2]);
 * ```
 */
export function repvggConfig(name: RepVggName): RepVggConfig {
  const [blocks, factors] = SIZES[name.slice(0, 2)]!;
  const stages = factors.map((factor, i) => Math.floor(64 * 2 ** i * factor));
  return {
    blocks,
    widths: [Math.min(64, stages[0]!), ...stages],
    groups: name.includes("g") ? Number(name.at(-1)) : 1,
    squeezeExcitation: name.endsWith("se"),
  };
}

/**
 * Builds the graph of a RepVGG without its classifier.
 *
 * @param config Shape of the network.
 * @param params Its parameters.
 * @param x Images [N,3,H,W] as the weights want them.
 * @param options Form, training or evaluation, names.
 * @returns Features, and the batch statistics when training.
 * @throws {RangeError} If the configuration is impossible.
 *
 * @example Half the size in each of five stages
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { inputParameters, repvgg, repvggConfig } from "@/networks/mod.ts";
 *
 * const x = op.input("images", "float32", ["N", 3, 112, 112]);
 * const { features } = repvgg(repvggConfig("A0"), inputParameters(), x);
 * deepStrictEqual(features.shape, ["N", 1280, 4, 4]);
 * ```
 */
export function repvgg(
  config: RepVggConfig,
  params: Parameters,
  x: Value,
  { branches = false, training = false, stageName = "stage" }: RepVggOptions = {},
): RepVggOutput {
  checkConfig(config);
  const updates: StatisticsUpdate[] = [];
  const form = { branches: branches || training, mode: training ? { updates } : {} };
  let h = x, inputs = 3, index = 0;
  for (const [stage, outputs] of config.widths.entries()) {
    const layers = stage === 0 ? 1 : config.blocks[stage - 1]!;
    for (let layer = 0; layer < layers; layer++) {
      const groups = index > 0 && index % 2 === 0 ? config.groups : 1;
      const name = stage === 0 ? `${stageName}0` : `${stageName}${stage}.${layer}`;
      const shape = { inputs, outputs, groups, stride: layer === 0 ? 2 : 1 };
      h = block(params.scope(name), h, shape, { ...form, excite: config.squeezeExcitation }); // N,outputs,h,w
      inputs = outputs;
      index++;
    }
  }
  return { features: h, updates };
}

/**
 * Turns the weights of a training form into those of the deploy form, which computes the same in evaluation.
 *
 * Works on any network that has RepVGG layers: other tensors are taken over, batch counters are left out.
 *
 * @param values Row-major arrays by name: weights, running statistics.
 * @returns New arrays by name: `rbr_reparam.weight` [O,I/g,3,3] and `rbr_reparam.bias` [O] in place of the branches.
 * @throws {TypeError} If a branch lacks a tensor.
 *
 * @example A layer that only passes its input on
 * ```ts
 * import { deepStrictEqual, strictEqual } from "node:assert/strict";
 * import { deployRepvgg } from "@/networks/mod.ts";
 *
 * const zero = new Float32Array(1), one = Float32Array.of(1);
 * const norm = { weight: one, bias: zero, running_mean: zero, running_var: one };
 * const values = new Map([["rbr_dense.conv.weight", new Float32Array(9)], ["rbr_1x1.conv.weight", zero]]);
 * for (const branch of ["rbr_dense.bn", "rbr_1x1.bn", "rbr_identity"]) {
 *   for (const [name, value] of Object.entries(norm)) values.set(`${branch}.${name}`, value);
 * }
 * const kernel = deployRepvgg(values).get("rbr_reparam.weight")!;
 * deepStrictEqual([kernel.length, Math.abs(kernel[4]! - 1) < 1e-5], [9, true]);
 * strictEqual(kernel[0], 0);
 * ```
 */
export function deployRepvgg(values: ReadonlyMap<string, Float32Array>): Map<string, Float32Array<ArrayBuffer>> {
  const out = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, value] of values) {
    if (name.endsWith(DENSE_KERNEL)) {
      const prefix = name.slice(0, -DENSE_KERNEL.length);
      const { kernel, bias } = fuse(values, prefix);
      out.set(`${prefix}rbr_reparam.weight`, kernel).set(`${prefix}rbr_reparam.bias`, bias);
    } else if (!/(^|\.)rbr_(dense|1x1|identity)\.|num_batches_tracked$/.test(name)) {
      out.set(name, Float32Array.from(value));
    }
  }
  return out;
}

const DENSE_KERNEL = "rbr_dense.conv.weight";
/** Place of the middle tap in a 3x3 kernel. */
const MIDDLE = 4;

/** One 3x3 kernel and bias for the branches of a layer. */
function fuse(values: ReadonlyMap<string, Float32Array>, prefix: string) {
  const get = (name: string, length?: number) => {
    const found = values.get(prefix + name);
    if (found === undefined || (length !== undefined && found.length !== length)) {
      throw new TypeError(
        `Cannot convert RepVGG layer "${prefix}": ${name} has ${found?.length ?? "no"} values, ` +
          `expected ${length ?? "some"}; give all tensors of the training form`,
      );
    }
    return found;
  };
  const dense = get("rbr_dense.conv.weight");
  const outputs = get("rbr_dense.bn.weight").length, inputs = dense.length / 9 / outputs;
  const point = get("rbr_1x1.conv.weight", outputs * inputs);
  const kernel = new Float64Array(dense.length), bias = new Float64Array(outputs);
  /** Adds a branch: its batch norm as a factor and a shift, `add` puts its kernel of output o in. */
  const branch = (norm: string, add: (o: number, factor: number) => void) => {
    const [gain, shift, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map((name) =>
      get(`${norm}.${name}`, outputs)
    );
    for (let o = 0; o < outputs; o++) {
      const factor = gain![o]! / Math.sqrt(variance![o]! + EPSILON);
      bias[o]! += shift![o]! - mean![o]! * factor;
      add(o, factor);
    }
  };
  branch("rbr_dense.bn", (o, factor) => {
    for (let k = o * inputs * 9; k < (o + 1) * inputs * 9; k++) kernel[k]! += factor * dense[k]!;
  });
  branch("rbr_1x1.bn", (o, factor) => {
    for (let k = o * inputs; k < (o + 1) * inputs; k++) kernel[9 * k + MIDDLE]! += factor * point[k]!;
  });
  if (values.has(`${prefix}rbr_identity.weight`)) {
    // In a grouped layer, channel o is number o mod I/g of its group.
    branch("rbr_identity", (o, factor) => kernel[9 * (o * inputs + o % inputs) + MIDDLE]! += factor);
  }
  return { kernel: Float32Array.from(kernel), bias: Float32Array.from(bias) };
}

interface LayerShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
  readonly stride: number;
}

interface LayerForm {
  readonly branches: boolean;
  readonly mode: BatchNormMode;
  readonly excite: boolean;
}

/** x [N,C,H,W] -> [N,O,H/stride,W/stride]. */
function block(params: Parameters, x: Value, shape: LayerShape, { branches, mode, excite }: LayerForm): Value {
  let h = branches
    ? branchSum(params, x, shape, mode)
    : convolve(params.scope("rbr_reparam"), x, shape, { kernel: 3, bias: true });
  if (excite) h = squeezeExcite(params.scope("se"), h, shape.outputs);
  return op.relu(h);
}

/** The branches of the training form, added up. */
function branchSum(params: Parameters, x: Value, shape: LayerShape, mode: BatchNormMode): Value {
  const branch = (name: string, kernel: 1 | 3) => {
    const scope = params.scope(name);
    return batchNorm(scope, "bn", convolve(scope.scope("conv"), x, shape, { kernel, bias: false }), mode);
  };
  const sum = op.add(branch("rbr_dense", 3), branch("rbr_1x1", 1));
  const passes = shape.inputs === shape.outputs && shape.stride === 1;
  return passes ? op.add(sum, batchNorm(params, "rbr_identity", x, mode)) : sum;
}

function convolve(
  params: Parameters,
  x: Value,
  { inputs, outputs, groups, stride }: LayerShape,
  { kernel, bias }: { readonly kernel: 1 | 3; readonly bias: boolean },
): Value {
  const shape = [outputs, inputs / groups, kernel, kernel];
  const init = { kind: "kaiming", fanIn: inputs / groups * kernel * kernel } as const;
  const pad = kernel >> 1;
  return op.conv(x, params.param("weight", shape, { init }), {
    strides: [stride, stride],
    pads: [pad, pad, pad, pad],
    group: groups,
    ...(bias ? { bias: params.param("bias", [outputs], { init: ZEROS }) } : {}),
  });
}

/** x [N,C,H,W] -> x times a learned factor 0..1 a channel. */
function squeezeExcite(params: Parameters, x: Value, channels: number): Value {
  const hidden = Math.floor(channels / 16);
  const s = op.globalAveragePool(x); // N,C,1,1
  const down = op.relu(conv2d(params.scope("down"), s, { inputs: channels, outputs: hidden, kernel: 1 }));
  const up = conv2d(params.scope("up"), down, { inputs: hidden, outputs: channels, kernel: 1 });
  return op.mul(x, op.sigmoid(up));
}

function checkConfig({ blocks, widths, groups, squeezeExcitation }: RepVggConfig): void {
  if (blocks.length !== 4 || widths.length !== 5) {
    throw new RangeError(
      `Cannot build RepVGG: it has 4 stages after the first layer, found ${blocks.length} depths and ` +
        `${widths.length} widths, expected 4 and 5`,
    );
  }
  if (widths.some((width) => width % groups !== 0)) {
    throw new RangeError(`Cannot build RepVGG: widths [${widths}] do not split into ${groups} groups`);
  }
  if (squeezeExcitation && Math.min(...widths) < 16) {
    throw new RangeError(`Cannot build RepVGG: squeeze-and-excitation needs widths of 16 or more, found [${widths}]`);
  }
}
