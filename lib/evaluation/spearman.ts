/**
 * Rank correlation: whether one number rises with another, whatever the curve.
 *
 * Spearman's rho with mean ranks for equal values, as scipy.stats.spearmanr.
 */
import { mean } from "./cosine.ts";

/**
 * Ranks of values, 1 for the least; equal values share the mean of their ranks.
 *
 * @param values N numbers, none NaN.
 * @returns N ranks.
 * @throws {RangeError} When a value is NaN.
 *
 * @example Two equal values
 * ```ts
 * import { ranks } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...ranks([30, 10, 30])], [2.5, 1, 2.5]);
 * ```
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i);
  const bad = order.find((i) => Number.isNaN(values[i]!));
  if (bad !== undefined) throw new RangeError(`Cannot rank values: number ${bad} is NaN`);
  order.sort((a, b) => values[a]! - values[b]!);
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let k = from; k < to; k++) out[order[k]!] = (from + to + 1) / 2;
    from = to;
  }
  return out;
}

/**
 * Rank correlation of two lists.
 *
 * @param a N numbers, N at least 2.
 * @param b N numbers.
 * @returns -1 (one falls wherever the other rises) to 1; NaN when a list does not vary.
 * @throws {TypeError} When the lengths differ.
 * @throws {RangeError} When there are fewer than two numbers, or one is NaN.
 *
 * @example Any rising curve
 * ```ts
 * import { spearman } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(spearman([1, 2, 3, 4], [1, 8, 27, 64]), 1);
 * ```
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new TypeError(`Cannot correlate ranks: ${a.length} numbers on one side, ${b.length} on the other`);
  }
  if (a.length < 2) throw new RangeError(`Cannot correlate ranks: found ${a.length} pair, expected at least 2`);
  const x = ranks(a), y = ranks(b), middle = mean(x); // both have the mean (N + 1) / 2
  let xx = 0, yy = 0, xy = 0;
  for (let i = 0; i < x.length; i++) {
    const p = x[i]! - middle, q = y[i]! - middle;
    xx += p * p;
    yy += q * q;
    xy += p * q;
  }
  return xy / Math.sqrt(xx * yy);
}
