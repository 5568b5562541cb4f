/**
 * The standard normal distribution: its cumulative function and the inverse of that.
 *
 * `normalQuantile` is algorithm AS 241 (PPND16): M. J. Wichura, "The percentage points of the normal
 * distribution", Applied Statistics 37 (1988) 477-484, https://doi.org/10.2307/2347330 .
 * `normalCdf` is the series of G. Marsaglia, "Evaluating the normal distribution", J. Stat. Software 11 (2004),
 * https://doi.org/10.18637/jss.v011.i04 near zero and Laplace's continued fraction in the tails.
 * Both give the same bits on every machine (see _elementary.ts).
 */

import { exp, log } from "./_elementary.ts";

/** Beyond this many standard deviations a tail probability is below the smallest double. */
const FAR = 37;

const INVERSE_SQRT_2PI = 0.39894228040143267794;

/**
 * Probability that a standard normal number is below `x`.
 *
 * @param x Any number; beyond 37 standard deviations the result is 0 or 1.
 * @returns A probability in [0, 1], relative error below 1e-12 in the lower tail as well.
 *
 * @example Half of the mass lies below zero
 * ```ts
 * import { normalCdf } from "@/random/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(normalCdf(0), 0.5);
 * assert.ok(Math.abs(normalCdf(-1.959963984540054) - 0.025) < 1e-15);
 * ```
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x < -FAR) return 0;
  if (x > FAR) return 1;
  const density = INVERSE_SQRT_2PI * exp(-0.5 * x * x);
  if (Math.abs(x) < 2) {
    let term = x, sum = x;
    for (let k = 3; sum + term !== sum; k += 2) {
      term *= x * x / k;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  const a = Math.abs(x);
  let fraction = a;
  for (let k = 160; k >= 1; k--) fraction = a + k / fraction;
  const tail = density / fraction;
  return x < 0 ? tail : 1 - tail;
}

/**
 * The number below which a standard normal number falls with probability `p`.
 *
 * @param p A probability in [0, 1]; 0 and 1 give minus and plus infinity.
 * @returns The quantile, relative error about 1e-16.
 * @throws {RangeError} When `p` is outside [0, 1] or NaN.
 *
 * @example The median and a familiar percentage point
 * ```ts
 * import { normalQuantile } from "@/random/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(normalQuantile(0.5), 0);
 * assert.ok(Math.abs(normalQuantile(0.975) - 1.959963984540054) < 1e-14);
 * ```
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) {
    throw new RangeError(
      `Cannot compute normalQuantile: p is ${p}, expected a probability in [0, 1]`,
    );
  }
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return central(q);
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p));
  const x = r <= 5 ? middle(r - 1.6) : far(r - 5);
  return q < 0 ? -x : x;
}

function central(q: number): number {
  const r = 0.180625 - q * q;
  return q * polynomial(
    r,
    3.3871328727963666080e+0,
    1.3314166789178437745e+2,
    1.9715909503065514427e+3,
    1.3731693765509461125e+4,
    4.5921953931549871457e+4,
    6.7265770927008700853e+4,
    3.3430575583588128105e+4,
    2.5090809287301226727e+3,
  ) / polynomial(
    r,
    1,
    4.2313330701600911252e+1,
    6.8718700749205790830e+2,
    5.3941960214247511077e+3,
    2.1213794301586595867e+4,
    3.9307895800092710610e+4,
    2.8729085735721942674e+4,
    5.2264952788528545610e+3,
  );
}

function middle(r: number): number {
  return polynomial(
    r,
    1.42343711074968357734e+0,
    4.63033784615654529590e+0,
    5.76949722146069140550e+0,
    3.64784832476320460504e+0,
    1.27045825245236838258e+0,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
  ) / polynomial(
    r,
    1,
    2.05319162663775882187e+0,
    1.67638483018380384940e+0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
  );
}

function far(r: number): number {
  return polynomial(
    r,
    6.65790464350110377720e+0,
    5.46378491116411436990e+0,
    1.78482653991729133580e+0,
    2.96560571828504891230e-1,
    2.65321895265761230930e-2,
    1.24266094738807843860e-3,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7,
  ) / polynomial(
    r,
    1,
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15,
  );
}

/** c0 + c1 r + ... + c7 r^7 by Horner's rule. */
function polynomial(
  r: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  c4: number,
  c5: number,
  c6: number,
  c7: number,
): number {
  return ((((((c7 * r + c6) * r + c5) * r + c4) * r + c3) * r + c2) * r + c1) *
      r + c0;
}
