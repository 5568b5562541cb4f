/**
 * The way from one identity to another: directions along the great circle, norms along the straight line.
 *
 * Source of the formula: K. Shoemake, "Animating rotation with quaternion curves" (SIGGRAPH 1985), the slerp of unit
 * vectors. The norm is walked separately because it carries quality, not identity.
 */
import { dot, norm } from "./norm.ts";

/** Below this sine of the angle the two directions count as one line. */
const SMALL_SINE = 1e-6;

/**
 * Gives the vector at a fraction of the way from `a` to `b`.
 *
 * @param a Start [D], not zero.
 * @param b End [D], not zero, not opposite to `a`.
 * @param t Fraction of the way, 0..1.
 * @returns A new vector [D].
 * @throws {TypeError} When the widths differ.
 * @throws {RangeError} When a vector is zero, the two point in opposite directions, or t is outside 0..1.
 *
 * @example Half-way between two axes
 * ```ts
 * import { interpolate } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const [x, y] = interpolate(Float32Array.of(1, 0), Float32Array.of(0, 3), 0.5);
 * assert.ok(Math.abs(x! - Math.SQRT2) < 1e-6 && Math.abs(y! - Math.SQRT2) < 1e-6);
 * ```
 */
export function interpolate(
  a: Float32Array,
  b: Float32Array,
  t: number,
): Float32Array {
  if (!(t >= 0 && t <= 1)) {
    throw new RangeError(`Cannot interpolate: t is ${t}, expected 0 to 1`);
  }
  const product = dot(a, b);
  const [lengthA, lengthB] = [norm(a), norm(b)];
  if (!(lengthA > 0 && lengthB > 0)) {
    throw new RangeError(
      `Cannot interpolate: the norms are ${lengthA} and ${lengthB}, expected both above 0`,
    );
  }
  const cos = Math.max(-1, Math.min(1, product / (lengthA * lengthB)));
  const angle = Math.acos(cos);
  const sine = Math.sin(angle);
  if (sine < SMALL_SINE && cos < 0) {
    throw new RangeError(
      "Cannot interpolate: the two vectors point in opposite directions, so no way between them is the shortest",
    );
  }
  const weightA = sine < SMALL_SINE ? 1 - t : Math.sin((1 - t) * angle) / sine;
  const weightB = sine < SMALL_SINE ? t : Math.sin(t * angle) / sine;
  const direction = Float64Array.from(
    a,
    (value, i) => weightA * value / lengthA + weightB * b[i]! / lengthB,
  );
  const scale = (lengthA + t * (lengthB - lengthA)) / norm(direction);
  return Float32Array.from(direction, (value) => value * scale);
}

/**
 * Gives vectors at equal steps from `a` to `b`, both included exactly.
 *
 * @param a Start [D], not zero.
 * @param b End [D], not zero, not opposite to `a`.
 * @param steps Number of vectors S, at least 2.
 * @returns The vectors [S, D], row after row.
 * @throws {TypeError} When the widths differ.
 * @throws {RangeError} When there are fewer than two steps, a vector is zero, or the two are opposite.
 *
 * @example Three steps
 * ```ts
 * import { walk } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = walk(Float32Array.of(1, 0), Float32Array.of(0, 1), 3);
 * assert.deepEqual([...path.subarray(4)], [0, 1]);
 * ```
 */
export function walk(
  a: Float32Array,
  b: Float32Array,
  steps: number,
): Float32Array {
  if (!Number.isSafeInteger(steps) || steps < 2) {
    throw new RangeError(
      `Cannot walk: ${steps} steps, expected a whole number of at least 2`,
    );
  }
  const out = new Float32Array(steps * a.length);
  for (let s = 0; s < steps; s++) {
    const vector = s === 0 ? a : s === steps - 1 ? b : interpolate(a, b, s / (steps - 1));
    if (s === 0) interpolate(a, b, 0); // checks both ends before anything else
    out.set(vector, s * a.length);
  }
  return out;
}
