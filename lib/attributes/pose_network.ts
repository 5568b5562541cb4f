/**
 * Pose estimators as graph functions: images to angles of the head.
 *
 * @module
 */
import {
  catalogueEntry,
  type Parameters,
  poseEstimator,
  type PoseEstimatorConfig,
  type PoseModel,
  poseParameters,
} from "@/networks/mod.ts";
import type { PoseNetwork } from "./pose_objective.ts";

/** Options of {@linkcode loadPoseNetwork}. */
export interface PoseNetworkOptions {
  /** Weight file (.pth, .safetensors), deploy or training form; the catalogue's by default. */
  readonly weights?: string | undefined;
  /** Another shape than the catalogue's. */
  readonly config?: PoseEstimatorConfig | undefined;
}

/**
 * Makes a function of a pose estimator.
 *
 * @param config Shape of the network.
 * @param params Its parameters in deploy form: stored or arrays; they are constants of the graph.
 * @returns Images to angles; it prepares its own input.
 *
 * @example Three angles of each image
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { inputParameters, poseEstimatorConfig } from "@/networks/mod.ts";
 * import { poseNetwork } from "@/attributes/mod.ts";
 *
 * const network = poseNetwork(poseEstimatorConfig("mini"), inputParameters());
 * const { yaw, roll } = network(op.input("image", "float32", ["N", 3, 112, 112]));
 * deepStrictEqual([yaw.shape, roll.shape], [["N"], ["N"]]);
 * ```
 */
export function poseNetwork(config: PoseEstimatorConfig, params: Parameters): PoseNetwork {
  return (image) => poseEstimator(config, params, image);
}

/**
 * Opens a pose estimator of the catalogue as a function.
 *
 * Requires `--allow-read` permission.
 *
 * @param model Its name.
 * @param options Weight file and shape of your own.
 * @returns Images to angles.
 * @throws {RangeError} If there is no such model.
 * @throws {Deno.errors.NotFound} If the weight file is not there.
 *
 * @example A missing file is named
 * ```ts
 * import { throws } from "node:assert/strict";
 * import { loadPoseNetwork } from "@/attributes/mod.ts";
 *
 * throws(() => loadPoseNetwork("6drepnet", { weights: "absent.pth" }), /absent\.pth/);
 * ```
 */
export function loadPoseNetwork(model: PoseModel, options: PoseNetworkOptions = {}): PoseNetwork {
  const { weights, config } = options;
  const usual: PoseEstimatorConfig = catalogueEntry("poseEstimators", model).config;
  return poseNetwork(config ?? usual, poseParameters(model, weights === undefined ? {} : { weights }));
}
