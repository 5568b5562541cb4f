/**
 * IJB-B and IJB-C 1:1 verification from features of images.
 *
 * Templates are pooled as in `poolTemplates`; the table is that of eval_ijb.py, the point of scikit-learn's curve whose rate is
 * nearest. Beside it stand the numbers of `reportScores`, whose rule does not go beyond the rate.
 */
import type { IjbPairs } from "./ijb_lists.ts";
import { type NearestTar, tarAtNearestFar } from "./operating_points.ts";
import { joinPairs } from "./pair_identities.ts";
import { dropIntermediate, rocCurve } from "./roc.ts";
import { REPORT_RATES, reportScores, type ScoreReport } from "./score_report.ts";
import { poolTemplates, type TemplateInput, templateScores } from "./template_pooling.ts";
import type { BootstrapOptions } from "./bootstrap.ts";
import { type VerificationIntervals, verificationIntervals } from "./verification_intervals.ts";

/** Figures of an IJB set. */
export interface IjbReport {
  /** Number of images, and of those without a feature. */
  readonly images: readonly [all: number, leftOut: number];
  /** Number of templates, and of those without a feature. */
  readonly templates: readonly [all: number, empty: number];
  /** Pairs that could not be compared, as a template has no feature. */
  readonly pairsLeftOut: number;
  /** TPR at the nearest FPR, as published, at 1e-6 .. 1e-1. */
  readonly published: readonly NearestTar[];
  /** Figures of the scores. */
  readonly scores: ScoreReport;
  /** Intervals by drawing people; undefined when not asked for. */
  readonly intervals: Pick<VerificationIntervals, "tar" | "equalErrorRate"> | undefined;
}

/** Options of {@link reportIjb}. */
export interface IjbReportOptions {
  /** Confidence of Wilson's intervals. @default {0.95} */
  readonly confidence?: number;
  /** Options of the bootstrap; left out, there is none. People are templates that genuine pairs join. */
  readonly bootstrap?: BootstrapOptions | undefined;
}

/**
 * Measures an IJB set.
 *
 * @param input Features of images, and what they belong to.
 * @param pairs Templates to compare.
 * @param options Intervals.
 * @returns The figures.
 * @throws {TypeError} When the parts do not match in number.
 * @throws {RangeError} When a template has no image, a feature is not finite, or pairs of one kind are missing.
 *
 * @example Three templates of two people
 * ```ts
 * import { reportIjb } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const features = Float32Array.of(2, 0, 4, 1, 0, 4), templates = [1, 2, 3], medias = [1, 2, 3];
 * const { published } = reportIjb(
 *   { features, width: 2, templates, medias },
 *   { first: Int32Array.of(1, 1), second: Int32Array.of(2, 3), same: Uint8Array.of(1, 0) },
 * );
 * assert.deepEqual([published[5]!.tar, published[5]!.resolvable], [1, false]);
 * ```
 */
export function reportIjb(
  input: TemplateInput,
  pairs: IjbPairs,
  { confidence = 0.95, bootstrap }: IjbReportOptions = {},
): IjbReport {
  const templates = poolTemplates(input);
  const all = templateScores(templates, pairs.first, pairs.second);
  const kept = templates.empty.length === 0
    ? undefined
    : Uint32Array.from(all.keys().filter((p) => !Number.isNaN(all[p]!)));
  const choose = <T extends Int32Array | Uint8Array | Float64Array>(values: T): T =>
    kept === undefined ? values : Float64Array.from(kept, (p) => values[p]!) as T;
  const scores = choose(all), same = choose(pairs.same);
  const genuine = scores.filter((_, p) => same[p] === 1), impostor = scores.filter((_, p) => same[p] === 0);
  const curve = rocCurve(genuine, impostor), report = reportScores(curve, genuine, impostor, confidence);
  const thinned = dropIntermediate(curve);
  const rates = report.tar.flatMap(({ far, tar }) => tar === undefined ? [] : far);
  const found = bootstrap && verificationIntervals({
    distances: scores.map((score) => 2 - 2 * score),
    same,
    identities: joinPairs(choose(pairs.first), choose(pairs.second), same),
    rates,
  }, bootstrap);
  return {
    images: [input.templates.length, templates.leftOut.length],
    templates: [templates.ids.length, templates.empty.length],
    pairsLeftOut: all.length - scores.length,
    published: REPORT_RATES.map((far) => tarAtNearestFar(thinned, far)),
    scores: report,
    intervals: found && {
      tar: report.tar.map(({ far }) => found.tar[rates.indexOf(far)]),
      equalErrorRate: found.equalErrorRate,
    },
  };
}
