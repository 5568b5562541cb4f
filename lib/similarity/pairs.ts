/**
 * Pairs of rows above a cosine, exactly: approximate products find candidates above the threshold less their error bound, and
 * float64 decides each of them from the rows as stored. No pair is missed and none is wrong, whatever the block size, the
 * number of workers and the arithmetic.
 */
import { directly, inThread, inWorkers, listTasks, pairsIn, type RunOptions } from "./_pair_runs.ts";
import { type Precision, PRODUCT_GROUP } from "./products.ts";
import type { UnitRows } from "./unit_rows.ts";
import { WorkerPool } from "./worker_pool.ts";

/** Some of the pairs; the three arrays are of one length. */
export interface PairBatch {
  /** Row of the first set. */
  readonly a: Uint32Array;
  /** Row of the second set. */
  readonly b: Uint32Array;
  /** Their cosine in float64. */
  readonly cosine: Float64Array;
}

/** Options of {@linkcode pairsAbove} and {@linkcode selfPairsAbove}. */
export interface PairOptions {
  /** Pairs with a larger cosine are given; -1..1. */
  readonly threshold: number;
  /** Rows of the second set that are compared together, and with up to 16 as many of the first. @default {512} */
  readonly blockRows?: number;
  /**
   * Worker threads to start, or those of {@linkcode pairWorkers} for many calls; 0 computes in this thread, as small
   * inputs always do. @default {0}
   */
  readonly workers?: number | PairWorkers;
  /** Arithmetic that finds candidates; changes speed, never results. @default {"int8"} */
  readonly precision?: Precision;
  /** First row of the first set, as `onRows` told it of the same blocks; those before it were compared earlier. @default {0} */
  readonly start?: number;
  /** Called when all pairs of the rows of the first set before `row` were given and taken, so that one can go on from there. */
  readonly onRows?: (row: number) => void;
  /** Stops the work between two blocks. */
  readonly signal?: AbortSignal;
  /** Called after each block with the number of pairs compared so far, those before `start` included, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Worker threads for several calls; close them with `using`. */
export type PairWorkers = WorkerPool;

/**
 * Starts worker threads for several calls of {@linkcode pairsAbove}.
 *
 * @param count Number of threads, at least 1.
 * @returns The threads; close them with `using`.
 * @throws {RangeError} When the number is out of range.
 *
 * @example One thread
 * ```ts
 * import { pairWorkers } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * using workers = pairWorkers(1);
 * assert.equal(workers.size, 1);
 * ```
 */
export function pairWorkers(count: number): PairWorkers {
  return new WorkerPool(new URL("./_pair_worker.ts", import.meta.url), count);
}

/**
 * Finds all pairs of a row of one set with a row of another that lie above a threshold.
 *
 * @param a First set, N rows.
 * @param b Second set, M rows.
 * @param options Threshold, blocks, workers.
 * @returns The pairs in batches, none empty; the order depends on the block size only: by blocks of `a`, then of `b`, then by
 * row of `a`, then of `b`.
 * @throws {TypeError} When the widths differ.
 * @throws {RangeError} When the threshold, the block size or the start is out of range, or a row is zero or not finite.
 *
 * @example Who is near the first row
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { pairsAbove, unitRows } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const a = unitRows(arrayVectors(Float32Array.of(1, 0), 2, "one"));
 * const b = unitRows(arrayVectors(Float32Array.of(0, 1, 3, 4, 5, 0), 2, "three"));
 * const found: string[] = [];
 * for await (const batch of pairsAbove(a, b, { threshold: 0.5 })) {
 *   batch.b.forEach((row, i) => found.push(`${row} at ${batch.cosine[i]}`));
 * }
 * assert.deepEqual(found, ["1 at 0.6", "2 at 1"]);
 * ```
 */
export function pairsAbove(a: UnitRows, b: UnitRows, options: PairOptions): AsyncGenerator<PairBatch> {
  return comparePairs(a, b, options, false);
}

/**
 * Finds all pairs of rows of one set that lie above a threshold.
 *
 * @param rows The set, N rows.
 * @param options Threshold, blocks, workers.
 * @returns The pairs, `a` below `b`, in batches as those of {@linkcode pairsAbove}.
 * @throws {RangeError} When the threshold, the block size or the start is out of range, or a row is zero or not finite.
 *
 * @example The only close pair of three
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { selfPairsAbove, unitRows } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = unitRows(arrayVectors(Float32Array.of(1, 0, 0, 1, 3, 4), 2, "three"));
 * for await (const { a, b } of selfPairsAbove(rows, { threshold: 0.7 })) assert.deepEqual([...a, ...b], [1, 2]);
 * ```
 */
export function selfPairsAbove(rows: UnitRows, options: PairOptions): AsyncGenerator<PairBatch> {
  return comparePairs(rows, rows, options, true);
}

/** Largest block: its cosines take a gigabyte. */
const MAX_BLOCK_ROWS = 16384;
/** Up to so many pairs, or rows on one side, float64 alone is as fast. */
const SMALL_PAIRS = 4096, FEW_ROWS = 4;
/** Up to so many products, workers would take longer to start than to compute. */
const SMALL_WORK = 2 ** 31;

async function* comparePairs(
  a: UnitRows,
  b: UnitRows,
  options: PairOptions,
  self: boolean,
): AsyncGenerator<PairBatch, void, undefined> {
  const { threshold, blockRows = 512, workers = 0, precision = "int8", start = 0, onRows, signal, onProgress } =
    options;
  if (a.width !== b.width) {
    throw new TypeError(
      `Cannot compare ${a.name} with ${b.name}: widths ${a.width} and ${b.width} differ, expected vectors of one model`,
    );
  }
  if (!(threshold >= -1 && threshold <= 1)) {
    throw new RangeError(`Cannot find pairs above ${threshold}: expected a cosine from -1 to 1`);
  }
  if (!Number.isInteger(blockRows) || blockRows < 1 || blockRows > MAX_BLOCK_ROWS) {
    throw new RangeError(
      `Cannot compare ${blockRows} rows together: expected a whole number from 1 to ${MAX_BLOCK_ROWS}`,
    );
  }
  if (!Number.isInteger(start) || start < 0 || start > a.count) {
    throw new RangeError(`Cannot compare ${a.name} from row ${start}: expected a whole number from 0 to ${a.count}`);
  }
  const block = Math.ceil(blockRows / PRODUCT_GROUP) * PRODUCT_GROUP;
  const total = self ? a.count * (a.count - 1) / 2 : a.count * b.count;
  const tasks = listTasks(a.count, b.count, block, self, start);
  const run: RunOptions = { a, b, self, threshold, block, precision, tasks };
  const found = total <= SMALL_PAIRS || Math.min(a.count, b.count) <= FEW_ROWS
    ? directly(run)
    : workers === 0 || (typeof workers === "number" && total * a.width <= SMALL_WORK)
    ? inThread(run)
    : inWorkers(run, typeof workers === "number" ? pairWorkers(workers) : workers, typeof workers === "number");
  let done = self ? start * a.count - start * (start + 1) / 2 : start * b.count;
  try {
    for await (const { task, pairs } of found) {
      signal?.throwIfAborted();
      onProgress?.(done += pairsIn(task, self), total);
      if (pairs.a.length > 0) {
        yield { a: pairs.a.map((i) => i + task.from), b: pairs.b.map((j) => j + task.at), cosine: pairs.cosine };
      }
      if (task.end === b.count) onRows?.(task.to);
    }
  } finally {
    await found.return(undefined);
  }
}
