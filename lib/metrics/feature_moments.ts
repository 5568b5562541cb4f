/**
 * Mean and covariance of features met block by block, in memory that does not grow.
 *
 * Blocks are joined as by T. Chan, G. Golub and R. LeVeque, "Algorithms for computing the sample variance", The American
 * Statistician 37 (1983) 242: each block is centred on its own mean first, so that nothing cancels.
 */
import { wholeRows } from "@/evaluation/mod.ts";

/** Rows that are centred together. */
const BLOCK = 256;

/**
 * Mean and covariance of rows of one width.
 *
 * @example Three rows in two pieces
 * ```ts
 * import { FeatureMoments } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const moments = new FeatureMoments(2);
 * moments.add(Float32Array.of(1, 0, 2, 0));
 * moments.add(Float32Array.of(3, 3));
 * assert.deepEqual([moments.count, [...moments.mean], [...moments.covariance()]], [3, [2, 1], [1, 1.5, 1.5, 3]]);
 * ```
 */
export class FeatureMoments {
  /** Width D. */
  readonly width: number;
  /** Mean of the rows so far [D]. */
  readonly mean: Float64Array;
  /** Sums of products of deviations [D, D], lower triangle. */
  readonly #products: Float64Array;
  #count = 0;

  /**
   * Starts without a row.
   *
   * @param width D, at least 1.
   */
  constructor(width: number) {
    this.width = width;
    this.mean = new Float64Array(width);
    this.#products = new Float64Array(width * width);
  }

  /** Number of rows. */
  get count(): number {
    return this.#count;
  }

  /**
   * Takes rows in; takes n D^2 / 2 products.
   *
   * @param rows Rows [n, D].
   * @throws {TypeError} When the values do not make whole rows.
   * @throws {RangeError} When a value is not finite.
   */
  add(rows: Float32Array): void {
    const n = wholeRows(rows, this.width, "measure moments");
    for (let from = 0; from < n; from += BLOCK) {
      this.#block(rows.subarray(from * this.width, Math.min(n, from + BLOCK) * this.width));
    }
  }

  /**
   * All that it knows in one array, so that it can be saved and taken up again.
   *
   * @returns The state; a copy.
   */
  state(): Float64Array {
    const all = new Float64Array(1 + this.mean.length + this.#products.length);
    all[0] = this.#count;
    all.set(this.mean, 1);
    all.set(this.#products, 1 + this.width);
    return all;
  }

  /**
   * Takes up a saved state in place of its own.
   *
   * @param state From {@linkcode FeatureMoments.state} of rows of the same width.
   * @throws {SyntaxError} When it has another length.
   */
  restore(state: Float64Array): void {
    const { width } = this, length = 1 + width + width * width;
    if (state.length !== length) {
      throw new SyntaxError(`Cannot restore moments of width ${width}: ${state.length} values, expected ${length}`);
    }
    this.#count = state[0]!;
    this.mean.set(state.subarray(1, 1 + width));
    this.#products.set(state.subarray(1 + width));
  }

  #block(rows: Float32Array): void {
    const { width, mean } = this, products = this.#products, n = rows.length / width;
    const middle = new Float64Array(width);
    for (let at = 0; at < rows.length; at++) middle[at % width]! += rows[at]! / n;
    const bad = middle.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new RangeError(`Cannot measure moments: a value of column ${bad} is NaN or infinite`);
    // Columns side by side, so that the innermost loop runs along one of them.
    const columns = Float64Array.from(
      { length: width * n },
      (_, at) => rows[at % n * width + Math.floor(at / n)]! - middle[Math.floor(at / n)]!,
    );
    const shift = middle.map((value, c) => value - mean[c]!), all = this.#count + n;
    const weight = this.#count * n / all;
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) {
        products[i * width + j]! += dot(columns, i * n, j * n, n) + shift[i]! * shift[j]! * weight;
      }
    }
    for (let c = 0; c < width; c++) mean[c]! += shift[c]! * n / all;
    this.#count = all;
  }

  /**
   * Covariance, divided by N - 1 as numpy.cov does.
   *
   * @returns The matrix [D, D].
   * @throws {RangeError} When there are fewer than two rows.
   */
  covariance(): Float64Array {
    if (this.#count < 2) throw new RangeError(`Cannot find the covariance of ${this.#count} rows: expected at least 2`);
    const { width } = this, out = new Float64Array(width * width);
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) {
        out[i * width + j] = out[j * width + i] = this.#products[i * width + j]! / (this.#count - 1);
      }
    }
    return out;
  }
}

function dot(values: Float64Array, a: number, b: number, n: number): number {
  let p = 0, q = 0;
  const even = n & ~1;
  for (let k = 0; k < even; k += 2) {
    p += values[a + k]! * values[b + k]!;
    q += values[a + k + 1]! * values[b + k + 1]!;
  }
  return even < n ? p + q + values[a + even]! * values[b + even]! : p + q;
}
