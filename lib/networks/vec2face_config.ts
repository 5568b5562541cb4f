/**
 * Sizes of the Vec2Face generator: the three of the reference and the small one of this project.
 *
 * Numbers from https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py (last three
 * functions) and https://github.com/HaiyuWu/Vec2Face/blob/main/configs/vec2face/vqgan.yaml .
 *
 * @module
 */

/** Shape of the convolutional part that turns the feature map into pixels. */
export interface ImageDecoderConfig {
  /** Channels of the feature map that enters it. */
  readonly inputs: number;
  /** Channels at full resolution when the multiplier is 1. */
  readonly channels: number;
  /** Multiplier of the channels a level, full resolution first; each level but the first doubles height and width. */
  readonly multipliers: readonly number[];
  /** Residual blocks a level. */
  readonly resBlocks: number;
  /** Groups of every group norm; must divide the channels of every level. */
  readonly groups: number;
}

/** Shape of a Vec2Face generator. */
export interface Vec2FaceConfig {
  /** Width D of the identity vector. */
  readonly vectorSize: number;
  /** Height and width of the token grid; T = grid² tokens besides the class token. */
  readonly grid: number;
  /** Width E of a token. */
  readonly width: number;
  /** Transformer blocks before the dropped tokens come back. */
  readonly encoderBlocks: number;
  /** Attention heads of those blocks. */
  readonly encoderHeads: number;
  /** Transformer blocks after it. */
  readonly decoderBlocks: number;
  /** Attention heads of those blocks. */
  readonly decoderHeads: number;
  /** Hidden width of the feed-forward layers in multiples of E. */
  readonly mlpRatio: number;
  /** The part that makes pixels. */
  readonly image: ImageDecoderConfig;
}

/** Names of the generator's sizes. */
export type GeneratorModel = "mini" | "base" | "large" | "huge";

const REFERENCE_IMAGE: ImageDecoderConfig = {
  inputs: 256,
  channels: 128,
  multipliers: [1, 1, 2, 2, 4],
  resBlocks: 2,
  groups: 32,
};

const REFERENCE = {
  vectorSize: 512,
  grid: 7,
  decoderBlocks: 8,
  decoderHeads: 16,
  mlpRatio: 4,
  image: REFERENCE_IMAGE,
};

const CONFIGS: Readonly<Record<GeneratorModel, Vec2FaceConfig>> = {
  mini: {
    vectorSize: 512,
    grid: 7,
    width: 256,
    encoderBlocks: 4,
    encoderHeads: 4,
    decoderBlocks: 4,
    decoderHeads: 4,
    mlpRatio: 4,
    // 16 channels at 112x112, 128 at 7x7.
    image: {
      inputs: 128,
      channels: 16,
      multipliers: [1, 2, 4, 4, 8],
      resBlocks: 1,
      groups: 8,
    },
  },
  base: { ...REFERENCE, width: 768, encoderBlocks: 12, encoderHeads: 12 },
  large: { ...REFERENCE, width: 1024, encoderBlocks: 24, encoderHeads: 16 },
  huge: { ...REFERENCE, width: 1280, encoderBlocks: 32, encoderHeads: 16 },
};

/**
 * The configuration of a generator size.
 *
 * @param model Its name.
 * @returns The configuration; spread it to change a field.
 * @throws {RangeError} If there is no such size.
 *
 * @example Tokens of the base model
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { vec2faceConfig } from "@/networks/mod.ts";
 *
 * const { grid, width } = vec2faceConfig("base");
 * strictEqual(grid * grid, 49);
 * strictEqual(width, 768);
 * ```
 */
export function vec2faceConfig(model: GeneratorModel): Vec2FaceConfig {
  const config = CONFIGS[model] as Vec2FaceConfig | undefined;
  if (config === undefined) {
    throw new RangeError(
      `Cannot configure generator "${model}": known sizes are ${Object.keys(CONFIGS).join(", ")}`,
    );
  }
  return config;
}

/**
 * Height and width of the images that a generator makes.
 *
 * @param config Shape of the generator.
 * @returns Pixels along a side.
 *
 * @example The template of face recognition
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { imageSizeOf, vec2faceConfig } from "@/networks/mod.ts";
 *
 * strictEqual(imageSizeOf(vec2faceConfig("huge")), 112);
 * ```
 */
export function imageSizeOf({ grid, image }: Vec2FaceConfig): number {
  return grid * 2 ** (image.multipliers.length - 1);
}
