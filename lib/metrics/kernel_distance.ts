/**
 * Kernel distance between two sets of features: KID, which small samples do not bias.
 *
 * M. Binkowski and others, "Demystifying MMD GANs", ICLR 2018 (https://arxiv.org/abs/1801.01401): the unbiased estimate of the squared
 * maximum mean discrepancy with the kernel (x y / D + 1)^3, over subsets drawn without replacement; mean and standard
 * deviation over the subsets, as torch-fidelity reports them.
 */
import { wholeRows } from "@/evaluation/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { dotRows } from "@/similarity/mod.ts";

/** What {@linkcode kernelDistance} finds. */
export interface KernelDistance {
  /** Mean over the subsets; can be a little below 0 for sets that are alike. */
  readonly mean: number;
  /** Population standard deviation over the subsets. */
  readonly sd: number;
  /** Rows of each side in a subset. */
  readonly subset: number;
}

/** Options of {@linkcode kernelDistance}. */
export interface KernelDistanceOptions {
  /** Subsets drawn. @default {10} */
  readonly subsets?: number;
  /** Rows of each side in a subset; all of the smaller side when it has fewer. @default {1000} */
  readonly subsetSize?: number;
  /** Seed of the draw. @default {0} */
  readonly seed?: number | bigint;
}

/**
 * Kernel distance of two sets.
 *
 * Takes 2 n^2 D products for each subset of n rows.
 *
 * @param a Features [N, D], at least two rows.
 * @param b Features [M, D], at least two rows.
 * @param width D.
 * @param options Subsets.
 * @returns Mean and spread.
 * @throws {RangeError} When a side has fewer than two rows, or an option is out of range.
 *
 * @example Two sets far apart
 * ```ts
 * import { kernelDistance } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(kernelDistance(Float32Array.of(1, 1), Float32Array.of(-1, -1), 1).mean, 16);
 * ```
 */
export function kernelDistance(
  a: Float32Array,
  b: Float32Array,
  width: number,
  options: KernelDistanceOptions = {},
): KernelDistance {
  const { subsets = 10, subsetSize = 1000, seed = 0 } = options;
  const n = wholeRows(a, width, "find the kernel distance"), m = wholeRows(b, width, "find the kernel distance");
  const subset = Math.min(n, m, subsetSize);
  if (!(subset >= 2) || !Number.isInteger(subset) || !Number.isInteger(subsets) || subsets < 1) {
    throw new RangeError(
      `Cannot find the kernel distance of ${n} and ${m} rows in ${subsets} subsets of ${subsetSize}: ` +
        "expected at least 2 rows on each side and 1 subset",
    );
  }
  const values = Float64Array.from({ length: subsets }, (_, k) => {
    const pick = (side: string, count: number) =>
      new RandomStream(seed, `kernel distance ${side}`, k).permutation(count).subarray(0, subset);
    return discrepancy(a, pick("a", n), b, pick("b", m), width);
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / subsets;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / subsets;
  return { mean, sd: Math.sqrt(variance), subset };
}

/** Unbiased squared discrepancy of chosen rows. */
function discrepancy(a: Float32Array, i: ArrayLike<number>, b: Float32Array, j: ArrayLike<number>, width: number) {
  const n = i.length;
  const kernel = (x: Float32Array, p: number, y: Float32Array, q: number) =>
    (dotRows(x, p, y, q, width) / width + 1) ** 3;
  let inside = 0, across = 0;
  for (let p = 0; p < n; p++) {
    for (let q = 0; q < n; q++) {
      across += kernel(a, i[p]!, b, j[q]!);
      if (q < p) inside += kernel(a, i[p]!, a, i[q]!) + kernel(b, j[p]!, b, j[q]!);
    }
  }
  return 2 * inside / (n * (n - 1)) - 2 * across / (n * n);
}
