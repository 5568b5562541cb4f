/**
 * Compares stripes of rows with a block of earlier rows, in this thread or in a worker.
 *
 * A product gives every cosine within a bound, and the largest of each row, each column and each 32 neighbours. Only where such a
 * largest one could matter (above a threshold that is still open, or nearer than the nearest) are the cosines themselves
 * looked at, and only those that the bound leaves open are computed in float64.
 */
import { dotRows, type PreparedRows, type Product, PRODUCT_BINS, PRODUCT_GROUP, Products } from "@/similarity/mod.ts";
import { BinCounter } from "./_bin_counter.ts";
import type { Conflict, RowBlock, Stripe, StripeResult, StripeSettings } from "./_stripe.ts";
import { type Reading, readingOf, valueAt } from "./_reading.ts";
import { ThresholdSet } from "./_threshold_set.ts";

/** A stripe on its way: what is known of its rows. */
interface Work {
  readonly from: number;
  readonly right: PreparedRows;
  readonly above: Uint8Array;
  readonly dead: Uint8Array;
  readonly best: Float64Array;
  /** Nearest row found in this stripe's work; -1 for none. */
  readonly index: Int32Array;
  readonly conflicts: Map<number, Uint32Array>;
}

/** One product within a stripe. */
interface Tile {
  readonly product: Product;
  readonly reading: Reading;
  readonly left: PreparedRows;
  /** The left rows' first row within the block. */
  readonly first: number;
}

/** Compares stripes. */
export class StripeEngine implements AsyncDisposable {
  readonly #settings: StripeSettings;
  readonly #products: Products;
  readonly #thresholds: ThresholdSet;
  readonly #bins = new BinCounter();
  #from = 0;
  #chunks: PreparedRows[] = [];
  /** Thresholds at which a row of the block is, or may yet be, kept. */
  #alive = new Uint8Array(0);
  #settled = false;
  #best = new Float64Array(0);
  #index = new Int32Array(0);

  private constructor(settings: StripeSettings, products: Products) {
    this.#settings = settings;
    this.#products = products;
    this.#thresholds = new ThresholdSet(settings.thresholds);
  }

  /** Loads the graphs. */
  static async create(settings: StripeSettings): Promise<StripeEngine> {
    const { width, precision, block, histogram } = settings;
    // The bound of int8 leaves so many cosines open that their bins would leave half as many again.
    const scores = precision === "int8";
    const products = await Products.create({ width, precision, block, histogram, columns: true, scores });
    return new StripeEngine(settings, products);
  }

  /** Takes the rows that the next stripes are compared with; which of them are kept is not yet known. */
  load({ from, rows, dead, best }: RowBlock): void {
    const { width, block } = this.#settings;
    this.#from = from;
    this.#chunks = [];
    for (let at = 0; at < rows.length; at += block * width) {
      this.#chunks.push(this.#products.left(rows.subarray(at, at + block * width)));
    }
    this.#alive = dead.map((mask) => ~mask & this.#thresholds.all);
    this.#settled = false;
    this.#best = best.slice();
    this.#index = new Int32Array(best.length).fill(-1);
  }

  /** Takes which rows of the block are kept, [M]. */
  settle(kept: Uint8Array): void {
    this.#alive = kept.slice();
    this.#settled = true;
  }

  /** Compares a stripe with all rows of the block that come before. */
  async compare(stripe: Stripe): Promise<StripeResult> {
    const { block } = this.#settings;
    const inside = stripe.from - this.#from; // of a stripe within the block
    const last = stripe.rows === undefined ? inside / block : this.#chunks.length;
    const right = this.#products.right(stripe.rows ?? this.#chunks[last]!.stored);
    const work: Work = {
      from: stripe.from,
      right,
      above: stripe.above.slice(),
      dead: stripe.dead.slice(),
      best: stripe.best.slice(),
      index: new Int32Array(right.count).fill(-1),
      conflicts: new Map(),
    };
    for (let c = 0; c < last; c++) await this.#tile(work, c, false);
    if (stripe.rows === undefined) await this.#tile(work, last, true);
    return {
      above: work.above,
      dead: work.dead,
      nearer: this.#takeNearer(work),
      histogram: this.#bins.take(),
      conflicts: [...work.conflicts].map(([row, bits]): Conflict => ({ row, bits })),
    };
  }

  async #tile(work: Work, chunk: number, diagonal: boolean): Promise<void> {
    const left = this.#chunks[chunk]!;
    const product = await this.#products.multiply(left, work.right, { diagonal });
    const tile = { product, reading: readingOf(product), left, first: chunk * this.#settings.block };
    if (this.#settings.histogram) this.#countBins(product, left.count, work.right.count, diagonal);
    this.#columns(work, tile);
    this.#rows(work, tile);
  }

  #countBins({ bins, rows, columns }: Product, m: number, n: number, diagonal: boolean): void {
    this.#bins.add(bins);
    const masked = diagonal ? rows * (rows + 1) / 2 : 0, pairs = diagonal ? n * (n - 1) / 2 : m * n;
    this.#bins.remove(0, masked);
    this.#bins.remove(PRODUCT_BINS.middle, rows * columns - masked - pairs); // padding
  }

  /** Looks for a nearer row of the block for each row of the stripe, the likeliest first. */
  #columns(work: Work, tile: Tile): void {
    const { product: { columnMax, columnGroups, rows, columns, bound }, reading, left } = tile, { best } = work;
    const { values, reach } = reading;
    for (let j = 0; j < work.right.count; j++) {
      if (!(columnMax[j]! + bound >= best[j]!)) continue;
      const likeliest = largest(columnGroups, j, columns, 0, rows / PRODUCT_GROUP) * PRODUCT_GROUP;
      const first = largest(values, j, columns, likeliest, Math.min(left.count, likeliest + PRODUCT_GROUP));
      if (first >= 0 && valueAt(reading, first * columns + j) + reach >= best[j]!) this.#meet(work, tile, first, j);
      for (let g = 0; g * PRODUCT_GROUP < left.count; g++) {
        if (!(columnGroups[g * columns + j]! + bound >= best[j]!)) continue;
        const end = Math.min(left.count, (g + 1) * PRODUCT_GROUP);
        for (let i = g * PRODUCT_GROUP; i < end; i++) {
          if (valueAt(reading, i * columns + j) + reach >= best[j]! && i !== first) this.#meet(work, tile, i, j);
        }
      }
    }
  }

  /** Looks for conflicts, and for a nearer row of the stripe for each row of the block. */
  #rows(work: Work, tile: Tile): void {
    const { all, lowest } = this.#thresholds, { above, dead, right } = work;
    const { product: { rowMax, bound }, left, first } = tile;
    let allAbove = all, allDead = all;
    for (let j = 0; j < right.count; j++) {
      allAbove &= above[j]!;
      allDead &= dead[j]!;
    }
    for (let i = 0; i < left.count; i++) {
      const row = first + i, top = rowMax[i]! + bound;
      if (top >= this.#best[row]!) this.#nearestOf(work, tile, i);
      const threshold = lowest[(all & ~allAbove) | (this.#alive[row]! & ~allDead)]!;
      if (top > threshold) this.#conflictsOf(work, tile, i, threshold);
    }
  }

  #nearestOf(work: Work, tile: Tile, i: number): void {
    const { product: { rowGroups, columns, bound }, reading } = tile,
      { count } = work.right,
      { values, reach } = reading;
    const row = tile.first + i, groups = columns / PRODUCT_GROUP, at = i * columns;
    const likeliest = largest(rowGroups, i * groups, 1, 0, groups) * PRODUCT_GROUP;
    const first = largest(values, at, 1, likeliest, Math.min(count, likeliest + PRODUCT_GROUP));
    if (first >= 0 && valueAt(reading, at + first) + reach >= this.#best[row]!) this.#meet(work, tile, i, first);
    for (let g = 0; g < groups; g++) {
      if (!(rowGroups[i * groups + g]! + bound >= this.#best[row]!)) continue;
      const end = Math.min(count, (g + 1) * PRODUCT_GROUP);
      for (let j = g * PRODUCT_GROUP; j < end; j++) {
        if (valueAt(reading, at + j) + reach >= this.#best[row]! && j !== first) this.#meet(work, tile, i, j);
      }
    }
  }

  #conflictsOf(work: Work, tile: Tile, i: number, threshold: number): void {
    const { product: { rowGroups, columns, bound }, reading } = tile, { count } = work.right;
    const groups = columns / PRODUCT_GROUP, at = i * columns;
    for (let g = 0; g < groups; g++) {
      if (!(rowGroups[i * groups + g]! + bound > threshold)) continue;
      const end = Math.min(count, (g + 1) * PRODUCT_GROUP);
      for (let j = g * PRODUCT_GROUP; j < end; j++) {
        const score = valueAt(reading, at + j);
        if (score + reading.reach > threshold) this.#judge(work, tile, i, j, score);
      }
    }
  }

  /** Cosine of two rows in float64. */
  #exact({ left }: Tile, i: number, { right }: Work, j: number): number {
    return dotRows(left.stored, i, right.stored, j, this.#settings.width) / (left.norms[i]! * right.norms[j]!);
  }

  /** Takes two rows as each other's nearest, where they are. */
  #meet(work: Work, tile: Tile, i: number, j: number): void {
    const cosine = this.#exact(tile, i, work, j);
    const row = tile.first + i, [a, b] = [this.#from + row, work.from + j];
    if (isNearer(cosine, a, work.best[j]!, work.index[j]!)) [work.best[j], work.index[j]] = [cosine, a];
    if (isNearer(cosine, b, this.#best[row]!, this.#index[row]!)) [this.#best[row], this.#index[row]] = [cosine, b];
  }

  /** Notes at which thresholds a pair conflicts, as far as that is not settled. */
  #judge(work: Work, tile: Tile, i: number, j: number, score: number): void {
    const thresholds = this.#thresholds, { reach } = tile.reading, { above, dead } = work;
    const row = tile.first + i, alive = this.#alive[row]!;
    const open = thresholds.below(score + reach) & (~above[j]! | (alive & ~dead[j]!)) & thresholds.all;
    if (open === 0) return;
    let hits = open & thresholds.below(score - reach);
    if (hits !== open) hits |= open & thresholds.below(this.#exact(tile, i, work, j));
    if (hits === 0) return;
    above[j]! |= hits;
    const deadly = hits & alive & ~dead[j]!;
    if (deadly === 0) return;
    if (this.#settled) dead[j]! |= deadly;
    else this.#noteConflict(work, row, j, deadly);
  }

  #noteConflict({ conflicts }: Work, row: number, j: number, mask: number): void {
    const words = this.#settings.block / 32, count = this.#settings.thresholds.length;
    let bits = conflicts.get(row);
    if (bits === undefined) conflicts.set(row, bits = new Uint32Array(count * words));
    for (let k = 0; k < count; k++) {
      if ((mask & 1 << k) !== 0) bits[k * words + (j >>> 5)]! |= 1 << (j & 31);
    }
  }

  /** Nearer rows that this stripe found, on both sides. */
  #takeNearer(work: Work): StripeResult["nearer"] {
    const row: number[] = [], index: number[] = [], cosine: number[] = [];
    const take = (from: number, found: Int32Array, best: Float64Array) =>
      found.forEach((nearest, i) => {
        if (nearest < 0) return;
        row.push(from + i);
        index.push(nearest);
        cosine.push(best[i]!);
      });
    take(work.from, work.index, work.best);
    take(this.#from, this.#index, this.#best);
    this.#index.fill(-1);
    return { row: Uint32Array.from(row), index: Uint32Array.from(index), cosine: Float64Array.from(cosine) };
  }

  /** Frees the runtime's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#products[Symbol.asyncDispose]();
  }
}

/** Whether a row at some cosine is nearer than the nearest so far; of two at one cosine it is the one with the smaller number. */
function isNearer(cosine: number, row: number, best: number, index: number): boolean {
  return cosine > best || (cosine === best && (index < 0 || row < index));
}

/** Which of values[at + k * step], begin <= k < end, is the largest; -1 of none. */
function largest(values: Float32Array | Uint8Array, at: number, step: number, begin: number, end: number): number {
  let found = -1, most = -Infinity;
  for (let k = begin; k < end; k++) {
    const value = values[at + k * step]!;
    if (value > most) [found, most] = [k, value];
  }
  return found;
}
