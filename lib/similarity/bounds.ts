/**
 * How far a cosine computed from float32 unit rows can be from the true one.
 *
 * Source: N. Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1: a sum of D products in any
 * order, with or without fused multiply-add, is off by at most gamma_D = D u / (1 - D u) times the sum of the products'
 * absolute values, u = 2^-24; for unit rows that sum is at most 1. Rounding the unit rows themselves to float32 adds 2 u.
 */

/** Unit roundoff of float32. */
const UNIT_ROUNDOFF = 2 ** -24;

/**
 * Largest error of the inner product of two unit rows, both rounded to float32 and multiplied in float32.
 *
 * @param width D.
 * @returns The bound: (D + 8) 2^-24, which leaves room for the second order and for underflow; 3.1e-5 for D = 512.
 *
 * @example The bound of a usual width
 * ```ts
 * import { float32Bound } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(float32Bound(512), 520 / 2 ** 24);
 * ```
 */
export function float32Bound(width: number): number {
  return (width + 8) * UNIT_ROUNDOFF;
}
