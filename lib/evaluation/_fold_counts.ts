/**
 * How many pairs of each fold are accepted at each threshold of a grid: what every 10-fold figure is read from.
 *
 * The protocols compare every distance with every threshold; here a distance is put once into the first threshold that
 * accepts it, and running sums give the rest, with the same counts.
 */

/** Thresholds 0, step, 2 step ... as numpy.arange makes them; a pair is accepted when its distance is below one. */
export interface ThresholdGrid {
  /** Distance between two thresholds. */
  readonly step: number;
  /** Number of thresholds. */
  readonly count: number;
}

/** Which fold a pair is in, and how much it counts. */
export interface FoldOptions {
  /** Number of folds. @default {10} */
  readonly folds?: number;
  /** Fold of each pair, 0..folds-1; in order without shuffling, as scikit-learn's KFold, when left out. */
  readonly fold?: ArrayLike<number> | undefined;
  /** How often each pair counts; once when left out. A bootstrap draws these. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** Counts of each fold F at each threshold T. */
export interface FoldCounts {
  /** F. */
  readonly folds: number;
  /** Fold of each pair. */
  readonly fold: ArrayLike<number>;
  /** T. */
  readonly steps: number;
  /** Genuine pairs accepted [F, T]. */
  readonly genuine: Float64Array;
  /** Impostor pairs accepted [F, T]. */
  readonly impostor: Float64Array;
  /** Genuine pairs of each fold. */
  readonly genuineTotal: Float64Array;
  /** Impostor pairs of each fold. */
  readonly impostorTotal: Float64Array;
}

/** Fold of each pair without shuffling: the first count % folds folds hold one pair more. */
export function foldNumbers(count: number, folds: number): Int32Array {
  const fold = new Int32Array(count);
  for (let f = 0, at = 0; f < folds; f++) {
    const size = Math.floor(count / folds) + (f < count % folds ? 1 : 0);
    fold.fill(f, at, at += size);
  }
  return fold;
}

/** Counts pairs by fold and threshold; refuses what has no folds, one kind of pair only, or distances that are none. */
export function countFolds(
  distances: ArrayLike<number>,
  same: ArrayLike<number>,
  { folds = 10, fold, weights }: FoldOptions,
  { step, count: steps }: ThresholdGrid,
  action: string,
): FoldCounts {
  const count = distances.length;
  if (
    !Number.isInteger(folds) || folds < 2 || count < folds || same.length !== count ||
    (fold ?? same).length !== count || (weights ?? same).length !== count
  ) {
    throw new RangeError(
      `Cannot ${action}: ${count} pairs, ${same.length} answers and ${folds} folds, ` +
        "expected an answer for each pair, at least 2 folds, and no fewer pairs than folds",
    );
  }
  const numbers = fold ?? foldNumbers(count, folds);
  const members = new Int32Array(folds);
  const genuine = new Float64Array(folds * steps), impostor = new Float64Array(folds * steps);
  const genuineTotal = new Float64Array(folds), impostorTotal = new Float64Array(folds);
  let kinds = 0;
  for (let p = 0; p < count; p++) {
    const distance = distances[p]!, f = numbers[p]!, weight = weights === undefined ? 1 : weights[p]!;
    if (!(distance > -Infinity && distance < Infinity)) {
      throw new RangeError(`Cannot ${action}: the distance of pair ${p} is ${distance}, expected a finite number`);
    }
    if (!(f >= 0 && f < folds)) {
      throw new RangeError(`Cannot ${action}: pair ${p} is in fold ${f}, expected 0 to ${folds - 1}`);
    }
    members[f]!++;
    let t = Math.max(0, Math.min(steps, Math.floor(distance / step) + 1)); // may be off by one rounding
    while (t > 0 && distance < (t - 1) * step) t--;
    while (t < steps && !(distance < t * step)) t++;
    if (same[p]! !== 0) {
      kinds |= 1;
      genuineTotal[f]! += weight;
      if (t < steps) genuine[f * steps + t]! += weight;
    } else {
      kinds |= 2;
      impostorTotal[f]! += weight;
      if (t < steps) impostor[f * steps + t]! += weight;
    }
  }
  if (kinds !== 3) {
    throw new RangeError(
      `Cannot ${action}: all ${count} pairs are of ${kinds === 1 ? "one person" : "two people"}, expected both kinds`,
    );
  }
  const empty = members.indexOf(0);
  if (empty !== -1) throw new RangeError(`Cannot ${action}: fold ${empty} of 0..${folds - 1} has no pair`);
  for (const counts of [genuine, impostor]) {
    for (let at = 1; at < folds * steps; at++) if (at % steps !== 0) counts[at]! += counts[at - 1]!;
  }
  return { folds, fold: numbers, steps, genuine, impostor, genuineTotal, impostorTotal };
}

/** Mean and population standard deviation. */
export function meanAndSd(values: readonly number[]): { mean: number; sd: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, sd: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) };
}
