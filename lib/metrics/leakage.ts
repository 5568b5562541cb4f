/**
 * Leakage: whether a data set shows people of another one, such as the real images that its generator was trained on.
 *
 * Comparing only centres with centres overlooks single images that leak, as was found of HSFace10K
 * (https://github.com/HaiyuWu/Vec2Face/issues/16): so the same function takes centres or images on either side. Blocks are
 * streamed, the matrix of all cosines is never in memory.
 */
import { nearestRows, type UnitRows } from "@/similarity/mod.ts";
import { type PassState, readState, saveState, tuples } from "./_pass_state.ts";
import { type Ranked, Worst } from "./_worst.ts";
import { COSINE_BINS, Tally } from "./tally.ts";

/** A row and the reference row that it is most like. */
export interface LeakedRow {
  /** Row of the set. */
  readonly row: number;
  /** The nearest row of the reference. */
  readonly reference: number;
  /** Their cosine. */
  readonly cosine: number;
}

/** What {@linkcode measureLeakage} finds. */
export interface Leakage {
  /** Rows of the set N. */
  readonly rows: number;
  /** Rows of the reference M. */
  readonly references: number;
  /** Cosines above which a row is like a reference row, ascending [T]. */
  readonly thresholds: readonly number[];
  /** Rows with a reference row above each threshold [T]. */
  readonly rowsAbove: readonly number[];
  /** Pairs above each threshold, of N M: divided by that, the false match rate against the reference [T]. */
  readonly pairsAbove: readonly number[];
  /** Cosine of each row to the nearest row of the reference. */
  readonly nearest: Tally;
  /** The rows most like the reference, the closest first; at most `listed`. */
  readonly closest: readonly LeakedRow[];
}

/** Options of {@linkcode measureLeakage}. */
export interface LeakageOptions {
  /** Cosines above which a row is like a reference row. @default {[0.3, 0.4, 0.5]} */
  readonly thresholds?: readonly number[];
  /** Rows that are listed. @default {100} */
  readonly listed?: number;
  /** Called with the nearest reference rows of rows from.., in order; each row once in an uninterrupted pass. */
  readonly onNearest?: (from: number, index: Int32Array, cosine: Float64Array) => Promise<void> | void;
  /** Worker threads. @default {0} */
  readonly workers?: number;
  /** Where to keep the state, so that an interrupted pass goes on. */
  readonly state?: PassState | undefined;
  /** Stops the work between two blocks. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each block with the number of pairs compared so far, and of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Finds the nearest row of a reference for each row of a set, and counts the pairs that are close.
 *
 * Takes N M D products; memory is bounded by blocks.
 *
 * @param rows Images or centres of the set, N rows.
 * @param reference Images or centres of the reference, M rows.
 * @param options Thresholds, limits, state.
 * @returns Counts, the distribution of the nearest cosines, and the closest rows.
 * @throws {TypeError} When the widths differ.
 * @throws {RangeError} When an option is out of range, or the state belongs to another pass.
 *
 * @example One of two rows is in the reference
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { measureLeakage } from "@/metrics/mod.ts";
 * import { unitRows } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const set = unitRows(arrayVectors(Float32Array.of(1, 0, -1, 1), 2, "set"));
 * const reference = unitRows(arrayVectors(Float32Array.of(0, -1, 2, 0), 2, "reference"));
 * const { rowsAbove, closest } = await measureLeakage(set, reference, { thresholds: [0.5], listed: 1 });
 * assert.deepEqual([rowsAbove, closest], [[1], [{ row: 0, reference: 1, cosine: 1 }]]);
 * ```
 */
export async function measureLeakage(
  rows: UnitRows,
  reference: UnitRows,
  options: LeakageOptions = {},
): Promise<Leakage> {
  const { thresholds = [0.3, 0.4, 0.5], listed = 100, onNearest, workers = 0, state, signal, onProgress } = options;
  const nearest = new Tally(COSINE_BINS), closest = new Worst<LeakedRow & Ranked>(listed);
  const rowsAbove = thresholds.map(() => 0), pairsAbove = thresholds.map(() => 0);
  const sizes = { rows: rows.count, references: reference.count };
  const key = JSON.stringify({ pass: "leakage", input: state?.input, ...sizes, thresholds, listed });
  const saved = state === undefined ? undefined : readState(state, key);
  const start = saved?.get("done")?.[0] ?? 0;
  if (saved !== undefined) {
    nearest.restore(saved.get("nearest") ?? []);
    thresholds.forEach((_, k) => {
      rowsAbove[k] = saved.get("rowsAbove")![k]!;
      pairsAbove[k] = saved.get("pairsAbove")![k]!;
    });
    for (const [cosine, row, index] of tuples(saved.get("closest"), 3)) {
      closest.add({ rank: cosine!, row: row!, reference: index!, cosine: cosine! });
    }
  }
  const batches = nearestRows(rows, reference, { thresholds, start, workers, signal, onProgress });
  for await (const { from, index, cosine, above } of batches) {
    cosine.forEach((value, i) => {
      nearest.add(value);
      thresholds.forEach((t, k) => rowsAbove[k]! += value > t ? 1 : 0);
      if (closest.takes(value)) closest.add({ rank: value, row: from + i, reference: index[i]!, cosine: value });
    });
    above.forEach((count, k) => pairsAbove[k]! += count);
    await onNearest?.(from, index, cosine);
    if (state === undefined) continue;
    saveState(state.path, key, {
      done: Float64Array.of(from + index.length),
      nearest: nearest.state(),
      rowsAbove: Float64Array.from(rowsAbove),
      pairsAbove: Float64Array.from(pairsAbove),
      closest: Float64Array.from(closest.list().flatMap(({ cosine, row, reference }) => [cosine, row, reference])),
    });
  }
  const list = closest.list().map(({ rank: _, ...row }) => row);
  return { ...sizes, thresholds, rowsAbove, pairsAbove, nearest, closest: list };
}
