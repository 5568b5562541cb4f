/**
 * How far a sample is from being accepted, as one number.
 *
 * @module
 */
import type { ObjectiveLabel } from "./objective.ts";

/**
 * Sum over the objectives of how far each miss exceeds its threshold, in multiples of the threshold.
 *
 * 0 means accepted; among several images of one sample the one with the smallest excess is the best.
 *
 * @param objectives Their thresholds, J of them.
 * @param miss Distance from the target of each [J].
 * @returns 0 or more; NaN if a miss is NaN.
 *
 * @example Twice the threshold and within it
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { excessOf } from "@/attributes/mod.ts";
 *
 * const label = { name: "", unit: "" };
 * strictEqual(excessOf([{ ...label, threshold: 5 }, { ...label, threshold: 1 }], [10, 0.5]), 1);
 * ```
 */
export function excessOf(
  objectives: readonly Pick<ObjectiveLabel, "threshold">[],
  miss: ArrayLike<number>,
): number {
  let sum = 0;
  objectives.forEach(({ threshold }, j) => {
    const missed = miss[j]!;
    if (Number.isNaN(missed)) sum = NaN;
    // An infinite threshold never decides; infinity / infinity would be NaN.
    else if (missed > threshold) sum += missed / threshold - 1;
  });
  return sum;
}
