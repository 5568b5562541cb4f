/**
 * MagFace's loss: ArcFace whose margin grows with the length of the feature, and a pull towards long features.
 *
 * Meng et al., "MagFace" (CVPR 2021, https://arxiv.org/abs/2103.06627), as
 * https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test/blob/main/losses.py computes it (no "easy margin"). Length is
 * cheap where the right class is easy to tell and costly where it is not, so it comes to say how recognisable a face is.
 * Deviation: the cosine is continued linearly where angle and margin pass pi, as in {@linkcode arcfaceLoss}.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { arcfaceLoss, type ArcfaceOperands, type ArcfaceResult } from "./arcface.ts";

/** Lengths of features, and the margins that belong to them. */
export interface MagfaceRange {
  /** Least and largest length that counts. */
  readonly norms: readonly [least: number, largest: number];
  /** Margins in radians at these lengths; straight between them. */
  readonly margins: readonly [least: number, largest: number];
}

/** The range of the reference's configurations, which train with scale 64 and weight 20 of the pull. */
export const REFERENCE_MAGFACE: MagfaceRange = { norms: [10, 110], margins: [0.45, 0.8] };

/** Operands of {@linkcode magfaceLoss}. */
export interface MagfaceOperands extends Omit<ArcfaceOperands, "margin"> {
  /** Lengths and margins. */
  readonly range: MagfaceRange;
  /** Factor of the margins, a scalar; a graph input when they are ramped up. */
  readonly ramp: Value;
}

/** What {@linkcode magfaceLoss} returns. */
export interface MagfaceResult extends ArcfaceResult {
  /** Mean of n / largest^2 + 1 / n over the lengths n: least for the largest length; a scalar, not in `loss`. */
  readonly pull: Value;
  /** Lengths of the features `[N, 1]`, not limited. */
  readonly norms: Value;
}

/**
 * Builds the MagFace loss.
 *
 * @param operands Features, class vectors, labels, scale, range and ramp.
 * @returns Cross-entropy, pull, accuracy, mean cosine, lengths.
 * @throws {TypeError} If the shapes do not fit.
 * @throws {RangeError} If the range is not ascending from above 0.
 *
 * @example The pull at the largest length is twice its inverse
 * ```ts
 * import assert from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { magfaceLoss } from "@/training/mod.ts";
 *
 * const { pull } = magfaceLoss({
 *   features: op.constant(Float32Array.of(30, 40), [1, 2]),
 *   centres: op.constant(Float32Array.of(1, 0, 0, 1), [2, 2]),
 *   labels: op.constant(BigInt64Array.of(1n), [1]),
 *   scale: 32,
 *   ramp: op.scalar(1),
 *   range: { norms: [10, 40], margins: [0.2, 0.5] },
 * });
 * assert.ok(Math.abs((await op.compute(pull)).data[0] as number - 2 / 40) < 1e-6);
 * ```
 */
export function magfaceLoss({ range, ramp, ...operands }: MagfaceOperands): MagfaceResult {
  const [least, largest] = range.norms, [low, high] = range.margins;
  if (!(least > 0 && largest > least && low >= 0 && high >= low)) {
    throw new RangeError(
      `Cannot build MagFace loss: lengths [${range.norms}] and margins [${range.margins}] must ascend, lengths from above 0`,
    );
  }
  const norms = op.l2norm(operands.features, 1); // N, 1
  const counted = op.clip(norms, least, largest);
  const slope = (high - low) / (largest - least);
  const margin = op.mul(op.add(op.mul(op.sub(counted, least), slope), low), ramp); // N, 1
  const pull = op.mean(op.add(op.mul(counted, 1 / largest ** 2), op.div(1, counted)));
  return { ...arcfaceLoss({ ...operands, margin }), pull, norms };
}
