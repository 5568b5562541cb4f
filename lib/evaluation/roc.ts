/**
 * Scores of genuine and impostor pairs: the ROC curve and the numbers read off it. Higher scores mean "more alike".
 *
 * A pair is accepted at threshold t when its score >= t. FMR(t) is the share of impostors accepted, TAR(t) that of genuine
 * pairs; FNMR = 1 - TAR (terms of ISO/IEC 19795-1; FMR is what papers call FAR). Everything here agrees with scikit-learn's
 * `roc_curve(drop_intermediate=False)` and `roc_auc_score`; see tests/fixtures/evaluation/make_evaluation.py.
 */

/** A ROC curve, from "accept nothing" to "accept all". */
export interface RocCurve {
  /** Thresholds, falling: Infinity, then every score that occurs. */
  readonly thresholds: Float64Array;
  /** Share of impostors accepted, 0..1, rising. */
  readonly fmr: Float64Array;
  /** Share of genuine pairs accepted, 0..1, rising. */
  readonly tar: Float64Array;
  /** Number of genuine scores. */
  readonly genuine: number;
  /** Number of impostor scores. */
  readonly impostors: number;
}

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

/**
 * Makes the ROC curve.
 *
 * @param genuine Scores of pairs of one identity, at least one.
 * @param impostor Scores of pairs of two identities, at least one.
 * @returns The curve, one point for each different score.
 * @throws {RangeError} When a side is empty or a score is not finite.
 *
 * @example Two and two
 * ```ts
 * import { rocCurve } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { fmr, tar } = rocCurve([0.9, 0.4], [0.5, 0.1]);
 * assert.deepEqual([[...fmr], [...tar]], [[0, 0, 0.5, 0.5, 1], [0, 0.5, 0.5, 1, 1]]);
 * ```
 */
export function rocCurve(genuine: ArrayLike<number>, impostor: ArrayLike<number>): RocCurve {
  const [g, m] = [Float64Array.from(genuine).sort(), Float64Array.from(impostor).sort()];
  if (g.length === 0 || m.length === 0 || !g.every(Number.isFinite) || !m.every(Number.isFinite)) {
    throw new RangeError(
      `Cannot make a ROC curve: ${g.length} genuine and ${m.length} impostor scores, ` +
        "expected at least one of each, all finite",
    );
  }
  const thresholds = [Infinity], fmr = [0], tar = [0];
  for (let i = g.length - 1, j = m.length - 1; i >= 0 || j >= 0;) {
    const t = Math.max(i < 0 ? -Infinity : g[i]!, j < 0 ? -Infinity : m[j]!);
    while (i >= 0 && g[i]! === t) i--;
    while (j >= 0 && m[j]! === t) j--;
    thresholds.push(t);
    tar.push((g.length - 1 - i) / g.length);
    fmr.push((m.length - 1 - j) / m.length);
  }
  return {
    thresholds: Float64Array.from(thresholds),
    fmr: Float64Array.from(fmr),
    tar: Float64Array.from(tar),
    genuine: g.length,
    impostors: m.length,
  };
}

/**
 * Reads TAR at a false match rate off a curve.
 *
 * Rule: the largest TAR among thresholds whose FMR is at most `far`, without interpolation (conservative;
 * insightface interpolates, eval_ijb.py takes the nearest point). With fewer than 10 / far impostors the rate is not resolvable
 * and no number is given.
 *
 * @param curve From {@link rocCurve}.
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
export function tarAtFar({ thresholds, fmr, tar, impostors }: RocCurve, far: number): TarAtFar {
  if (!(far > 0 && far <= 1)) throw new RangeError(`Cannot read TAR: FAR is ${far}, expected above 0 and at most 1`);
  const needed = Math.ceil(10 / far - 1e-6);
  if (impostors < needed) return { far, tar: undefined, threshold: undefined, impostors, needed };
  let at = 0;
  while (at + 1 < fmr.length && fmr[at + 1]! <= far) at++;
  while (at > 0 && tar[at - 1] === tar[at]) at--; // the strictest of the thresholds that are as good
  return { far, tar: tar[at]!, threshold: thresholds[at]!, impostors, needed };
}

/**
 * Equal error rate: where FMR = FNMR on the curve, interpolated linearly between its points.
 *
 * @param curve From {@link rocCurve}.
 * @returns The rate, 0..1.
 *
 * @example One of two wrong on either side
 * ```ts
 * import { equalErrorRate, rocCurve } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(equalErrorRate(rocCurve([0.9, 0.4], [0.5, 0.1])), 0.5);
 * ```
 */
export function equalErrorRate({ fmr, tar }: RocCurve): number {
  const gap = (i: number) => fmr[i]! + tar[i]! - 1; // FMR - FNMR, rises from -1 to 1
  let i = 1;
  while (gap(i) < 0) i++;
  const share = -gap(i - 1) / (gap(i) - gap(i - 1));
  return fmr[i - 1]! + share * (fmr[i]! - fmr[i - 1]!);
}

/**
 * Area under the ROC curve: the chance that a genuine pair scores above an impostor, ties counted half.
 *
 * @param curve From {@link rocCurve}.
 * @returns The area, 0..1.
 *
 * @example Three of four comparisons won
 * ```ts
 * import { areaUnderRoc, rocCurve } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(areaUnderRoc(rocCurve([0.9, 0.4], [0.5, 0.1])), 0.75);
 * ```
 */
export function areaUnderRoc({ fmr, tar }: RocCurve): number {
  let area = 0;
  for (let i = 1; i < fmr.length; i++) area += (fmr[i]! - fmr[i - 1]!) * (tar[i]! + tar[i - 1]!) / 2;
  return area;
}

/**
 * d' (d prime): distance of the means in units of the pooled standard deviation, sqrt((var_g + var_m) / 2),
 * with population variances.
 *
 * @param genuine Genuine scores, at least one.
 * @param impostor Impostor scores, at least one.
 * @returns |mean_g - mean_m| / pooled standard deviation; Infinity when neither side varies.
 * @throws {RangeError} When a side is empty.
 *
 * @example Means 4 apart, variance 1 each
 * ```ts
 * import { dPrime } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(dPrime([3, 5], [-1, 1]), 4);
 * ```
 */
export function dPrime(genuine: ArrayLike<number>, impostor: ArrayLike<number>): number {
  const [g, m] = [moments(genuine), moments(impostor)];
  return Math.abs(g.mean - m.mean) / Math.sqrt((g.variance + m.variance) / 2);
}

function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  if (values.length === 0) throw new RangeError("Cannot find d': a side has no score");
  let sum = 0, squares = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, variance: squares / values.length };
}
