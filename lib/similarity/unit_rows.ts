/**
 * Rows ready for comparison: scaled to length 1 for products, and as stored for decisions.
 */
import { checkVector, type VectorSource } from "@/identity/mod.ts";
import { dotRows, rowNorms } from "./row_math.ts";

/** A source of vectors that may also give many rows at once. */
export interface RowSource extends VectorSource {
  /** Reads rows `from` to `to` as a new array [to - from, D]; `vector` is called row by row where it is missing. */
  readonly rows?: (from: number, to: number) => Float32Array;
}

/** Rows in blocks; each block is a new array. */
export interface UnitRows {
  /** Where the rows come from, for messages. */
  readonly name: string;
  /** Number of rows N. */
  readonly count: number;
  /** Width D. */
  readonly width: number;
  /**
   * Rows scaled to length 1 in float64, rounded to float32.
   *
   * @param from First row, 0..N.
   * @param to Row after the last, from..N.
   * @returns Unit rows [to - from, D].
   * @throws {RangeError} When a row holds NaN, an infinity or only zeros; the message names it.
   */
  block(from: number, to: number): Float32Array<ArrayBuffer>;
  /**
   * Rows as stored.
   *
   * @param from First row, 0..N.
   * @param to Row after the last, from..N.
   * @returns Rows [to - from, D].
   * @throws {RangeError} When a row holds NaN, an infinity or only zeros; the message names it.
   */
  stored(from: number, to: number): Float32Array<ArrayBuffer>;
  /**
   * Cosine of one of these rows with a row of the same or another set, in float64 from the rows as stored.
   *
   * @param i Row of this set.
   * @param other The other set.
   * @param j Row of the other set.
   * @returns The cosine, -1..1 but for the last digit.
   */
  exact(i: number, other: UnitRows, j: number): number;
}

/**
 * Makes the rows of a source comparable; reads nothing yet, and holds one byte a row.
 *
 * @param source The rows; each is checked when it is first read.
 * @returns The rows in blocks.
 *
 * @example A row of length 5
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { unitRows } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = unitRows(arrayVectors(Float32Array.of(0, 2, 3, 4), 2, "two"));
 * assert.deepEqual(rows.block(1, 2), Float32Array.of(0.6, 0.8));
 * assert.equal(rows.exact(0, rows, 1), 0.8);
 * assert.throws(() => unitRows(arrayVectors(new Float32Array(4), 2, "none")).block(0, 2), /row 0 of none/);
 * ```
 */
export function unitRows(source: RowSource): UnitRows {
  const { name, count, width } = source;
  const checked = new Uint8Array(count);
  const stored = (from: number, to: number): Float32Array<ArrayBuffer> => {
    if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= count)) {
      throw new RangeError(`Cannot read rows ${from} to ${to} of ${name}: it has ${count} rows`);
    }
    const out = readRows(source, from, to);
    for (let row = from; row < to; row++) {
      if (checked[row] === 1) continue;
      checkVector(out.subarray((row - from) * width, (row - from + 1) * width), row, name, width);
      checked[row] = 1;
    }
    return out;
  };
  return {
    name,
    count,
    width,
    stored,
    block: (from, to) => scaleRows(stored(from, to), width),
    exact: (i, other, j) => {
      const a = stored(i, i + 1), b = other.stored(j, j + 1);
      if (a.length !== b.length) {
        throw new TypeError(
          `Cannot compare row ${i} of ${name} with row ${j} of ${other.name}: widths ${width} and ${other.width} differ`,
        );
      }
      return dotRows(a, 0, b, 0, width) / (rowNorms(a, width)[0]! * rowNorms(b, width)[0]!);
    },
  };
}

function readRows({ rows, vector, width }: RowSource, from: number, to: number): Float32Array<ArrayBuffer> {
  const many = rows?.(from, to);
  if (many !== undefined && many.length === (to - from) * width && many.buffer instanceof ArrayBuffer) {
    return many as Float32Array<ArrayBuffer>;
  }
  const out = new Float32Array((to - from) * width);
  if (many !== undefined) out.set(many);
  else for (let row = from; row < to; row++) out.set(vector(row), (row - from) * width);
  return out;
}

/** Scales rows [N, D] to length 1 in place. */
function scaleRows(rows: Float32Array<ArrayBuffer>, width: number): Float32Array<ArrayBuffer> {
  rowNorms(rows, width).forEach((norm, i) => {
    const end = (i + 1) * width;
    for (let at = i * width; at < end; at++) rows[at] = rows[at]! / norm;
  });
  return rows;
}
