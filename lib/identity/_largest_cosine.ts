/** The largest cosine between two rows, of one set or of two, exact in float64, by blocks. */
import { forBlocks, forBlocksOf, type TakeBlock } from "./_packing_neighbours.ts";
import { type BlockProducts, productError } from "./_packing_products.ts";

/** What both searches need. */
export interface LargestOptions {
  /** Cosine of rows i and j in float64. */
  readonly exact: (i: number, j: number) => number;
  readonly products: BlockProducts;
  readonly blockRows: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Finds it in one set: float32 products tell which pairs can be the largest, `exact` decides.
 *
 * @param rows Unit rows [N, D], rounded to float32; N at least 2.
 */
export async function largestCosine(count: number, rows: Float32Array, options: LargestOptions): Promise<number> {
  const { products, blockRows, signal } = options, search = new Search(rows.length / count, options.exact);
  await forBlocks(count, rows, blockRows, products, signal, (values, from, at, columns) => {
    search.look(values, from, at, columns, from === at);
  });
  return search.best;
}

/**
 * Finds it between two sets.
 *
 * @param rows Unit rows [N, D], rounded to float32.
 * @param others Unit rows [M, D], rounded to float32.
 */
export async function largestBetween(
  rows: Float32Array,
  others: Float32Array,
  width: number,
  options: LargestOptions,
): Promise<number> {
  const { products, blockRows, signal } = options, search = new Search(width, options.exact);
  const take: TakeBlock = (values, from, at, columns) => search.look(values, from, at, columns, false);
  await forBlocksOf(rows, others, width, blockRows, products, signal, take);
  return search.best;
}

/** The largest so far. */
class Search {
  best = -Infinity;
  readonly #error: number;
  readonly #exact: (i: number, j: number) => number;

  constructor(width: number, exact: (i: number, j: number) => number) {
    this.#error = productError(width);
    this.#exact = exact;
  }

  /** Goes through a block; of one on the diagonal only what is above it counts. */
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
