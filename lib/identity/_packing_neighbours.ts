/**
 * Each row's K hardest neighbours: the other rows with the largest cosines, found by blocks.
 *
 * The products of a block of rows with a block of columns serve both, so only half of the N x N products is computed,
 * and never more than one block of them is in memory.
 */
import { breathe } from "./_breathe.ts";
import type { BlockProducts } from "./_packing_products.ts";

/** Lists of the K hardest neighbours of N rows, among themselves or among other rows. */
export class NeighbourLists {
  /** Number of rows N. */
  readonly count: number;
  /** Length K of a list, at most the number of neighbours there are. */
  readonly length: number;
  /** Neighbours [N, K]; ascending in each row once {@link findNeighbours} is done. */
  readonly rows: Int32Array;
  readonly #cosines: Float32Array;
  readonly #least: Float32Array;
  readonly #leastAt: Int32Array;

  constructor(count: number, length: number, there: number = count - 1) {
    this.count = count;
    this.length = Math.min(length, there);
    this.rows = new Int32Array(count * this.length);
    this.#cosines = new Float32Array(count * this.length);
    this.#least = new Float32Array(count);
    this.#leastAt = new Int32Array(count);
  }

  /** Forgets all neighbours. */
  clear(): void {
    this.#cosines.fill(-Infinity);
    this.#least.fill(-Infinity);
    this.#leastAt.fill(0);
  }

  /**
   * Offers the products of rows from.. with columns at.. [B, C]; where both are the same rows, those above the
   * diagonal.
   */
  offer(products: Float32Array, from: number, at: number, columns: number): void {
    const least = this.#least;
    const rows = products.length / columns;
    for (let r = 0; r < rows; r++) {
      const i = from + r, line = r * columns;
      let floor = least[i]!;
      for (let c = from === at ? r + 1 : 0; c < columns; c++) {
        const cosine = products[line + c]!, j = at + c;
        if (cosine > floor) {
          this.#take(i, j, cosine);
          floor = least[i]!;
        }
        if (cosine > least[j]!) this.#take(j, i, cosine);
      }
    }
  }

  /** Offers the products of rows from.. with other rows at.. [B, C]; those are neighbours only. */
  offerOthers(products: Float32Array, from: number, at: number, columns: number): void {
    const least = this.#least;
    for (let v = 0, i = from; v < products.length; i++) {
      for (let c = 0; c < columns; c++, v++) if (products[v]! > least[i]!) this.#take(i, at + c, products[v]!);
    }
  }

  /** Puts each list in ascending order of rows, so that sums over it do not depend on the order of finding. */
  sort(): void {
    for (let i = 0; i < this.count; i++) this.rows.subarray(i * this.length, (i + 1) * this.length).sort();
  }

  /** Largest cosine of all, as the products gave it. */
  largest(): number {
    let largest = -Infinity;
    for (const cosine of this.#cosines) if (cosine > largest) largest = cosine;
    return largest;
  }

  #take(i: number, j: number, cosine: number): void {
    const from = i * this.length, to = from + this.length, slot = from + this.#leastAt[i]!;
    this.rows[slot] = j;
    this.#cosines[slot] = cosine;
    let at = from;
    for (let k = from + 1; k < to; k++) if (this.#cosines[k]! < this.#cosines[at]!) at = k;
    this.#leastAt[i] = at - from;
    this.#least[i] = this.#cosines[at]!;
  }
}

/** Fills the lists for unit rows [N, D]; `look` sees each block of products as well. */
export async function findNeighbours(
  lists: NeighbourLists,
  products: BlockProducts,
  rows: Float32Array,
  blockRows: number,
  signal: AbortSignal | undefined,
  look: TakeBlock = () => {},
): Promise<void> {
  lists.clear();
  await forBlocks(lists.count, rows, blockRows, products, signal, (values, from, at, columns) => {
    lists.offer(values, from, at, columns);
    look(values, from, at, columns);
  });
  lists.sort();
}

/** Takes the products of one block of rows with one of columns: values [B, C], first row, first column, C. */
export type TakeBlock = (values: Float32Array, from: number, at: number, columns: number) => void;

/** Products of all blocks of unit rows [N, D] with all of others [M, D]. */
export async function forBlocksOf(
  rows: Float32Array,
  others: Float32Array,
  width: number,
  blockRows: number,
  products: BlockProducts,
  signal: AbortSignal | undefined,
  take: TakeBlock,
): Promise<void> {
  const step = blockRows * width;
  for (let from = 0; from < rows.length; from += step) {
    await breathe(signal);
    for (let at = 0; at < others.length; at += step) {
      const columns = others.subarray(at, at + step);
      const values = await products.run(rows.subarray(from, from + step), columns);
      take(values, from / width, at / width, columns.length / width);
    }
  }
}

/** Products of all pairs of blocks of unit rows [N, D] on and above the diagonal. */
export async function forBlocks(
  count: number,
  rows: Float32Array,
  blockRows: number,
  products: BlockProducts,
  signal: AbortSignal | undefined,
  take: TakeBlock,
): Promise<void> {
  const width = rows.length / count;
  const block = (from: number) => rows.subarray(from * width, Math.min(count, from + blockRows) * width);
  for (let from = 0; from < count; from += blockRows) {
    await breathe(signal);
    for (let at = from; at < count; at += blockRows) {
      const columns = block(at);
      take(await products.run(block(from), columns), from, at, columns.length / width);
    }
  }
}
