/**
 * Wilson's confidence interval for a share.
 *
 * E. Wilson, "Probable inference, the law of succession, and statistical inference", J. American Statistical Association 22 (1927)
 * 209, https://doi.org/10.1080/01621459.1927.10502953 . It stays within 0..1 and is of use at shares near the ends, where accuracies lie.
 * It takes trials for independent, which pairs that share people are not: see `bootstrapIdentities`.
 */
import { normalQuantile } from "@/random/mod.ts";

/** An interval that holds the true value with a certain confidence. */
export interface Interval {
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** The confidence, 0..1. */
  readonly confidence: number;
}

/**
 * Wilson's interval.
 *
 * @param successes How many trials succeeded, 0..trials.
 * @param trials How many there were, at least 1.
 * @param confidence Confidence, between 0 and 1. @default {0.95}
 * @returns The interval of the share.
 * @throws {RangeError} When a number is out of range.
 *
 * @example 5,932 of 6,000 pairs decided rightly
 * ```ts
 * import { wilsonInterval } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { low, high } = wilsonInterval(5932, 6000);
 * assert.deepEqual([low.toFixed(4), high.toFixed(4)], ["0.9857", "0.9910"]);
 * ```
 */
export function wilsonInterval(successes: number, trials: number, confidence = 0.95): Interval {
  if (!(trials >= 1 && trials < Infinity && successes >= 0 && successes <= trials)) {
    throw new RangeError(
      `Cannot find an interval: ${successes} successes of ${trials} trials, expected 0 to all of at least one`,
    );
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`Cannot find an interval: the confidence is ${confidence}, expected between 0 and 1`);
  }
  const z = normalQuantile((1 + confidence) / 2), share = successes / trials;
  const scale = 1 + z * z / trials, centre = share + z * z / (2 * trials);
  const half = z * Math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials));
  return {
    low: successes === 0 ? 0 : (centre - half) / scale,
    high: successes === trials ? 1 : (centre + half) / scale,
    confidence,
  };
}
