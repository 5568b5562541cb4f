/**
 * Rows of a sampler with no two closer than a cosine.
 *
 * The author draws a block of vectors, drops what lies closer than 0.3 to an earlier one, and draws more
 * (https://github.com/HaiyuWu/Vec2Face/issues/11), without saying when to stop. Here row i is the first of its
 * attempts that fits to what was there before it, decided in float64 from the rows as they are stored.
 */
import type { IdentitySampler } from "@/identity/mod.ts";
import { pairsAbove, selfPairsAbove, type UnitRows } from "@/similarity/mod.ts";
import { AttemptBudget } from "./_attempt_budget.ts";
import { Block } from "./_block.ts";
import { ConflictKernel } from "./_conflict_kernel.ts";
import { FixedRows } from "./_fixed_rows.ts";
import { RowStore } from "./_row_store.ts";
import { separationBound } from "./bounds.ts";
import { SeparationError, type SeparationReason } from "./separation_error.ts";

/** How far {@link separatedRows} is. */
export interface SeparationProgress {
  /** Rows of the set so far, those of `start` included. */
  readonly rows: number;
  /** Rows drawn that did not fit. */
  readonly redraws: number;
}

/** Options of {@link separatedRows}. */
export interface SeparationOptions {
  /** Rows of the whole set, those of `start` included. */
  readonly count: number;
  /** Largest cosine t allowed between two rows, -1..1 without the ends. */
  readonly maxCosine: number;
  /** Enrolled rows [A, D], which may lie close to each other; no new row lies closer than t to one of them. */
  readonly against?: UnitRows | undefined;
  /** The first rows of the set [S, D], made earlier from the same sampler; they stay as they are. */
  readonly start?: UnitRows | undefined;
  /**
   * Whether to check that the rows of `start` are apart themselves; takes S^2 D / 2 multiplications. @default {true}
   */
  readonly checkStart?: boolean;
  /** Most rows to draw in all before giving up. @default {20 times the rows asked for, at least 20,000} */
  readonly maxAttempts?: number;
  /** Most vectors compared together; the result does not depend on it. @default {1024} */
  readonly blockRows?: number;
  /** Threads of the products, which the result does not depend on; 0 lets the runtime choose. @default {0} */
  readonly threads?: number;
  /** Ends the work early with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every comparison. */
  readonly onProgress?: ((progress: SeparationProgress) => void) | undefined;
}

/** A row that {@link separatedRows} found. */
export interface SeparatedRow {
  /** Row of the sampler. */
  readonly row: number;
  /** Which attempt at it fits; 0 for the row itself. */
  readonly attempt: number;
  /** The row as the sampler made it [D]. */
  readonly vector: Float32Array;
}

/**
 * Rows of the first block. Later ones take so many that they draw about `blockRows` vectors together: where few fit, rows
 * far ahead would be drawn for nothing should the request be given up.
 */
const FIRST_SLOTS = 64;

/**
 * Draws rows of a sampler so that no two of the set, nor one and an enrolled row, have a cosine above t.
 *
 * Row i is drawn until it lies at a cosine of t or less from all rows before it, all of `start` and all of `against`;
 * the cosine is that of `UnitRows.exact`, in float64 from the float32 rows as they are. So the result is a function of
 * (sampler, t, against, start), and a longer set begins with the shorter one: growing it with `start` gives the same
 * rows as making it at once. A sampler that cannot redraw (`redraws: false`) has such a row left out and goes on to
 * the next; then `row` tells which ones were taken, it ends where its rows do, and with `start` it looks at its rows
 * from 0 again, passing over those that are in `start` already.
 *
 * Accepted rows stay in memory: 4 (D + 3) bytes each, 0.6 GB for 300,000 of 512; `start` and `against` too as long as
 * they take a gigabyte at most, else they are read again for each block. Takes N^2 D / 2 multiplications and more
 * where rows are redrawn, plus N (S + A) D.
 *
 * @param sampler Where rows come from.
 * @param options Number of rows, cosine, what is there already, and when to give up.
 * @returns The new rows in order, each as soon as it is settled: rows S..count-1 of the sampler where it redraws.
 * @throws {TypeError} When the widths of the sampler, `start` and `against` differ.
 * @throws {RangeError} When an option is out of range, the sampler has fewer rows than asked for, two rows of `start`
 * are too close, or a row is zero or not finite.
 * @throws {SeparationError} When so many rows cannot be kept apart: there is no room, or drawing takes too many
 * attempts.
 *
 * @example Three directions of a plane, at right angles or more
 * ```ts
 * import { cosine, sphereSampler } from "@/identity/mod.ts";
 * import { separatedRows } from "@/separation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const vectors = [];
 * const rows = separatedRows(sphereSampler(2, { seed: 1 }), { count: 3, maxCosine: 0, threads: 1 });
 * for await (const { vector } of rows) vectors.push(vector);
 * const [a, b, c] = vectors;
 * assert.ok(cosine(a!, b!) <= 0 && cosine(a!, c!) <= 0 && cosine(b!, c!) <= 0);
 * ```
 */
export async function* separatedRows(
  sampler: IdentitySampler,
  options: SeparationOptions,
): AsyncGenerator<SeparatedRow, void, undefined> {
  const { count, maxCosine, start, against, signal, onProgress, threads = 0, blockRows = 1024 } = options;
  const maxAttempts = options.maxAttempts ?? Math.max(20_000, 20 * count);
  check(sampler, options, { blockRows, maxAttempts });
  const bound = separationBound(sampler.width, maxCosine), enrolled = against === undefined ? 0 : 1;
  const first = start?.count ?? 0;
  const budget = new AttemptBudget(count - first, maxAttempts);
  let reached = first, refused = 0;
  const fail = (reason: SeparationReason, pending = 0): never => {
    throw new SeparationError({
      reason,
      count,
      reached,
      bound: bound - enrolled,
      rate: budget.rate(pending),
      maxCosine,
    });
  };
  const redraws = sampler.redraws !== false;
  if (redraws && count > bound - enrolled) fail("bound");
  if (start !== undefined && (options.checkStart ?? true)) await checkStart(start, against, maxCosine, signal);
  const pause = async () => {
    if (signal === undefined) return;
    await new Promise((resolve) => setTimeout(resolve)); // lets timers and messages in, so that an abort can be heard
    signal.throwIfAborted();
  };
  await using kernel = await ConflictKernel.open(sampler.width, threads);
  const store = new RowStore(sampler.width);
  const fixed = [start, against].filter((rows) => rows !== undefined).map((rows) => new FixedRows(rows));
  const around = { sampler, redraws, maxCosine, kernel, store, fixed, blockRows, pause };
  let next = redraws ? first : 0, size = redraws ? Math.min(blockRows, FIRST_SLOTS) : blockRows;
  const end = redraws ? count : sampler.count;
  while (reached < count) {
    if (next >= end) fail("exhausted");
    const to = Math.min(end, next + size);
    const block = new Block(next, to, around);
    next = to;
    for (let head = block.head; head !== undefined && reached < count; head = block.head) {
      if (head.gone) {
        refused++;
        block.skip();
        continue;
      }
      const { limit } = budget;
      if (redraws && (head.candidate === undefined ? head.draws >= limit : head.draws > limit)) {
        fail("no progress", Math.max(0, limit));
      }
      if (head.candidate === undefined) {
        await block.fill(limit);
        onProgress?.({ rows: reached, redraws: refused });
        continue;
      }
      const { row, attempt, vector } = block.accept();
      reached++;
      refused += attempt;
      if (redraws) budget.place(attempt + 1);
      yield { row, attempt, vector };
    }
    onProgress?.({ rows: reached, redraws: refused });
    if (redraws) size = Math.min(blockRows, 2 * size, Math.ceil(budget.rate(0) * blockRows));
  }
}

/** Throws unless all rows of the start keep apart, from each other and from the enrolled rows. */
async function checkStart(
  start: UnitRows,
  against: UnitRows | undefined,
  threshold: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const search = { threshold, ...(signal === undefined ? {} : { signal }) };
  const refuse = (a: number, what: string, cosine: number): never => {
    throw new RangeError(
      `Cannot grow ${start.name} at cosine ${threshold} or less: its row ${a} and ${what} have the cosine ${cosine}; ` +
        "give the cosine that it was made with, or start anew",
    );
  };
  for await (const { a, b, cosine } of selfPairsAbove(start, search)) {
    if (a.length > 0) refuse(a[0]!, `row ${b[0]}`, cosine[0]!);
  }
  if (against === undefined) return;
  for await (const { a, b, cosine } of pairsAbove(start, against, search)) {
    if (a.length > 0) refuse(a[0]!, `row ${b[0]} of ${against.name}`, cosine[0]!);
  }
}

function check(
  sampler: IdentitySampler,
  { count, maxCosine, start, against }: SeparationOptions,
  limits: { readonly blockRows: number; readonly maxAttempts: number },
): void {
  for (const rows of [start, against]) {
    if (rows !== undefined && rows.width !== sampler.width) {
      throw new TypeError(
        `Cannot keep rows of ${sampler.name} apart from ${rows.name}: widths ${sampler.width} and ${rows.width} differ`,
      );
    }
  }
  const least = Math.max(1, start?.count ?? 0);
  if (!Number.isSafeInteger(count) || count < least) {
    throw new RangeError(`Cannot keep ${count} rows apart: expected a whole number of at least ${least}`);
  }
  if (limits.maxAttempts < count - (start?.count ?? 0)) {
    throw new RangeError(
      `Cannot keep ${count} rows apart: maxAttempts is ${limits.maxAttempts}, expected at least one for each row`,
    );
  }
  if (count > sampler.count) {
    throw new RangeError(`Cannot keep ${count} rows of ${sampler.name} apart: it has ${sampler.count}`);
  }
  if (!(maxCosine > -1 && maxCosine < 1)) {
    throw new RangeError(`Cannot keep rows apart at cosine ${maxCosine}: expected a number between -1 and 1`);
  }
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot keep rows apart: ${name} is ${value}, expected a whole number of at least 1`);
    }
  }
}
