/**
 * The equal error rate, by interpolation and by the nearest point: papers print either.
 */
import type { RocCurve } from "./roc.ts";

/** Where FMR and FNMR are nearest to each other. */
export interface EqualErrorPoint {
  /** Mean of both rates, 0..1. */
  readonly rate: number;
  /** FMR of the point. */
  readonly fmr: number;
  /** FNMR of the point. */
  readonly fnmr: number;
  /** Threshold of the point. */
  readonly threshold: number;
}

/**
 * Equal error rate: where FMR = FNMR on the curve, interpolated linearly between its points.
 *
 * @param curve From `rocCurve` or `ScoreTally`.
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
 * The point of the curve whose FMR and FNMR are nearest to each other; the one of the highest threshold if several are.
 *
 * @param curve From `rocCurve`; one from `ScoreTally` lacks points between genuine scores.
 * @returns The mean of both rates, and the point.
 *
 * @example No point has equal rates
 * ```ts
 * import { equalErrorPoint, rocCurve } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { rate, threshold } = equalErrorPoint(rocCurve([0.9, 0.4], [0.1, 0.2, 0.5]));
 * assert.deepEqual([rate, threshold], [(0.5 + 1 / 3) / 2, 0.5]);
 * ```
 */
export function equalErrorPoint({ fmr, tar, thresholds }: RocCurve): EqualErrorPoint {
  let at = 0;
  const gap = (i: number) => Math.abs(fmr[i]! + tar[i]! - 1);
  for (let i = 1; i < fmr.length; i++) if (gap(i) < gap(at)) at = i;
  const fnmr = 1 - tar[at]!;
  return { rate: (fmr[at]! + fnmr) / 2, fmr: fmr[at]!, fnmr, threshold: thresholds[at]! };
}
