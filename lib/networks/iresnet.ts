/**
 * IResNet, the residual network of ArcFace, with and without squeeze-and-excitation: face image to identity vector.
 *
 * Follows https://github.com/HaiyuWu/Vec2Face/blob/main/models/iresnet.py and, for `squeezeExcitation`,
 * https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test/blob/main/model/iresnet.py , which both come from
 * https://github.com/deepinsight/insightface/blob/master/recognition/arcface_torch/backbones/iresnet.py (MIT).
 * State-dict names are theirs. Kept from the reference: squeeze-and-excitation acts on the shortcut, not on the residual branch, and
 * only in the first block of each stage; "200" has the depth of "100". Deviation: widths, stem and input size are settings.
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { conv2d, linear, prelu } from "./_layers.ts";
import { areSmall, joined, partsOf } from "./_parts.ts";
import type { TrainingProcessor } from "./trained_conv.ts";
import { blockedPrelu, Field, fusedConv, type FusedConvOptions, suitedTile } from "./_pixels_first.ts";
import { batchNorm, type BatchNormMode, batchNormOfParts, type StatisticsUpdate } from "./batch_norm.ts";
import type { Initialisation } from "./initialisation.ts";
import { type Parameters, type ParameterSpec, parameterSpecs } from "./params.ts";

/** Shape of an IResNet. */
export interface IResNetConfig {
  /** Blocks of the four stages. */
  readonly layers: readonly number[];
  /** Channels of the four stages. */
  readonly widths: readonly number[];
  /** Channels after the first convolution. */
  readonly stem: number;
  /** Reduction of the squeeze-and-excitation on the shortcut of each stage's first block; 0 for none. */
  readonly squeezeExcitation: number;
  /** Width D of the identity vector. */
  readonly features: number;
  /** Height and width of the input in pixels, a multiple of 16. */
  readonly inputSize: number;
}

/** Blocks of the four stages by depth, as the reference names them. */
export const IRESNET_LAYERS = {
  18: [2, 2, 2, 2],
  34: [3, 4, 6, 3],
  50: [3, 4, 14, 3],
  100: [3, 13, 30, 3],
  152: [3, 8, 36, 3],
  200: [3, 13, 30, 3],
} as const;

/** A depth that the reference names. */
export type IResNetDepth = keyof typeof IRESNET_LAYERS;

/** How an IResNet is built. */
export interface IResNetOptions {
  /**
   * Normalise with the statistics of the batch and report them.
   *
   * @default {false}
   */
  readonly training?: boolean;
  /**
   * Arrange the graph for features alone, from stored weights: the same up to the last bit, with fewer changes of memory
   * order. Not for gradients.
   *
   * @default {false}
   */
  readonly inferenceOnly?: boolean;
  /**
   * In evaluation, compute 3x3 convolutions with many channels by {@linkcode op.winogradConv}: about half the time on a processor, the same
   * features up to rounding. Factors of stored weights are made {@linkcode op.ahead} and take memory.
   *
   * @default {false}
   */
  readonly bulk?: boolean;
  /** When training on a processor, arrange convolutions for it: the same up to rounding. @default {as for any device} */
  readonly processor?: TrainingProcessor | undefined;
  /** Factors [N, C*h*w] on the flattened features before the last Linear: 0 or 1/(1-p). The reference trains with p = 0.4. */
  readonly dropoutMask?: Value;
}

/** What an IResNet gives. */
export interface IResNetOutput {
  /** Identity vectors [N,D], natural norm. */
  readonly features: Value;
  /** Outputs of the four stages: [N,C,H/2,W/2] ... [N,C,H/16,W/16]. */
  readonly taps: readonly Value[];
  /** Statistics of every batch norm; empty unless training. */
  readonly updates: readonly StatisticsUpdate[];
}

const KERNEL_INIT: Initialisation = { kind: "normal", sd: 0.1 };

/** Where slopes of PReLU start. */
const QUARTER: Initialisation = { kind: "constant", value: 0.25 };

/** Reduction of squeeze-and-excitation in the HSFace models. */
const SE_REDUCTION = 16;

/**
 * The configuration of a network of the reference, 112x112 pixels to 512 values.
 *
 * @param depth 18, 34, 50, 100, 152 or 200.
 * @param options `squeezeExcitation` as the HSFace models have it; `quarter` takes a quarter of every width.
 * @returns The configuration.
 *
 * @example Depths of the stages
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { iresnetConfig } from "@/networks/mod.ts";
 *
 * deepStrictEqual(iresnetConfig(50).layers, [3, 4, 14, 3]);
 * ```
 */
export function iresnetConfig(
  depth: IResNetDepth,
  { squeezeExcitation = false, quarter = false }: {
    readonly squeezeExcitation?: boolean;
    readonly quarter?: boolean;
  } = {},
): IResNetConfig {
  const widths = quarter ? [16, 32, 64, 128] : [64, 128, 256, 512];
  const layers = IRESNET_LAYERS[depth];
  const reduction = squeezeExcitation ? SE_REDUCTION : 0;
  const shape = {
    layers,
    widths,
    stem: widths[0]!,
    squeezeExcitation: reduction,
  };
  return { ...shape, features: 512, inputSize: 112 };
}

/**
 * Builds the graph of an IResNet.
 *
 * @param config Shape of the network.
 * @param params Its parameters.
 * @param x Images [N,3,inputSize,inputSize], RGB in -1..1.
 * @param options Training or evaluation.
 * @returns Identity vectors, inner features, and the batch statistics when training.
 * @throws {TypeError} If x is not [N,3,inputSize,inputSize].
 * @throws {RangeError} If the configuration is impossible, or is for training and for inference only.
 *
 * @example Shapes of a small network
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { inputParameters, iresnet, iresnetConfig } from "@/networks/mod.ts";
 *
 * const config = iresnetConfig(18, { quarter: true });
 * const x = op.input("images", "float32", ["N", 3, 112, 112]);
 * const { features, taps } = iresnet(config, inputParameters(), x);
 * deepStrictEqual(features.shape, ["N", 512]);
 * deepStrictEqual(taps[3]!.shape, ["N", 128, 7, 7]);
 * ```
 */
export function iresnet(
  config: IResNetConfig,
  params: Parameters,
  x: Value,
  { training = false, inferenceOnly = false, bulk = false, processor: trainedOn, dropoutMask }: IResNetOptions = {},
): IResNetOutput {
  checkConfig(config);
  const { inputSize, stem, widths, layers, features } = config;
  if (x.shape.slice(1).join() !== `3,${inputSize},${inputSize}`) {
    throw new TypeError(
      `Cannot build IResNet: images are [${x.shape}], expected [N,3,${inputSize},${inputSize}]`,
    );
  }
  if (training && inferenceOnly) throw new RangeError("Cannot build IResNet for training and for inference only");
  const updates: StatisticsUpdate[] = [];
  const mode: BatchNormMode = training ? { updates } : {};

  const processor = training ? trainedOn : undefined;
  const parts = processor ? partsOf(x, stem * inputSize ** 2) : [x];
  const first = parts.map((part) => conv3x3(params.scope("conv1"), part, 3, stem, 1, processor));
  let h = batchNormOfParts(params, "bn1", first, mode) // n,stem,H,W
    .map((part) => Field.ofImages(activation(params, part, stem, inferenceOnly)));
  const taps: Value[] = [];
  let inputs = stem;
  for (const [stage, width] of widths.entries()) {
    for (let block = 0; block < layers[stage]!; block++) {
      const first = block === 0;
      h = basicBlock(params.scope(`layer${stage + 1}.${block}`), h, {
        inputs,
        outputs: width,
        downsample: first,
        squeezeExcitation: first ? config.squeezeExcitation : 0,
        inferenceOnly,
        bulk: bulk && !training,
        processor,
        mode,
      });
      inputs = width;
      if (h.length > 1 && areSmall(imagesOf(h))) h = [Field.ofImages(joined(imagesOf(h)))];
    }
    taps.push(joined(imagesOf(h))); // N,width,H/2^(stage+1),W/2^(stage+1)
  }
  let v = op.flatten(batchNorm(params, "bn2", taps.at(-1)!, mode)); // N,C*h*w
  if (dropoutMask !== undefined) v = op.mul(v, dropoutMask);
  v = linear(params.scope("fc"), v, v.shape[1] as number, features); // N,D
  v = batchNorm(params, "features", v, { ...mode, trainGain: false }); // N,D
  return { features: v, taps, updates };
}

/**
 * Lists the parameters and buffers of an IResNet.
 *
 * @param config Shape of the network.
 * @returns Names as in the reference's state dict (num_batches_tracked left out), shapes and first distributions.
 *
 * @example The size of ArcFace's usual network
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { iresnetConfig, iresnetSpecs } from "@/networks/mod.ts";
 *
 * const sizes = iresnetSpecs(iresnetConfig(100)).filter((spec) => spec.trainable)
 *   .map((spec) => spec.shape.reduce((a, b) => a * b, 1));
 * strictEqual(sizes.reduce((a, b) => a + b, 0), 65_155_648);
 * ```
 */
export function iresnetSpecs(config: IResNetConfig): readonly ParameterSpec[] {
  const { inputSize } = config;
  const x = op.input("images", "float32", ["N", 3, inputSize, inputSize]);
  return parameterSpecs((params) => iresnet(config, params, x));
}

interface BlockOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Halve height and width, with a learned shortcut. */
  readonly downsample: boolean;
  readonly squeezeExcitation: number;
  readonly inferenceOnly: boolean;
  /** Work with factors of stored kernels where that is faster. */
  readonly bulk: boolean;
  /** The processor that kernels are trained on. */
  readonly processor: TrainingProcessor | undefined;
  readonly mode: BatchNormMode;
}

function imagesOf(parts: readonly Field[]): Value[] {
  return parts.map(({ images }) => images);
}

/** Parts of a batch x [n,C,H,W] -> [n,O,H,W] or [n,O,H/2,W/2]. */
function basicBlock(params: Parameters, x: readonly Field[], options: BlockOptions): Field[] {
  const { inputs, outputs, downsample, squeezeExcitation, mode, processor } = options;
  const tile = options.bulk ? suitedTile(x[0]!.side, inputs, outputs) : undefined;
  const fused = tile && { outputs, tile };
  const h = fused ? x.map((part) => entryInFactors(params, part, fused)) : entry(params, x, options);
  if (fused && !downsample) {
    return h.map((part, i) => {
      const residual = fusedConv(params, part.pixels, { ...fused, conv: "conv2", after: "bn3" });
      return Field.ofPixels(op.add(residual, x[i]!.pixels));
    });
  }
  const stride = downsample ? 2 : 1;
  const second = h.map(({ images }) => conv3x3(params.scope("conv2"), images, outputs, outputs, stride, processor));
  const residual = batchNormOfParts(params, "bn3", second, mode);
  let shortcut = imagesOf(x);
  if (downsample) {
    const layer = params.scope("downsample.0");
    shortcut = shortcut.map((part) => conv1x1(layer, part, inputs, outputs, stride, processor));
    shortcut = batchNormOfParts(params, "downsample.1", shortcut, mode);
  }
  if (squeezeExcitation > 0) {
    const hidden = Math.floor(outputs / squeezeExcitation);
    shortcut = shortcut.map((part) => squeezeExcite(params.scope("attn"), part, outputs, hidden));
  }
  return residual.map((part, i) => Field.ofImages(op.add(part, shortcut[i]!)));
}

/** The first half of a block's residual branch: norm, convolution, norm, PReLU. */
function entry(params: Parameters, x: readonly Field[], options: BlockOptions): Field[] {
  const { inputs, outputs, inferenceOnly, mode, processor } = options;
  const before = batchNormOfParts(params, "bn1", imagesOf(x), mode);
  const h = before.map((part) => conv3x3(params.scope("conv1"), part, inputs, outputs, 1, processor));
  const after = batchNormOfParts(params, "bn2", h, mode);
  return after.map((part) => Field.ofImages(activation(params, part, outputs, inferenceOnly)));
}

/** The same in factors. */
function entryInFactors(params: Parameters, x: Field, options: Omit<FusedConvOptions, "conv" | "after">): Field {
  const h = fusedConv(params, x.pixels, { ...options, before: "bn1", conv: "conv1", after: "bn2" });
  return Field.ofPixels(op.prelu(h, params.scope("prelu").param("weight", [options.outputs], { init: QUARTER })));
}

/** PReLU over x [N,C,H,W]. */
function activation(params: Parameters, x: Value, channels: number, inferenceOnly: boolean): Value {
  const layer = params.scope("prelu");
  return inferenceOnly
    ? blockedPrelu(x, layer.param("weight", [channels], { init: QUARTER }))
    : prelu(layer, x, channels);
}

/** x [N,C,H,W] -> x times a learned factor 0..1 a channel. */
function squeezeExcite(
  params: Parameters,
  x: Value,
  channels: number,
  hidden: number,
): Value {
  let s = op.globalAveragePool(x); // N,C,1,1
  s = op.relu(conv1x1(params.scope("fc1"), s, channels, hidden, 1)); // N,hidden,1,1
  return op.mul(
    x,
    op.sigmoid(conv1x1(params.scope("fc2"), s, hidden, channels, 1)),
  );
}

function conv3x3(
  p: Parameters,
  x: Value,
  inputs: number,
  outputs: number,
  stride: number,
  processor?: TrainingProcessor,
): Value {
  const shape = { inputs, outputs, stride, kernel: 3, padding: 1, processor };
  return conv2d(p, x, { ...shape, bias: false, init: KERNEL_INIT });
}

function conv1x1(
  p: Parameters,
  x: Value,
  inputs: number,
  outputs: number,
  stride: number,
  processor?: TrainingProcessor,
): Value {
  return conv2d(p, x, { inputs, outputs, stride, processor, kernel: 1, bias: false, init: KERNEL_INIT });
}

function checkConfig(config: IResNetConfig): void {
  const { layers, widths, inputSize, squeezeExcitation } = config;
  if (layers.length !== 4 || widths.length !== 4) {
    throw new RangeError(
      `Cannot build IResNet: it has 4 stages, found ${layers.length} depths and ${widths.length} widths`,
    );
  }
  if (inputSize % 16 !== 0) {
    throw new RangeError(
      `Cannot build IResNet: input size ${inputSize} is not a multiple of 16`,
    );
  }
  if (Math.min(...widths) < squeezeExcitation) {
    throw new RangeError(
      `Cannot build IResNet: squeeze-and-excitation needs widths of ${squeezeExcitation} or more, found [${widths}]`,
    );
  }
}
