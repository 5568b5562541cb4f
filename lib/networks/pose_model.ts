/**
 * A pose estimator ready to tell how faces are turned.
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Device, Session } from "@/onnx/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { BATCH_SIZE, ExactBatches } from "./_batches.ts";
import { catalogueEntry, weightsPath } from "./catalogue.ts";
import { arrayParameters, type NamingOptions, type Parameters, storedParameters } from "./params.ts";
import { poseEstimator, type PoseEstimatorConfig, type PoseModel } from "./pose_estimator.ts";
import { deployRepvgg } from "./repvgg.ts";
import type { RecogniserOptions } from "./recogniser.ts";

/** What {@linkcode loadPoseEstimator} loads. */
export interface LoadPoseEstimatorOptions extends RecogniserOptions {
  /** Name of the model. */
  readonly model: PoseModel;
  /** Weight file (.pth, .safetensors), deploy or training form; the catalogue's by default. */
  readonly weights?: string;
  /** Another shape than the catalogue's, such as another input. */
  readonly config?: PoseEstimatorConfig;
}

/** Angles of N faces in degrees; the signs are those of lib/heads and 300W-LP. */
export interface PoseEstimates {
  /** Positive turns the face to the image left, [N]. */
  readonly yaw: Float32Array<ArrayBuffer>;
  /** Positive looks up, [N]. */
  readonly pitch: Float32Array<ArrayBuffer>;
  /** Positive tilts the head clockwise in the image, [N]. */
  readonly roll: Float32Array<ArrayBuffer>;
}

/** A pose estimator. Close it with `release()` or `await using`. */
export class PoseEstimator implements AsyncDisposable {
  readonly #session: Session;
  readonly #batches: ExactBatches;
  /** Height and width of an image in pixels. */
  readonly imageSize: number;

  /** Use {@linkcode loadPoseEstimator} or {@linkcode createPoseEstimator}. */
  constructor(session: Session, config: PoseEstimatorConfig, batchSize: number) {
    this.#session = session;
    this.#batches = new ExactBatches(batchSize);
    this.imageSize = config.inputSize;
  }

  /** The device that runs it. */
  get device(): Device {
    return this.#session.device;
  }

  /**
   * Estimates poses; the bits of an angle depend on its image only, not on its batch.
   *
   * @param images Images [N,3,112,112], RGB, -1..1.
   * @param count Number N of images.
   * @returns Yaw, pitch and roll of each.
   * @throws {TypeError} If the number of values is not that of N images.
   */
  async estimate(images: Float32Array, count: number): Promise<PoseEstimates> {
    const side = this.imageSize, size = 3 * side * side;
    if (images.length !== count * size) {
      throw new TypeError(
        `Cannot estimate ${count} poses: expected ${count} x 3 x ${side} x ${side} values, found ${images.length}`,
      );
    }
    const rows = await this.#batches.run(count, 3, async (from, n) => {
      const data = images.subarray(from * size, (from + n) * size);
      const { angles } = await this.#session.run({ images: { data, shape: [n, 3, side, side] } });
      return angles!.data as Float32Array;
    });
    const column = (c: number) => Float32Array.from({ length: count }, (_, i) => rows[3 * i + c]!);
    return { yaw: column(0), pitch: column(1), roll: column(2) };
  }

  /** Frees the runtime's memory; the estimator cannot be used afterwards. */
  async release(): Promise<void> {
    await this.#session.release();
  }

  /** Same as {@linkcode PoseEstimator.release}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/** Which weights {@linkcode poseParameters} opens. */
export interface PoseParametersOptions extends NamingOptions {
  /** Weight file, deploy or training form; the catalogue's by default. */
  readonly weights?: string;
}

/**
 * Opens the weights of a pose estimator for a graph of one's own, in deploy form.
 *
 * A file in training form is converted in memory; one in deploy form is used where it lies.
 *
 * Requires `--allow-read` permission.
 *
 * @param model Name of the model.
 * @param options File, and how the weights are named in the graph.
 * @returns Parameters for `poseEstimator`.
 * @throws {RangeError} If there is no such model.
 * @throws {Deno.errors.NotFound} If the weight file is not there.
 *
 * @example A missing file is named
 * ```ts
 * import { throws } from "node:assert/strict";
 * import { poseParameters } from "@/networks/mod.ts";
 *
 * throws(() => poseParameters("6drepnet", { weights: "absent.pth" }), /absent\.pth/);
 * ```
 */
export function poseParameters(model: PoseModel, { weights, ...naming }: PoseParametersOptions = {}): Parameters {
  const file = openWeights(weightsPath("poseEstimators", model, weights));
  if (!file.tensors.has("layer0.rbr_dense.conv.weight")) return storedParameters(file, naming);
  const names = [...file.tensors.keys()].filter((name) => !name.endsWith("num_batches_tracked"));
  return arrayParameters(deployRepvgg(new Map(names.map((name) => [name, file.readFloat32(name)]))), naming);
}

/**
 * Loads a pose estimator by name.
 *
 * Requires `--allow-read` and `--allow-ffi` permissions.
 *
 * @param options Which model, its weights, and where to run it.
 * @returns The pose estimator.
 * @throws {RangeError} If there is no such model.
 * @throws {Deno.errors.NotFound} If the weight file is not there.
 * @throws {TypeError} If the file belongs to another network.
 * @throws {Error} If the device is not there.
 *
 * @example A missing file is named
 * ```ts
 * import { rejects } from "node:assert/strict";
 * import { loadPoseEstimator } from "@/networks/mod.ts";
 *
 * await rejects(loadPoseEstimator({ model: "6drepnet", weights: "absent.pth" }), /absent\.pth/);
 * ```
 */
export async function loadPoseEstimator(options: LoadPoseEstimatorOptions): Promise<PoseEstimator> {
  const { model, weights, config } = options;
  const { config: usual } = catalogueEntry("poseEstimators", model);
  const params = poseParameters(model, weights === undefined ? {} : { weights });
  return await createPoseEstimator(config ?? usual, params, options);
}

/**
 * Makes a pose estimator of any shape and source of weights in deploy form.
 *
 * Requires `--allow-ffi` permission.
 *
 * @param config Shape of the network.
 * @param params Its parameters: stored or arrays, not graph inputs.
 * @param options Where and how to run it.
 * @returns The pose estimator.
 * @throws {TypeError} If a parameter is missing or has another shape.
 * @throws {Error} If the device is not there.
 *
 * @example Estimate with untrained weights
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { arrayParameters, createPoseEstimator, initialise, poseEstimatorConfig, poseEstimatorSpecs } from "@/networks/mod.ts";
 * import { RandomStream } from "@/random/mod.ts";
 *
 * const config = { ...poseEstimatorConfig("mini"), inputSize: 32 };
 * const values = initialise(poseEstimatorSpecs(config), new RandomStream(1, "weights"));
 * await using estimator = await createPoseEstimator(config, arrayParameters(values));
 * strictEqual((await estimator.estimate(new Float32Array(2 * 3 * 32 * 32), 2)).yaw.length, 2);
 * ```
 */
export async function createPoseEstimator(
  config: PoseEstimatorConfig,
  params: Parameters,
  options: RecogniserOptions = {},
): Promise<PoseEstimator> {
  const { device = "cpu", threads = 0, batchSize = BATCH_SIZE } = options;
  const images = op.input("images", "float32", ["N", 3, config.inputSize, config.inputSize]);
  const { yaw, pitch, roll } = poseEstimator(config, params, images);
  const angles = op.concat([yaw, pitch, roll].map((angle) => op.unsqueeze(angle, [1])), 1); // N,3
  const model = op.buildModel({ inputs: [images], outputs: { angles }, name: "pose_estimator" });
  return new PoseEstimator(await op.createSession(model, { device, threads }), config, batchSize);
}
