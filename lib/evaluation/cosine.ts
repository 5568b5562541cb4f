/**
 * Cosines between rows of feature matrices, and the numbers that sum up a list: mean and quantiles, all in float64.
 */
import { cosine } from "@/identity/mod.ts";

/** Pairs of rows: pair p is rows `first[p]` and `second[p]`. */
export interface RowPairs {
  /** First row of each of P pairs. */
  readonly first: ArrayLike<number>;
  /** Second row of each of P pairs. */
  readonly second: ArrayLike<number>;
}

/**
 * Cosine between row i of one matrix and row i of another.
 *
 * @param a Rows [N, D], one after another.
 * @param b Rows [N, D].
 * @param width D.
 * @returns N cosines, -1..1; NaN where a row is zero.
 * @throws {TypeError} When the values do not make as many whole rows on both sides.
 *
 * @example Two rows
 * ```ts
 * import { rowCosines } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...rowCosines([1, 0, 0, 2], [3, 0, 4, 0], 2)], [1, 0]);
 * ```
 */
export function rowCosines(a: ArrayLike<number>, b: ArrayLike<number>, width: number): Float64Array {
  const rows = wholeRows(a, width, "compare rows");
  if (b.length !== a.length) {
    throw new TypeError(`Cannot compare rows: ${a.length} and ${b.length} values, expected as many on both sides`);
  }
  const same = Int32Array.from({ length: rows }, (_, i) => i);
  return Float64Array.from(same, (i) => cosine(row(a, i, width), row(b, i, width)));
}

/**
 * Cosines between pairs of rows of one matrix.
 *
 * @param features Rows [N, D], one after another.
 * @param width D.
 * @param pairs P pairs of rows, each 0..N-1.
 * @returns P cosines, -1..1; NaN where a row is zero.
 * @throws {TypeError} When the values do not make whole rows.
 * @throws {RangeError} When a pair names a row that is not there.
 *
 * @example One pair of three rows
 * ```ts
 * import { pairCosines } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...pairCosines([1, 0, 0, 1, 2, 0], 2, { first: [0], second: [2] })], [1]);
 * ```
 */
export function pairCosines(features: ArrayLike<number>, width: number, pairs: RowPairs): Float64Array {
  checkPairs(pairs, wholeRows(features, width, "compare pairs"), "compare pairs");
  return Float64Array.from(
    pairs.first,
    (i, p) => cosine(row(features, i, width), row(features, pairs.second[p]!, width)),
  );
}

/**
 * Quantile of a list, interpolated linearly between neighbours as numpy.quantile does.
 *
 * @param values At least one number, in any order.
 * @param share Where, 0..1.
 * @returns The quantile.
 * @throws {RangeError} When there is no value, one is NaN, or the share is outside 0..1.
 *
 * @example A quarter of the way
 * ```ts
 * import { quantile } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(quantile([4, 1, 3, 2], 0.25), 1.75);
 * ```
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort(); // NaN comes last
  if (!(share >= 0 && share <= 1) || sorted.length === 0 || Number.isNaN(sorted.at(-1))) {
    throw new RangeError(
      `Cannot take a quantile: share ${share} of ${sorted.length} values, expected 0 to 1 of at least one, none NaN`,
    );
  }
  const at = share * (sorted.length - 1), below = Math.floor(at);
  const low = sorted[below]!, high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (at - below) * (high - low);
}

/**
 * Middle value of a list.
 *
 * @param values At least one number.
 * @returns The median; the mean of the two middle values of an even number.
 * @throws {RangeError} When there is no value or one is NaN.
 *
 * @example Of four
 * ```ts
 * import { median } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(median([9, 1, 2, 3]), 2.5);
 * ```
 */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/**
 * Arithmetic mean of a list.
 *
 * @param values At least one number.
 * @returns The mean, summed in float64.
 * @throws {RangeError} When there is no value.
 *
 * @example Of two
 * ```ts
 * import { mean } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(mean([1, 2]), 1.5);
 * ```
 */
export function mean(values: ArrayLike<number>): number {
  if (values.length === 0) throw new RangeError("Cannot take the mean: there is no value");
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/**
 * Refuses pairs that name rows which are not there.
 *
 * @param pairs The pairs.
 * @param rows Number of rows N.
 * @param action What the caller was about to do, for the message.
 * @throws {RangeError} When a row is outside 0..N-1 or the two sides differ in length.
 *
 * @example Row 2 of two
 * ```ts
 * import { checkPairs } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.throws(() => checkPairs({ first: [0], second: [2] }, 2, "compare"), /pair 0 is rows 0 and 2 of 2/);
 * ```
 */
export function checkPairs({ first, second }: RowPairs, rows: number, action: string): void {
  if (first.length !== second.length) {
    throw new RangeError(`Cannot ${action}: ${first.length} first and ${second.length} second rows`);
  }
  for (let p = 0; p < first.length; p++) {
    if (!(first[p]! >= 0 && first[p]! < rows && second[p]! >= 0 && second[p]! < rows)) {
      throw new RangeError(`Cannot ${action}: pair ${p} is rows ${first[p]} and ${second[p]} of ${rows}`);
    }
  }
}

/**
 * Counts the rows of a matrix.
 *
 * @param values Rows [N, D], one after another.
 * @param width D.
 * @param action What the caller was about to do, for the message.
 * @returns N.
 * @throws {TypeError} When the values do not make whole rows.
 *
 * @example Three rows of two
 * ```ts
 * import { wholeRows } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(wholeRows(new Float32Array(6), 2, "count"), 3);
 * ```
 */
export function wholeRows(values: ArrayLike<number>, width: number, action: string): number {
  const rows = values.length / width;
  if (!Number.isInteger(rows) || width < 1) {
    throw new TypeError(`Cannot ${action}: ${values.length} values do not make rows of ${width}`);
  }
  return rows;
}

/** Row i of [N, D]: a view where the values allow it. */
function row(values: ArrayLike<number>, i: number, width: number): ArrayLike<number> {
  const [from, to] = [i * width, (i + 1) * width];
  return values instanceof Float32Array || values instanceof Float64Array
    ? values.subarray(from, to)
    : Array.prototype.slice.call(values, from, to);
}
