/**
 * Linear probes: what a linear function of features knows about a number, such as yaw.
 *
 * Ridge regression in closed form, w = (X'X + alpha I)^-1 X'y on centred X and y, as scikit-learn's
 * `Ridge(alpha, solver="cholesky")`. Deviation: alpha is given as a share of the mean diagonal of X'X, so that it does not depend
 * on the scale of the features or their number.
 */
import { cholesky } from "@/identity/mod.ts";
import { mean, wholeRows } from "./cosine.ts";

/** A linear function of features. */
export interface LinearProbe {
  /** Weights [D]. */
  readonly weights: Float64Array;
  /** Constant term. */
  readonly bias: number;
}

/** How well predictions meet the truth. */
export interface ProbeScore {
  /** Pearson correlation, -1..1; NaN when a side does not vary. */
  readonly correlation: number;
  /** Mean absolute error, in the unit of the truth. */
  readonly error: number;
  /** Number of predictions. */
  readonly count: number;
}

/**
 * Fits a probe. Takes N D^2 / 2 + D^3 / 6 multiplications.
 *
 * @param features Features [N, D], row after row.
 * @param width D.
 * @param targets The number that belongs to each of the N rows.
 * @param ridge Regularisation, as a share of the mean diagonal of X'X. @default {0.01}
 * @returns The probe.
 * @throws {TypeError} When rows and targets do not fit.
 * @throws {RangeError} When there are fewer than two rows, a value is not finite, or the features do not vary.
 *
 * @example y = 2x + 1
 * ```ts
 * import { fitLinearProbe } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { weights, bias } = fitLinearProbe([0, 1, 2], 1, [1, 3, 5], 0);
 * assert.ok(Math.abs(weights[0]! - 2) < 1e-12 && Math.abs(bias - 1) < 1e-12);
 * ```
 */
export function fitLinearProbe(
  features: ArrayLike<number>,
  width: number,
  targets: ArrayLike<number>,
  ridge = 0.01,
): LinearProbe {
  const rows = wholeRows(features, width, "fit a probe");
  if (targets.length !== rows) {
    throw new TypeError(`Cannot fit a probe: ${rows} rows of features but ${targets.length} targets`);
  }
  if (rows < 2 || !(ridge >= 0)) {
    throw new RangeError(`Cannot fit a probe: ${rows} rows and ridge ${ridge}, expected at least 2 and at least 0`);
  }
  const centre = new Float64Array(width), middle = mean(targets);
  for (let i = 0; i < features.length; i++) centre[i % width]! += features[i]! / rows;
  const gram = new Float64Array(width * width), moment = new Float64Array(width), x = new Float64Array(width);
  for (let r = 0; r < rows; r++) {
    const y = targets[r]! - middle;
    for (let c = 0; c < width; c++) x[c] = features[r * width + c]! - centre[c]!;
    for (let i = 0; i < width; i++) {
      const xi = x[i]!, at = i * width;
      moment[i]! += xi * y;
      for (let j = 0; j <= i; j++) gram[at + j]! += xi * x[j]!;
    }
  }
  let trace = 0;
  for (let i = 0; i < width; i++) trace += gram[i * width + i]!;
  if (!(trace > 0 && trace < Infinity) || !moment.every(Number.isFinite)) {
    throw new RangeError(
      `Cannot fit a probe: the features' squares add up to ${trace}; expected finite values that differ`,
    );
  }
  for (let i = 0; i < width; i++) gram[i * width + i]! += ridge * trace / width;
  const weights = solve(cholesky(gram, width), moment);
  return { weights, bias: middle - weights.reduce((sum, w, c) => sum + w * centre[c]!, 0) };
}

/**
 * Applies a probe.
 *
 * @param probe From {@link fitLinearProbe}.
 * @param features Features [N, D], row after row.
 * @returns N predictions.
 * @throws {TypeError} When the values do not make whole rows.
 *
 * @example Two rows
 * ```ts
 * import { predict } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...predict({ weights: Float64Array.of(2), bias: 1 }, [3, 4])], [7, 9]);
 * ```
 */
export function predict({ weights, bias }: LinearProbe, features: ArrayLike<number>): Float64Array {
  const width = weights.length, out = new Float64Array(wholeRows(features, width, "apply a probe"));
  return out.map((_, r) => weights.reduce((sum, w, c) => sum + w * features[r * width + c]!, bias));
}

/**
 * Compares predictions with the truth.
 *
 * @param predictions N numbers, N at least 1.
 * @param truth N numbers.
 * @returns Pearson correlation and mean absolute error.
 * @throws {TypeError} When the lengths differ.
 * @throws {RangeError} When there is no number.
 *
 * @example Right but for a shift
 * ```ts
 * import { probeScore } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(probeScore([2, 3, 4], [1, 2, 3]), { correlation: 1, error: 1, count: 3 });
 * ```
 */
export function probeScore(predictions: ArrayLike<number>, truth: ArrayLike<number>): ProbeScore {
  const count = truth.length;
  if (predictions.length !== count) {
    throw new TypeError(`Cannot score predictions: ${predictions.length} predictions for ${count} numbers`);
  }
  const [mp, mt] = [mean(predictions), mean(truth)];
  let pp = 0, tt = 0, pt = 0, error = 0;
  for (let i = 0; i < count; i++) {
    const p = predictions[i]! - mp, t = truth[i]! - mt;
    pp += p * p;
    tt += t * t;
    pt += p * t;
    error += Math.abs(predictions[i]! - truth[i]!);
  }
  return { correlation: pt / Math.sqrt(pp * tt), error: error / count, count };
}

/** Solves L L' w = b. */
function solve(factor: Float64Array, b: Float64Array): Float64Array {
  const width = b.length, w = b.slice();
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) w[i]! -= factor[i * width + j]! * w[j]!;
    w[i]! /= factor[i * width + i]!;
  }
  for (let i = width - 1; i >= 0; i--) {
    for (let j = i + 1; j < width; j++) w[i]! -= factor[j * width + i]! * w[j]!;
    w[i]! /= factor[i * width + i]!;
  }
  return w;
}
