/**
 * What a recogniser's features are worth: one report on images of identities it was not trained on.
 */
import { norm } from "@/identity/mod.ts";
import { combineViews } from "./combine_views.ts";
import { mean, median, pairCosines, wholeRows } from "./cosine.ts";
import { samplePairs, type VerificationPairs } from "./pairs.ts";
import { fitProbeFolds, type ProbeFolds } from "./probe_folds.ts";
import type { ProbeScore } from "./linear_probe.ts";
import { equalErrorRate } from "./equal_error.ts";
import { type TarAtFar, tarAtFar } from "./operating_points.ts";
import { areaUnderRoc, rocCurve } from "./roc.ts";
import { dPrime } from "./score_moments.ts";
import { type VerificationAccuracy, verificationAccuracy } from "./verification.ts";

/** Figures of a recogniser. */
export interface RecogniserReport {
  /** 10-fold accuracy on `accuracyPairs` pairs. */
  readonly accuracy: VerificationAccuracy;
  /** Genuine and impostor pairs of the accuracy. */
  readonly accuracyPairs: readonly [genuine: number, impostor: number];
  /**
   * Accuracy and TAR on the same pairs when each feature is the sum over image and mirror image, as insightface's
   * verification takes it; left out without mirrored features.
   */
  readonly flipSum?: { readonly accuracy: VerificationAccuracy; readonly tar: TarAtFar };
  /** Pairs that the scores below are read from. */
  readonly scorePairs: readonly [genuine: number, impostor: number];
  /** TAR at a false match rate of 1e-3. */
  readonly tar: TarAtFar;
  /** Equal error rate, 0..1. */
  readonly equalErrorRate: number;
  /** d' of the scores. */
  readonly dPrime: number;
  /** Area under the ROC curve, 0..1. */
  readonly areaUnderRoc: number;
  /** Median cosine of genuine pairs. */
  readonly genuineCosine: number;
  /** Median cosine of impostor pairs. */
  readonly impostorCosine: number;
  /** Mean norm of the features. */
  readonly featureNorm: number;
  /** Linear read-out of yaw in degrees, on identities the probe has not seen. */
  readonly yaw: ProbeScore;
}

/** What {@link reportRecogniser} measures on. */
export interface RecogniserReportInput {
  /** Features [N, D], row after row, natural norm. */
  readonly features: Float32Array;
  /** Features [N, D] of the mirror images; without them there is no `flipSum`. */
  readonly mirrored?: Float32Array;
  /** D. */
  readonly width: number;
  /** Identity of each row. */
  readonly labels: ArrayLike<number>;
  /** Yaw of each row in degrees. */
  readonly yaws: ArrayLike<number>;
  /** Seed of pairs and folds. @default {0} */
  readonly seed?: number | bigint;
}

/** Pairs of each kind for the accuracy, as LFW has them. */
const ACCURACY_PAIRS = 3000;
/** Pairs for TAR at FAR 1e-3, which needs at least 10,000 impostors. */
const SCORE_PAIRS = { genuine: 10_000, impostor: 50_000 };

/**
 * Measures a recogniser's features.
 *
 * @param input Features with identity and yaw.
 * @returns The figures, and the yaw probes for use on other images of the same identities.
 * @throws {TypeError} When rows, labels and yaws do not fit.
 * @throws {RangeError} When there are too few identities or images: at least 10 pairs, one of each kind.
 *
 * @example Features that tell 8 identities apart
 * ```ts
 * import { reportRecogniser } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const labels = Array.from({ length: 24 }, (_, i) => i % 8);
 * const features = new Float32Array(24 * 8);
 * labels.forEach((label, i) => features[8 * i + label] = 20);
 * const { report } = reportRecogniser({ features, width: 8, labels, yaws: labels });
 * assert.deepEqual([report.accuracy.mean, report.featureNorm], [1, 20]);
 * ```
 */
export function reportRecogniser(input: RecogniserReportInput): { report: RecogniserReport; yawProbes: ProbeFolds } {
  const { features, width, labels, yaws, seed = 0 } = input;
  const rows = wholeRows(features, width, "report on a recogniser");
  const norms = Float64Array.from({ length: rows }, (_, i) => norm(features.subarray(i * width, (i + 1) * width)));
  const yawProbes = fitProbeFolds(features, width, yaws, labels, { seed });
  const few = samplePairs(labels, { genuine: ACCURACY_PAIRS, impostor: ACCURACY_PAIRS, seed });
  const many = samplePairs(labels, { ...SCORE_PAIRS, seed });
  const { genuine, impostor } = splitScores(features, width, many);
  const curve = rocCurve(genuine, impostor);
  const flipSum = (mirrored: Float32Array) => {
    const sums = Float32Array.from(combineViews(features, mirrored, width, "sum"));
    const scores = splitScores(sums, width, many);
    return {
      accuracy: verificationAccuracy(sums, width, few),
      tar: tarAtFar(rocCurve(scores.genuine, scores.impostor), 1e-3),
    };
  };
  const fewGenuine = few.same.reduce((sum, same) => sum + same, 0);
  const report = {
    accuracy: verificationAccuracy(features, width, few),
    ...(input.mirrored === undefined ? {} : { flipSum: flipSum(input.mirrored) }),
    accuracyPairs: [fewGenuine, few.same.length - fewGenuine] as const,
    scorePairs: [genuine.length, impostor.length] as const,
    tar: tarAtFar(curve, 1e-3),
    equalErrorRate: equalErrorRate(curve),
    dPrime: dPrime(genuine, impostor),
    areaUnderRoc: areaUnderRoc(curve),
    genuineCosine: median(genuine),
    impostorCosine: median(impostor),
    featureNorm: mean(norms),
    yaw: yawProbes.score,
  };
  return { report, yawProbes };
}

/** Cosines of the genuine and of the impostor pairs. */
function splitScores(
  features: Float32Array,
  width: number,
  pairs: VerificationPairs,
): Record<"genuine" | "impostor", Float64Array> {
  const scores = pairCosines(features, width, pairs);
  const [genuine, impostor] = [1, 0].map((same) => scores.filter((_, p) => pairs.same[p] === same));
  return { genuine: genuine!, impostor: impostor! };
}
