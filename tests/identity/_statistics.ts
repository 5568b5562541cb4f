/** Sums over many drawn rows, and how far they may lie from what they estimate. */
import { dot, type GaussianMoments, type IdentitySampler, sampledVectors } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";

/** The first rows of a sampler, one after another [N, D]. */
export function rowsOf(sampler: IdentitySampler, count: number): Float32Array {
  const source = sampledVectors(sampler, count);
  const out = new Float32Array(count * source.width);
  for (let row = 0; row < count; row++) out.set(source.vector(row), row * source.width);
  return out;
}

/** Covariance L L^T [D, D] of a factor of D rows and K columns. */
export function covarianceOf(factor: Float64Array, width: number, columns: number = width): Float64Array {
  const row = (i: number) => factor.subarray(i * columns, (i + 1) * columns);
  return Float64Array.from({ length: width * width }, (_, at) => dot(row(Math.floor(at / width)), row(at % width)));
}

/**
 * Largest distance of a sample's mean and covariance from a normal distribution's, in standard errors.
 *
 * Standard error of a mean: sqrt(C_ii / N); of a covariance: sqrt((C_ii C_jj + C_ij^2) / (N - 1)).
 */
export function worstStandardErrors(
  rows: Float32Array,
  mean: ArrayLike<number>,
  covariance: ArrayLike<number>,
): { mean: number; covariance: number } {
  const width = mean.length, count = rows.length / width;
  const found = new Float64Array(width), products = new Float64Array(width * width);
  for (let at = 0; at < rows.length; at += width) {
    for (let i = 0; i < width; i++) found[i]! += rows[at + i]! / count;
  }
  for (let at = 0; at < rows.length; at += width) {
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) {
        products[i * width + j]! += (rows[at + i]! - found[i]!) * (rows[at + j]! - found[j]!) / (count - 1);
      }
    }
  }
  const worst = { mean: 0, covariance: 0 };
  for (let i = 0; i < width; i++) {
    const own = covariance[i * width + i]!;
    worst.mean = Math.max(worst.mean, Math.abs(found[i]! - mean[i]!) / Math.sqrt(own / count));
    for (let j = 0; j < width; j++) {
      const wanted = covariance[i * width + j]!;
      const error = Math.sqrt((own * covariance[j * width + j]! + wanted * wanted) / (count - 1));
      worst.covariance = Math.max(worst.covariance, Math.abs(products[i * width + j]! - wanted) / error);
    }
  }
  return worst;
}

/** Squared distance from the mean in units of the covariance: |L^-1 (x - mean)|^2, chi-squared of D degrees. */
export function mahalanobis(vector: ArrayLike<number>, { width, mean, factor }: GaussianMoments): number {
  const z = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    let sum = vector[i]! - mean[i]!;
    for (let j = 0; j < i; j++) sum -= factor[i * width + j]! * z[j]!;
    z[i] = sum / factor[i * width + i]!;
  }
  return dot(z, z);
}

/** Normal rows [N, D] for tests. */
export function normalRows(count: number, width: number, seed = 1): Float32Array {
  return new RandomStream(seed, "noise for tests").fillNormal(new Float32Array(count * width));
}
