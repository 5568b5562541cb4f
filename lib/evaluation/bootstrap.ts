/**
 * Confidence intervals by drawing identities anew.
 *
 * Pairs that share a person rise and fall together, so treating pairs as independent gives intervals that are too narrow.
 * Here identities are drawn with replacement; a genuine pair counts as often as its identity was drawn, an impostor pair as often as
 * both together: the vertex bootstrap of T. Snijders and S. Borgatti, "Non-parametric standard errors and tests for network statistics",
 * Connections 22 (1999) 161, for networks whose edges are pairs; R. Bolle, N. Ratha, S. Pankanti, "Error analysis of pattern recognition
 * systems: the subsets bootstrap", CVIU 93 (2004) 1, draw subsets of one identity for the same reason. Intervals are
 * percentiles of the drawn statistics.
 *
 * They err on the safe side: an impostor pair that shares its people with no other pair gets three times its own variance,
 * as its weight is a product, so false match rates of sparse pairs come with intervals up to 1.7 times too wide.
 */
import { RandomStream } from "@/random/mod.ts";
import { quantile } from "./cosine.ts";
import type { PairIdentities } from "./pair_identities.ts";
import type { Interval } from "./wilson.ts";

/** An interval from a bootstrap. */
export interface BootstrapInterval extends Interval {
  /** Draws in which the statistic could be computed. */
  readonly draws: number;
}

/** Options of a bootstrap. */
export interface BootstrapOptions {
  /** Draws, at least 2. @default {1000} */
  readonly replicates?: number;
  /** Confidence, between 0 and 1. @default {0.95} */
  readonly confidence?: number;
  /** Seed. @default {0} */
  readonly seed?: number | bigint;
  /** Called with the number of draws done. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Stops the work between two draws. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Draws identities and collects what statistics come to. Draw k depends on the seed and k only.
 *
 * @param identities Number of identities, at least 2.
 * @param statistics Computes the statistics from how often each identity was drawn [identities]; undefined for one that the draw
 * leaves undefined. The array is used again.
 * @param options Draws, confidence and seed.
 * @returns An interval for each statistic; undefined for one that fewer than two draws give.
 * @throws {RangeError} When there are fewer than two identities or an option is out of range.
 *
 * @example The share of drawn identities that are the first of two
 * ```ts
 * import { bootstrapIdentities } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const [interval] = bootstrapIdentities(2, (drawn) => [drawn[0]! / 2], { replicates: 100 });
 * assert.deepEqual([interval!.low, interval!.high, interval!.draws], [0, 1, 100]);
 * ```
 */
export function bootstrapIdentities(
  identities: number,
  statistics: (drawn: Int32Array) => readonly (number | undefined)[],
  options: BootstrapOptions = {},
): (BootstrapInterval | undefined)[] {
  const { replicates = 1000, confidence = 0.95, seed = 0, onProgress, signal } = options;
  if (!(Number.isSafeInteger(identities) && identities >= 2)) {
    throw new RangeError(`Cannot draw identities: there are ${identities}, expected at least 2`);
  }
  if (!(Number.isSafeInteger(replicates) && replicates >= 2)) {
    throw new RangeError(`Cannot draw identities ${replicates} times: expected a whole number of at least 2`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`Cannot find an interval: the confidence is ${confidence}, expected between 0 and 1`);
  }
  const values: number[][] = [], drawn = new Int32Array(identities);
  for (let k = 0; k < replicates; k++) {
    signal?.throwIfAborted();
    const stream = new RandomStream(seed, "bootstrap of identities", k);
    drawn.fill(0);
    for (let i = 0; i < identities; i++) drawn[stream.integer(identities)]!++;
    for (const [s, value] of statistics(drawn).entries()) {
      values[s] ??= [];
      if (value !== undefined && !Number.isNaN(value)) values[s].push(value);
    }
    onProgress?.(k + 1);
  }
  return values.map((list) => {
    if (list.length < 2) return undefined;
    const tail = (1 - confidence) / 2;
    return { low: quantile(list, tail), high: quantile(list, 1 - tail), confidence, draws: list.length };
  });
}

/**
 * How often each pair counts in a draw.
 *
 * @param identities Who is in the pairs.
 * @param drawn How often each identity was drawn.
 * @returns The weight of each pair: the number of draws of its identity, or the product of both.
 *
 * @example Identity 0 drawn twice, 1 never, 2 once
 * ```ts
 * import { joinPairs, pairWeights } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const identities = joinPairs([0, 0, 0], [0, 1, 2], [1, 0, 0]);
 * assert.deepEqual([...pairWeights(identities, Int32Array.of(2, 0, 1))], [2, 0, 2]);
 * ```
 */
export function pairWeights({ first, second }: PairIdentities, drawn: Int32Array): Float64Array {
  return Float64Array.from(first, (a, p) => a === second[p] ? drawn[a]! : drawn[a]! * drawn[second[p]!]!);
}
