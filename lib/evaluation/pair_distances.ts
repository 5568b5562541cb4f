/**
 * Squared Euclidean distances of normalised features: what the 10-fold protocols compare with their thresholds.
 */
import { inverseNorms } from "./_inverse_norms.ts";
import { checkPairs, type RowPairs, wholeRows } from "./cosine.ts";

/**
 * Measures pairs of rows: the squared length of the difference of both rows, each divided by its norm.
 *
 * @param features Feature vectors [N, D], row after row, of any norm.
 * @param width D.
 * @param pairs P pairs of rows.
 * @param action What the caller was about to do, for messages. @default {"measure distances"}
 * @returns P distances, 0..4, float64.
 * @throws {TypeError} When the values do not make whole rows.
 * @throws {RangeError} When a pair names a row that is not there, or such a row is zero or not finite.
 *
 * @example Opposite and orthogonal
 * ```ts
 * import { pairDistances } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const distances = pairDistances([1, 0, -2, 0, 0, 5], 2, { first: [0, 0], second: [1, 2] });
 * assert.deepEqual([...distances], [4, 2]);
 * ```
 */
export function pairDistances(
  features: ArrayLike<number>,
  width: number,
  pairs: RowPairs,
  action = "measure distances",
): Float64Array {
  const rows = wholeRows(features, width, action);
  checkPairs(pairs, rows, action);
  const values = features instanceof Float32Array || features instanceof Float64Array
    ? features
    : Float64Array.from(features);
  const scale = inverseNorms(values, width, pairs, action);
  const { first, second } = pairs;
  const distances = new Float64Array(first.length);
  for (let p = 0; p < distances.length; p++) {
    const i = first[p]!, j = second[p]!, a = i * width, b = j * width, si = scale[i]!, sj = scale[j]!;
    let distance = 0;
    for (let c = 0; c < width; c++) {
      const difference = values[a + c]! * si - values[b + c]! * sj;
      distance += difference * difference;
    }
    distances[p] = distance;
  }
  return distances;
}

/**
 * The pairs of a verification set: rows 2p and 2p + 1 are pair p.
 *
 * @param count Number of pairs P.
 * @returns The rows of each pair.
 *
 * @example Two pairs
 * ```ts
 * import { consecutivePairs } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { first, second } = consecutivePairs(2);
 * assert.deepEqual([[...first], [...second]], [[0, 2], [1, 3]]);
 * ```
 */
export function consecutivePairs(count: number): { first: Int32Array; second: Int32Array } {
  return {
    first: Int32Array.from({ length: count }, (_, p) => 2 * p),
    second: Int32Array.from({ length: count }, (_, p) => 2 * p + 1),
  };
}
