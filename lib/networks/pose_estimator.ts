/**
 * 6DRepNet: head pose from a face image, by a RepVGG and a linear layer that gives six numbers of a rotation.
 *
 * Follows https://github.com/thohemp/6DRepNet/blob/master/sixdrepnet/model.py (MIT; https://arxiv.org/abs/2202.12555) with its
 * state-dict names (layer0..layer4, linear_reg). Deviation: images come in as everywhere in this project, [N,3,H,W] RGB in
 * -1..1, and the graph turns them into what the weights want ({@linkcode PoseInput}).
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { linear } from "./_layers.ts";
import type { StatisticsUpdate } from "./batch_norm.ts";
import { type Parameters, type ParameterSpec, parameterSpecs } from "./params.ts";
import { repvgg, type RepVggConfig, repvggConfig } from "./repvgg.ts";
import { anglesFromRotation, type PoseAngles, rotationFrom6d } from "./rotation.ts";

/**
 * What the weights of a pose estimator want to see.
 *
 * | name | order | values | who |
 * |---|---|---|---|
 * | `rgb` | RGB | -1..1 | this project's own networks |
 * | `bgr01` | BGR | 0..1 | Vec2Face feeds 6DRepNet so, at 112x112 pixels |
 * | `imagenet` | RGB | 0..1, minus ImageNet's mean, over its deviation | 6DRepNet itself was trained so, at 224x224 |
 */
export type PoseInput = "rgb" | "bgr01" | "imagenet";

/** Shape of a pose estimator. */
export interface PoseEstimatorConfig {
  /** The network before the linear layer. */
  readonly backbone: RepVggConfig;
  /** What the weights want to see. */
  readonly input: PoseInput;
  /** Height and width of the input in pixels. */
  readonly inputSize: number;
}

/** Names of pose estimators. */
export type PoseModel = "mini" | "6drepnet";

/** How a pose estimator is built. */
export interface PoseEstimatorOptions {
  /** Training form with its branches, instead of the deploy form. @default {false} */
  readonly branches?: boolean;
  /** Normalise with the statistics of the batch and report them; means training form. @default {false} */
  readonly training?: boolean;
}

/** What a pose estimator gives. */
export interface PoseEstimatorOutput extends PoseAngles {
  /** Rotations [N,3,3]. */
  readonly rotation: Value;
  /** Statistics of every batch norm; empty unless training. */
  readonly updates: readonly StatisticsUpdate[];
}

/** Mean and standard deviation of ImageNet's red, green and blue. */
const IMAGENET = [[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]] as const;

const CONFIGS: Readonly<Record<PoseModel, PoseEstimatorConfig>> = {
  // 59 million operations an image and 0.49 million weights in deploy form. Widths are multiples of 16, which the runtime's
  // blocked convolutions want; most layers are late, where pose is read and pixels are few.
  mini: {
    backbone: { blocks: [1, 3, 3, 1], widths: [16, 32, 48, 96, 256], groups: 1, squeezeExcitation: false },
    input: "rgb",
    inputSize: 112,
  },
  "6drepnet": { backbone: repvggConfig("B1g2"), input: "bgr01", inputSize: 112 },
};

/**
 * The shape of a pose estimator by name.
 *
 * @param model `mini` of this project, or the published `6drepnet`.
 * @returns The configuration; spread it to change a field.
 *
 * @example Feed the published network as its authors do
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { poseEstimatorConfig } from "@/networks/mod.ts";
 *
 * const config = { ...poseEstimatorConfig("6drepnet"), input: "imagenet", inputSize: 224 } as const;
 * strictEqual(config.backbone.groups, 2);
 * ```
 */
export function poseEstimatorConfig(model: PoseModel): PoseEstimatorConfig {
  return CONFIGS[model];
}

/**
 * Builds the graph of a pose estimator.
 *
 * @param config Shape of the network.
 * @param params Its parameters.
 * @param images Images [N,3,inputSize,inputSize], RGB in -1..1.
 * @param options Form, training or evaluation.
 * @returns Rotations and angles in degrees, and the batch statistics when training.
 * @throws {TypeError} If the images have another shape.
 * @throws {RangeError} If the configuration is impossible.
 *
 * @example Shapes
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { inputParameters, poseEstimator, poseEstimatorConfig } from "@/networks/mod.ts";
 *
 * const images = op.input("images", "float32", ["N", 3, 112, 112]);
 * const { rotation, yaw } = poseEstimator(poseEstimatorConfig("mini"), inputParameters(), images);
 * deepStrictEqual([rotation.shape, yaw.shape], [["N", 3, 3], ["N"]]);
 * ```
 */
export function poseEstimator(
  config: PoseEstimatorConfig,
  params: Parameters,
  images: Value,
  options: PoseEstimatorOptions = {},
): PoseEstimatorOutput {
  const { backbone, input, inputSize } = config;
  if (images.shape.slice(1).join() !== `3,${inputSize},${inputSize}`) {
    throw new TypeError(
      `Cannot build pose estimator: images are [${images.shape}], expected [N,3,${inputSize},${inputSize}]`,
    );
  }
  const { features, updates } = repvgg(backbone, params, prepare(images, input), { ...options, stageName: "layer" });
  const pooled = op.flatten(op.globalAveragePool(features)); // N,C
  const six = linear(params.scope("linear_reg"), pooled, backbone.widths[4]!, 6); // N,6
  const rotation = rotationFrom6d(six);
  return { rotation, ...anglesFromRotation(rotation), updates };
}

/**
 * Lists the parameters of a pose estimator.
 *
 * @param config Shape of the network.
 * @param options Training form, or deploy form when left out.
 * @returns Names as in the reference's state dict, shapes and first distributions.
 *
 * @example The size of the small network
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { poseEstimatorConfig, poseEstimatorSpecs } from "@/networks/mod.ts";
 *
 * const sizes = poseEstimatorSpecs(poseEstimatorConfig("mini")).map(({ shape }) => shape.reduce((a, b) => a * b, 1));
 * ok(sizes.reduce((a, b) => a + b, 0) < 1_500_000);
 * ```
 */
export function poseEstimatorSpecs(
  config: PoseEstimatorConfig,
  options: { readonly branches?: boolean } = {},
): readonly ParameterSpec[] {
  const images = op.input("images", "float32", ["N", 3, config.inputSize, config.inputSize]);
  return parameterSpecs((params) => poseEstimator(config, params, images, options));
}

/** Images RGB in -1..1 as the weights want them. */
function prepare(images: Value, input: PoseInput): Value {
  if (input === "rgb") return images;
  if (input === "bgr01") {
    const bgr = op.concat(op.split(images, [1, 1, 1], 1).reverse(), 1);
    return op.mul(op.add(bgr, 1), 0.5);
  }
  // ((x + 1) / 2 - mean) / deviation
  const [mean, deviation] = IMAGENET;
  const channels = (values: number[]) => op.constant(Float32Array.from(values), [3, 1, 1]);
  const factor = channels(deviation.map((d) => 0.5 / d));
  return op.add(op.mul(images, factor), channels(mean.map((m, c) => (0.5 - m) / deviation[c]!)));
}
