/**
 * The transformer block of Vec2Face: attention and feed-forward, each with a norm before it and a shortcut around it.
 *
 * Follows Block and Attention of https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py (from
 * timm). The reference takes the row maximum off the scores before softmax; softmax does so by itself.
 */

import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { layerNorm, linear } from "./_layers.ts";
import { XAVIER, ZEROS } from "./initialisation.ts";
import type { Parameters } from "./params.ts";

/** Makes some values zero in training, and the identity in evaluation. */
export type Dropout = (x: Value, rate: number) => Value;

/** Initialisation of every Linear in the reference's transformer. */
export const VIT_LINEAR = { weight: XAVIER, bias: ZEROS };

/** Epsilon of every layer norm of the reference. */
export const LAYER_NORM_EPSILON = 1e-6;

/** Rate of every dropout of the reference. */
export const DROPOUT_RATE = 0.1;

/** Shape of a block. */
export interface BlockConfig {
  readonly width: number;
  readonly heads: number;
  readonly mlpRatio: number;
}

/** x [N,S,E] -> [N,S,E]. */
export function transformerBlock(
  params: Parameters,
  x: Value,
  { width, heads, mlpRatio }: BlockConfig,
  dropout: Dropout,
): Value {
  const normed = layerNorm(params.scope("norm1"), x, width, LAYER_NORM_EPSILON);
  const h = op.add(
    x,
    attention(params.scope("attn"), normed, width, heads, dropout),
  );
  const mlp = params.scope("mlp");
  let m = layerNorm(params.scope("norm2"), h, width, LAYER_NORM_EPSILON);
  m = op.gelu(linear(mlp.scope("fc1"), m, width, width * mlpRatio, VIT_LINEAR)); // N,S,4E
  m = linear(
    mlp.scope("fc2"),
    dropout(m, DROPOUT_RATE),
    width * mlpRatio,
    width,
    VIT_LINEAR,
  ); // N,S,E
  return op.add(h, dropout(m, DROPOUT_RATE));
}

/** x [N,S,E] -> [N,S,E], every position looking at every other. */
function attention(
  params: Parameters,
  x: Value,
  width: number,
  heads: number,
  dropout: Dropout,
): Value {
  const [batch, length] = x.shape as [number | string, number];
  const perHead = width / heads;
  const qkv = linear(params.scope("qkv"), x, width, 3 * width, VIT_LINEAR); // N,S,3E
  const [q, k, v] = op.split(qkv, [width, width, width], 2).map((part) =>
    op.reshape(part, [batch, length, heads, perHead]) // N,S,h,E/h
  ) as [Value, Value, Value];
  const scores = op.matmul(
    op.transpose(q, [0, 2, 1, 3]),
    op.transpose(k, [0, 2, 3, 1]),
  ); // N,h,S,S
  const weights = dropout(
    op.softmax(op.mul(scores, perHead ** -0.5)),
    DROPOUT_RATE,
  );
  const mixed = op.matmul(weights, op.transpose(v, [0, 2, 1, 3])); // N,h,S,E/h
  const joined = op.reshape(op.transpose(mixed, [0, 2, 1, 3]), [
    batch,
    length,
    width,
  ]); // N,S,E
  return dropout(
    linear(params.scope("proj"), joined, width, width, VIT_LINEAR),
    DROPOUT_RATE,
  );
}
