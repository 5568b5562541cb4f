/**
 * Features of a data set, identity after identity: what every metric of a labelled set goes through once, in order.
 */
import type { ClassRuns } from "@/datasets/mod.ts";
import type { RowSource } from "@/similarity/mod.ts";

/** Rows grouped by identity; all of them are finite and none is zero. */
export interface IdentityRows {
  /** The rows, those of identity 0 first. */
  readonly rows: RowSource;
  /** Where each of C identities begins, and the end [C + 1]. */
  readonly starts: Int32Array;
  /** Name of an identity, 0..C-1. */
  readonly nameOf: (identity: number) => string;
}

/** What {@linkcode identityRows} gives. */
export interface GroupedRows extends IdentityRows {
  /** Item of the data set that each row belongs to; undefined when row i is item i. */
  readonly order: Int32Array | undefined;
  /** Label of each identity [C]. */
  readonly labels: Int32Array;
  /** Items without a usable feature: a value is NaN or infinite, or all are zero. */
  readonly unusable: readonly number[];
  /** Labels all of whose items are unusable. */
  readonly empty: readonly number[];
}

/** Rows read together, about 8 MB of 512 columns. */
const PART = 4096;

/**
 * Reads rows from..to of a source, in one go where it can.
 *
 * @param source The rows.
 * @param from First row.
 * @param to Row after the last.
 * @returns Rows [to - from, D] as stored.
 *
 * @example The second of two
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { readRows } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(readRows(arrayVectors(Float32Array.of(1, 2, 3, 4), 2, "two"), 1, 2), Float32Array.of(3, 4));
 * ```
 */
export function readRows(source: RowSource, from: number, to: number): Float32Array {
  if (source.rows !== undefined) return source.rows(from, to);
  const out = new Float32Array((to - from) * source.width);
  for (let row = from; row < to; row++) out.set(source.vector(row), (row - from) * source.width);
  return out;
}

/**
 * Goes through all rows of a source in parts.
 *
 * @param source The rows.
 * @param from First row. @default {0}
 * @param to Row after the last. @default {all}
 * @param part Most rows at once. @default {4096}
 * @returns Parts with the number of their first row.
 *
 * @example Three rows, two at a time
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { rowParts } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const source = arrayVectors(Float32Array.of(1, 2, 3), 1, "three");
 * assert.deepEqual([...rowParts(source, 0, 3, 2)].map(({ first, rows }) => [first, rows.length]), [[0, 2], [2, 1]]);
 * ```
 */
export function* rowParts(
  source: RowSource,
  from = 0,
  to: number = source.count,
  part: number = PART,
): Generator<{ first: number; rows: Float32Array }> {
  for (let first = from; first < to; first += part) {
    yield { first, rows: readRows(source, first, Math.min(to, first + part)) };
  }
}

/**
 * Looks at the rows of a source in another order, or at some of them; rows that lie one after another are read together.
 *
 * @param source The rows.
 * @param order Row of the source for each row.
 * @returns The rows in that order; closing the source is left to its owner.
 *
 * @example The last row first
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { orderedRows } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = orderedRows(arrayVectors(Float32Array.of(1, 2, 3), 1, "three"), Int32Array.of(2, 0));
 * assert.deepEqual([...rows.rows!(0, 2)], [3, 1]);
 * ```
 */
export function orderedRows(source: RowSource, order: Int32Array): RowSource {
  const { name, width } = source;
  return {
    name,
    width,
    count: order.length,
    vector: (row) => source.vector(order[row]!),
    rows: (from, to) => {
      const out = new Float32Array((to - from) * width);
      for (let row = from; row < to;) {
        let end = row + 1;
        while (end < to && order[end] === order[end - 1]! + 1) end++;
        out.set(readRows(source, order[row]!, order[row]! + end - row), (row - from) * width);
        row = end;
      }
      return out;
    },
  };
}

/**
 * Groups the features of a data set by identity and sets rows aside that cannot be used.
 *
 * Takes one pass over the rows. Holds 4 bytes a row, and nothing for each row where the data set is grouped already and all rows
 * are usable.
 *
 * @param source Features [N, D], row i of item i; NaN for an image that could not be read.
 * @param runs The items by identity, as `identityRuns` of lib/datasets gives them.
 * @param nameOf Name of a label.
 * @returns The rows by identity, and what was set aside.
 * @throws {RangeError} When there is not one row for each item, or no row is usable.
 *
 * @example One image could not be read
 * ```ts
 * import { classRuns } from "@/datasets/mod.ts";
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { identityRows } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const source = arrayVectors(Float32Array.of(1, NaN, 3, 4), 1, "four");
 * const { starts, order, unusable } = identityRows(source, classRuns(Int32Array.of(7, 5, 5, 7)), String);
 * assert.deepEqual([[...starts], [...order!], unusable], [[0, 2, 3], [0, 3, 2], [1]]);
 * ```
 */
export function identityRows(
  source: RowSource,
  runs: ClassRuns,
  nameOf: (label: number) => string,
): GroupedRows {
  if (source.count !== runs.order.length) {
    throw new RangeError(
      `Cannot group ${source.name}: ${source.count} rows for ${runs.order.length} items, expected one for each`,
    );
  }
  const unusable = unusableRows(source), bad = new Set(unusable);
  if (unusable.length === source.count) {
    throw new RangeError(`Cannot group ${source.name}: none of its ${source.count} rows is finite and not zero`);
  }
  const starts = [0], labels: number[] = [], empty: number[] = [];
  let kept = 0, sorted = true;
  const order = new Int32Array(source.count - unusable.length);
  runs.labels.forEach((label, c) => {
    const before = kept;
    for (let place = runs.starts[c]!; place < runs.starts[c + 1]!; place++) {
      const item = runs.order[place]!;
      if (bad.has(item)) continue;
      sorted &&= item === kept;
      order[kept++] = item;
    }
    if (kept === before) return void empty.push(label);
    labels.push(label);
    starts.push(kept);
  });
  const whole = sorted && kept === source.count;
  const names = Int32Array.from(labels);
  return {
    rows: whole ? source : orderedRows(source, order),
    starts: Int32Array.from(starts),
    nameOf: (identity) => nameOf(names[identity]!),
    order: whole ? undefined : order,
    labels: names,
    unusable,
    empty,
  };
}

/** Rows with a value that is not finite, or with zeros only. */
function unusableRows(source: RowSource): number[] {
  const found: number[] = [], { width } = source;
  for (const { first, rows } of rowParts(source)) {
    for (let at = 0, row = first; at < rows.length; row++) {
      let sum = 0;
      for (const end = at + width; at < end; at++) sum += rows[at]! * rows[at]!;
      if (!(sum > 0 && sum < Infinity)) found.push(row); // float32 squares do not overflow a double
    }
  }
  return found;
}
