/**
 * How far angles are from others, on one axis and the shorter way round.
 */
import { probeScore } from "./linear_probe.ts";

/** Error on one axis. */
export interface AxisError {
  /** Mean absolute error, degrees. */
  readonly error: number;
  /** Mean of estimate minus truth, degrees. */
  readonly bias: number;
  /** Pearson correlation of estimate and truth. */
  readonly correlation: number;
}

/**
 * Mean absolute error on one axis, the shorter way round.
 *
 * @param estimates N angles in degrees, N at least 1.
 * @param truth N angles in degrees.
 * @returns Degrees.
 * @throws {TypeError} When the lengths differ.
 *
 * @example Across the half turn
 * ```ts
 * import { meanAbsoluteError } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(meanAbsoluteError([179, 1], [-179, 3]), 2);
 * ```
 */
export function meanAbsoluteError(estimates: ArrayLike<number>, truth: ArrayLike<number>): number {
  if (estimates.length !== truth.length) {
    throw new TypeError(`Cannot compare angles: ${estimates.length} estimates for ${truth.length} true ones`);
  }
  let sum = 0;
  for (let i = 0; i < truth.length; i++) sum += Math.abs(difference(estimates[i]!, truth[i]!));
  return sum / truth.length;
}

/**
 * Error, bias and correlation on one axis.
 *
 * @param estimates N angles in degrees, N at least 1.
 * @param truth N angles in degrees.
 * @returns The figures; the correlation is NaN where a list does not vary.
 * @throws {TypeError} When the lengths differ.
 *
 * @example Two degrees too far
 * ```ts
 * import { axisError } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(axisError([-28, 12, -178], [-30, 10, 180]), { error: 2, bias: 2, correlation: 1 });
 * ```
 */
export function axisError(estimates: ArrayLike<number>, truth: ArrayLike<number>): AxisError {
  // Each estimate within half a turn of the truth, so that 179 and -179 are neighbours.
  const near = Array.from(estimates, (angle, i) => truth[i]! + difference(angle, truth[i]!));
  const { error, correlation } = probeScore(near, truth);
  return { error, bias: near.reduce((sum, angle, i) => sum + angle - truth[i]!, 0) / near.length, correlation };
}

/** a - b, turned into -180..180. */
function difference(a: number, b: number): number {
  const d = (a - b) % 360;
  return d > 180 ? d - 360 : d < -180 ? d + 360 : d;
}
