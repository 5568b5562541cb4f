/**
 * ArcFace's loss: softmax over cosines to class vectors, with an angle added to the right one.
 *
 * Deng et al., "ArcFace" (CVPR 2019), as https://github.com/deepinsight/insightface/blob/master/recognition/arcface_torch/losses.py
 * computes it, but without arc cosine: cos(t + m) = cos t cos m - sin t sin m, whose gradient stays finite at cos t = 1.
 * Where t + m would pass pi the linear continuation cos t - m sin m is used, as in the first release of ArcFace.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";

/** Operands of {@linkcode arcfaceLoss}. */
export interface ArcfaceOperands {
  /** Embeddings `[N, D]`, any length. */
  readonly features: Value;
  /** Class vectors `[C, D]`, any length. */
  readonly centres: Value;
  /** Class of each row, int64 `[N]`. */
  readonly labels: Value;
  /** Angle added to the right class in radians, a scalar; a graph input when it is ramped up. */
  readonly margin: Value;
  /** Factor of the cosines. */
  readonly scale: number;
}

/** What {@linkcode arcfaceLoss} returns. */
export interface ArcfaceResult {
  /** Mean cross-entropy, a scalar. */
  readonly loss: Value;
  /** Share of rows whose largest cosine is the right one, a scalar. */
  readonly accuracy: Value;
  /** Mean cosine to the right class vector, a scalar. */
  readonly cosine: Value;
}

/** Class vectors shorter than this count as this long, as in PyTorch's normalize. */
const SHORTEST = 1e-12;

/**
 * Builds the ArcFace loss.
 *
 * @param operands Features, class vectors, labels, margin and scale.
 * @returns Loss, accuracy and mean cosine, scalars.
 * @throws {TypeError} If the shapes do not fit.
 *
 * @example Without a margin, two equal classes are a coin toss
 * ```ts
 * import assert from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { arcfaceLoss } from "@/training/mod.ts";
 *
 * const features = op.constant(Float32Array.of(3, 0), [1, 2]);
 * const centres = op.constant(Float32Array.of(1, 0, 2, 0), [2, 2]);
 * const labels = op.constant(BigInt64Array.of(1n), [1]);
 * const { loss } = arcfaceLoss({ features, centres, labels, margin: op.constant(Float32Array.of(0), []), scale: 32 });
 * const { data } = await op.compute(loss);
 * assert.ok(Math.abs(data[0] as number - Math.log(2)) < 1e-5);
 * ```
 */
export function arcfaceLoss({ features, centres, labels, margin, scale }: ArcfaceOperands): ArcfaceResult {
  const classes = centres.shape[0] as number;
  // Products are divided by the lengths of class vectors, of which there are many, rather than the vectors themselves.
  const products = op.gemm(op.normalize(features), centres, { transB: true }); // N, C
  const cosines = op.div(products, op.reshape(op.max2(op.l2norm(centres), SHORTEST), [1, classes]));
  const range = op.constant(BigInt64Array.from({ length: classes }, (_, i) => BigInt(i)), [1, classes]);
  const hit = op.cast(op.equal(op.unsqueeze(labels, [1]), range), "float32"); // N, C
  const target = op.reduceSum(op.mul(cosines, hit), [1]); // N, 1
  const sine = op.sqrt(op.max2(op.sub(1, op.mul(target, target)), 1e-6));
  const [cosM, sinM] = [op.cos(margin), op.sin(margin)];
  const turned = op.sub(op.mul(target, cosM), op.mul(sine, sinM));
  const continued = op.sub(target, op.mul(margin, sinM));
  const shifted = op.where(op.greater(target, op.neg(cosM)), turned, continued);
  const logits = op.mul(op.add(cosines, op.mul(hit, op.sub(shifted, target))), scale);
  const picked = op.reduceSum(op.mul(op.logSoftmax(logits, 1), hit), [1]);
  const best = op.reduceMax(cosines, [1]);
  return {
    loss: op.neg(op.mean(picked)),
    accuracy: op.mean(op.cast(op.greaterOrEqual(target, best), "float32")),
    cosine: op.mean(target),
  };
}
