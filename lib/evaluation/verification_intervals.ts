/**
 * How sure the figures of a verification set are: intervals from drawing its identities anew.
 */
import { WeightedScores } from "./_weighted_scores.ts";
import { bootstrapIdentities, type BootstrapInterval, type BootstrapOptions, pairWeights } from "./bootstrap.ts";
import type { PairIdentities } from "./pair_identities.ts";
import { distanceAccuracy, type FoldOptions } from "./verification.ts";

/** Intervals of the figures; undefined where the draws do not give one. */
export interface VerificationIntervals {
  /** Of the 10-fold accuracy, thresholds chosen anew in each draw. */
  readonly accuracy: BootstrapInterval | undefined;
  /** Of TAR at each of the rates. */
  readonly tar: readonly (BootstrapInterval | undefined)[];
  /** Of the equal error rate. */
  readonly equalErrorRate: BootstrapInterval | undefined;
}

/** Pairs that {@link verificationIntervals} draws from. */
export interface IntervalInput {
  /** Squared distance of each of P pairs, 0..4. */
  readonly distances: Float64Array;
  /** 1 where both sides of a pair are of one person, else 0. */
  readonly same: ArrayLike<number>;
  /** Who is in the pairs. */
  readonly identities: PairIdentities;
  /** False match rates for TAR, rising. */
  readonly rates?: readonly number[];
  /** Folds of the accuracy; without them it is left out. */
  readonly folds?: Omit<FoldOptions, "weights">;
}

/**
 * Draws identities and measures the pairs again and again.
 *
 * @param input The pairs.
 * @param options Draws, confidence and seed.
 * @returns The intervals.
 * @throws {RangeError} When there are fewer than two identities, the rates do not rise, or as `distanceAccuracy`.
 *
 * @example Four people who are never mistaken
 * ```ts
 * import { joinPairs, verificationIntervals } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const same = [1, 0, 1, 0], identities = joinPairs([0, 0, 1, 2], [0, 1, 1, 3], same);
 * const distances = Float64Array.of(0.1, 2, 0.2, 2);
 * const { equalErrorRate } = verificationIntervals({ distances, same, identities }, { replicates: 50 });
 * assert.equal(equalErrorRate!.high, 0);
 * ```
 */
export function verificationIntervals(input: IntervalInput, options: BootstrapOptions = {}): VerificationIntervals {
  const { distances, same, identities, rates = [], folds } = input;
  if (rates.some((rate, k) => !(rate > 0 && rate <= 1) || (k > 0 && rate < rates[k - 1]!))) {
    throw new RangeError(
      `Cannot find intervals of TAR at ${rates.join(", ")}: expected rates above 0, rising, up to 1`,
    );
  }
  const scores = new WeightedScores(distances.map((distance) => -distance), same, identities);
  const found = bootstrapIdentities(identities.count, (drawn) => {
    const values = scores.measure(drawn, rates);
    if (folds === undefined) return values;
    const weights = pairWeights(identities, drawn);
    const { folds: accuracies, mean } = distanceAccuracy(distances, same, { ...folds, weights });
    return [...values, accuracies.length === 0 ? undefined : mean];
  }, options);
  return {
    accuracy: folds === undefined ? undefined : found[rates.length + 1],
    tar: found.slice(0, rates.length),
    equalErrorRate: found[rates.length],
  };
}
