/**
 * A recognition network ready to turn face images into identity vectors.
 *
 * @module
 */

import type { Device, Session } from "@/onnx/mod.ts";
import { BATCH_SIZE, ExactBatches } from "./_batches.ts";
import { iresnetSession } from "./_iresnet_session.ts";
import { openRecogniserWeights } from "./_recogniser_weights.ts";
import { catalogueEntry, type RecogniserModel, weightsPath } from "./catalogue.ts";
import type { IResNetConfig } from "./iresnet.ts";
import { type Parameters, storedParameters } from "./params.ts";

/** Settings of a recogniser whatever its weights. */
export interface RecogniserOptions {
  /** Device to run on. @default {"cpu"} */
  readonly device?: Device | "auto";
  /** Threads inside one operation; 0 lets the runtime choose. @default {0} */
  readonly threads?: number;
  /** Images a run; changes speed, never bits. @default {8} */
  readonly batchSize?: number;
  /**
   * Make ready for many images: on a processor, convolutions with 128 channels or more take half the time in batches of 8 or more.
   *
   * IResNet-50 opens in 2 s more and takes 0.8 GB more memory, IResNet-100 6 s and 1.7 GB; features differ in rounding (1 - cosine below
   * 1e-10). Of no effect on narrow networks such as `mini`, and on other devices.
   *
   * @default {false}
   */
  readonly bulk?: boolean;
}

/** What {@linkcode loadRecogniser} loads. */
export interface LoadRecogniserOptions extends RecogniserOptions {
  /** Name of the model. */
  readonly model: RecogniserModel;
  /** Weight file (.pth, .safetensors); the catalogue's by default. */
  readonly weights?: string;
  /** Another shape than the catalogue's, as `iresnetConfig(34)` with weights of your own. */
  readonly config?: IResNetConfig;
}

/** A recogniser: face image to identity vector. Close it with `release()` or `await using`. */
export class Recogniser implements AsyncDisposable {
  readonly #session: Session;
  readonly #batches: ExactBatches;
  /** Width D of an identity vector. */
  readonly vectorSize: number;
  /** Height and width of an image in pixels. */
  readonly imageSize: number;

  /** Use {@linkcode loadRecogniser} or {@linkcode createRecogniser}. */
  constructor(session: Session, config: IResNetConfig, batchSize: number) {
    this.#session = session;
    this.#batches = new ExactBatches(batchSize);
    this.vectorSize = config.features;
    this.imageSize = config.inputSize;
  }

  /** The device that runs it. */
  get device(): Device {
    return this.#session.device;
  }

  /**
   * Embeds images; the bits of a vector depend on its image only, not on its batch.
   *
   * @param images Images [N,3,112,112], RGB, -1..1.
   * @param count Number N of images.
   * @returns Identity vectors [N,D], natural norm.
   * @throws {TypeError} If the number of values is not that of N images.
   */
  async embed(images: Float32Array, count: number): Promise<Float32Array> {
    const side = this.imageSize, size = 3 * side * side;
    if (images.length !== count * size) {
      throw new TypeError(
        `Cannot embed ${count} images: expected ${count} x 3 x ${side} x ${side} values, found ${images.length}`,
      );
    }
    return await this.#batches.run(count, this.vectorSize, async (from, n) => {
      const data = images.subarray(from * size, (from + n) * size);
      const { result } = await this.#session.run({ images: { data, shape: [n, 3, side, side] } });
      return result!.data as Float32Array;
    });
  }

  /** Frees the runtime's memory; the recogniser cannot be used afterwards. */
  async release(): Promise<void> {
    await this.#session.release();
  }

  /** Same as {@linkcode Recogniser.release}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/**
 * Loads a recogniser by name.
 *
 * Requires `--allow-read` and `--allow-ffi` permissions.
 *
 * @param options Which model, its weights, and where to run it.
 * @returns The recogniser.
 * @throws {RangeError} If there is no such model.
 * @throws {Deno.errors.NotFound} If the weight file is not there.
 * @throws {TypeError} If the file belongs to another network.
 * @throws {Error} If the device is not there.
 *
 * @example A missing file is named
 * ```ts
 * import { rejects } from "node:assert/strict";
 * import { loadRecogniser } from "@/networks/mod.ts";
 *
 * await rejects(loadRecogniser({ model: "arcface-r100", weights: "absent.pth" }), /absent\.pth/);
 * ```
 */
export async function loadRecogniser(
  options: LoadRecogniserOptions,
): Promise<Recogniser> {
  const { model, weights, config } = options;
  const { config: usual } = catalogueEntry("recognisers", model);
  const file = openRecogniserWeights(weightsPath("recognisers", model, weights));
  return await createRecogniser(
    config ?? usual,
    storedParameters(file),
    options,
  );
}

/**
 * Makes a recogniser of any shape and source of weights, for example weights in memory after training.
 *
 * Requires `--allow-ffi` permission.
 *
 * @param config Shape of the network.
 * @param params Its parameters: stored or arrays, not graph inputs.
 * @param options Where and how to run it.
 * @returns The recogniser.
 * @throws {TypeError} If a parameter is missing or has another shape.
 * @throws {Error} If the device is not there.
 *
 * @example Embed with untrained weights
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { arrayParameters, createRecogniser, initialise, iresnetConfig, iresnetSpecs } from "@/networks/mod.ts";
 * import { RandomStream } from "@/random/mod.ts";
 *
 * const config = { ...iresnetConfig(18, { quarter: true }), inputSize: 16 };
 * const values = initialise(iresnetSpecs(config), new RandomStream(1, "weights"));
 * await using recogniser = await createRecogniser(config, arrayParameters(values));
 * strictEqual((await recogniser.embed(new Float32Array(2 * 3 * 16 * 16), 2)).length, 2 * 512);
 * ```
 */
export async function createRecogniser(
  config: IResNetConfig,
  params: Parameters,
  options: RecogniserOptions = {},
): Promise<Recogniser> {
  const { device = "cpu", threads = 0, batchSize = BATCH_SIZE, bulk = false } = options;
  const session = await iresnetSession(config, params, { device, threads, bulk }, (features) => features);
  return new Recogniser(session, config, batchSize);
}
