/**
 * VAL at a false accept rate, as insightface prints it beside the accuracy.
 *
 * Follows `calculate_val` of
 * https://github.com/deepinsight/insightface/blob/master/recognition/arcface_torch/eval/verification.py (MIT): thresholds 0,
 * 0.001 .. 3.999; the threshold of a fold is where the rate of the other folds, interpolated linearly over thresholds
 * ("slinear"), reaches the target, and 0 when it never does; VAL is the share of genuine pairs of the fold strictly below.
 *
 * The published code asks SciPy for a spline through rates that repeat. SciPy 1.6 to 1.9 gives it; 1.10 and later refuse ("Expect x
 * to not have duplicates", https://github.com/deepinsight/insightface/issues/2152), and up to 1.5 repeats came in the order of an
 * unstable sort. What that spline is, is done here: between two different rates it joins the last threshold of the
 * lower with the first of the higher one, at a rate that occurs it gives the last of its thresholds, and at the highest
 * rate, if that repeats, 0.
 */
import { countFolds, type FoldCounts, type FoldOptions, meanAndSd } from "./_fold_counts.ts";

/** Thresholds: numpy.arange(0, 4, 0.001). */
const GRID = { step: 0.001, count: 4000 };
const ACTION = "measure VAL";

/** Result of {@link validationRate}. */
export interface ValidationRate {
  /** The false accept rate that thresholds were set for. */
  readonly target: number;
  /** Mean over the folds of the share of genuine pairs accepted, 0..1. */
  readonly mean: number;
  /** Its population standard deviation. */
  readonly sd: number;
  /** Mean over the folds of the share of impostors accepted, 0..1. */
  readonly far: number;
  /** VAL of each fold. */
  readonly folds: readonly number[];
  /** Threshold of each fold, squared distance. */
  readonly thresholds: readonly number[];
}

/**
 * Measures VAL over folds.
 *
 * @param distances Squared distance of each of P pairs, 0..4; see `pairDistances`.
 * @param same 1 where both sides of a pair are of one person, else 0.
 * @param options Folds, and the target rate (default 1e-3).
 * @returns VAL, and the rate of impostors that it came with.
 * @throws {RangeError} When the target is outside 0..1, there are fewer pairs than folds, a distance is not finite, or a
 * fold has pairs of one kind only.
 *
 * @example A threshold that the other fold's impostor sets
 * ```ts
 * import { validationRate } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { mean, far } = validationRate([0.5, 2, 0.5, 3], [1, 0, 1, 0], { folds: 2, target: 0.5 });
 * assert.deepEqual([mean, far], [1, 0.5]);
 * ```
 */
export function validationRate(
  distances: ArrayLike<number>,
  same: ArrayLike<number>,
  { target = 1e-3, ...options }: Omit<FoldOptions, "weights"> & { readonly target?: number } = {},
): ValidationRate {
  if (!(target >= 0 && target <= 1)) {
    throw new RangeError(`Cannot ${ACTION}: the false accept rate is ${target}, expected 0 to 1`);
  }
  const counts = countFolds(distances, same, options, GRID, ACTION);
  const { folds, genuineTotal, impostorTotal } = counts;
  for (const [kind, totals] of [["genuine", genuineTotal], ["impostor", impostorTotal]] as const) {
    const fold = totals.indexOf(0);
    if (fold !== -1) throw new RangeError(`Cannot ${ACTION}: fold ${fold} of 0..${folds - 1} has no ${kind} pair`);
  }
  const thresholds = Array.from({ length: folds }, (_, f) => foldThreshold(counts, f, target));
  const accepted = new Float64Array(2 * folds); // genuine pairs of each fold, then impostors
  for (let p = 0; p < distances.length; p++) {
    const f = counts.fold[p]!;
    if (distances[p]! < thresholds[f]!) accepted[same[p]! !== 0 ? f : folds + f]!++;
  }
  const values = Array.from(genuineTotal, (total, f) => accepted[f]! / total);
  const rates = Array.from(impostorTotal, (total, f) => accepted[folds + f]! / total);
  return { target, ...meanAndSd(values), far: meanAndSd(rates).mean, folds: values, thresholds };
}

/** Where the false accept rate of all other folds reaches the target. */
function foldThreshold({ folds, steps, impostor, impostorTotal }: FoldCounts, fold: number, target: number): number {
  const total = impostorTotal.reduce((sum, size) => sum + size, 0) - impostorTotal[fold]!;
  const rate = (t: number) => {
    let accepted = 0;
    for (let f = 0; f < folds; f++) if (f !== fold) accepted += impostor[f * steps + t]!;
    return accepted / total;
  };
  const last = steps - 1, highest = rate(last);
  if (highest < target) return 0;
  if (highest === target) return rate(last - 1) === highest ? 0 : last * GRID.step;
  let low = 0, high = last; // rate(low) <= target < rate(high)
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (rate(middle) <= target) low = middle;
    else high = middle;
  }
  const [below, above] = [rate(low), rate(high)], weight = 1 / (above - below);
  return low * GRID.step * (weight * (above - target)) + high * GRID.step * (weight * (target - below));
}
