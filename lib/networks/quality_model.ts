/**
 * Quality of face images by MagFace: the norm of the identity vector, which training makes larger the easier a face is.
 *
 * Meng et al., "MagFace" (CVPR 2021, https://arxiv.org/abs/2103.06627). Vec2Face takes the norm of the features of its
 * magface-r100-glint360k.pth, and aims at 22 to 30:
 * https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py .
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Device, Session, Value } from "@/onnx/mod.ts";
import { BATCH_SIZE, ExactBatches } from "./_batches.ts";
import { iresnetSession } from "./_iresnet_session.ts";
import { openRecogniserWeights } from "./_recogniser_weights.ts";
import { catalogueEntry, weightsPath } from "./catalogue.ts";
import { iresnet, type IResNetConfig } from "./iresnet.ts";
import { type Parameters, storedParameters } from "./params.ts";
import type { RecogniserOptions } from "./recogniser.ts";

/** Names of recognisers whose norm tells quality. */
export type QualityModel = "mini-magface" | "magface-r100";

/** What {@linkcode loadQualityEstimator} loads. */
export interface LoadQualityEstimatorOptions extends RecogniserOptions {
  /** Name of the model. */
  readonly model: QualityModel;
  /** Weight file (.pth, .safetensors); the catalogue's by default. */
  readonly weights?: string;
  /** Another shape than the catalogue's. */
  readonly config?: IResNetConfig;
}

/** A quality estimator. Close it with `release()` or `await using`. */
export class QualityEstimator implements AsyncDisposable {
  readonly #session: Session;
  readonly #batches: ExactBatches;
  /** Height and width of an image in pixels. */
  readonly imageSize: number;

  /** Use {@linkcode loadQualityEstimator} or {@linkcode createQualityEstimator}. */
  constructor(session: Session, config: IResNetConfig, batchSize: number) {
    this.#session = session;
    this.#batches = new ExactBatches(batchSize);
    this.imageSize = config.inputSize;
  }

  /** The device that runs it. */
  get device(): Device {
    return this.#session.device;
  }

  /**
   * Estimates qualities; the bits of a quality depend on its image only, not on its batch.
   *
   * @param images Images [N,3,112,112], RGB, -1..1.
   * @param count Number N of images.
   * @returns Norms of the features [N]; larger is better.
   * @throws {TypeError} If the number of values is not that of N images.
   */
  async estimate(images: Float32Array, count: number): Promise<Float32Array> {
    const side = this.imageSize, size = 3 * side * side;
    if (images.length !== count * size) {
      throw new TypeError(
        `Cannot estimate ${count} qualities: expected ${count} x 3 x ${side} x ${side} values, found ${images.length}`,
      );
    }
    return await this.#batches.run(count, 1, async (from, n) => {
      const data = images.subarray(from * size, (from + n) * size);
      const { result } = await this.#session.run({ images: { data, shape: [n, 3, side, side] } });
      return result!.data as Float32Array;
    });
  }

  /** Frees the runtime's memory; the estimator cannot be used afterwards. */
  async release(): Promise<void> {
    await this.#session.release();
  }

  /** Same as {@linkcode QualityEstimator.release}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/**
 * Builds the graph of a quality estimator: an IResNet and the norm of what it gives.
 *
 * @param config Shape of the network.
 * @param params Its parameters.
 * @param images Images [N,3,inputSize,inputSize], RGB in -1..1.
 * @returns Norms [N]; larger is better.
 * @throws {TypeError} If the images have another shape.
 *
 * @example One number an image
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { inputParameters, qualityEstimator, recogniserConfig } from "@/networks/mod.ts";
 *
 * const images = op.input("images", "float32", ["N", 3, 112, 112]);
 * deepStrictEqual(qualityEstimator(recogniserConfig("mini-magface"), inputParameters(), images).shape, ["N"]);
 * ```
 */
export function qualityEstimator(config: IResNetConfig, params: Parameters, images: Value): Value {
  return normsOf(iresnet(config, params, images).features);
}

/** Features [N,D] to their norms [N]. */
function normsOf(features: Value): Value {
  return op.reshape(op.l2norm(features, 1), [features.shape[0]!]);
}

/**
 * Loads a quality estimator by name.
 *
 * Requires `--allow-read` and `--allow-ffi` permissions.
 *
 * @param options Which model, its weights, and where to run it.
 * @returns The quality estimator.
 * @throws {RangeError} If there is no such model.
 * @throws {Deno.errors.NotFound} If the weight file is not there.
 * @throws {TypeError} If the file belongs to another network.
 * @throws {Error} If the device is not there.
 *
 * @example A missing file is named
 * ```ts
 * import { rejects } from "node:assert/strict";
 * import { loadQualityEstimator } from "@/networks/mod.ts";
 *
 * await rejects(loadQualityEstimator({ model: "magface-r100", weights: "absent.pth" }), /absent\.pth/);
 * ```
 */
export async function loadQualityEstimator(options: LoadQualityEstimatorOptions): Promise<QualityEstimator> {
  const { model, weights, config } = options;
  const { config: usual } = catalogueEntry("recognisers", model);
  const file = openRecogniserWeights(weightsPath("recognisers", model, weights));
  return await createQualityEstimator(config ?? usual, storedParameters(file), options);
}

/**
 * Makes a quality estimator of any shape and source of weights.
 *
 * Requires `--allow-ffi` permission.
 *
 * @param config Shape of the network.
 * @param params Its parameters: stored or arrays, not graph inputs.
 * @param options Where and how to run it.
 * @returns The quality estimator.
 * @throws {TypeError} If a parameter is missing or has another shape.
 * @throws {Error} If the device is not there.
 *
 * @example Estimate with untrained weights
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { arrayParameters, createQualityEstimator, initialise, iresnetConfig, iresnetSpecs } from "@/networks/mod.ts";
 * import { RandomStream } from "@/random/mod.ts";
 *
 * const config = { ...iresnetConfig(18, { quarter: true }), inputSize: 16 };
 * const values = initialise(iresnetSpecs(config), new RandomStream(1, "weights"));
 * await using estimator = await createQualityEstimator(config, arrayParameters(values));
 * ok((await estimator.estimate(new Float32Array(3 * 16 * 16), 1))[0]! > 0);
 * ```
 */
export async function createQualityEstimator(
  config: IResNetConfig,
  params: Parameters,
  options: RecogniserOptions = {},
): Promise<QualityEstimator> {
  const { device = "cpu", threads = 0, batchSize = BATCH_SIZE, bulk = false } = options;
  const session = await iresnetSession(config, params, { device, threads, bulk }, normsOf);
  return new QualityEstimator(session, config, batchSize);
}
