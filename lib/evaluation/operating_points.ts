/**
 * Single points read off a ROC curve: TAR at a false match rate, by two rules, and the names FVC and pyeer give to FNMR at a rate.
 */
import type { RocCurve } from "./roc.ts";

/** TAR at a false match rate. */
export interface TarAtFar {
  /** The rate asked for, 0..1. */
  readonly far: number;
  /** TAR, 0..1; undefined when too few impostors can tell. */
  readonly tar: number | undefined;
  /** Threshold it was read at; undefined like `tar`. */
  readonly threshold: number | undefined;
  /** Number of impostor scores there are. */
  readonly impostors: number;
  /** Number of impostor scores needed: 10 / far. */
  readonly needed: number;
}

/** TAR at the point of a curve that is nearest to a rate. */
export interface NearestTar {
  /** The rate asked for, 0..1. */
  readonly far: number;
  /** TAR, 0..1. */
  readonly tar: number;
  /** The rate of the point. */
  readonly fmr: number;
  /** Its threshold. */
  readonly threshold: number;
  /** Whether there are 10 / far impostors; if not, the number says little. */
  readonly resolvable: boolean;
}

/** FNMR at fixed false match rates. */
export interface FnmrPoints {
  /** Lowest FNMR with FMR at most 1 in 100; undefined with fewer than 1,000 impostors. */
  readonly fmr100: number | undefined;
  /** Lowest FNMR with FMR at most 1 in 1,000; undefined with fewer than 10,000 impostors. */
  readonly fmr1000: number | undefined;
  /** Lowest FNMR without any impostor accepted. */
  readonly zeroFmr: number;
}

/** Number of impostors needed to tell a rate: so that ten of them are accepted. */
function neededFor(far: number): number {
  if (!(far > 0 && far <= 1)) throw new RangeError(`Cannot read TAR: FAR is ${far}, expected above 0 and at most 1`);
  return Math.ceil(10 / far - 1e-6);
}

/**
 * Reads TAR at a false match rate off a curve.
 *
 * Rule: the largest TAR among thresholds whose FMR is at most `far`, without interpolation (conservative;
 * insightface's VAL interpolates, eval_ijb.py takes the nearest point). With fewer than 10 / far impostors the rate is not
 * resolvable and no number is given.
 *
 * @param curve From `rocCurve` or `ScoreTally`.
 * @param far False match rate, above 0 and at most 1.
 * @returns TAR with its threshold, or neither.
 * @throws {RangeError} When `far` is outside its range.
 *
 * @example Two impostors say nothing about one in a thousand
 * ```ts
 * import { rocCurve, tarAtFar } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(tarAtFar(rocCurve([0.9], [0.1, 0.2]), 1e-3).tar, undefined);
 * ```
 */
export function tarAtFar(curve: RocCurve, far: number): TarAtFar {
  const { thresholds, tar, impostors } = curve, needed = neededFor(far);
  if (impostors < needed) return { far, tar: undefined, threshold: undefined, impostors, needed };
  const at = lastWithin(curve, far);
  return { far, tar: tar[at]!, threshold: thresholds[at]!, impostors, needed };
}

/** The strictest of the points with the largest TAR whose FMR is at most `far`. */
function lastWithin({ fmr, tar }: RocCurve, far: number): number {
  let low = 0, high = fmr.length; // fmr[low] <= far < fmr[high]
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fmr[middle]! <= far) low = middle;
    else high = middle;
  }
  while (low > 0 && tar[low - 1] === tar[low]) low--;
  return low;
}

/**
 * Reads TAR at the point of a curve whose FMR is nearest to a rate, as eval_ijb.py does
 * (https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test/blob/main/eval_ijb.py , insightface's eval_ijbc.py).
 *
 * Of points equally near, the one with the largest FMR is taken, and of those the one with the largest TAR. The published tables look at the
 * points that scikit-learn keeps, so give the curve through `dropIntermediate` to have their numbers.
 *
 * @param curve From `rocCurve`.
 * @param far False match rate, above 0 and at most 1.
 * @returns TAR, and where it was read.
 * @throws {RangeError} When `far` is outside its range.
 *
 * @example Nearest to a third
 * ```ts
 * import { rocCurve, tarAtNearestFar } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { tar, fmr, resolvable } = tarAtNearestFar(rocCurve([0.9, 0.4], [0.5, 0.1]), 1 / 3);
 * assert.deepEqual([tar, fmr, resolvable], [1, 0.5, false]);
 * ```
 */
export function tarAtNearestFar({ thresholds, fmr, tar, impostors }: RocCurve, far: number): NearestTar {
  const needed = neededFor(far);
  let at = fmr.length - 1;
  for (let i = at - 1; i >= 0; i--) if (Math.abs(fmr[i]! - far) < Math.abs(fmr[at]! - far)) at = i;
  return { far, tar: tar[at]!, fmr: fmr[at]!, threshold: thresholds[at]!, resolvable: impostors >= needed };
}

/**
 * FMR100, FMR1000 and ZeroFMR of a curve, as FVC and pyeer define them: the lowest FNMR where FMR is at most 1 %, at most
 * 0.1 %, or 0.
 *
 * @param curve From `rocCurve` or `ScoreTally`.
 * @returns The three; those that too few impostors can tell are undefined.
 *
 * @example One of two genuine pairs lies above every impostor
 * ```ts
 * import { fnmrPoints, rocCurve } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { zeroFmr, fmr100 } = fnmrPoints(rocCurve([0.9, 0.4], [0.5, 0.1]));
 * assert.deepEqual([zeroFmr, fmr100], [0.5, undefined]);
 * ```
 */
export function fnmrPoints(curve: RocCurve): FnmrPoints {
  const fnmr = (far: number) => {
    const { tar } = tarAtFar(curve, far);
    return tar === undefined ? undefined : 1 - tar;
  };
  return { fmr100: fnmr(0.01), fmr1000: fnmr(0.001), zeroFmr: 1 - curve.tar[lastWithin(curve, 0)]! };
}
