/** Finds the pairs of one block of rows with one other that lie above a threshold, in this thread or in a worker. */
import { type PreparedRows, type Product, PRODUCT_GROUP, Products } from "./products.ts";
import { dotRows } from "./row_math.ts";

/** Rows that the next requests compare with. */
export interface LoadRequest {
  readonly load: {
    /** Number of the set; several may be loaded. */
    readonly set: number;
    readonly width: number;
    readonly blockRows: number;
    readonly precision: "int8" | "float32";
    /** Rows as stored [M, D]. */
    readonly rows: Float32Array;
  };
}

/** Forgets rows. */
export interface DropRequest {
  readonly drop: number;
}

/** Rows to compare with a set. */
export interface CompareRequest {
  readonly compare: {
    readonly set: number;
    readonly threshold: number;
    /** Rows as stored [N, D]. */
    readonly rows: Float32Array;
    /** Only pairs whose left row is below (right row + this) count; Infinity for all pairs. */
    readonly below: number;
  };
}

/** What the engine is asked. */
export type PairRequest = LoadRequest | DropRequest | CompareRequest;

/** Pairs by row within both blocks, by left row, then by right row. */
export interface FoundPairs {
  readonly a: Uint32Array<ArrayBuffer>;
  readonly b: Uint32Array<ArrayBuffer>;
  readonly cosine: Float64Array<ArrayBuffer>;
}

interface LoadedSet {
  readonly products: Products;
  readonly chunks: readonly PreparedRows[];
}

/** Lists that grow. */
class PairList {
  readonly a: number[] = [];
  readonly b: number[] = [];
  readonly cosine: number[] = [];
}

/** Rows that were loaded, and sessions by shape; these stay for the life of the thread, as making them anew would leak. */
export class PairEngine {
  readonly #sets = new Map<number, LoadedSet>();
  readonly #products = new Map<string, Promise<Products>>();

  /** Answers a request. */
  async answer(request: PairRequest): Promise<FoundPairs | undefined> {
    if ("compare" in request) return await this.#compare(request.compare);
    if ("drop" in request) this.#sets.delete(request.drop);
    else await this.#load(request.load);
  }

  async #load({ set, width, blockRows, precision, rows }: LoadRequest["load"]): Promise<void> {
    const key = `${precision} ${width} ${blockRows}`;
    let made = this.#products.get(key);
    if (made === undefined) this.#products.set(key, made = Products.create({ width, precision, block: blockRows }));
    const products = await made;
    const chunks: PreparedRows[] = [];
    for (let at = 0; at < rows.length; at += blockRows * width) {
      chunks.push(products.left(rows.subarray(at, at + blockRows * width)));
    }
    this.#sets.set(set, { products, chunks });
  }

  async #compare({ set, threshold, rows, below }: CompareRequest["compare"]): Promise<FoundPairs> {
    const { products, chunks } = this.#sets.get(set)!;
    const right = products.right(rows);
    const found = new PairList();
    let first = 0;
    for (const left of chunks) {
      if (first < below + right.count - 1) {
        collect(await products.multiply(left, right), left, right, { threshold, first, below, found });
      }
      first += left.count;
    }
    return { a: Uint32Array.from(found.a), b: Uint32Array.from(found.b), cosine: Float64Array.from(found.cosine) };
  }
}

interface CollectOptions {
  readonly threshold: number;
  /** Number of the left block's first row. */
  readonly first: number;
  readonly below: number;
  readonly found: PairList;
}

/** Appends the pairs of one product. */
function collect(product: Product, left: PreparedRows, right: PreparedRows, options: CollectOptions): void {
  const { threshold, first, below, found } = options;
  const { scores, rowMax, rowGroups, columns, bound } = product;
  const width = left.stored.length / left.count;
  const limit = threshold - bound, groups = columns / PRODUCT_GROUP;
  for (let i = 0; i < left.count; i++) {
    if (!(rowMax[i]! > limit)) continue;
    // The pair (i, j) counts when first + i < j + below.
    const begin = Math.max(0, first + i - below + 1);
    for (let g = Math.floor(Math.min(begin, columns) / PRODUCT_GROUP); g < groups; g++) {
      if (!(rowGroups[i * groups + g]! > limit)) continue;
      const end = Math.min(right.count, (g + 1) * PRODUCT_GROUP);
      for (let j = Math.max(begin, g * PRODUCT_GROUP); j < end; j++) {
        if (!(scores[i * columns + j]! > limit)) continue;
        const cosine = dotRows(left.stored, i, right.stored, j, width) / (left.norms[i]! * right.norms[j]!);
        if (!(cosine > threshold)) continue;
        found.a.push(first + i);
        found.b.push(j);
        found.cosine.push(cosine);
      }
    }
  }
}
