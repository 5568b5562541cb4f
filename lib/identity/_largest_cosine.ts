/** The largest cosine between two rows, of one set or of two, exact in float64, from blocks of float32 products. */
import { productError } from "./_packing_products.ts";

/** Goes through blocks: their products tell which pairs can be the largest, and `exact` decides. */
export class LargestCosine {
  /** The largest so far; -Infinity before the first block. */
  best = -Infinity;
  readonly #error: number;
  readonly #exact: (i: number, j: number) => number;

  /** For unit rows of D values, rounded to float32; `exact` gives the cosine of row i and row j in float64. */
  constructor(width: number, exact: (i: number, j: number) => number) {
    this.#error = productError(width);
    this.#exact = exact;
  }

  /** Looks at the products of rows from.. with rows at.. [B, C]; on the `diagonal` of one set only what is above it counts. */
  look(values: Float32Array, from: number, at: number, columns: number, diagonal: boolean): void {
    const starts = (r: number) => diagonal ? r + 1 : 0;
    const lines = values.length / columns;
    let [r0, c0, high] = [-1, -1, -Infinity];
    for (let r = 0; r < lines; r++) {
      for (let c = starts(r); c < columns; c++) {
        const value = values[r * columns + c]!;
        if (value > high) [r0, c0, high] = [r, c, value];
      }
    }
    if (high + this.#error <= this.best) return;
    // The block's largest first: then few others are left to check.
    this.best = Math.max(this.best, this.#exact(from + r0, at + c0));
    for (let r = 0; r < lines; r++) {
      for (let c = starts(r); c < columns; c++) {
        if (values[r * columns + c]! + this.#error > this.best) {
          this.best = Math.max(this.best, this.#exact(from + r, at + c));
        }
      }
    }
  }
}
