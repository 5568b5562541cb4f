/**
 * The Vec2Face generator (ICLR 2025): identity vector to face image in one pass.
 *
 * Follows MaskedGenerativeEncoderViT of
 * https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py in evaluation mode; state-dict names are its.
 * The vector is spread over 49 tokens; masked tokens are replaced by the class token, the dropped ones among them skip the
 * encoder. Deviations: the mask is an input, drawn outside with a stream of its own (masks.ts), so images of one batch may have
 * different numbers of masked tokens, and an image depends on its own mask only; gathering and putting back tokens is a product with
 * a 0/1 matrix, which is exact and differentiable. Parameters that the reference holds but does not use (patch_embed, center_token) are
 * not asked for.
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { layerNorm, linear } from "./_layers.ts";
import type { TrainingProcessor } from "./trained_conv.ts";
import { type Dropout, DROPOUT_RATE, LAYER_NORM_EPSILON, transformerBlock, VIT_LINEAR } from "./_transformer.ts";
import { imageDecoder } from "./image_decoder.ts";
import type { Initialisation } from "./initialisation.ts";
import { type Parameters, type ParameterSpec, parameterSpecs } from "./params.ts";
import type { Vec2FaceConfig } from "./vec2face_config.ts";

export type { Dropout } from "./_transformer.ts";

/** What goes into the generator. */
export interface Vec2FaceInputs {
  /** Identity vectors [N,D], natural norm. */
  readonly vectors: Value;
  /** Tokens that go through the encoder, int64 [N,K], each 0..T-1, none twice. */
  readonly keep: Value;
  /** Tokens replaced by the class token, float32 [N,T] of 0 and 1; 1 for every token not in `keep`. */
  readonly masked: Value;
}

/** How the generator is built. */
export interface Vec2FaceOptions {
  /**
   * Limit pixels to -1..1, as inference does and training does not.
   *
   * @default {false}
   */
  readonly clip?: boolean;
  /** When training on a processor, arrange the image decoder's convolutions for it: the same up to rounding. @default {as for any device} */
  readonly processor?: TrainingProcessor | undefined;
  /** Applied where the reference drops out values in training (rate 0.1); left out in evaluation. */
  readonly dropout?: Dropout;
}

/** What the generator gives. */
export interface Vec2FaceOutput {
  /** Images [N,3,112,112], RGB, -1..1. */
  readonly image: Value;
  /** Tokens after the decoder [N,1+T,E], class token first. */
  readonly logits: Value;
  /** Tokens before masking [N,1+T,E], which the token loss compares with; no gradient goes through them, as in the reference. */
  readonly tokenTargets: Value;
}

const POSITION_INIT: Initialisation = { kind: "normal", sd: 0.02 };

/**
 * Declares the generator's three graph inputs.
 *
 * @param config Shape of the generator.
 * @param size Batch size N (a number, or a name for any), and the number K of tokens that are not dropped.
 * @returns Inputs named vectors, keep and masked.
 *
 * @example Any batch, 44 tokens kept
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { vec2faceConfig, vec2faceInputs } from "@/networks/mod.ts";
 *
 * const { keep, masked } = vec2faceInputs(vec2faceConfig("base"), { batch: "N", kept: 44 });
 * deepStrictEqual(keep.shape, ["N", 44]);
 * deepStrictEqual(masked.shape, ["N", 49]);
 * ```
 */
export function vec2faceInputs(
  config: Vec2FaceConfig,
  { batch, kept }: { readonly batch: number | string; readonly kept: number },
): Vec2FaceInputs {
  return {
    vectors: op.input("vectors", "float32", [batch, config.vectorSize]),
    keep: op.input("keep", "int64", [batch, kept]),
    masked: op.input("masked", "float32", [batch, config.grid ** 2]),
  };
}

/**
 * Builds the graph of the generator.
 *
 * @param config Shape of the generator.
 * @param params Its parameters.
 * @param inputs Vectors and masks.
 * @param options Clipping and dropout.
 * @returns Images, and the tokens that training compares.
 * @throws {TypeError} If an input has the wrong shape.
 * @throws {RangeError} If the heads do not divide the width.
 *
 * @example Shapes of the small generator
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { inputParameters, vec2face, vec2faceConfig, vec2faceInputs } from "@/networks/mod.ts";
 *
 * const config = vec2faceConfig("mini");
 * const inputs = vec2faceInputs(config, { batch: 2, kept: 44 });
 * const { image, logits } = vec2face(config, inputParameters(), inputs);
 * deepStrictEqual(image.shape, [2, 3, 112, 112]);
 * deepStrictEqual(logits.shape, [2, 50, 256]);
 * ```
 */
export function vec2face(
  config: Vec2FaceConfig,
  params: Parameters,
  inputs: Vec2FaceInputs,
  { clip = false, processor, dropout = (x) => x }: Vec2FaceOptions = {},
): Vec2FaceOutput {
  checkHeads(config);
  checkInputs(config, inputs);
  const { vectorSize, width, grid } = config;
  const tokenCount = grid * grid; // T
  const batch = inputs.vectors.shape[0]!;

  // The vector as a class token, and T tokens that are scaled and shifted copies of it.
  const projected = linear(
    params.scope("latent_prior_proj_f"),
    inputs.vectors,
    vectorSize,
    width,
    VIT_LINEAR,
  );
  const cls = op.unsqueeze(projected, [1]); // N,1,E
  const spread = params.scope("feature_token");
  const factors = spread.param("weight", [tokenCount, 1], {
    init: VIT_LINEAR.weight,
  }); // T,1
  const shifts = spread.param("bias", [tokenCount], { init: VIT_LINEAR.bias });
  const tokens = op.add(op.mul(cls, factors), op.unsqueeze(shifts, [1])); // N,T,E
  const tokenTargets = op.detach(op.concat([cls, tokens], 1)); // N,1+T,E

  const masked = op.unsqueeze(op.greater(inputs.masked, 0.5), [2]); // N,T,1
  const embedded = embed(
    params.scope("token_emb"),
    op.concat([cls, op.where(masked, cls, tokens)], 1),
    config,
    dropout,
  );

  // selection[n,k,t] = 1 where the k-th kept token of image n is token t.
  const numbers = op.ints(Array.from({ length: tokenCount }, (_, i) => i));
  const isKept = op.equal(op.unsqueeze(inputs.keep, [2]), numbers); // N,K,T
  const selection = op.cast(isKept, "float32");
  const [embeddedCls, embeddedTokens] = splitClass(embedded);
  let x = op.concat([embeddedCls, op.matmul(selection, embeddedTokens)], 1); // N,1+K,E
  const encoder = {
    width,
    heads: config.encoderHeads,
    mlpRatio: config.mlpRatio,
  };
  for (let i = 0; i < config.encoderBlocks; i++) {
    x = transformerBlock(params.scope(`blocks.${i}`), x, encoder, dropout);
  }
  x = layerNorm(params.scope("norm"), x, width, LAYER_NORM_EPSILON);

  // Kept tokens go back to their places; the others are the class token.
  x = linear(params.scope("decoder_embed"), x, width, width, VIT_LINEAR);
  const [filler, kept] = splitClass(x); // N,1,E and N,K,E
  const placed = op.matmul(op.transpose(selection, [0, 2, 1]), kept); // N,T,E
  x = op.concat([filler, op.where(masked, filler, placed)], 1); // N,1+T,E
  const position = params.param("decoder_pos_embed_learned", [
    1,
    1 + tokenCount,
    width,
  ], {
    init: POSITION_INIT,
  });
  x = op.add(x, position);
  const decoder = {
    width,
    heads: config.decoderHeads,
    mlpRatio: config.mlpRatio,
  };
  for (let i = 0; i < config.decoderBlocks; i++) {
    x = transformerBlock(
      params.scope(`decoder_blocks.${i}`),
      x,
      decoder,
      dropout,
    );
  }
  const logits = layerNorm(
    params.scope("decoder_norm"),
    x,
    width,
    LAYER_NORM_EPSILON,
  );

  const [, map] = splitClass(logits); // N,T,E
  const z = linear(
    params.scope("im_decoder_proj"),
    map,
    width,
    config.image.inputs,
    VIT_LINEAR,
  ); // N,T,C
  const square = op.reshape(op.transpose(z, [0, 2, 1]), [
    batch,
    config.image.inputs,
    grid,
    grid,
  ]);
  const image = imageDecoder(config.image, params.scope("im_decoder"), square, { processor });
  return { image: clip ? op.clip(image, -1, 1) : image, logits, tokenTargets };
}

/**
 * Lists the parameters of a generator.
 *
 * @param config Shape of the generator.
 * @returns Names as in the reference's state dict, shapes and first distributions.
 *
 * @example Position embeddings start small
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { vec2faceConfig, vec2faceSpecs } from "@/networks/mod.ts";
 *
 * const specs = vec2faceSpecs(vec2faceConfig("mini"));
 * const spec = specs.find(({ name }) => name === "decoder_pos_embed_learned")!;
 * deepStrictEqual(spec.shape, [1, 50, 256]);
 * deepStrictEqual(spec.init, { kind: "normal", sd: 0.02 });
 * ```
 */
export function vec2faceSpecs(
  config: Vec2FaceConfig,
): readonly ParameterSpec[] {
  const inputs = vec2faceInputs(config, { batch: 1, kept: config.grid ** 2 });
  return parameterSpecs((params) => vec2face(config, params, inputs));
}

/** x [N,1+T,E] -> the same with positions added and normalised. */
function embed(
  params: Parameters,
  x: Value,
  config: Vec2FaceConfig,
  dropout: Dropout,
): Value {
  const shape = [1 + config.grid ** 2, config.width];
  const position = params.param("position_embeddings.weight", shape, {
    init: POSITION_INIT,
  });
  const normed = layerNorm(
    params.scope("LayerNorm"),
    op.add(x, position),
    config.width,
    LAYER_NORM_EPSILON,
  );
  return dropout(normed, DROPOUT_RATE);
}

/** x [N,1+S,E] -> [N,1,E] and [N,S,E]. */
function splitClass(x: Value): [Value, Value] {
  return op.split(x, [1, (x.shape[1] as number) - 1], 1) as [Value, Value];
}

function checkHeads(
  { width, encoderHeads, decoderHeads }: Vec2FaceConfig,
): void {
  for (const heads of [encoderHeads, decoderHeads]) {
    if (width % heads !== 0) {
      throw new RangeError(
        `Cannot build Vec2Face: ${heads} heads do not divide the width ${width}`,
      );
    }
  }
}

function checkInputs(
  config: Vec2FaceConfig,
  { vectors, keep, masked }: Vec2FaceInputs,
): void {
  const tokens = config.grid ** 2;
  const batch = vectors.shape[0];
  const fits = vectors.shape.length === 2 &&
    vectors.shape[1] === config.vectorSize &&
    keep.shape.length === 2 && keep.shape[0] === batch &&
    keep.dtype === "int64" &&
    Number(keep.shape[1]) <= tokens &&
    masked.shape.join() === `${batch},${tokens}` && masked.dtype === "float32";
  if (!fits) {
    throw new TypeError(
      `Cannot build Vec2Face: inputs are vectors [${vectors.shape}], keep [${keep.shape}] and masked ` +
        `[${masked.shape}], expected [N,${config.vectorSize}], int64 [N,K] with K <= ${tokens} and float32 [N,${tokens}]`,
    );
  }
}
