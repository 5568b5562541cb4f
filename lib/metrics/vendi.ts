/**
 * Vendi score: how many different things there are among n, by their similarities.
 *
 * D. Friedman and A. B. Dieng, "The Vendi score: a diversity evaluation metric for machine learning", TMLR 2023
 * (https://arxiv.org/abs/2210.02410): exp of the entropy of the eigenvalues of K / n, where K holds the similarities and has ones on
 * its diagonal. n things without anything in common give n, n equal ones give 1.
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/**
 * Vendi score of a matrix of similarities.
 *
 * Takes about 10 n^3 operations.
 *
 * @param similarities K [n, n], row after row: symmetric, positive semidefinite, ones on the diagonal, such as cosines.
 * @returns The score, 1..n.
 * @throws {TypeError} When the values do not make a square.
 * @throws {RangeError} When a value is not finite.
 *
 * @example Two equal things and one of its own
 * ```ts
 * import { vendiScore } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const score = vendiScore(Float64Array.of(1, 1, 0, 1, 1, 0, 0, 0, 1));
 * assert.ok(Math.abs(score - 3 / 2 ** (2 / 3)) < 1e-12); // shares 2/3 and 1/3
 * ```
 */
export function vendiScore(similarities: Float64Array): number {
  const n = Math.sqrt(similarities.length);
  if (!Number.isInteger(n) || n < 1) {
    throw new TypeError(`Cannot find the Vendi score of ${similarities.length} values: expected a square matrix`);
  }
  if (!similarities.every(Number.isFinite)) {
    throw new RangeError("Cannot find the Vendi score: a similarity is NaN or infinite");
  }
  const kernel = Matrix.from1DArray(n, n, similarities);
  const { realEigenvalues } = new EigenvalueDecomposition(kernel, { assumeSymmetric: true });
  let entropy = 0;
  for (const eigenvalue of realEigenvalues) {
    const share = eigenvalue / n;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return Math.exp(entropy);
}
