/**
 * A landmark estimator: five points of a face in a picture in which it may lie anywhere, and whether there is one.
 *
 * A RepVGG ({@linkcode repvgg}) ends in a grid of cells 32 pixels apart. Each cell says where the points lie from where it is,
 * whether there is a face, and how much its word counts; the answer is the weighted mean. So a face that moves by a cell moves
 * the cells' words with it, and a point may lie outside of the picture. The design is ours; voting by weighted offsets is that of
 * integral regression, https://arxiv.org/abs/1711.08229 .
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { conv2d } from "./_layers.ts";
import type { StatisticsUpdate } from "./batch_norm.ts";
import { type Parameters, type ParameterSpec, parameterSpecs } from "./params.ts";
import { repvgg, type RepVggConfig } from "./repvgg.ts";

/** Shape of a landmark estimator. */
export interface LandmarkEstimatorConfig {
  /** The network before the vote. */
  readonly backbone: RepVggConfig;
  /** Height and width of the input in pixels. */
  readonly inputSize: number;
}

/** Names of landmark estimators. */
export type LandmarkModel = "mini";

/** How a landmark estimator is built. */
export interface LandmarkEstimatorOptions {
  /** Training form with its branches, instead of the deploy form. @default {false} */
  readonly branches?: boolean;
  /** Normalise with the statistics of the batch and report them; means training form. @default {false} */
  readonly training?: boolean;
}

/** What a landmark estimator gives. */
export interface LandmarkEstimatorOutput {
  /** Eyes, tip of the nose, corners of the mouth, image left first: x, y in pixels, [N,10]. */
  readonly points: Value;
  /** Logit of there being a face, [N,1]. */
  readonly face: Value;
  /** Statistics of every batch norm; empty unless training. */
  readonly updates: readonly StatisticsUpdate[];
}

/** Pixels between two cells: five stages halve the picture. */
const CELL = 32;

/** Coordinates of five points. */
const COORDINATES = 10;

const CONFIGS: Readonly<Record<LandmarkModel, LandmarkEstimatorConfig>> = {
  // 0.35 million weights in deploy form, 0.7 MB in half precision.
  mini: {
    backbone: { blocks: [1, 3, 3, 1], widths: [16, 32, 48, 96, 128], groups: 1, squeezeExcitation: false },
    inputSize: 112,
  },
};

/**
 * The shape of a landmark estimator by name.
 *
 * @param model `mini` of this project.
 * @returns The configuration; spread it to change a field.
 *
 * @example What it looks at
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { landmarkEstimatorConfig } from "@/networks/mod.ts";
 *
 * strictEqual(landmarkEstimatorConfig("mini").inputSize, 112);
 * ```
 */
export function landmarkEstimatorConfig(model: LandmarkModel): LandmarkEstimatorConfig {
  return CONFIGS[model];
}

/**
 * Builds the graph of a landmark estimator.
 *
 * @param config Shape of the network.
 * @param params Its parameters.
 * @param images Images [N,3,inputSize,inputSize], RGB in -1..1.
 * @param options Form, training or evaluation.
 * @returns Points in pixels, the face's logit, and the batch statistics when training.
 * @throws {TypeError} If the images have another shape.
 * @throws {RangeError} If the configuration is impossible.
 *
 * @example Shapes
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { inputParameters, landmarkEstimator, landmarkEstimatorConfig } from "@/networks/mod.ts";
 *
 * const images = op.input("images", "float32", ["N", 3, 112, 112]);
 * const { points, face } = landmarkEstimator(landmarkEstimatorConfig("mini"), inputParameters(), images);
 * deepStrictEqual([points.shape, face.shape], [["N", 10], ["N", 1]]);
 * ```
 */
export function landmarkEstimator(
  config: LandmarkEstimatorConfig,
  params: Parameters,
  images: Value,
  options: LandmarkEstimatorOptions = {},
): LandmarkEstimatorOutput {
  const { backbone, inputSize } = config;
  if (images.shape.slice(1).join() !== `3,${inputSize},${inputSize}`) {
    throw new TypeError(
      `Cannot build landmark estimator: images are [${images.shape}], expected [N,3,${inputSize},${inputSize}]`,
    );
  }
  const { features, updates } = repvgg(backbone, params, images, options);
  const side = features.shape[2] as number, cells = side * side, n = images.shape[0]!;
  const outputs = COORDINATES + 2;
  const said = conv2d(params.scope("vote"), features, { inputs: backbone.widths[4]!, outputs, kernel: 1 });
  const parts = op.split(op.reshape(said, [n, outputs, cells]), [COORDINATES, 1, 1], 1);
  const share = op.softmax(parts[2]!, -1); // N,1,cells
  const places = op.constant(cellPlaces(side), [COORDINATES, cells]);
  const points = op.reduceSum(op.mul(op.add(op.mul(parts[0]!, CELL), places), share), [2], false); // N,10
  const face = op.reduceSum(op.mul(parts[1]!, share), [2], false); // N,1
  return { points, face, updates };
}

/** Where each cell looks from, for every coordinate: [10,cells], x and y in turn. */
function cellPlaces(side: number): Float32Array<ArrayBuffer> {
  const cells = side * side;
  return Float32Array.from({ length: COORDINATES * cells }, (_, i) => {
    const row = Math.floor(i / cells), cell = i % cells;
    return CELL * (row % 2 === 0 ? cell % side : Math.floor(cell / side));
  });
}

/**
 * Lists the parameters of a landmark estimator.
 *
 * @param config Shape of the network.
 * @param options Training form, or deploy form when left out.
 * @returns Names, shapes and first distributions.
 *
 * @example Less than a megabyte in half precision
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { landmarkEstimatorConfig, landmarkEstimatorSpecs } from "@/networks/mod.ts";
 *
 * const specs = landmarkEstimatorSpecs(landmarkEstimatorConfig("mini"));
 * ok(2 * specs.flatMap(({ shape }) => shape.reduce((a, b) => a * b, 1)).reduce((a, b) => a + b, 0) < 1e6);
 * ```
 */
export function landmarkEstimatorSpecs(
  config: LandmarkEstimatorConfig,
  options: { readonly branches?: boolean } = {},
): readonly ParameterSpec[] {
  const images = op.input("images", "float32", ["N", 3, config.inputSize, config.inputSize]);
  return parameterSpecs((params) => landmarkEstimator(config, params, images, options));
}
