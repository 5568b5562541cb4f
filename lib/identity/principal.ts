/**
 * Principal components of a Gaussian of identities, and the Gaussian cut down to the leading ones.
 *
 * The author's route (https://github.com/HaiyuWu/Vec2Face/issues/10): PCA(k) of the centres, mean and covariance in
 * PCA space, normal vectors there, and back. For k < D that is N(mean, P C P) with P the projector on the k leading
 * eigenvectors of the covariance C = L L^T.
 *
 * Deviation: instead of k normal numbers in PCA space, the D numbers z of the full Gaussian are taken and
 * mean + P L z is given, which has that distribution too. Row i cut down is then row i of the full Gaussian projected,
 * whatever the signs of the eigenvectors.
 *
 * The eigenvalues come from ml-matrix (https://github.com/mljs/matrix, after JAMA and EISPACK's tred2 and tql2).
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { GaussianMoments } from "./moments.ts";

/** Directions of a Gaussian, by how much it varies along them. */
export interface PrincipalComponents {
  /** Width D. */
  readonly width: number;
  /** Variances along the components [D], descending; eigenvalues of the covariance. */
  readonly variances: Float64Array;
  /** The components [D, D], row after row, unit length; the entry of greatest size in each is positive. */
  readonly directions: Float64Array;
}

/** A Gaussian that varies along k directions only. */
export interface TruncatedMoments {
  /** Width D. */
  readonly width: number;
  /** Number of components k. */
  readonly components: number;
  /** Mean [D]. */
  readonly mean: Float64Array;
  /** The k leading directions V [k, D], row after row. */
  readonly directions: Float64Array;
  /** V L [k, D]: what turns the full Gaussian's D normal numbers into coordinates along the directions. */
  readonly loadings: Float64Array;
  /** Share of the variance that is kept, 0..1. */
  readonly explained: number;
}

/**
 * Finds the principal components of a Gaussian.
 *
 * Takes about 10 D^3 operations.
 *
 * @param moments The Gaussian.
 * @returns Variances and directions, the greatest first.
 *
 * @example Two columns that move together
 * ```ts
 * import { fitMoments, principalComponents } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { directions } = principalComponents(fitMoments(Float32Array.of(1, 1, 2, 2, 3, 3), 2));
 * assert.ok(Math.abs(directions[0]! - Math.SQRT1_2) < 1e-12 && Math.abs(directions[1]! - Math.SQRT1_2) < 1e-12);
 * ```
 */
export function principalComponents(moments: GaussianMoments): PrincipalComponents {
  const { width, factor } = moments;
  const covariance = new Matrix(width, width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += factor[i * width + k]! * factor[j * width + k]!;
      covariance.set(i, j, sum);
      covariance.set(j, i, sum);
    }
  }
  const eigen = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const columns = eigen.eigenvectorMatrix;
  const order = eigen.realEigenvalues.map((value, at) => ({ value, at })).sort((a, b) => b.value - a.value);
  const directions = new Float64Array(width * width);
  order.forEach(({ at }, c) => {
    const row = directions.subarray(c * width, (c + 1) * width);
    let greatest = 0;
    for (let i = 0; i < width; i++) {
      row[i] = columns.get(i, at);
      if (Math.abs(row[i]!) > Math.abs(greatest)) greatest = row[i]!;
    }
    if (greatest < 0) row.forEach((value, i) => row[i] = -value);
  });
  return { width, variances: Float64Array.from(order, ({ value }) => Math.max(0, value)), directions };
}

/**
 * Cuts a Gaussian down to its k leading components.
 *
 * @param moments The Gaussian.
 * @param components k, 1..D; D keeps everything.
 * @returns The Gaussian that varies along k directions.
 * @throws {RangeError} When there are not so many components.
 *
 * @example Nearly all variance of two columns that move together is along one direction
 * ```ts
 * import { fitMoments, truncateMoments } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.ok(truncateMoments(fitMoments(Float32Array.of(1, 1, 2, 2, 3, 3), 2), 1).explained > 0.999);
 * ```
 */
export function truncateMoments(moments: GaussianMoments, components: number): TruncatedMoments {
  const { width, mean, factor } = moments;
  if (!Number.isInteger(components) || components < 1 || components > width) {
    throw new RangeError(
      `Cannot keep ${components} components of a Gaussian: expected a whole number from 1 to its width, ${width}`,
    );
  }
  const principal = principalComponents(moments);
  const directions = principal.directions.slice(0, components * width);
  const loadings = new Float64Array(components * width);
  for (let c = 0; c < components; c++) {
    const row = loadings.subarray(c * width, (c + 1) * width);
    for (let i = 0; i < width; i++) {
      const share = directions[c * width + i]!;
      for (let j = 0; j <= i; j++) row[j]! += share * factor[i * width + j]!;
    }
  }
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const explained = sum(principal.variances.subarray(0, components)) / sum(principal.variances);
  return { width, components, mean, directions, loadings, explained };
}
