/** Finds the nearest held row for each row of a block, in this thread or in a worker. */
import { type PreparedRows, type Product, PRODUCT_GROUP, Products } from "./products.ts";
import { dotRows } from "./row_math.ts";

/** Rows that the next blocks are compared with, in place of those held before. */
export interface HoldRequest {
  readonly hold: {
    readonly width: number;
    readonly blockRows: number;
    readonly precision: "int8" | "float32";
    /** Cosines above which pairs are counted, ascending. */
    readonly thresholds: readonly number[];
    /** Number of the first held row in its set. */
    readonly first: number;
    /** Rows as stored [M, D]. */
    readonly rows: Float32Array;
  };
}

/** A block to compare with the held rows. */
export interface NearestRequest {
  readonly nearest: {
    /** Rows as stored [N, D]. */
    readonly rows: Float32Array;
    /** Row of the second set that row i is not compared with; -1 for none [N]; empty when nobody is excepted. */
    readonly except: Int32Array;
    /** Largest cosines so far [N]. */
    readonly cosine: Float64Array;
    /** Rows at those cosines, -1 where there is none yet [N]. */
    readonly index: Int32Array;
  };
}

/** The nearest rows so far, and how many pairs of this request lie above each threshold. */
export interface NearestFound {
  readonly cosine: Float64Array<ArrayBuffer>;
  readonly index: Int32Array<ArrayBuffer>;
  readonly above: Float64Array<ArrayBuffer>;
}

/** What a block has in its sight while it goes along the held rows. */
interface Search {
  readonly left: PreparedRows;
  readonly except: Int32Array;
  readonly found: NearestFound;
}

/** Sessions by shape; they stay for the life of the thread, as making them anew would leak. */
const opened = new Map<string, Promise<Products>>();

function open({ precision, width, blockRows }: HoldRequest["hold"]): Promise<Products> {
  const key = `${precision} ${width} ${blockRows}`;
  let made = opened.get(key);
  if (made === undefined) opened.set(key, made = Products.create({ width, precision, block: blockRows }));
  return made;
}

/** Holds rows and looks among them. */
export class NearestEngine {
  #held: HoldRequest["hold"] | undefined;
  #chunks: PreparedRows[] = [];

  /** Answers a request. */
  async answer(request: HoldRequest | NearestRequest): Promise<NearestFound | undefined> {
    if ("nearest" in request) return await this.#nearest(request.nearest);
    await this.#hold(request.hold);
  }

  async #hold(hold: HoldRequest["hold"]): Promise<void> {
    const products = await open(hold);
    const step = hold.blockRows * hold.width;
    this.#held = hold;
    this.#chunks = [];
    for (let at = 0; at < hold.rows.length; at += step) {
      this.#chunks.push(products.right(hold.rows.subarray(at, at + step)));
    }
  }

  async #nearest({ rows, except, cosine, index }: NearestRequest["nearest"]): Promise<NearestFound> {
    const held = this.#held!, products = await open(held);
    const left = products.left(rows);
    const above = new Float64Array(held.thresholds.length);
    const found = { cosine: Float64Array.from(cosine), index: Int32Array.from(index), above };
    let first = held.first;
    for (const right of this.#chunks) {
      this.#look(await products.multiply(left, right), right, first, { left, except, found });
      first += right.count;
    }
    return found;
  }

  /** Goes through one product. */
  #look(product: Product, right: PreparedRows, first: number, { left, except, found }: Search): void {
    const { rowMax, rowGroups, scores, columns, bound } = product;
    const { width, thresholds } = this.#held!;
    const { cosine: best, index, above } = found;
    const groups = columns / PRODUCT_GROUP, lowest = thresholds[0] ?? Infinity;
    for (let i = 0; i < left.count; i++) {
      const top = rowMax[i]! + bound;
      if (!(top >= best[i]! || top > lowest)) continue;
      const skipped = except.length === 0 ? -1 : except[i]! - first;
      const exact = (j: number) => dotRows(left.stored, i, right.stored, j, width) / (left.norms[i]! * right.norms[j]!);
      const meet = (j: number): number => {
        const cosine = exact(j), row = first + j;
        if (cosine > best[i]! || (cosine === best[i]! && (index[i]! < 0 || row < index[i]!))) {
          [best[i], index[i]] = [cosine, row];
        }
        return cosine;
      };
      if (top >= best[i]!) {
        const likeliest = largest(product, i, right.count, skipped);
        if (likeliest >= 0 && scores[i * columns + likeliest]! + bound >= best[i]!) meet(likeliest);
      }
      for (let g = 0; g < groups; g++) {
        const most = rowGroups[i * groups + g]! + bound;
        if (!(most >= best[i]! || most > lowest)) continue;
        const end = Math.min(right.count, (g + 1) * PRODUCT_GROUP);
        for (let j = g * PRODUCT_GROUP; j < end; j++) {
          const score = scores[i * columns + j]!, high = score + bound;
          if (!(high >= best[i]! || high > lowest) || j === skipped) continue;
          let cosine = high >= best[i]! ? meet(j) : NaN;
          for (let k = 0; k < thresholds.length && high > thresholds[k]!; k++) {
            if (!(score - bound > thresholds[k]!)) {
              if (Number.isNaN(cosine)) cosine = exact(j);
              if (!(cosine > thresholds[k]!)) break;
            }
            above[k]!++;
          }
        }
      }
    }
  }
}

/** Column with the largest cosine in the group that promises most; -1 when that is only the skipped one. */
function largest({ rowGroups, scores, columns }: Product, i: number, count: number, skipped: number): number {
  const groups = columns / PRODUCT_GROUP;
  let group = 0;
  for (let g = 1; g < groups; g++) if (rowGroups[i * groups + g]! > rowGroups[i * groups + group]!) group = g;
  let found = -1;
  for (let j = group * PRODUCT_GROUP, end = Math.min(count, j + PRODUCT_GROUP); j < end; j++) {
    if (j !== skipped && (found < 0 || scores[i * columns + j]! > scores[i * columns + found]!)) found = j;
  }
  return found;
}
