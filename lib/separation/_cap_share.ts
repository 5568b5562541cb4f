/**
 * Share of a sphere's area that a cap takes, as a logarithm.
 *
 * A cap of angle p <= 90 degrees from its middle to its rim takes I(sin^2 p; (D - 1) / 2, 1 / 2) / 2 of the area, with
 * the regularised incomplete beta function I (https://doi.org/10.3923/ajms.2011.66.70). I is evaluated by its
 * continued fraction (https://dlmf.nist.gov/8.17.E22) with Lentz's algorithm, in logarithms: at D = 512 the share is
 * often below the smallest double.
 */

/**
 * Logarithm of the share.
 *
 * @param width D, at least 2.
 * @param sineSquare sin^2 p, 0..1 without the ends.
 */
export function logCapShare(width: number, sineSquare: number): number {
  return logIncompleteBeta(sineSquare, (width - 1) / 2) - Math.LN2;
}

/** log I(x; a, 1/2) for a = 1/2, 1, 3/2, ... */
function logIncompleteBeta(x: number, a: number): number {
  const b = 0.5;
  // log of x^a (1 - x)^b / B(a, b); the front of both fractions
  const front = a * Math.log(x) + b * Math.log1p(-x) - logBetaHalf(a);
  if (x < (a + 1) / (a + b + 2)) return front + Math.log(fraction(x, a, b) / a);
  return Math.log1p(-Math.exp(front) * fraction(1 - x, b, a) / b);
}

/**
 * log B(a, 1/2) for a = 1/2, 1, 3/2, ..., by B(a + 1, b) = B(a, b) a / (a + b) from B(1/2, 1/2) = pi or B(1, 1/2) = 2.
 */
function logBetaHalf(a: number): number {
  const whole = Number.isInteger(a);
  let sum = Math.log(whole ? 2 : Math.PI);
  for (let at = whole ? 1 : 0.5; at < a; at++) sum -= Math.log1p(0.5 / at);
  return sum;
}

/**
 * The continued fraction of I(x; a, b) without its front, for x below (a + 1) / (a + b + 2), where it converges fast.
 */
function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const keep = (value: number) => Math.abs(value) < tiny ? tiny : value;
  let c = 1, d = 1 / keep(1 - (a + b) * x / (a + 1)), value = d;
  for (let m = 1; m < 10_000; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / keep(1 + even * d);
    c = keep(1 + even / c);
    value *= d * c;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / keep(1 + odd * d);
    c = keep(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return value;
}
