/**
 * Verification accuracy by the 10-fold protocol of LFW.
 *
 * Follows `calculate_roc` of
 * https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test/blob/main/verification.py , which is
 * https://github.com/deepinsight/insightface/blob/master/recognition/arcface_torch/eval/verification.py (MIT): squared
 * Euclidean distance of normalised features, thresholds 0, 0.01 .. 3.99, folds in order without shuffling, a pair is
 * "same" when its distance is strictly below the threshold, and each fold is tested at the first threshold that is best on the other
 * folds. Mean and population standard deviation over folds. Deviations: float64 throughout; features come as rows with
 * pairs of indices, and mirrored copies are left to the caller (the reference adds their features before; see `combineViews`).
 */
import { countFolds, type FoldCounts, type FoldOptions, meanAndSd } from "./_fold_counts.ts";
import type { RowPairs } from "./cosine.ts";
import { pairDistances } from "./pair_distances.ts";

export type { FoldOptions } from "./_fold_counts.ts";

/** Thresholds of the accuracy: numpy.arange(0, 4, 0.01). */
const GRID = { step: 0.01, count: 400 };
const ACTION = "measure verification";

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
  /** Pairs decided rightly, each at the threshold of its fold. */
  readonly right: number;
}

/** Rates at the thresholds of the accuracy, averaged over the folds. */
export interface FoldRates {
  /** Thresholds 0, 0.01 .. 3.99. */
  readonly thresholds: Float64Array;
  /** Share of genuine pairs accepted, 0..1. */
  readonly tpr: Float64Array;
  /** Share of impostor pairs accepted, 0..1. */
  readonly fpr: Float64Array;
}

/**
 * Measures how often "same or different" is decided rightly.
 *
 * @param features Feature vectors [N, D], row after row, of any norm.
 * @param width D.
 * @param pairs P pairs of rows with `same` 1 or 0, in fold order; see `samplePairs` and `consecutivePairs`.
 * @param folds Number of folds. @default {10}
 * @returns Accuracy over the folds.
 * @throws {TypeError} When the values do not make whole rows.
 * @throws {RangeError} When there are fewer pairs than folds, all pairs are of one kind, or a row is not there, zero or
 * not finite.
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
  return distanceAccuracy(pairDistances(features, width, pairs, ACTION), pairs.same, { folds });
}

/**
 * The same from distances that are there already.
 *
 * @param distances Squared distance of each of P pairs, 0..4; see `pairDistances`.
 * @param same 1 where both sides of a pair are of one person, else 0.
 * @param options Folds and weights; a fold in which no pair has weight is left out of the mean.
 * @returns Accuracy over the folds.
 * @throws {RangeError} When there are fewer pairs than folds, all pairs are of one kind, a fold has no pair, or a
 * distance is not finite.
 *
 * @example A pair at the threshold itself is not accepted
 * ```ts
 * import { distanceAccuracy } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { mean, thresholds } = distanceAccuracy([0, 1, 0, 1], [1, 0, 1, 0], { folds: 2 });
 * assert.deepEqual([mean, thresholds], [1, [0.01, 0.01]]);
 * ```
 */
export function distanceAccuracy(
  distances: ArrayLike<number>,
  same: ArrayLike<number>,
  options: FoldOptions = {},
): VerificationAccuracy {
  const counts = countFolds(distances, same, options, GRID, ACTION);
  const { folds, steps, genuineTotal, impostorTotal } = counts;
  const all = new Float64Array(steps);
  for (let f = 0; f < folds; f++) for (let t = 0; t < steps; t++) all[t]! += right(counts, f, t);
  const accuracies: number[] = [], thresholds: number[] = [];
  let decided = 0;
  for (let f = 0; f < folds; f++) {
    const size = genuineTotal[f]! + impostorTotal[f]!;
    if (size === 0) continue; // a bootstrap may draw none of its pairs
    let best = 0, most = -1;
    for (let t = 0; t < steps; t++) {
      const others = all[t]! - right(counts, f, t);
      if (others > most) [best, most] = [t, others];
    }
    decided += right(counts, f, best);
    accuracies.push(right(counts, f, best) / size);
    thresholds.push(best * GRID.step);
  }
  return { ...meanAndSd(accuracies), folds: accuracies, thresholds, right: decided };
}

/** Pairs of a fold that are decided rightly at a threshold. */
function right({ steps, genuine, impostor, impostorTotal }: FoldCounts, f: number, t: number): number {
  return genuine[f * steps + t]! + impostorTotal[f]! - impostor[f * steps + t]!;
}

/**
 * Shares of genuine and impostor pairs accepted at each threshold of the accuracy, averaged over the folds: the `tpr` and
 * `fpr` that the published `calculate_roc` returns. A fold without pairs of a kind counts as 0, as there.
 *
 * @param distances Squared distance of each of P pairs, 0..4.
 * @param same 1 where both sides of a pair are of one person, else 0.
 * @param options Folds.
 * @returns The rates at 400 thresholds.
 * @throws {RangeError} As {@link distanceAccuracy}.
 *
 * @example Nothing is accepted at 0, all at the end
 * ```ts
 * import { foldRates } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { tpr, fpr } = foldRates([0, 1, 0, 1], [1, 0, 1, 0], { folds: 2 });
 * assert.deepEqual([tpr[0], fpr[0], tpr[399], fpr[399]], [0, 0, 1, 1]);
 * ```
 */
export function foldRates(
  distances: ArrayLike<number>,
  same: ArrayLike<number>,
  options: FoldOptions = {},
): FoldRates {
  const { folds, steps, ...counts } = countFolds(distances, same, options, GRID, ACTION);
  const average = (accepted: Float64Array, total: Float64Array) =>
    Float64Array.from({ length: steps }, (_, t) => {
      let sum = 0;
      for (let f = 0; f < folds; f++) if (total[f]! > 0) sum += accepted[f * steps + t]! / total[f]!;
      return sum / folds;
    });
  return {
    thresholds: Float64Array.from({ length: steps }, (_, t) => t * GRID.step),
    tpr: average(counts.genuine, counts.genuineTotal),
    fpr: average(counts.impostor, counts.impostorTotal),
  };
}
