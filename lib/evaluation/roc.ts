/**
 * The ROC curve of genuine and impostor scores. Higher scores mean "more alike".
 *
 * A pair is accepted at threshold t when its score >= t. FMR(t) is the share of impostors accepted, TAR(t) that of genuine
 * pairs; FNMR = 1 - TAR (terms of ISO/IEC 19795-1; FMR is what papers call FAR). Everything here agrees with scikit-learn's
 * `roc_curve(drop_intermediate=False)` and `roc_auc_score`; see tests/fixtures/evaluation/make_scores.py. For impostors by
 * the hundred million see `ScoreTally`, which gives the same curve without holding them.
 */
import { CurvePoints } from "./_curve_points.ts";

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
  // Sorted, minus infinity is first, plus infinity and NaN are last.
  const finite = (sorted: Float64Array) => Number.isFinite(sorted[0]!) && Number.isFinite(sorted.at(-1)!);
  if (g.length === 0 || m.length === 0 || !finite(g) || !finite(m)) {
    throw new RangeError(
      `Cannot make a ROC curve: ${g.length} genuine and ${m.length} impostor scores, ` +
        "expected at least one of each, all finite",
    );
  }
  const points = new CurvePoints(g.length + m.length + 1);
  for (let i = g.length - 1, j = m.length - 1; i >= 0 || j >= 0;) {
    const t = Math.max(i < 0 ? -Infinity : g[i]!, j < 0 ? -Infinity : m[j]!);
    while (i >= 0 && g[i]! === t) i--;
    while (j >= 0 && m[j]! === t) j--;
    points.add(t, (m.length - 1 - j) / m.length, (g.length - 1 - i) / g.length);
  }
  return points.curve(g.length, m.length);
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
 * Leaves out the points of a curve that scikit-learn's `roc_curve` leaves out by default: those in the middle of equal
 * steps, such as a run of impostors one by one. The published IJB tables are read off such curves, and which
 * points there are decides what is nearest to a rate.
 *
 * @param curve From {@link rocCurve}.
 * @returns The curve through fewer points.
 *
 * @example Three impostors in a row
 * ```ts
 * import { dropIntermediate, rocCurve } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { thresholds } = dropIntermediate(rocCurve([5], [1, 2, 3, 4]));
 * assert.deepEqual([...thresholds], [Infinity, 5, 1]);
 * ```
 */
export function dropIntermediate(curve: RocCurve): RocCurve {
  const { thresholds, genuine, impostors } = curve, last = thresholds.length - 1;
  // Numbers of pairs, so that steps are compared without rounding.
  const accepted = (rates: Float64Array, i: number, of: number) => Math.round(rates[i]! * of);
  const bends = (rates: Float64Array, i: number, of: number) =>
    accepted(rates, i + 1, of) - accepted(rates, i, of) !== accepted(rates, i, of) - accepted(rates, i - 1, of);
  const points = new CurvePoints(thresholds.length);
  for (let i = 1; i <= last; i++) {
    const kept = i === 1 || i === last || bends(curve.fmr, i, impostors) || bends(curve.tar, i, genuine);
    if (kept) points.add(thresholds[i]!, curve.fmr[i]!, curve.tar[i]!);
  }
  return points.curve(genuine, impostors);
}
