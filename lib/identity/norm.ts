/**
 * Lengths and angles of vectors, summed in float64.
 */

/**
 * Euclidean norm of a vector.
 *
 * @param vector Values [D].
 * @returns The norm, summed in float64.
 *
 * @example Three, four, five
 * ```ts
 * import { norm } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(norm(Float32Array.of(3, 4)), 5);
 * ```
 */
export function norm(vector: ArrayLike<number>): number {
  return Math.sqrt(dot(vector, vector));
}

/**
 * Inner product of two vectors.
 *
 * @param a Values [D].
 * @param b Values [D].
 * @returns The product, summed in float64.
 * @throws {TypeError} When the widths differ.
 *
 * @example Orthogonal vectors
 * ```ts
 * import { dot } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(dot([1, 2], [-2, 1]), 0);
 * ```
 */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new TypeError(
      `Cannot compare vectors: widths ${a.length} and ${b.length} differ`,
    );
  }
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Cosine between two vectors.
 *
 * @param a Values [D], not all zero.
 * @param b Values [D], not all zero.
 * @returns The cosine, -1..1; NaN when a vector is zero.
 * @throws {TypeError} When the widths differ.
 *
 * @example A vector and its double
 * ```ts
 * import { cosine } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(cosine([3, 4], [6, 8]), 1);
 * ```
 */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return dot(a, b) / (norm(a) * norm(b));
}
