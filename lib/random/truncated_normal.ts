/**
 * Quantiles of the truncated normal distribution, as scipy.stats.truncnorm.ppf gives them.
 *
 * https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.truncnorm.html . Deviations: the interval
 * is given in the units of the result, not in standard deviations, and an interval more than 37 standard
 * deviations from the mean is refused where SciPy goes on with logarithms.
 */

import { normalCdf, normalQuantile } from "./normal_distribution.ts";

/**
 * The number below which a normal number, known to lie in [lo, hi], falls with probability `p`.
 *
 * @param p A probability in [0, 1].
 * @param mean Mean of the normal distribution before truncation.
 * @param sd Standard deviation before truncation, above 0.
 * @param lo Lower end; may be -Infinity.
 * @param hi Upper end, above `lo`; may be Infinity.
 * @returns A number in [lo, hi].
 * @throws {RangeError} When an argument is outside its range, or the interval has no mass because it lies
 * more than 37 standard deviations from the mean.
 *
 * @example Vec2Face's mask ratio at inference
 * ```ts
 * import { truncatedNormalQuantile } from "@/random/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const median = truncatedNormalQuantile(0.5, 0.15, 0.25, 0.1, 1);
 * assert.ok(Math.abs(median - 0.2884935) < 1e-6);
 * ```
 */
export function truncatedNormalQuantile(
  p: number,
  mean: number,
  sd: number,
  lo: number,
  hi: number,
): number {
  if (
    !(p >= 0 && p <= 1 && Number.isFinite(mean) && sd > 0 && sd < Infinity &&
      lo < hi)
  ) {
    throw new RangeError(
      `Cannot draw a truncated normal number: p ${p}, mean ${mean}, sd ${sd}, interval [${lo}, ${hi}]; ` +
        "expected p in [0, 1], a finite mean, 0 < sd < Infinity and lo < hi",
    );
  }
  const a = (lo - mean) / sd;
  const b = (hi - mean) / sd;
  const below = normalCdf(a);
  const above = normalCdf(-b);
  // Subtract in the tail where the interval lies: there small probabilities keep their digits.
  const mass = a > 0 ? normalCdf(-a) - above : normalCdf(b) - below;
  if (mass === 0) {
    throw new RangeError(
      `Cannot draw a truncated normal number: interval [${lo}, ${hi}] has no mass under mean ${mean}, sd ${sd}; ` +
        "widen it or move the mean",
    );
  }
  const lower = below + p * mass;
  const x = lower <= 0.5 ? normalQuantile(lower) : -normalQuantile(above + (1 - p) * mass);
  return Math.min(hi, Math.max(lo, mean + sd * x));
}
