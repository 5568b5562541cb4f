/**
 * Mean and variance of scores that come in parts, and how far the two kinds of pairs are apart.
 *
 * Parts are merged by T. Chan, G. Golub, R. LeVeque, "Algorithms for computing the sample variance", The American Statistician 37
 * (1983) 242, https://doi.org/10.1080/00031305.1983.10483115 , so that a hundred million scores lose no digits.
 */

/** Numbers that a list of scores comes to. */
export interface Moments {
  /** How many. */
  readonly count: number;
  /** Mean. */
  readonly mean: number;
  /** Population variance. */
  readonly variance: number;
}

/** Values summed at once: few enough that plain sums are exact to the last digits. */
const PART = 8192;

/**
 * Mean and variance in one pass.
 *
 * @example In two parts
 * ```ts
 * import { ScoreMoments } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const moments = new ScoreMoments();
 * moments.add([1, 2]);
 * moments.add([3, 6]);
 * assert.deepEqual([moments.count, moments.mean, moments.variance], [4, 3, 3.5]);
 * ```
 */
export class ScoreMoments implements Moments {
  #count = 0;
  #mean = 0;
  #squares = 0;

  /**
   * Takes more scores.
   *
   * @param scores The scores.
   */
  add(scores: ArrayLike<number>): void {
    for (let from = 0; from < scores.length; from += PART) {
      this.#addPart(scores, from, Math.min(from + PART, scores.length));
    }
  }

  #addPart(scores: ArrayLike<number>, from: number, to: number): void {
    let sum = 0, squares = 0;
    for (let i = from; i < to; i++) sum += scores[i]!;
    const mean = sum / (to - from);
    for (let i = from; i < to; i++) squares += (scores[i]! - mean) * (scores[i]! - mean);
    const all = this.#count + to - from, difference = mean - this.#mean;
    this.#squares += squares + difference * difference * this.#count * ((to - from) / all);
    this.#mean += difference * ((to - from) / all);
    this.#count = all;
  }

  /** How many. */
  get count(): number {
    return this.#count;
  }

  /** Mean; NaN of none. */
  get mean(): number {
    return this.#count === 0 ? NaN : this.#mean;
  }

  /** Population variance; NaN of none. */
  get variance(): number {
    return this.#count === 0 ? NaN : this.#squares / this.#count;
  }
}

/**
 * Moments of a list as plain data; those that are there already stay.
 *
 * @param scores Scores, or their moments.
 * @returns Number, mean and variance.
 *
 * @example Of two
 * ```ts
 * import { scoreMoments } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(scoreMoments([1, 3]), { count: 2, mean: 2, variance: 1 });
 * ```
 */
export function scoreMoments(scores: ArrayLike<number> | Moments): Moments {
  if ("mean" in scores) return { count: scores.count, mean: scores.mean, variance: scores.variance };
  const moments = new ScoreMoments();
  moments.add(scores);
  return scoreMoments(moments);
}

function someMoments(scores: ArrayLike<number> | Moments, action: string): Moments {
  const moments = scoreMoments(scores);
  if (!(moments.count > 0)) throw new RangeError(`Cannot find ${action}: a side has no score`);
  return moments;
}

/**
 * d' (d prime): distance of the means in units of the pooled standard deviation, sqrt((var_g + var_m) / 2),
 * with population variances.
 *
 * @param genuine Genuine scores, at least one, or their moments.
 * @param impostor Impostor scores, at least one, or their moments.
 * @returns |mean_g - mean_m| / pooled standard deviation; Infinity when neither side varies.
 * @throws {RangeError} When a side is empty.
 *
 * @example Means 4 apart, variance 1 each
 * ```ts
 * import { dPrime } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(dPrime([3, 5], [-1, 1]), 4);
 * ```
 */
export function dPrime(genuine: ArrayLike<number> | Moments, impostor: ArrayLike<number> | Moments): number {
  const [g, m] = [someMoments(genuine, "d'"), someMoments(impostor, "d'")];
  return Math.abs(g.mean - m.mean) / Math.sqrt((g.variance + m.variance) / 2);
}

/**
 * Fisher discriminant ratio (FDR): the squared distance of the means over the sum of the population variances; half the square of d'.
 *
 * @param genuine Genuine scores, at least one, or their moments.
 * @param impostor Impostor scores, at least one, or their moments.
 * @returns (mean_g - mean_m)^2 / (var_g + var_m); Infinity when neither side varies.
 * @throws {RangeError} When a side is empty.
 *
 * @example Means 4 apart, variance 1 each
 * ```ts
 * import { fisherRatio } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(fisherRatio([3, 5], [-1, 1]), 8);
 * ```
 */
export function fisherRatio(genuine: ArrayLike<number> | Moments, impostor: ArrayLike<number> | Moments): number {
  const [g, m] = [someMoments(genuine, "the Fisher ratio"), someMoments(impostor, "the Fisher ratio")];
  return (g.mean - m.mean) ** 2 / (g.variance + m.variance);
}
