/** The largest cosine between two rows of a set, exact in float64, by blocks. */
import { forBlocks } from "./_packing_neighbours.ts";
import { type BlockProducts, productError } from "./_packing_products.ts";

/**
 * Finds it: float32 products tell which pairs can be the largest, `exact` decides.
 *
 * @param rows Unit rows [N, D], rounded to float32; N at least 2.
 * @param exact Cosine of rows i and j in float64.
 */
export async function largestCosine(
  count: number,
  rows: Float32Array,
  exact: (i: number, j: number) => number,
  products: BlockProducts,
  blockRows: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const error = productError(rows.length / count);
  let best = -Infinity;
  await forBlocks(count, rows, blockRows, products, signal, (values, from, at, columns) => {
    const starts = (r: number) => from === at ? r + 1 : 0;
    const lines = values.length / columns;
    let [r0, c0, high] = [-1, -1, -Infinity];
    for (let r = 0; r < lines; r++) {
      for (let c = starts(r); c < columns; c++) {
        const value = values[r * columns + c]!;
        if (value > high) [r0, c0, high] = [r, c, value];
      }
    }
    if (high + error <= best) return;
    best = Math.max(best, exact(from + r0, at + c0)); // the block's largest first: then few others are left to check
    for (let r = 0; r < lines; r++) {
      for (let c = starts(r); c < columns; c++) {
        if (values[r * columns + c]! + error > best) best = Math.max(best, exact(from + r, at + c));
      }
    }
  });
  return best;
}
