/**
 * Which tokens of a generator are masked and which are dropped: the randomness inside Vec2Face.
 *
 * Follows forward_encoder of https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py : the share of
 * masked tokens comes from a normal distribution cut to [min, max], and which tokens are taken goes by the order of uniform
 * noise. Deviations: the reference draws one share for a whole batch and one noise a row from global generators; here each image has a
 * mask of its own from a stream of its own, so it does not depend on its batch. The reference draws noise anew when two are equal;
 * here the order of a permutation is used, where that cannot happen.
 *
 * @module
 */

import type { RandomStream } from "@/random/mod.ts";

/** Distribution of the share of masked tokens. */
export interface MaskOptions {
  /** Least share, and the share that is dropped: skips the encoder. 0..1. */
  readonly min: number;
  /** Greatest share. 0..1. */
  readonly max: number;
  /** Mean of the normal distribution before it is cut. */
  readonly mean: number;
  /** Standard deviation of the normal distribution before it is cut. */
  readonly sd: number;
  /** Number T of tokens. */
  readonly tokens: number;
}

/** The tokens of one image. */
export interface TokenMask {
  /** Tokens that go through the encoder, ascending, each 0..T-1. */
  readonly keep: Uint8Array;
  /** 1 for each of the T tokens that is replaced by the class token, 0 for the others. */
  readonly masked: Uint8Array;
}

/** Masks in generation: few tokens masked (`--mask_ratio_*` defaults of image_generation.py). */
export const GENERATION_MASK: MaskOptions = {
  min: 0.1,
  max: 1,
  mean: 0.15,
  sd: 0.25,
  tokens: 49,
};

/** Masks in training: half the tokens and more (`--mask_ratio_*` defaults of vec2face.py). */
export const TRAINING_MASK: MaskOptions = {
  min: 0.5,
  max: 1,
  mean: 0.75,
  sd: 0.25,
  tokens: 49,
};

/**
 * How many tokens go through the encoder; the same for every mask of a distribution.
 *
 * @param options Distribution of the masks.
 * @returns T - ceil(T * min).
 * @throws {RangeError} If the shares are not 0 <= min <= max <= 1, or sd is not positive.
 *
 * @example Generation and training
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { GENERATION_MASK, keptTokens, TRAINING_MASK } from "@/networks/mod.ts";
 *
 * deepStrictEqual([keptTokens(GENERATION_MASK), keptTokens(TRAINING_MASK)], [44, 24]);
 * ```
 */
export function keptTokens({ min, max, sd, tokens }: MaskOptions): number {
  if (!(min >= 0 && min <= max && max <= 1 && sd > 0)) {
    throw new RangeError(
      `Cannot draw masks: expected 0 <= min <= max <= 1 and sd > 0, found min ${min}, max ${max}, sd ${sd}`,
    );
  }
  return tokens - Math.ceil(tokens * min);
}

/**
 * Draws the mask of one image.
 *
 * @param stream Random numbers of that image.
 * @param options Distribution of the masks.
 * @returns Kept and masked tokens.
 * @throws {RangeError} If the shares are not 0 <= min <= max <= 1, or sd is not positive.
 *
 * @example Five tokens are dropped, and at least those are masked
 * ```ts
 * import { ok, strictEqual } from "node:assert/strict";
 * import { drawMask, GENERATION_MASK } from "@/networks/mod.ts";
 * import { RandomStream } from "@/random/mod.ts";
 *
 * const mask = drawMask(new RandomStream(1, "mask", 0, 0), GENERATION_MASK);
 * strictEqual(mask.keep.length, 44);
 * ok(mask.masked.reduce((a, b) => a + b, 0) >= 5);
 * ```
 */
export function drawMask(
  stream: RandomStream,
  options: MaskOptions,
): TokenMask {
  const { min, max, mean, sd, tokens } = options;
  const dropped = tokens - keptTokens(options);
  const share = min === max ? min : stream.truncatedNormal(mean, sd, min, max);
  const maskedCount = Math.max(dropped, Math.ceil(tokens * share));
  const order = stream.permutation(tokens);
  const masked = new Uint8Array(tokens);
  for (const token of order.subarray(0, maskedCount)) masked[token] = 1;
  return { keep: Uint8Array.from(order.subarray(dropped)).sort(), masked };
}
