/**
 * Fréchet distance between two sets of features, each taken as a Gaussian: FID, with whatever network made the features.
 *
 * M. Heusel and others, NeurIPS 2017 (https://arxiv.org/abs/1706.08500): |m1 - m2|^2 + tr(S1) + tr(S2) - 2 tr((S1 S2)^(1/2)). The
 * root's trace is the sum of the roots of the eigenvalues of S1^(1/2) S2 S1^(1/2), which is symmetric; so no root of a
 * matrix that is not is taken, and no imaginary part is thrown away. With fewer rows than columns the covariances are singular
 * and the distance is biased upwards: compare sets of one size.
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { FeatureMoments } from "./feature_moments.ts";

/**
 * Fréchet distance of two sets.
 *
 * Takes about 30 D^3 operations.
 *
 * @param a Moments of one set.
 * @param b Moments of the other.
 * @returns The distance, 0 or more but for rounding.
 * @throws {TypeError} When the widths differ.
 * @throws {RangeError} When a set has fewer than two rows.
 *
 * @example The same spread three apart
 * ```ts
 * import { FeatureMoments, frechetDistance } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const [a, b] = [new FeatureMoments(1), new FeatureMoments(1)];
 * a.add(Float32Array.of(0, 2));
 * b.add(Float32Array.of(3, 5));
 * assert.ok(Math.abs(frechetDistance(a, b) - 9) < 1e-12);
 * ```
 */
export function frechetDistance(a: FeatureMoments, b: FeatureMoments): number {
  const { width } = a;
  if (b.width !== width) {
    throw new TypeError(`Cannot compare features of width ${width} with features of width ${b.width}`);
  }
  const [s1, s2] = [a, b].map((moments) => Matrix.from1DArray(width, width, moments.covariance()));
  const eigen = new EigenvalueDecomposition(s1!, { assumeSymmetric: true });
  const roots = eigen.realEigenvalues.map((value) => Math.sqrt(Math.max(0, value)));
  const turned = eigen.eigenvectorMatrix.transpose().mmul(s2!).mmul(eigen.eigenvectorMatrix);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      const value = roots[i]! * roots[j]! * (turned.get(i, j) + turned.get(j, i)) / 2;
      turned.set(i, j, value);
      turned.set(j, i, value);
    }
  }
  const product = new EigenvalueDecomposition(turned, { assumeSymmetric: true }).realEigenvalues;
  const overlap = product.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  const apart = a.mean.reduce((sum, value, c) => sum + (value - b.mean[c]!) ** 2, 0);
  return apart + s1!.trace() + s2!.trace() - 2 * overlap;
}
