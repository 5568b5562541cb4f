/**
 * Everything about one verification set: accuracy and VAL over folds, what its scores say, and how sure each figure is.
 */
import { foldNumbers } from "./_fold_counts.ts";
import { missingRows } from "./_missing_rows.ts";
import type { BootstrapOptions } from "./bootstrap.ts";
import { centredCosineAccuracy } from "./centred_cosine.ts";
import { wholeRows } from "./cosine.ts";
import { consecutivePairs, pairDistances } from "./pair_distances.ts";
import { pairIdentities } from "./pair_identities.ts";
import { rocCurve } from "./roc.ts";
import { type ScoreCurves, scoreCurves } from "./score_curves.ts";
import { reportScores, type ScoreReport } from "./score_report.ts";
import { type ValidationRate, validationRate } from "./validation_rate.ts";
import { distanceAccuracy, type VerificationAccuracy } from "./verification.ts";
import { type VerificationIntervals, verificationIntervals } from "./verification_intervals.ts";
import { type Interval, wilsonInterval } from "./wilson.ts";

/** What the accuracy compares: Euclidean distances, or angles around the mean of the other folds. */
export type AccuracyMetric = "euclidean" | "centred";

/** Options of {@link reportVerification}. */
export interface VerificationReportOptions {
  /** Number of folds. @default {10} */
  readonly folds?: number;
  /** What the accuracy compares. @default {"euclidean"} */
  readonly metric?: AccuracyMetric;
  /** Confidence of Wilson's intervals. @default {0.95} */
  readonly confidence?: number;
  /** Options of the bootstrap; left out, there is none. */
  readonly bootstrap?: BootstrapOptions | undefined;
}

/** Figures of a verification set. */
export interface VerificationReport {
  /** Pairs of the set. */
  readonly pairs: number;
  /** Images without a feature, rising; their pairs are in no figure. */
  readonly missing: readonly number[];
  /** Pairs left out for them. */
  readonly pairsLeftOut: number;
  /** Accuracy over the folds. */
  readonly accuracy: VerificationAccuracy;
  /** What it compares. */
  readonly metric: AccuracyMetric;
  /** Wilson's interval of the share of pairs decided rightly. */
  readonly accuracyInterval: Interval;
  /** VAL at a false accept rate of 1e-3; undefined where folds lack a kind of pairs. */
  readonly validation: ValidationRate | undefined;
  /** Why there is no VAL. */
  readonly validationFault: string | undefined;
  /** Figures of the cosines. */
  readonly scores: ScoreReport;
  /** What figures of the cosines are drawn from. */
  readonly curves: ScoreCurves;
  /** Mean norm of the features. */
  readonly featureNorm: number;
  /** Intervals by drawing people; undefined where not asked for. */
  readonly intervals: VerificationIntervals | undefined;
  /** People that the pairs show: images joined by genuine pairs or by being the same. */
  readonly identities: number;
  /** Pairs of two people whose images are joined all the same. */
  readonly conflicts: readonly number[];
}

/**
 * Measures a verification set.
 *
 * A pair with an image that has no feature is left out and listed; all others stay in their folds.
 *
 * @param features Features [2P, D], rows 2p and 2p + 1 are pair p; a row of NaN where an image could not be read.
 * @param width D.
 * @param same 1 where both images of a pair are of one person, else 0: [P].
 * @param options Folds, metric and bootstrap.
 * @returns The figures.
 * @throws {TypeError} When the values do not make two rows for each answer.
 * @throws {RangeError} When there are fewer pairs than folds, all are of one kind, a fold has none, or a row is zero or
 * not finite.
 *
 * @example Two people told apart
 * ```ts
 * import { reportVerification } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const features = Float32Array.of(1, 0, 2, 0.1, 1, 0, 0, 1, 0, 1, 0.1, 1, 0.1, 3, 2, 0);
 * const { accuracy, scores, pairsLeftOut } = reportVerification(features, 2, [1, 0, 1, 0], { folds: 2 });
 * assert.deepEqual([accuracy.mean, scores.equalErrorRate, pairsLeftOut], [1, 0, 0]);
 * ```
 */
export function reportVerification(
  features: Float32Array | Float64Array,
  width: number,
  same: ArrayLike<number>,
  { folds = 10, metric = "euclidean", confidence = 0.95, bootstrap }: VerificationReportOptions = {},
): VerificationReport {
  const action = "evaluate pairs", rows = wholeRows(features, width, action), all = same.length;
  if (rows !== 2 * all) {
    throw new TypeError(`Cannot ${action}: ${rows} features and ${all} answers, expected two features an answer`);
  }
  const missing = rows === 0 ? [] : missingRows(features, width, rows, action);
  const gone = new Set(missing.map((row) => row >> 1));
  const kept = Int32Array.from({ length: all }, (_, p) => p).filter((p) => !gone.has(p));
  const flags = Uint8Array.from(kept, (p) => same[p]! !== 0 ? 1 : 0);
  const { first, second } = consecutivePairs(all);
  const pairs = { first: kept.map((p) => first[p]!), second: kept.map((p) => second[p]!), same: flags };
  const numbers = folds >= 2 && folds <= all ? foldNumbers(all, folds) : undefined; // else refused below
  const fold = numbers && kept.map((p) => numbers[p]!);
  const distances = pairDistances(features, width, pairs, action);
  const accuracy = metric === "euclidean"
    ? distanceAccuracy(distances, flags, { folds, fold })
    : centredCosineAccuracy(features, width, pairs, { folds, fold });
  const validation = tryValidation(distances, flags, folds, fold);
  const cosines = distances.map((distance) => 1 - distance / 2);
  const genuine = cosines.filter((_, p) => flags[p] === 1), impostor = cosines.filter((_, p) => flags[p] === 0);
  const curve = rocCurve(genuine, impostor);
  const scores = reportScores(curve, genuine, impostor, confidence);
  const identities = pairIdentities(keptRows(features, width, kept), width, flags);
  const rates = scores.tar.flatMap(({ far, tar }) => tar === undefined ? [] : far);
  const found = bootstrap && verificationIntervals({
    ...{ distances, same: flags, identities, rates },
    ...(metric === "euclidean" ? { folds: { folds, fold } } : {}),
  }, bootstrap);
  return {
    pairs: all,
    missing,
    pairsLeftOut: all - kept.length,
    accuracy,
    metric,
    accuracyInterval: wilsonInterval(accuracy.right, kept.length, confidence),
    ...validation,
    scores,
    curves: scoreCurves(genuine, impostor, curve, confidence),
    featureNorm: meanNorm(features, width, rows),
    intervals: found && { ...found, tar: scores.tar.map(({ far }) => found.tar[rates.indexOf(far)]) },
    identities: identities.count,
    conflicts: identities.conflicts.map((p) => kept[p]!),
  };
}

function tryValidation(
  distances: Float64Array,
  same: Uint8Array,
  folds: number,
  fold: Int32Array | undefined,
): Pick<VerificationReport, "validation" | "validationFault"> {
  try {
    return { validation: validationRate(distances, same, { folds, fold }), validationFault: undefined };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { validation: undefined, validationFault: error.message };
  }
}

function keptRows<T extends Float32Array | Float64Array>(features: T, width: number, kept: Int32Array): T {
  if (features.length === 2 * width * kept.length) return features;
  const out = features.slice(0, 2 * width * kept.length) as T;
  kept.forEach((p, k) => out.set(features.subarray(2 * width * p, 2 * width * (p + 1)), 2 * width * k));
  return out;
}

/** Mean norm of the rows that are there. */
function meanNorm(features: ArrayLike<number>, width: number, rows: number): number {
  let sum = 0, count = 0;
  for (let r = 0; r < rows; r++) {
    let square = 0;
    for (let c = r * width; c < (r + 1) * width; c++) square += features[c]! * features[c]!;
    if (Number.isNaN(square)) continue;
    sum += Math.sqrt(square);
    count++;
  }
  return sum / count;
}
