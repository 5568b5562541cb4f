/**
 * Blocks of approximate cosines with a proven bound on their error.
 *
 * `float32` multiplies unit rows; the bound is that of `bounds.ts`. `int8` multiplies rows rounded to small integers. With
 * x' and y' the rounded forms of unit rows x and y, x y - x' y' = (x - x') y' + x (y - y'), so by Cauchy and Schwarz it is off by at
 * most |x - x'| (1 + |y - y'|) + |y - y'|; both lengths are measured in float64 when rows are rounded. For rows
 * of 512 normal numbers the bound is about 0.03, where the errors themselves have a standard deviation of 0.0008.
 *
 * Measured with ONNX Runtime 1.30 on one core with AVX-512 VNNI, 512 terms, blocks of 512 x 512: 7.3 ns an element in float32 and 2.6 in int8 on a
 * Xeon, 10.5 and 3.2 on an EPYC, so candidates are found in less than half the time (tests/bench/separability_report.ts has more);
 * decisions are taken in float64 either way.
 */
import * as op from "@/onnx/mod.ts";
import type { Session, Tensor } from "@/onnx/mod.ts";
import { float32Bound } from "./bounds.ts";
import { BIN_WIDTH, BINS, GROUP, MASKED, MIDDLE_BIN, productGraph } from "./_product_graph.ts";
import { quantiseLeft, quantiseRight } from "./_quantise.ts";
import { rowNorms } from "./row_math.ts";

/** Arithmetic that finds candidates; it changes speed, never results. */
export type Precision = "int8" | "float32";

/** Most terms of an int8 product that surely fit 32 bits. */
const MAX_INT8_WIDTH = 2 ** 31 / (255 * 64);

/** Options of {@linkcode Products.create}. */
export interface ProductOptions {
  /** Width D of a row. */
  readonly width: number;
  /** Arithmetic. @default {"int8"} */
  readonly precision?: Precision;
  /** Most rows on each side of a block; a multiple of 32. @default {512} */
  readonly block?: number;
  /** Also find the largest of each column. @default {false} */
  readonly columns?: boolean;
  /** Also sort the cosines into bins. @default {false} */
  readonly histogram?: boolean;
  /**
   * Give the cosines themselves, which the runtime copies at a twentieth of a product's time; without them there are bins in any case, and
   * only products of a diagonal have cosines. @default {true}
   */
  readonly scores?: boolean;
}

/** Rows in the form that one side of a product takes. */
export interface PreparedRows {
  /** Number of rows. */
  readonly count: number;
  /** Rows with those of padding, a multiple of 32. */
  readonly padded: number;
  /** Rows as they were given, [count, D]. */
  readonly stored: Float32Array;
  /** Norms of the rows as stored, [count]. */
  readonly norms: Float64Array;
  /** Length that rounding takes away, see the file's head; 0 in float32. */
  readonly residual: number;
  /** What goes into the graph. */
  readonly feeds: Readonly<Record<string, Tensor>>;
}

/** Cosines of M rows with N rows, both with padding (whose cosines are 0); buffers are used again by the next product. */
export interface Product {
  /** M. */
  readonly rows: number;
  /** N. */
  readonly columns: number;
  /** No cosine is off by more. */
  readonly bound: number;
  /** Cosines [M, N]; empty where they were not asked for. */
  readonly scores: Float32Array;
  /** Largest of each row [M]. */
  readonly rowMax: Float32Array;
  /** Largest of 32 neighbours of a row [M, N / 32]. */
  readonly rowGroups: Float32Array;
  /** Largest of each column [N]; empty unless asked for. */
  readonly columnMax: Float32Array;
  /** Largest of 32 neighbours of a column [M / 32, N]; empty unless asked for. */
  readonly columnGroups: Float32Array;
  /** Bin of each cosine [M, N]: the cosine times 100, rounded, plus 100; empty unless asked for or in place of the cosines. */
  readonly bins: Uint8Array;
}

/** Neighbours in a group of {@linkcode Product.rowGroups} and {@linkcode Product.columnGroups}. */
export const PRODUCT_GROUP: number = GROUP;
/**
 * Bins of {@linkcode Product.bins}: their number, the one of cosine 0, their width, and how far a cosine may be from the middle of its
 * bin: half of it, and what rounding in float32 adds.
 */
export const PRODUCT_BINS: {
  readonly count: number;
  readonly middle: number;
  readonly width: number;
  readonly reach: number;
} = { count: BINS, middle: MIDDLE_BIN, width: BIN_WIDTH, reach: BIN_WIDTH / 2 + 1e-6 };

/**
 * Multiplies blocks of rows.
 *
 * @example Two rows with one
 * ```ts
 * import { Products } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * await using products = await Products.create({ width: 2, precision: "float32" });
 * const left = products.left(Float32Array.of(3, 4, 0, 2)), right = products.right(Float32Array.of(5, 0));
 * const { scores, columns, bound } = await products.multiply(left, right);
 * assert.ok(Math.abs(scores[0]! - 0.6) <= bound && Math.abs(scores[columns]!) <= bound);
 * ```
 */
export class Products implements AsyncDisposable {
  /** Width D. */
  readonly width: number;
  /** Arithmetic. */
  readonly precision: Precision;
  /** Most rows on each side. */
  readonly block: number;
  readonly #session: Session;
  readonly #masked: Session | undefined;
  readonly #scores: boolean;
  readonly #buffers: { readonly [name: string]: Float32Array | Uint8Array };
  readonly #masks = new Map<number, Float32Array>();

  private constructor(options: Required<ProductOptions>, session: Session, masked: Session | undefined) {
    const { width, precision, block, columns, histogram, scores } = options;
    this.width = width;
    this.precision = precision;
    this.block = block;
    this.#session = session;
    this.#masked = masked;
    this.#scores = scores;
    const floats = (n: number) => new Float32Array(n);
    this.#buffers = {
      ...(scores || columns ? { scores: floats(block * block) } : {}),
      rowMax: floats(block),
      rowGroups: floats(block * block / GROUP),
      ...(columns ? { columnMax: floats(block), columnGroups: floats(block * block / GROUP) } : {}),
      ...(histogram || !scores ? { bins: new Uint8Array(block * block) } : {}),
    };
  }

  /**
   * Loads the graphs. Requires `--allow-ffi`.
   *
   * @param options Width, arithmetic and what to compute.
   * @returns What multiplies; close it with `await using`.
   * @throws {RangeError} When the width or the block is out of range.
   */
  static async create(options: ProductOptions): Promise<Products> {
    const { width, precision = "int8", block = 512, columns = false, histogram = false, scores = true } = options;
    if (!Number.isInteger(width) || width < 1 || (precision === "int8" && width > MAX_INT8_WIDTH)) {
      throw new RangeError(
        `Cannot multiply rows of width ${width} in ${precision}: expected 1 to ${Math.floor(MAX_INT8_WIDTH)}`,
      );
    }
    checkBlock(block);
    const bins = histogram || !scores;
    const graph = (mask: boolean) => productGraph({ precision, width, columns, bins, mask, scores: scores || mask });
    const settings = { threads: 1, memoryPattern: false };
    const session = await op.createSession(graph(false), settings);
    const masked = columns ? await op.createSession(graph(true), settings) : undefined;
    return new Products({ width, precision, block, columns, histogram, scores }, session, masked);
  }

  /**
   * Prepares rows for the left side.
   *
   * @param stored Rows [M, D] as stored, none zero; kept, not copied.
   * @returns The rows.
   * @throws {RangeError} When there are more than a block takes.
   */
  left(stored: Float32Array): PreparedRows {
    const { norms, padded } = this.#measure(stored);
    const shape = [padded, this.width];
    if (this.precision === "float32") return this.#unit(stored, norms, padded, "left");
    const { data, scale, residual } = quantiseLeft(stored, norms, this.width, padded);
    const feeds = { left: { data, shape }, leftScale: { data: scale, shape: [1] } };
    return { count: norms.length, padded, stored, norms, residual, feeds };
  }

  /**
   * Prepares rows for the right side.
   *
   * @param stored Rows [N, D] as stored, none zero; kept, not copied.
   * @returns The rows.
   * @throws {RangeError} When there are more than a block takes.
   */
  right(stored: Float32Array): PreparedRows {
    const { norms, padded } = this.#measure(stored);
    if (this.precision === "float32") return this.#unit(stored, norms, padded, "right");
    const { data, scale, residual } = quantiseRight(stored, norms, this.width, padded);
    const feeds = { right: { data, shape: [this.width, padded] }, rightScale: { data: scale, shape: [padded] } };
    return { count: norms.length, padded, stored, norms, residual, feeds };
  }

  /**
   * Multiplies a block.
   *
   * @param left Rows from {@linkcode Products.left}.
   * @param right Rows from {@linkcode Products.right}.
   * @param options `diagonal`: both sides are the same rows, and only pairs with a smaller number on the left count; all
   * other cosines become less than -10. Needs `columns`.
   * @returns The cosines, until the next call.
   */
  async multiply(
    left: PreparedRows,
    right: PreparedRows,
    { diagonal = false }: { readonly diagonal?: boolean } = {},
  ): Promise<Product> {
    const M = left.padded, N = right.padded;
    const shapes: Readonly<Record<string, readonly number[]>> = {
      scores: [M, N],
      rowMax: [M],
      rowGroups: [M, N / GROUP],
      columnMax: [N],
      columnGroups: [M / GROUP, N],
      bins: [M, N],
    };
    const into: Record<string, Tensor> = {};
    const views: Record<string, Float32Array | Uint8Array> = {};
    for (const [name, buffer] of Object.entries(this.#buffers)) {
      if (name === "scores" && !this.#scores && !diagonal) continue;
      const shape = shapes[name]!;
      views[name] = buffer.subarray(0, shape.reduce((a, b) => a * b, 1));
      into[name] = { data: views[name], shape };
    }
    const feeds = { ...left.feeds, ...right.feeds };
    if (!diagonal) await this.#session.run(feeds, into);
    else await this.#masked!.run({ ...feeds, mask: { data: this.#mask(M), shape: [M, M] } }, into);
    const empty = new Float32Array(0);
    const floats = (name: string) => (views[name] ?? empty) as Float32Array;
    const bound = this.precision === "float32"
      ? float32Bound(this.width)
      : left.residual * (1 + right.residual) + right.residual + 1e-6; // scales and sums in float32
    return {
      rows: M,
      columns: N,
      bound,
      scores: floats("scores"),
      rowMax: floats("rowMax"),
      rowGroups: floats("rowGroups"),
      columnMax: floats("columnMax"),
      columnGroups: floats("columnGroups"),
      bins: (views["bins"] ?? new Uint8Array(0)) as Uint8Array,
    };
  }

  /** Frees the runtime's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
    await this.#masked?.release();
  }

  #measure(stored: Float32Array): { norms: Float64Array; padded: number } {
    const norms = rowNorms(stored, this.width);
    if (norms.length > this.block || !Number.isInteger(stored.length / this.width)) {
      throw new RangeError(
        `Cannot multiply ${stored.length} values: expected whole rows of ${this.width}, at most ${this.block}`,
      );
    }
    return { norms, padded: Math.ceil(norms.length / GROUP) * GROUP };
  }

  #unit(stored: Float32Array, norms: Float64Array, padded: number, side: string): PreparedRows {
    const data = new Float32Array(padded * this.width);
    for (let i = 0; i < norms.length; i++) {
      const toUnit = 1 / norms[i]!;
      for (let at = i * this.width, end = at + this.width; at < end; at++) data[at] = stored[at]! * toUnit;
    }
    const feeds = { [side]: { data, shape: [padded, this.width] } };
    return { count: norms.length, padded, stored, norms, residual: 0, feeds };
  }

  /** [N, N]: 0 above the diagonal, a large negative number on it and below. */
  #mask(size: number): Float32Array {
    let mask = this.#masks.get(size);
    if (mask === undefined) {
      mask = new Float32Array(size * size);
      for (let i = 0; i < size; i++) mask.fill(MASKED, i * size, i * size + i + 1);
      this.#masks.set(size, mask);
    }
    return mask;
  }
}

/**
 * Refuses block sizes that products do not take.
 *
 * @param block Rows of a block.
 * @throws {RangeError} When it is no multiple of 32 from 32 to 16384.
 *
 * @example A block of 100 rows
 * ```ts
 * import { checkBlock } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * checkBlock(96);
 * assert.throws(() => checkBlock(100), /multiple of 32/);
 * ```
 */
export function checkBlock(block: number): void {
  if (!Number.isInteger(block / GROUP) || block < GROUP || block > 16384) {
    throw new RangeError(
      `Cannot multiply blocks of ${block} rows: expected a multiple of ${GROUP} from ${GROUP} to 16384`,
    );
  }
}
