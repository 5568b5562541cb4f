/**
 * How many directions of a D-dimensional space can lie pairwise at a cosine of t or less: upper bounds.
 *
 * Around each direction there is a cap of half the angle, and no two caps overlap; so the areas of the caps add up to
 * that of the sphere at most (S. Li, "Concise Formulas for the Area and Volume of a Hyperspherical Cap", 2011,
 * https://doi.org/10.3923/ajms.2011.66.70). In many dimensions this is far above what is possible. Where the cosine is
 * small there are much lower bounds: R. A. Rankin's ("The closest packing of spherical caps in n dimensions", 1955,
 * https://doi.org/10.1017/S2040618500033219) up to a cosine of 0, and above it the third of V. I. Levenshtein's
 * ("Universal bounds for codes and designs", 1998), which ends at 0.042 for D = 512. What drawing at random reaches is
 * fewer by far than any of them.
 */
import { logCapShare } from "./_cap_share.ts";

/**
 * Largest number of directions by the area of spherical caps.
 *
 * @param width D, at least 2.
 * @param maxCosine t, -1..1 without the ends.
 * @returns The bound, no whole number in general; Infinity where it is above the largest double.
 * @throws {RangeError} When the width or the cosine is out of range.
 *
 * @example In a plane, 60 degrees apart
 * ```ts
 * import { capBound } from "@/separation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.ok(Math.abs(capBound(2, 0.5) - 6) < 1e-12);
 * ```
 */
export function capBound(width: number, maxCosine: number): number {
  checkRange(width, maxCosine);
  return Math.exp(-logCapShare(width, (1 - maxCosine) / 2)); // sin^2 of half the angle
}

/**
 * Largest number of directions at a small or negative cosine: Rankin's bounds up to 0, Levenshtein's third above.
 *
 * Rankin's are met: by 1 - 1/t corners of a simplex, D + 1 of them from t = -1/D on, and 2 D of an orthoplex at 0.
 *
 * @param width D, at least 2.
 * @param maxCosine t, -1..1 without the ends.
 * @returns The bound; Infinity above (sqrt(D + 3) - 1) / (D + 2), where Levenshtein's third ends.
 * @throws {RangeError} When the width or the cosine is out of range.
 *
 * @example An orthoplex of 512 axes and their opposites
 * ```ts
 * import { smallCosineBound } from "@/separation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(smallCosineBound(512, 0), 1024);
 * assert.equal(smallCosineBound(512, 0.3), Infinity);
 * ```
 */
export function smallCosineBound(width: number, maxCosine: number): number {
  checkRange(width, maxCosine);
  const d = width, t = maxCosine;
  if (t < 0) return Math.min(d + 1, 1 - 1 / t);
  return t <= (Math.sqrt(d + 3) - 1) / (d + 2) ? d * (1 - t) * (2 + (d + 1) * t) / (1 - d * t * t) : Infinity;
}

/**
 * Largest number of directions by the lower of both bounds.
 *
 * @param width D, at least 2.
 * @param maxCosine t, -1..1 without the ends.
 * @returns A whole number, or Infinity.
 * @throws {RangeError} When the width or the cosine is out of range.
 *
 * @example Three directions can be 120 degrees apart, in any number of dimensions
 * ```ts
 * import { separationBound } from "@/separation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(separationBound(512, -0.5), 3);
 * ```
 */
export function separationBound(width: number, maxCosine: number): number {
  const bound = Math.min(capBound(width, maxCosine), smallCosineBound(width, maxCosine));
  return Math.floor(bound * (1 + 1e-9)); // a bound that is met is a whole number but for rounding
}

function checkRange(width: number, maxCosine: number): void {
  if (!Number.isSafeInteger(width) || width < 2 || !(maxCosine > -1 && maxCosine < 1)) {
    throw new RangeError(
      `Cannot bound a packing: width ${width} and cosine ${maxCosine}, expected a whole number of at least 2 and a ` +
        "cosine between -1 and 1",
    );
  }
}
