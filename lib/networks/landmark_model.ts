/**
 * A landmark estimator ready to find faces in pictures of 112x112.
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Device, Session } from "@/onnx/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { BATCH_SIZE, ExactBatches } from "./_batches.ts";
import { catalogueEntry, weightsPath } from "./catalogue.ts";
import { landmarkEstimator, type LandmarkEstimatorConfig, type LandmarkModel } from "./landmark_estimator.ts";
import { type Parameters, storedParameters } from "./params.ts";
import type { RecogniserOptions } from "./recogniser.ts";

/** What {@linkcode loadLandmarkEstimator} loads. */
export interface LoadLandmarkEstimatorOptions extends RecogniserOptions {
  /** Name of the model. */
  readonly model: LandmarkModel;
  /** Weight file in deploy form; the catalogue's by default. */
  readonly weights?: string;
}

/** What is found in N pictures. */
export interface LandmarkEstimates {
  /** Eyes, tip of the nose, corners of the mouth, image left first: x, y in pixels, [N,10]. */
  readonly points: Float32Array<ArrayBuffer>;
  /** Whether there is a face, 0..1, [N]. */
  readonly face: Float32Array<ArrayBuffer>;
}

/** Values of a picture: ten coordinates and the face. */
const VALUES = 11;

/** A landmark estimator. Close it with `release()` or `await using`. */
export class LandmarkEstimator implements AsyncDisposable {
  readonly #session: Session;
  readonly #batches: ExactBatches;
  /** Height and width of an image in pixels. */
  readonly imageSize: number;

  /** Use {@linkcode loadLandmarkEstimator} or {@linkcode createLandmarkEstimator}. */
  constructor(session: Session, config: LandmarkEstimatorConfig, batchSize: number) {
    this.#session = session;
    this.#batches = new ExactBatches(batchSize);
    this.imageSize = config.inputSize;
  }

  /** The device that runs it. */
  get device(): Device {
    return this.#session.device;
  }

  /**
   * Finds the points; their bits depend on the image only, not on its batch.
   *
   * @param images Images [N,3,112,112], RGB, -1..1.
   * @param count Number N of images.
   * @returns Points, also where there is no face, and whether there is one.
   * @throws {TypeError} If the number of values is not that of N images.
   */
  async estimate(images: Float32Array, count: number): Promise<LandmarkEstimates> {
    const side = this.imageSize, size = 3 * side * side;
    if (images.length !== count * size) {
      throw new TypeError(
        `Cannot find landmarks of ${count} images: expected ${count} x 3 x ${side} x ${side} values, found ${images.length}`,
      );
    }
    const rows = await this.#batches.run(count, VALUES, async (from, n) => {
      const data = images.subarray(from * size, (from + n) * size);
      const { found } = await this.#session.run({ images: { data, shape: [n, 3, side, side] } });
      return found!.data as Float32Array;
    });
    const points = new Float32Array(count * (VALUES - 1)), face = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      points.set(rows.subarray(i * VALUES, (i + 1) * VALUES - 1), i * (VALUES - 1));
      face[i] = rows[(i + 1) * VALUES - 1]!;
    }
    return { points, face };
  }

  /** Frees the runtime's memory; the estimator cannot be used afterwards. */
  async release(): Promise<void> {
    await this.#session.release();
  }

  /** Same as {@linkcode LandmarkEstimator.release}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/**
 * Loads a landmark estimator by name.
 *
 * Requires `--allow-read` and `--allow-ffi` permissions.
 *
 * @param options Which model, its weights, and where to run it.
 * @returns The landmark estimator.
 * @throws {RangeError} If there is no such model.
 * @throws {Deno.errors.NotFound} If the weight file is not there.
 * @throws {TypeError} If the file belongs to another network.
 * @throws {Error} If the device is not there.
 *
 * @example A missing file is named
 * ```ts
 * import { rejects } from "node:assert/strict";
 * import { loadLandmarkEstimator } from "@/networks/mod.ts";
 *
 * await rejects(loadLandmarkEstimator({ model: "mini", weights: "absent.safetensors" }), /absent\.safetensors/);
 * ```
 */
export async function loadLandmarkEstimator(options: LoadLandmarkEstimatorOptions): Promise<LandmarkEstimator> {
  const { config } = catalogueEntry("landmarkEstimators", options.model);
  const file = openWeights(weightsPath("landmarkEstimators", options.model, options.weights));
  return await createLandmarkEstimator(config, storedParameters(file), options);
}

/**
 * Makes a landmark estimator of any shape and source of weights in deploy form.
 *
 * Requires `--allow-ffi` permission.
 *
 * @param config Shape of the network.
 * @param params Its parameters: stored or arrays, not graph inputs.
 * @param options Where and how to run it.
 * @returns The landmark estimator.
 * @throws {TypeError} If a parameter is missing or has another shape.
 * @throws {Error} If the device is not there.
 *
 * @example Untrained weights
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import {
 *   arrayParameters,
 *   createLandmarkEstimator,
 *   initialise,
 *   landmarkEstimatorConfig,
 *   landmarkEstimatorSpecs,
 * } from "@/networks/mod.ts";
 * import { RandomStream } from "@/random/mod.ts";
 *
 * const config = { ...landmarkEstimatorConfig("mini"), inputSize: 32 };
 * const values = initialise(landmarkEstimatorSpecs(config), new RandomStream(1, "weights"));
 * await using estimator = await createLandmarkEstimator(config, arrayParameters(values));
 * strictEqual((await estimator.estimate(new Float32Array(2 * 3 * 32 * 32), 2)).points.length, 20);
 * ```
 */
export async function createLandmarkEstimator(
  config: LandmarkEstimatorConfig,
  params: Parameters,
  options: RecogniserOptions = {},
): Promise<LandmarkEstimator> {
  const { device = "cpu", threads = 0, batchSize = BATCH_SIZE } = options;
  const images = op.input("images", "float32", ["N", 3, config.inputSize, config.inputSize]);
  const { points, face } = landmarkEstimator(config, params, images);
  const found = op.concat([points, op.sigmoid(face)], 1); // N,11
  const model = op.buildModel({ inputs: [images], outputs: { found }, name: "landmark_estimator" });
  return new LandmarkEstimator(await op.createSession(model, { device, threads }), config, batchSize);
}
