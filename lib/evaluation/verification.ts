/**
 * Verification accuracy by the 10-fold protocol of LFW.
 *
 * Follows `calculate_roc` of
 * https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test/blob/main/verification.py , which is
 * https://github.com/deepinsight/insightface/blob/master/recognition/arcface_torch/eval/verification.py (MIT): squared
 * Euclidean distance of normalised features, thresholds 0, 0.01 .. 3.99, folds in order without shuffling, a pair is
 * "same" when its distance is strictly below the threshold, and each fold is tested at the first threshold that is best on the other
 * folds. Mean and population standard deviation over folds. Deviations: float64 throughout; features come as rows with
 * pairs of indices, and mirrored copies are left to the caller (the reference adds their features before).
 */
import { checkPairs, mean, type RowPairs, wholeRows } from "./cosine.ts";

/** Number of thresholds, in steps of 0.01. */
const THRESHOLDS = 400;

/** Result of {@link verificationAccuracy}. */
export interface VerificationAccuracy {
  /** Mean accuracy over the folds, 0..1. */
  readonly mean: number;
  /** Population standard deviation over the folds. */
  readonly sd: number;
  /** Accuracy of each fold, 0..1. */
  readonly folds: readonly number[];
  /** Threshold of each fold, squared distance 0..4. */
  readonly thresholds: readonly number[];
}

/**
 * Measures how often "same or different" is decided rightly.
 *
 * @param features Feature vectors [N, D], row after row, of any norm.
 * @param width D.
 * @param pairs P pairs of rows with `same` 1 or 0, in fold order; see `samplePairs`.
 * @param folds Number of folds. @default {10}
 * @returns Accuracy over the folds.
 * @throws {TypeError} When the values do not make whole rows.
 * @throws {RangeError} When there are fewer pairs than folds, a row is not there, zero or not finite.
 *
 * @example Two identities, far apart
 * ```ts
 * import { verificationAccuracy } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const features = Float32Array.of(1, 0, 2, 0, 0, 1, 0, 3);
 * const pairs = { first: [0, 0, 2, 1], second: [1, 2, 3, 3], same: [1, 0, 1, 0] };
 * assert.equal(verificationAccuracy(features, 2, pairs, 2).mean, 1);
 * ```
 */
export function verificationAccuracy(
  features: ArrayLike<number>,
  width: number,
  pairs: RowPairs & { readonly same: ArrayLike<number> },
  folds = 10,
): VerificationAccuracy {
  const rows = wholeRows(features, width, "measure verification");
  checkPairs(pairs, rows, "measure verification");
  const count = pairs.first.length;
  if (!Number.isInteger(folds) || folds < 2 || count < folds || pairs.same.length !== count) {
    throw new RangeError(
      `Cannot measure verification: ${count} pairs, ${pairs.same.length} answers and ${folds} folds, ` +
        "expected an answer for each pair, at least 2 folds, and no fewer pairs than folds",
    );
  }
  const unit = normalised(features, width, rows);
  const fold = new Int32Array(count);
  // As scikit-learn's KFold: the first count % folds folds hold one pair more.
  for (let f = 0, at = 0; f < folds; f++) {
    const size = Math.floor(count / folds) + (f < count % folds ? 1 : 0);
    fold.fill(f, at, at += size);
  }
  // right[f, t]: pairs of fold f decided rightly at threshold t.
  const right = Array.from({ length: folds }, () => new Int32Array(THRESHOLDS));
  const sizes = new Int32Array(folds), total = new Int32Array(THRESHOLDS);
  for (let p = 0; p < count; p++) {
    let distance = 0;
    const a = pairs.first[p]! * width, b = pairs.second[p]! * width;
    for (let c = 0; c < width; c++) distance += (unit[a + c]! - unit[b + c]!) ** 2;
    const same = pairs.same[p]! !== 0, mine = right[fold[p]!]!;
    sizes[fold[p]!]!++;
    for (let t = 0; t < THRESHOLDS; t++) {
      if ((distance < t * 0.01) !== same) continue;
      mine[t]!++;
      total[t]!++;
    }
  }
  const accuracies: number[] = [], thresholds: number[] = [];
  for (let f = 0; f < folds; f++) {
    let best = 0;
    for (let t = 1; t < THRESHOLDS; t++) {
      if (total[t]! - right[f]![t]! > total[best]! - right[f]![best]!) best = t;
    }
    accuracies.push(right[f]![best]! / sizes[f]!);
    thresholds.push(best * 0.01);
  }
  const average = mean(accuracies);
  return {
    mean: average,
    sd: Math.sqrt(mean(accuracies.map((accuracy) => (accuracy - average) ** 2))),
    folds: accuracies,
    thresholds,
  };
}

function normalised(features: ArrayLike<number>, width: number, rows: number): Float64Array {
  const unit = Float64Array.from(features);
  for (let r = 0; r < rows; r++) {
    const row = unit.subarray(r * width, (r + 1) * width);
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    if (!(length > 0 && length < Infinity)) {
      throw new RangeError(`Cannot measure verification: the norm of row ${r} is ${length}, expected finite, above 0`);
    }
    for (let c = 0; c < width; c++) row[c]! /= length;
  }
  return unit;
}
