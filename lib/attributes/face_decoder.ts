/**
 * The generator as a graph function: identity vectors and masks to images.
 *
 * @module
 */
import {
  catalogueEntry,
  drawMask,
  GENERATION_MASK,
  type GeneratorModel,
  imageSizeOf,
  keptTokens,
  type MaskOptions,
  type Parameters,
  storedParameters,
  type TokenMask,
  vec2face,
  type Vec2FaceConfig,
  type Vec2FaceInputs,
  weightsPath,
} from "@/networks/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import type { RandomStream } from "@/random/mod.ts";
import { openWeights } from "@/weights/mod.ts";

/** A generator for the graph of attribute operation. */
export interface FaceDecoder {
  /** Width D of an identity vector. */
  readonly vectorSize: number;
  /** Number T of tokens that a mask covers. */
  readonly tokens: number;
  /** Number K of tokens that every mask keeps. */
  readonly kept: number;
  /** Height and width of an image in pixels. */
  readonly imageSize: number;
  /**
   * Draws the mask of one image.
   *
   * @param stream The image's own random numbers.
   * @returns Kept and masked tokens.
   */
  drawMask(stream: RandomStream): TokenMask;
  /**
   * Builds the generator's graph.
   *
   * @param inputs Vectors and masks.
   * @returns Images [N,3,H,W], RGB, before they are clipped to -1..1.
   */
  decode(inputs: Vec2FaceInputs): Value;
}

/** Options of {@linkcode loadFaceDecoder}. */
export interface FaceDecoderOptions {
  /** Weight file (.pth, .safetensors); the catalogue's by default. */
  readonly weights?: string | undefined;
  /** Another shape than the catalogue's. */
  readonly config?: Vec2FaceConfig | undefined;
  /** Distribution of the masks; it must be that of the run that decodes the images. @default {GENERATION_MASK} */
  readonly mask?: MaskOptions | undefined;
}

/**
 * Makes a decoder of a Vec2Face generator.
 *
 * @param config Shape of the generator.
 * @param params Its parameters: stored or arrays; they are constants of the graph.
 * @param mask Distribution of the masks.
 * @returns The decoder.
 *
 * @example Masks keep 44 of 49 tokens
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { inputParameters, vec2faceConfig } from "@/networks/mod.ts";
 * import { faceDecoder } from "@/attributes/mod.ts";
 *
 * const decoder = faceDecoder(vec2faceConfig("mini"), inputParameters());
 * deepStrictEqual([decoder.tokens, decoder.kept, decoder.imageSize], [49, 44, 112]);
 * ```
 */
export function faceDecoder(
  config: Vec2FaceConfig,
  params: Parameters,
  mask: MaskOptions = GENERATION_MASK,
): FaceDecoder {
  const tokens = config.grid ** 2, masks = { ...mask, tokens };
  return {
    vectorSize: config.vectorSize,
    tokens,
    kept: keptTokens(masks),
    imageSize: imageSizeOf(config),
    drawMask: (stream) => drawMask(stream, masks),
    decode: (inputs) => vec2face(config, params, inputs).image,
  };
}

/**
 * Opens a generator of the catalogue as a decoder; its weights are used where they lie.
 *
 * Requires `--allow-read` permission.
 *
 * @param model Name of the size.
 * @param options Weight file, shape and masks of your own.
 * @returns The decoder.
 * @throws {RangeError} If there is no such model, or it has no published weights and none were given.
 * @throws {Deno.errors.NotFound} If the weight file is not there.
 *
 * @example A missing file is named
 * ```ts
 * import { throws } from "node:assert/strict";
 * import { loadFaceDecoder } from "@/attributes/mod.ts";
 *
 * throws(() => loadFaceDecoder("base", { weights: "absent.pth" }), /absent\.pth/);
 * ```
 */
export function loadFaceDecoder(model: GeneratorModel, options: FaceDecoderOptions = {}): FaceDecoder {
  const { weights, config, mask } = options;
  const { config: usual, root } = catalogueEntry("generators", model);
  const path = weightsPath("generators", model, weights);
  // Files of one's own may be a bare state dict: their root is found by looking.
  const file = openWeights(path, weights === undefined && root !== undefined ? { root } : {});
  return faceDecoder(config ?? usual as Vec2FaceConfig, storedParameters(file), mask);
}
