/**
 * Everything that is read off two lists of scores.
 */
import { type EqualErrorPoint, equalErrorPoint, equalErrorRate } from "./equal_error.ts";
import { type FnmrPoints, fnmrPoints, type TarAtFar, tarAtFar } from "./operating_points.ts";
import { areaUnderRoc, type RocCurve } from "./roc.ts";
import { dPrime, fisherRatio, type Moments, scoreMoments } from "./score_moments.ts";
import type { ScoreTally } from "./score_tally.ts";
import { type Interval, wilsonInterval } from "./wilson.ts";

/** False match rates that reports tell TAR at, rising. */
export const REPORT_RATES: readonly number[] = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];

/** TAR at a false match rate, with Wilson's interval where it is resolvable. */
export interface TarWithInterval extends TarAtFar {
  /** Wilson's interval over genuine pairs; undefined like `tar`. */
  readonly interval: Interval | undefined;
}

/** Figures of genuine and impostor scores. */
export interface ScoreReport extends FnmrPoints {
  /** Numbers of scores. */
  readonly pairs: readonly [genuine: number, impostor: number];
  /** TAR at {@link REPORT_RATES}: the largest within the rate. */
  readonly tar: readonly TarWithInterval[];
  /** Equal error rate, interpolated. */
  readonly equalErrorRate: number;
  /** The point where both errors are nearest. */
  readonly equalErrorPoint: EqualErrorPoint;
  /** Area under the ROC curve. */
  readonly areaUnderRoc: number;
  /** d'. */
  readonly dPrime: number;
  /** Fisher discriminant ratio. */
  readonly fisherRatio: number;
  /** Mean and population variance of genuine scores. */
  readonly genuine: Moments;
  /** Mean and population variance of impostor scores. */
  readonly impostor: Moments;
}

/**
 * Reads all figures off a curve.
 *
 * @param curve From `rocCurve`.
 * @param genuine Genuine scores, or their moments.
 * @param impostor Impostor scores, or their moments.
 * @param confidence Confidence of the intervals, between 0 and 1. @default {0.95}
 * @returns The figures; rates that too few impostors can tell are undefined.
 * @throws {RangeError} When a side is empty, or the confidence is out of range.
 *
 * @example Two and two
 * ```ts
 * import { reportScores, rocCurve } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const genuine = [0.9, 0.4], impostor = [0.5, 0.1];
 * const report = reportScores(rocCurve(genuine, impostor), genuine, impostor);
 * assert.deepEqual([report.pairs, report.equalErrorRate, report.tar[5]!.tar], [[2, 2], 0.5, undefined]);
 * ```
 */
export function reportScores(
  curve: RocCurve,
  genuine: ArrayLike<number> | Moments,
  impostor: ArrayLike<number> | Moments,
  confidence = 0.95,
): ScoreReport {
  const [g, m] = [scoreMoments(genuine), scoreMoments(impostor)];
  return {
    pairs: [curve.genuine, curve.impostors],
    tar: REPORT_RATES.map((far) => {
      const at = tarAtFar(curve, far);
      const interval = at.tar === undefined
        ? undefined
        : wilsonInterval(Math.round(at.tar * curve.genuine), curve.genuine, confidence);
      return { ...at, interval };
    }),
    equalErrorRate: equalErrorRate(curve),
    equalErrorPoint: equalErrorPoint(curve),
    areaUnderRoc: areaUnderRoc(curve),
    dPrime: dPrime(g, m),
    fisherRatio: fisherRatio(g, m),
    ...fnmrPoints(curve),
    genuine: g,
    impostor: m,
  };
}

/**
 * The same from impostor scores that passed by once; the nearest point of equal errors, which may lie between genuine scores, is
 * not known then.
 *
 * @param tally The scores.
 * @param confidence Confidence of the intervals, between 0 and 1. @default {0.95}
 * @returns The figures.
 * @throws {RangeError} When there is no impostor yet, or the confidence is out of range.
 *
 * @example Two and two
 * ```ts
 * import { reportTally, ScoreTally } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const tally = new ScoreTally([0.9, 0.4]);
 * tally.add([0.5, 0.1]);
 * assert.equal(reportTally(tally).equalErrorRate, 0.5);
 * ```
 */
export function reportTally(tally: ScoreTally, confidence = 0.95): Omit<ScoreReport, "equalErrorPoint"> {
  const { equalErrorPoint: _, ...report } = reportScores(
    tally.curve(),
    tally.genuineMoments,
    tally.impostorMoments,
    confidence,
  );
  return report;
}
