/**
 * Counting well-separated identities.
 *
 * Reference: https://github.com/HaiyuWu/Vec2Face/blob/main/inter-separability-measurement.py, which makes the whole matrix of
 * cosines anew for every prefix (320 GB for 200,000 rows). A row is separated when no earlier row lies above the threshold, which
 * does not depend on later rows: so one pass gives every prefix. The second count, of greedy balls, asks for earlier rows that are
 * kept themselves (M. Kim and others, DCFace, https://arxiv.org/abs/2304.07060, section 4.1).
 *
 * Rows are taken in blocks. A block is first compared with itself, then it is decided in row order which of its rows are
 * kept, then all later rows are compared with it: the symmetric half of all pairs, once.
 *
 * Deviations: cosines are decided in float64 from float32 rows, where the reference compares in the type that the file has; so
 * pairs within rounding of a threshold may be told apart differently.
 */
import { checkBlock, type Precision, PRODUCT_BINS, type UnitRows } from "@/similarity/mod.ts";
import { type Crew, startCrew } from "./_crew.ts";
import { keepGreedily, type StripeConflicts } from "./_greedy.ts";
import { Ledger } from "./_ledger.ts";
import type { Stripe, StripeResult } from "./_stripe.ts";
import { MAX_THRESHOLDS } from "./_threshold_set.ts";

/** Options of {@linkcode measureSeparability}. */
export interface SeparabilityOptions {
  /** Cosines above which two rows conflict, up to eight, each -1..1. @default {[0.4]} */
  readonly thresholds?: readonly number[];
  /** Rows that are multiplied together, a multiple of 32; memory grows with it, results do not change. @default {1024} */
  readonly block?: number;
  /** Worker threads; 0 computes in this thread. @default {0} */
  readonly workers?: number;
  /**
   * Arithmetic that finds candidates; changes speed, and the histogram a little. @default {"float32" up to 32,768 rows, where
   * the many candidates of int8 take longer than its products save; "int8" above}
   */
  readonly precision?: Precision;
  /** Also sort all cosines into bins; a tenth more time. @default {true} */
  readonly histogram?: boolean;
  /** Where to keep the state, so that an interrupted count goes on from its last block of rows. */
  readonly state?: SeparabilityState;
  /** Stops the work between two stripes. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each stripe with the number of pairs compared, those of an earlier run included, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A file that holds the state of a count. */
export interface SeparabilityState {
  /** The file, .npz; it stays when the count is complete. Requires `--allow-read` and `--allow-write`. */
  readonly path: string;
  /** What tells the rows from others, such as the hash of their file. */
  readonly input: string;
  /** Begin anew over a state of other rows or other options, which is refused otherwise. @default {false} */
  readonly replace?: boolean;
}

/** What was counted. */
export interface Separability {
  /** Where the rows come from. */
  readonly name: string;
  /** Number of rows N. */
  readonly rows: number;
  /** Thresholds, ascending. */
  readonly thresholds: readonly number[];
  /** Bit k of byte j: an earlier row lies above threshold k. */
  readonly above: Uint8Array;
  /** Bit k of byte j: an earlier kept row lies above threshold k, so row j is not kept. */
  readonly dead: Uint8Array;
  /** The other row at the largest cosine to each row [N]; of several the first. */
  readonly nearest: Int32Array;
  /** That cosine in float64 [N]. */
  readonly nearestCosine: Float64Array;
  /** Pairs by cosine: count b is of those that round to (b - 100) / 100; undefined when not asked for. */
  readonly histogram: Float64Array | undefined;
}

/** Up to so many rows float32 is faster. */
const FEW_ROWS = 32768;
/** Rows that are held together, in at most so many blocks; later rows are read and prepared once for all of them. */
const ROWS_TOGETHER = 16384, BLOCKS_TOGETHER = 32;

/**
 * Counts which rows lie near no earlier row, and finds the nearest other row of each.
 *
 * Takes N^2 D / 2 products; memory is bounded by the blocks (about 80 MB a worker for rows of 512) and 14 bytes a row.
 *
 * @param rows N rows, at least 2.
 * @param options Thresholds, blocks, workers, state.
 * @returns What was counted; the same for any block, number of workers and arithmetic, but for the histogram: its cosines
 * are those of the products, off by 0.001 or so in int8.
 * @throws {RangeError} When an option is out of range, a row is zero or not finite, or the state belongs to another count.
 * @throws {SyntaxError} When the file of the state is damaged.
 *
 * @example The third row lies near the first
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { measureSeparability } from "@/separability/mod.ts";
 * import { unitRows } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = unitRows(arrayVectors(Float32Array.of(1, 0, 0, 1, 4, 3), 2, "three"));
 * const { above, nearest, nearestCosine } = await measureSeparability(rows, { thresholds: [0.7] });
 * assert.deepEqual([...above], [0, 0, 1]);
 * assert.deepEqual([...nearest], [2, 2, 0]);
 * assert.deepEqual([...nearestCosine], [0.8, 0.6, 0.8]);
 * ```
 */
export async function measureSeparability(rows: UnitRows, options: SeparabilityOptions = {}): Promise<Separability> {
  const { name, count, width } = rows;
  const precision = options.precision ?? (count <= FEW_ROWS ? "float32" : "int8");
  const { block = 1024, workers = 0, histogram = true, state, signal, onProgress } = options;
  const thresholds = checkThresholds(options.thresholds ?? [0.4]);
  if (!(count >= 2 && count < 2 ** 31)) {
    throw new RangeError(`Cannot measure the separability of ${name}: ${count} rows, expected 2 to 2147483647`);
  }
  checkBlock(block);
  if (!Number.isInteger(workers) || workers < 0) {
    throw new RangeError(`Cannot measure the separability of ${name}: ${workers} workers, expected a whole number`);
  }
  const together = block * Math.max(1, Math.min(BLOCKS_TOGETHER, Math.floor(ROWS_TOGETHER / block)));
  const settings = { width, precision, block, thresholds, histogram };
  const ledger = new Ledger(count);
  const key = JSON.stringify({ input: state?.input, rows: count, together, ...settings });
  if (state !== undefined) ledger.resume(state.path, key, state.replace);

  const total = count * (count - 1) / 2;
  let pairs = ledger.done * count - ledger.done * (ledger.done + 1) / 2;
  if (ledger.done < count) {
    await using crew = await startCrew(settings, workers);
    const run = new BlockRun(rows, ledger, crew, block, signal, (compared) => onProgress?.(pairs += compared, total));
    while (ledger.done < count) {
      await run.next(Math.min(count, ledger.done + together), thresholds.length);
      if (state !== undefined) ledger.save(state.path, key);
    }
  }
  const { above, dead, nearest, best } = ledger;
  return {
    ...{ name, rows: count, thresholds, above, dead, nearest, nearestCosine: best },
    histogram: histogram ? ledger.histogram : undefined,
  };
}

/** The bins of {@linkcode Separability.histogram}: ends of the first and the last, and their number. */
export const SEPARABILITY_BINS: { readonly low: number; readonly high: number; readonly count: number } = {
  low: -1.005,
  high: 1.005,
  count: PRODUCT_BINS.count,
};

function checkThresholds(values: readonly number[]): number[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  if (sorted.length < 1 || sorted.length > MAX_THRESHOLDS || !sorted.every((t) => t >= -1 && t <= 1)) {
    throw new RangeError(
      `Cannot count separated rows at the thresholds [${
        values.join(", ")
      }]: expected 1 to ${MAX_THRESHOLDS} cosines from -1 to 1`,
    );
  }
  return sorted;
}

/** Goes through the blocks of rows. */
class BlockRun {
  readonly #rows: UnitRows;
  readonly #ledger: Ledger;
  readonly #crew: Crew;
  readonly #block: number;
  readonly #signal: AbortSignal | undefined;
  readonly #onPairs: (pairs: number) => void;

  constructor(
    rows: UnitRows,
    ledger: Ledger,
    crew: Crew,
    block: number,
    signal: AbortSignal | undefined,
    onPairs: (pairs: number) => void,
  ) {
    this.#rows = rows;
    this.#ledger = ledger;
    this.#crew = crew;
    this.#block = block;
    this.#signal = signal;
    this.#onPairs = onPairs;
  }

  /** Compares rows up to `to` with each other and with all later rows. */
  async next(to: number, thresholds: number): Promise<void> {
    const ledger = this.#ledger, from = ledger.done;
    const block = {
      from,
      rows: this.#rows.stored(from, to),
      dead: ledger.dead.slice(from, to),
      best: ledger.best.slice(from, to),
    };
    await this.#crew.load(block);
    const inside: StripeConflicts[] = [];
    await this.#stripes(from, to, true, (stripe, { conflicts }) => {
      inside.push({ first: stripe.from - from, conflicts });
      this.#onPairs(stripe.count * (stripe.from - from + (stripe.count - 1) / 2));
    });
    await this.#crew.settle(keepGreedily(ledger.dead.subarray(from, to), inside, thresholds));
    await this.#stripes(to, this.#rows.count, false, ({ count }) => this.#onPairs(count * (to - from)));
    ledger.done = to;
  }

  /** Compares all stripes of a range of rows, as many at once as there are lanes. */
  async #stripes(
    from: number,
    to: number,
    inside: boolean,
    take: (stripe: Stripe, result: StripeResult) => void,
  ): Promise<void> {
    const starts = Array.from({ length: Math.ceil((to - from) / this.#block) }, (_, k) => from + k * this.#block);
    if (inside) starts.reverse(); // the last ones take longest
    const next = starts.values();
    const lane = async (number: number) => {
      for (const start of next) {
        this.#signal?.throwIfAborted();
        const stripe = this.#stripe(start, Math.min(to, start + this.#block), inside);
        const result = await this.#crew.compare(number, stripe);
        this.#ledger.merge(stripe, result);
        take(stripe, result);
      }
    };
    try {
      await Promise.all(Array.from({ length: this.#crew.lanes }, (_, number) => lane(number)));
    } finally {
      next.toArray(); // after a failure the other lanes find no more to do
    }
  }

  #stripe(from: number, to: number, inside: boolean): Stripe {
    const { above, dead, best } = this.#ledger;
    return {
      ...{
        from,
        count: to - from,
        above: above.slice(from, to),
        dead: dead.slice(from, to),
        best: best.slice(from, to),
      },
      ...(inside ? {} : { rows: this.#rows.stored(from, to) }),
    };
  }
}
