/**
 * How evenly a recogniser does on groups of people, such as the four of RFW.
 *
 * M. Wang, W. Deng, "Mitigating bias in face recognition using skewness-aware reinforcement learning", CVPR 2020, gives the standard
 * deviation of group accuracies and the skewed error ratio (SER), the largest error over the smallest.
 */
import { meanAndSd } from "./_fold_counts.ts";

/** Spread of group accuracies. */
export interface GroupSpread {
  /** Mean accuracy, 0..1. */
  readonly mean: number;
  /** Population standard deviation. */
  readonly sd: number;
  /** Largest error over smallest; Infinity when a group has no error and another has, 1 when none has any. */
  readonly skewedErrorRatio: number;
}

/**
 * Measures the spread over groups.
 *
 * @param accuracies Accuracy of each group, 0..1; at least two.
 * @returns Mean, deviation and ratio.
 * @throws {RangeError} When there are fewer than two groups or an accuracy is outside 0..1.
 *
 * @example One group with twice the errors of the other
 * ```ts
 * import { groupSpread } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { mean, skewedErrorRatio } = groupSpread([0.75, 0.5]);
 * assert.deepEqual([mean, skewedErrorRatio], [0.625, 2]);
 * ```
 */
export function groupSpread(accuracies: readonly number[]): GroupSpread {
  if (accuracies.length < 2 || !accuracies.every((x) => x >= 0 && x <= 1)) {
    throw new RangeError(
      `Cannot measure the spread of ${accuracies.length} groups: expected two or more, with accuracies from 0 to 1`,
    );
  }
  const errors = accuracies.map((accuracy) => 1 - accuracy);
  const [least, most] = [Math.min(...errors), Math.max(...errors)];
  return { ...meanAndSd(accuracies), skewedErrorRatio: most === 0 ? 1 : most / least };
}
