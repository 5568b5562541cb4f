/**
 * The DET curve: both error rates on normal-deviate axes, where scores that are normally distributed give a straight line.
 *
 * A. Martin et al., "The DET curve in assessment of detection task performance", Eurospeech 1997.
 */
import { normalQuantile } from "@/random/mod.ts";
import type { RocCurve } from "./roc.ts";

/** A DET curve, thresholds falling. */
export interface DetCurve {
  /** Thresholds. */
  readonly thresholds: Float64Array;
  /** False match rate, above 0 and below 1, rising. */
  readonly fmr: Float64Array;
  /** False non-match rate, above 0 and below 1, falling. */
  readonly fnmr: Float64Array;
  /** Normal deviate of the false match rate: the x axis. */
  readonly x: Float64Array;
  /** Normal deviate of the false non-match rate: the y axis. */
  readonly y: Float64Array;
}

/**
 * Makes the DET curve of a ROC curve. Points at which a rate is 0 or 1 lie at infinity and are left out; a perfect separation
 * leaves none.
 *
 * @param curve From `rocCurve` or `ScoreTally`.
 * @returns The curve.
 *
 * @example The middle of both axes
 * ```ts
 * import { detCurve, rocCurve } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { fmr, fnmr, x, y } = detCurve(rocCurve([0.9, 0.4], [0.5, 0.1]));
 * assert.deepEqual([...fmr, ...fnmr, ...x, ...y], [0.5, 0.5, 0, 0]);
 * ```
 */
export function detCurve(curve: RocCurve): DetCurve {
  const inside = (rate: number) => rate > 0 && rate < 1;
  const kept = Uint32Array.from(
    [...curve.fmr.keys()].filter((i) => inside(curve.fmr[i]!) && inside(curve.tar[i]!)),
  );
  const take = (rate: (i: number) => number) => Float64Array.from(kept, rate);
  const fmr = take((i) => curve.fmr[i]!), fnmr = take((i) => 1 - curve.tar[i]!);
  return {
    thresholds: take((i) => curve.thresholds[i]!),
    fmr,
    fnmr,
    x: fmr.map(normalQuantile),
    y: fnmr.map(normalQuantile),
  };
}
