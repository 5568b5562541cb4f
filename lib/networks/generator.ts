/**
 * A Vec2Face generator ready to decode identity vectors.
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Device, Session } from "@/onnx/mod.ts";
import type { RandomStream } from "@/random/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { BATCH_SIZE, ExactBatches } from "./_batches.ts";
import { catalogueEntry, weightsPath } from "./catalogue.ts";
import { drawMask, GENERATION_MASK, keptTokens, type MaskOptions, type TokenMask } from "./masks.ts";
import { type Parameters, storedParameters } from "./params.ts";
import { vec2face, vec2faceInputs } from "./vec2face.ts";
import { type GeneratorModel, imageSizeOf, type Vec2FaceConfig } from "./vec2face_config.ts";

/** Settings of a generator whatever its weights. */
export interface FaceGeneratorOptions {
  /** Device to run on. @default {"cpu"} */
  readonly device?: Device | "auto";
  /** Threads inside one operation; 0 lets the runtime choose. @default {0} */
  readonly threads?: number;
  /** Images a run; changes speed, never bits. @default {8} */
  readonly batchSize?: number;
  /**
   * Distribution of the masks that `drawMask` draws; its `min` fixes how many tokens are kept.
   *
   * @default {GENERATION_MASK}
   */
  readonly mask?: MaskOptions;
}

/** What {@linkcode loadGenerator} loads. */
export interface LoadGeneratorOptions extends FaceGeneratorOptions {
  /** Name of the size. */
  readonly model: GeneratorModel;
  /** Weight file (.pth, .safetensors); the catalogue's by default. */
  readonly weights?: string;
  /** Another shape than the catalogue's, for weights of your own. */
  readonly config?: Vec2FaceConfig;
}

/** A generator: identity vector and mask to image. Close it with `release()` or `await using`. */
export class FaceGenerator implements AsyncDisposable {
  readonly #session: Session;
  readonly #batches: ExactBatches;
  readonly #mask: MaskOptions;
  /** Number T of tokens that a mask covers. */
  readonly tokens: number;
  /** Width D of an identity vector. */
  readonly vectorSize: number;
  /** Height and width of an image in pixels. */
  readonly imageSize: number;

  /** Use {@linkcode loadGenerator} or {@linkcode createGenerator}. */
  constructor(
    session: Session,
    config: Vec2FaceConfig,
    mask: MaskOptions,
    batchSize: number,
  ) {
    this.#session = session;
    this.#mask = mask;
    this.#batches = new ExactBatches(batchSize);
    this.tokens = config.grid ** 2;
    this.vectorSize = config.vectorSize;
    this.imageSize = imageSizeOf(config);
  }

  /** The device that runs it. */
  get device(): Device {
    return this.#session.device;
  }

  /**
   * Draws the mask of one image.
   *
   * @param stream The image's own random numbers.
   * @returns Kept and masked tokens.
   */
  drawMask(stream: RandomStream): TokenMask {
    return drawMask(stream, this.#mask);
  }

  /**
   * Decodes vectors; the bits of an image depend on its vector and mask only, not on its batch.
   *
   * @param vectors Identity vectors [N,D], row after row, natural norm.
   * @param masks N masks.
   * @returns Images [N,3,112,112], RGB, clipped to -1..1.
   * @throws {TypeError} If the numbers of vectors and masks differ.
   * @throws {RangeError} If a mask does not fit the generator.
   */
  async decode(
    vectors: Float32Array,
    masks: readonly TokenMask[],
  ): Promise<Float32Array> {
    const width = this.vectorSize, kept = keptTokens(this.#mask);
    if (vectors.length !== masks.length * width) {
      throw new TypeError(
        `Cannot decode: ${masks.length} masks need ${masks.length} x ${width} values of vectors, found ${vectors.length}`,
      );
    }
    masks.forEach((mask, i) => checkMask(mask, i, this.tokens, kept));
    const size = 3 * this.imageSize ** 2;
    return await this.#batches.run(masks.length, size, async (from, count) => {
      const keep = new BigInt64Array(count * kept);
      const masked = new Float32Array(count * this.tokens);
      for (let i = 0; i < count; i++) {
        const mask = masks[from + i]!;
        keep.set(Array.from(mask.keep, BigInt), i * kept);
        masked.set(mask.masked, i * this.tokens);
      }
      const part = vectors.subarray(from * width, (from + count) * width);
      const { image } = await this.#session.run({
        vectors: { data: part, shape: [count, width] },
        keep: { data: keep, shape: [count, kept] },
        masked: { data: masked, shape: [count, this.tokens] },
      });
      return image!.data as Float32Array;
    });
  }

  /** Frees the runtime's memory; the generator cannot be used afterwards. */
  async release(): Promise<void> {
    await this.#session.release();
  }

  /** Same as {@linkcode FaceGenerator.release}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/**
 * Loads a generator by name.
 *
 * Requires `--allow-read` and `--allow-ffi` permissions.
 *
 * @param options Which model, its weights, and where to run it.
 * @returns The generator.
 * @throws {RangeError} If there is no such model, or it has no published weights and none were given.
 * @throws {Deno.errors.NotFound} If the weight file is not there.
 * @throws {TypeError} If the file belongs to another network.
 * @throws {Error} If the device is not there.
 *
 * @example A missing file is named
 * ```ts
 * import { rejects } from "node:assert/strict";
 * import { loadGenerator } from "@/networks/mod.ts";
 *
 * await rejects(loadGenerator({ model: "base", weights: "absent.pth" }), /absent\.pth/);
 * ```
 */
export async function loadGenerator(
  options: LoadGeneratorOptions,
): Promise<FaceGenerator> {
  const { model, weights, config } = options;
  const { config: usual, root } = catalogueEntry("generators", model);
  const path = weightsPath("generators", model, weights);
  // Files of one's own may be a bare state dict: their root is found by looking.
  const file = openWeights(
    path,
    weights === undefined && root !== undefined ? { root } : {},
  );
  return await createGenerator(
    config ?? usual,
    storedParameters(file),
    options,
  );
}

/**
 * Makes a generator of any shape and source of weights, for example weights in memory after training.
 *
 * Requires `--allow-ffi` permission.
 *
 * @param config Shape of the network.
 * @param params Its parameters: stored or arrays, not graph inputs.
 * @param options Where and how to run it.
 * @returns The generator.
 * @throws {TypeError} If a parameter is missing or has another shape.
 * @throws {Error} If the device is not there.
 *
 * @example Decode with untrained weights
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { arrayParameters, createGenerator, initialise, vec2faceConfig, vec2faceSpecs } from "@/networks/mod.ts";
 * import { RandomStream } from "@/random/mod.ts";
 *
 * const image = { inputs: 8, channels: 4, multipliers: [1, 2], resBlocks: 1, groups: 2 };
 * const config = { ...vec2faceConfig("mini"), width: 32, encoderBlocks: 1, decoderBlocks: 1, image };
 * const values = initialise(vec2faceSpecs(config), new RandomStream(1, "weights"));
 * await using generator = await createGenerator(config, arrayParameters(values));
 * const mask = generator.drawMask(new RandomStream(1, "mask", 0, 0));
 * strictEqual((await generator.decode(new Float32Array(512), [mask])).length, 3 * 14 * 14);
 * ```
 */
export async function createGenerator(
  config: Vec2FaceConfig,
  params: Parameters,
  options: FaceGeneratorOptions = {},
): Promise<FaceGenerator> {
  const { device = "cpu", threads = 0, batchSize = BATCH_SIZE } = options;
  const mask = {
    ...(options.mask ?? GENERATION_MASK),
    tokens: config.grid ** 2,
  };
  const inputs = vec2faceInputs(config, { batch: "N", kept: keptTokens(mask) });
  const { image } = vec2face(config, params, inputs, { clip: true });
  const model = op.buildModel({
    inputs: Object.values(inputs),
    outputs: { image },
    name: "generator",
  });
  const session = await op.createSession(model, { device, threads });
  return new FaceGenerator(session, config, mask, batchSize);
}

function checkMask(
  { keep, masked }: TokenMask,
  index: number,
  tokens: number,
  kept: number,
): void {
  const fits = masked.length === tokens && keep.length === kept &&
    keep.every((token, i) => token < tokens && (i === 0 || token > keep[i - 1]!));
  const hidden = new Set(keep);
  if (!fits || masked.some((flag, token) => flag === 0 && !hidden.has(token))) {
    throw new RangeError(
      `Cannot decode: mask ${index} must keep ${kept} of ${tokens} tokens in ascending order and mask all the others; ` +
        `found ${keep.length} kept of ${masked.length}`,
    );
  }
}
