/**
 * Inner products of rows inside larger arrays, in float64: the arithmetic that decides.
 *
 * Four sums run side by side, which takes a quarter of the time of one; the result differs from a sum in order by a few
 * units in the sixteenth digit.
 */

/**
 * Inner product of a row of one array with a row of another.
 *
 * @param a Values [..., D].
 * @param i Which row of `a`.
 * @param b Values [..., D].
 * @param j Which row of `b`.
 * @param width D.
 * @returns The product, summed in float64.
 *
 * @example Row 1 with row 0
 * ```ts
 * import { dotRows } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(dotRows(Float32Array.of(0, 0, 1, 2), 1, Float32Array.of(3, 4), 0, 2), 11);
 * ```
 */
export function dotRows(a: Float32Array, i: number, b: Float32Array, j: number, width: number): number {
  let x = i * width, y = j * width;
  const even = x + (width & ~3), end = x + width;
  let p = 0, q = 0, r = 0, s = 0;
  for (; x < even; x += 4, y += 4) {
    p += a[x]! * b[y]!;
    q += a[x + 1]! * b[y + 1]!;
    r += a[x + 2]! * b[y + 2]!;
    s += a[x + 3]! * b[y + 3]!;
  }
  for (; x < end; x++, y++) p += a[x]! * b[y]!;
  return p + q + (r + s);
}

/**
 * Euclidean norms of rows.
 *
 * @param rows Values [N, D], row after row.
 * @param width D.
 * @returns Norms [N], summed in float64.
 *
 * @example Two rows
 * ```ts
 * import { rowNorms } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...rowNorms(Float32Array.of(3, 4, 0, 2), 2)], [5, 2]);
 * ```
 */
export function rowNorms(rows: Float32Array, width: number): Float64Array {
  const norms = new Float64Array(rows.length / width);
  for (let i = 0; i < norms.length; i++) norms[i] = Math.sqrt(dotRows(rows, i, rows, i, width));
  return norms;
}
