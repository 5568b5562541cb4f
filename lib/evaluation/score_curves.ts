/**
 * Scores as figures need them: histograms of both kinds of pairs, and a ROC curve in a few hundred points with intervals, so
 * that a result file stays small however many pairs there were.
 */
import type { RocCurve } from "./roc.ts";
import { wilsonInterval } from "./wilson.ts";

/** Scores in equal bins. */
export interface ScoreHistogram {
  /** Lower end of the first bin. */
  readonly low: number;
  /** Upper end of the last bin. */
  readonly high: number;
  /** Scores in each bin. */
  readonly counts: readonly number[];
}

/** Points of a ROC curve, one for each of some false match rates. */
export interface RocPoints {
  /** False match rates, 0..1, rising. */
  readonly fmr: readonly number[];
  /** Largest true accept rate at each. */
  readonly tar: readonly number[];
  /** Lower ends of Wilson's intervals of the true accept rates. */
  readonly low: readonly number[];
  /** Upper ends. */
  readonly high: readonly number[];
}

/** What figures of scores are drawn from. */
export interface ScoreCurves {
  /** Cosines of genuine pairs. */
  readonly genuine: ScoreHistogram;
  /** Cosines of impostor pairs. */
  readonly impostor: ScoreHistogram;
  /** The ROC curve. */
  readonly roc: RocPoints;
}

/** Bins of cosines. */
const BINS = 200;
/** Most points of a curve; rates are at least this share of a decade apart, from the least one up. */
const MOST_POINTS = 240, DECADES = 8;

/**
 * Makes histograms and curve of cosines.
 *
 * @param genuine Cosines of pairs of one identity, -1..1.
 * @param impostor Cosines of pairs of two identities, -1..1.
 * @param curve Their curve, from `rocCurve`.
 * @param confidence Confidence of the intervals, between 0 and 1. @default {0.95}
 * @returns What figures need; every point of the curve is one of `curve`.
 * @throws {RangeError} When the confidence is out of range.
 *
 * @example Two and two
 * ```ts
 * import { rocCurve, scoreCurves } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const genuine = [0.9, 0.4], impostor = [0.5, 0.1];
 * const { roc } = scoreCurves(genuine, impostor, rocCurve(genuine, impostor));
 * assert.deepEqual([roc.fmr, roc.tar], [[0, 0.5, 1], [0.5, 1, 1]]);
 * ```
 */
export function scoreCurves(
  genuine: ArrayLike<number>,
  impostor: ArrayLike<number>,
  curve: RocCurve,
  confidence = 0.95,
): ScoreCurves {
  const { fmr, tar, genuine: pairs } = curve;
  const kept: number[] = [], step = 10 ** (DECADES / MOST_POINTS);
  let next = 0;
  for (let i = 0; i < fmr.length; i++) {
    const best = i + 1 === fmr.length || fmr[i + 1]! > fmr[i]!; // the largest TAR at this rate
    if (!best || fmr[i]! < next && i + 1 < fmr.length) continue;
    kept.push(i);
    next = fmr[i]! * step;
  }
  const intervals = kept.map((i) => wilsonInterval(Math.round(tar[i]! * pairs), pairs, confidence));
  return {
    genuine: histogram(genuine),
    impostor: histogram(impostor),
    roc: {
      fmr: kept.map((i) => fmr[i]!),
      tar: kept.map((i) => tar[i]!),
      low: intervals.map(({ low }) => low),
      high: intervals.map(({ high }) => high),
    },
  };
}

function histogram(scores: ArrayLike<number>): ScoreHistogram {
  const counts = new Array<number>(BINS).fill(0);
  for (let i = 0; i < scores.length; i++) {
    counts[Math.min(BINS - 1, Math.max(0, Math.floor((scores[i]! + 1) / 2 * BINS)))]!++;
  }
  return { low: -1, high: 1, counts };
}
