/**
 * The `--cosine` variant of the 10-fold accuracy in SOTA-Face-Recognition.
 *
 * Follows `calculate_roc(cosine=True)` of
 * https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test/blob/main/verification.py : from the normalised features
 * of a fold's test pairs and of all others the mean of the others is taken away, the distance is the angle between what
 * remains divided by pi, and the thresholds are those of the Euclidean protocol, of which only 0, 0.01 .. 1 can matter. The mean is over
 * both sides of each pair, so a row in several pairs counts as often.
 */
import { countFolds, meanAndSd } from "./_fold_counts.ts";
import { inverseNorms } from "./_inverse_norms.ts";
import { checkPairs, type RowPairs, wholeRows } from "./cosine.ts";
import { distanceAccuracy, type VerificationAccuracy } from "./verification.ts";

const ACTION = "measure centred verification";

/** Options of {@link centredCosineAccuracy}. */
export interface CentredCosineOptions {
  /** Number of folds. @default {10} */
  readonly folds?: number;
  /** Fold of each pair, 0..folds-1; in order without shuffling when left out. */
  readonly fold?: ArrayLike<number> | undefined;
}

/**
 * Measures the accuracy of angles around the mean of the other folds.
 *
 * @param features Feature vectors [N, D], row after row, of any norm.
 * @param width D.
 * @param pairs P pairs of rows with `same` 1 or 0, in fold order.
 * @param options Folds.
 * @returns Accuracy over the folds; thresholds are angles in units of pi, 0..1.
 * @throws {TypeError} When the values do not make whole rows.
 * @throws {RangeError} When there are fewer pairs than folds, all are of one kind, a row is not there, zero, not finite,
 * or equal to the mean.
 *
 * @example Two people, both far from the mean
 * ```ts
 * import { centredCosineAccuracy } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const features = Float32Array.of(1, 0, 2, 0, 0, 1, 0, 3);
 * const pairs = { first: [0, 0, 2, 1], second: [1, 2, 3, 3], same: [1, 0, 1, 0] };
 * assert.equal(centredCosineAccuracy(features, 2, pairs, { folds: 2 }).mean, 1);
 * ```
 */
export function centredCosineAccuracy(
  features: ArrayLike<number>,
  width: number,
  pairs: RowPairs & { readonly same: ArrayLike<number> },
  options: CentredCosineOptions = {},
): VerificationAccuracy {
  const rows = wholeRows(features, width, ACTION);
  checkPairs(pairs, rows, ACTION);
  const { first, second, same } = pairs, count = first.length;
  // Refuses folds that are none before any work.
  const { folds, fold } = countFolds(new Float64Array(count), same, options, { step: 1, count: 1 }, ACTION);
  const scale = inverseNorms(features, width, pairs, ACTION);
  const unit = Float64Array.from(features, (value, i) => value * scale[Math.floor(i / width)]!);
  const sums = new Float64Array((folds + 1) * width); // of each fold, then of all
  const sizes = new Float64Array(folds);
  for (let p = 0; p < count; p++) {
    const at = fold[p]! * width;
    sizes[fold[p]!]! += 2;
    for (const row of [first[p]!, second[p]!]) {
      for (let c = 0; c < width; c++) sums[at + c]! += unit[row * width + c]!;
    }
  }
  for (let at = 0; at < folds * width; at++) sums[folds * width + at % width]! += sums[at]!;
  const accuracies: number[] = [], thresholds: number[] = [];
  let right = 0;
  const mean = new Float64Array(width), angles = new Float64Array(count);
  for (let f = 0; f < folds; f++) {
    const others = 2 * count - sizes[f]!;
    for (let c = 0; c < width; c++) mean[c] = (sums[folds * width + c]! - sums[f * width + c]!) / others;
    for (let p = 0; p < count; p++) angles[p] = angle(unit, width, first[p]!, second[p]!, mean);
    const of = distanceAccuracy(angles, same, { folds, fold });
    accuracies.push(of.folds[f]!);
    right += Math.round(of.folds[f]! * sizes[f]! / 2);
    thresholds.push(of.thresholds[f]!);
  }
  return { ...meanAndSd(accuracies), folds: accuracies, thresholds, right };
}

/** Angle between two rows less a mean, in units of pi. */
function angle(unit: Float64Array, width: number, i: number, j: number, mean: Float64Array): number {
  let ab = 0, aa = 0, bb = 0;
  for (let c = 0; c < width; c++) {
    const a = unit[i * width + c]! - mean[c]!, b = unit[j * width + c]! - mean[c]!;
    ab += a * b;
    aa += a * a;
    bb += b * b;
  }
  if (aa === 0 || bb === 0) {
    throw new RangeError(`Cannot ${ACTION}: row ${aa === 0 ? i : j} is the mean of the other folds and has no angle`);
  }
  return Math.acos(Math.max(-1, Math.min(1, ab / (Math.sqrt(aa) * Math.sqrt(bb))))) / Math.PI;
}
