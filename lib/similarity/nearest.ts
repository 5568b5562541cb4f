/**
 * The nearest row of another set for each row, exactly: approximate products find candidates within their error bound of the
 * best so far, and float64 decides from the rows as stored. On the way, pairs above given cosines are counted.
 */
import { type HoldRequest, NearestEngine, type NearestFound, type NearestRequest } from "./_nearest_engine.ts";
import { type Precision, PRODUCT_GROUP } from "./products.ts";
import type { UnitRows } from "./unit_rows.ts";
import { WorkerPool } from "./worker_pool.ts";

/** Nearest rows of some rows of the first set. */
export interface NearestBatch {
  /** First row of the first set that this is about. */
  readonly from: number;
  /** Nearest row of the second set to each row; of several at one cosine the first; -1 where there is none [n]. */
  readonly index: Int32Array;
  /** Its cosine in float64; -Infinity where there is none [n]. */
  readonly cosine: Float64Array;
  /** Pairs of these rows with any row of the second set above each threshold [T]. */
  readonly above: Float64Array;
}

/** Options of {@linkcode nearestRows}. */
export interface NearestOptions {
  /** Row of the second set that a row of the first is not compared with, such as its own identity; -1 for none. */
  readonly except?: (row: number) => number;
  /** Cosines above which pairs are counted, ascending, -1..1. @default {[]} */
  readonly thresholds?: readonly number[];
  /** First row of the first set; those before it were done earlier. @default {0} */
  readonly start?: number;
  /** Rows that are multiplied together; memory grows with it, results do not change. @default {512} */
  readonly blockRows?: number;
  /** Worker threads; 0 computes in this thread, as small inputs always do. @default {0} */
  readonly workers?: number;
  /**
   * Arithmetic that finds candidates; changes speed, never results. @default {"float32" with thresholds, and up to 16,384
   * rows on either side; else "int8"}
   */
  readonly precision?: Precision;
  /** Stops the work between two blocks. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each block with the number of pairs compared so far, skipped rows included, and of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Rows of the second set that are held in each thread: with their prepared form 70 MB of 512 columns. */
const HELD_ROWS = 16384;
/** Up to so many rows float32 is faster, as it leaves fewer candidates. */
const FEW_ROWS = 16384;
/** Up to so many products, workers would take longer to start than to compute. */
const SMALL_WORK = 2 ** 31;

/**
 * Finds the nearest row of one set for each row of another.
 *
 * Takes (N - start) M D products. Memory is bounded by blocks: up to 16,384 rows of the second set in each thread, and 12 bytes
 * for each of up to 65,536 rows of the first.
 *
 * @param a First set, N rows.
 * @param b Second set, M rows.
 * @param options Exceptions, thresholds, where to start, blocks, workers.
 * @returns Batches in the order of the rows; the numbers are the same for any block, number of workers and arithmetic.
 * @throws {TypeError} When the widths differ.
 * @throws {RangeError} When an option is out of range, or a row is zero or not finite.
 *
 * @example The nearest of two, and of the other one
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { nearestRows, unitRows } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const a = unitRows(arrayVectors(Float32Array.of(3, 4), 2, "one"));
 * const b = unitRows(arrayVectors(Float32Array.of(1, 0, 0, 1), 2, "two"));
 * const [all] = await Array.fromAsync(nearestRows(a, b, { thresholds: [0.5] }));
 * assert.deepEqual([all!.index[0], all!.cosine[0], all!.above[0]], [1, 0.8, 2]);
 * const [other] = await Array.fromAsync(nearestRows(a, b, { except: () => 1 }));
 * assert.deepEqual([other!.index[0], other!.cosine[0]], [0, 0.6]);
 * ```
 */
export async function* nearestRows(
  a: UnitRows,
  b: UnitRows,
  options: NearestOptions = {},
): AsyncGenerator<NearestBatch, void, undefined> {
  const { thresholds = [], start = 0, workers = 0, except, signal, onProgress } = options;
  const block = check(a, b, options);
  const few = Math.min(a.count, b.count) <= FEW_ROWS || thresholds.length > 0;
  const precision = options.precision ?? (few ? "float32" : "int8");
  const total = a.count * b.count;
  using crew = startCrew(workers > 0 && (a.count - start) * b.count * a.width > SMALL_WORK ? workers : 0);
  let held = -1, done = start * b.count;
  // A second set that is not held at once is gone through for each span: longer spans, fewer ways.
  const span = b.count > HELD_ROWS ? 4 * HELD_ROWS : HELD_ROWS;
  for (let from = start; from < a.count; from += span) {
    const to = Math.min(a.count, from + span);
    const found = {
      cosine: new Float64Array(to - from).fill(-Infinity),
      index: new Int32Array(to - from).fill(-1),
      above: new Float64Array(thresholds.length),
    };
    for (let first = 0; first < b.count; first += HELD_ROWS) {
      if (held !== first) {
        const rows = b.stored(first, Math.min(b.count, first + HELD_ROWS));
        await crew.hold({ hold: { width: a.width, blockRows: block, precision, thresholds, first, rows } });
        held = first;
      }
      const rows = Math.min(b.count - first, HELD_ROWS);
      await crew.each(from, to, block, async (ask, at, end) => {
        signal?.throwIfAborted();
        const answer = await ask({
          rows: a.stored(at, end),
          except: except === undefined
            ? new Int32Array(0)
            : Int32Array.from({ length: end - at }, (_, i) => except(at + i)),
          cosine: found.cosine.slice(at - from, end - from),
          index: found.index.slice(at - from, end - from),
        });
        found.cosine.set(answer.cosine, at - from);
        found.index.set(answer.index, at - from);
        answer.above.forEach((count, k) => found.above[k]! += count);
        onProgress?.(done += (end - at) * rows, total);
      });
    }
    yield { from, ...found };
  }
}

/** Whoever does the work: this thread, or workers. */
interface Crew extends Disposable {
  hold(request: HoldRequest): Promise<void>;
  /** Calls `work` for each block of from..to, as many at once as there are lanes. */
  each(
    from: number,
    to: number,
    block: number,
    work: (
      ask: (request: NearestRequest["nearest"]) => Promise<NearestFound>,
      at: number,
      end: number,
    ) => Promise<void>,
  ): Promise<void>;
}

function startCrew(workers: number): Crew {
  const here = new NearestEngine();
  const pool = workers === 0 ? undefined : new WorkerPool(new URL("./_nearest_worker.ts", import.meta.url), workers);
  const ask = async (lane: number, nearest: NearestRequest["nearest"]): Promise<NearestFound> =>
    pool === undefined
      ? (await here.answer({ nearest }))!
      : await pool.ask<NearestFound>(lane, { nearest }, [nearest.rows.buffer as ArrayBuffer]);
  return {
    async hold(request) {
      if (pool === undefined) await here.answer(request);
      else await Promise.all(Array.from({ length: pool.size }, (_, lane) => pool.ask<void>(lane, request)));
    },
    async each(from, to, block, work) {
      const starts = Array.from({ length: Math.ceil((to - from) / block) }, (_, k) => from + k * block).values();
      const lane = async (number: number) => {
        for (const at of starts) await work((request) => ask(number, request), at, Math.min(to, at + block));
      };
      try {
        // Two blocks on the way to each worker, so that none waits.
        await Promise.all(Array.from({ length: 2 * (pool?.size ?? 0) || 1 }, (_, k) => lane(k % (pool?.size ?? 1))));
      } finally {
        starts.toArray(); // after a failure the other lanes find no more to do
      }
    },
    [Symbol.dispose]: () => pool?.[Symbol.dispose](),
  };
}

/** Refuses what cannot be compared; gives the size of blocks. */
function check(a: UnitRows, b: UnitRows, options: NearestOptions): number {
  const { thresholds = [], start = 0, blockRows = 512, workers = 0 } = options;
  if (a.width !== b.width) {
    throw new TypeError(
      `Cannot compare ${a.name} with ${b.name}: widths ${a.width} and ${b.width} differ, expected vectors of one model`,
    );
  }
  if (!thresholds.every((t, k) => t >= -1 && t <= 1 && (k === 0 || t > thresholds[k - 1]!))) {
    throw new RangeError(
      `Cannot count pairs above [${thresholds.join(", ")}]: expected ascending cosines from -1 to 1`,
    );
  }
  for (const [name, value, most] of [["start", start, a.count], ["workers", workers, 1024]] as const) {
    if (!Number.isInteger(value) || value < 0 || value > most) {
      throw new RangeError(
        `Cannot find nearest rows of ${a.name}: ${name} is ${value}, expected a whole number from 0 to ${most}`,
      );
    }
  }
  if (!Number.isInteger(blockRows) || blockRows < 1 || blockRows > HELD_ROWS) {
    throw new RangeError(
      `Cannot compare ${blockRows} rows together: expected a whole number from 1 to ${HELD_ROWS}`,
    );
  }
  return Math.ceil(blockRows / PRODUCT_GROUP) * PRODUCT_GROUP;
}
