/** The ways to go through the blocks of two sets: in float64 alone, in this thread, in workers. */
import { type FoundPairs, PairEngine, type PairRequest } from "./_pair_engine.ts";
import type { Precision } from "./products.ts";
import { dotRows, rowNorms } from "./row_math.ts";
import type { UnitRows } from "./unit_rows.ts";
import type { WorkerPool } from "./worker_pool.ts";

/** Rows from..to of the first set with rows at..end of the second. */
export interface PairTask {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly end: number;
}

/** What all ways take. */
export interface RunOptions {
  readonly a: UnitRows;
  readonly b: UnitRows;
  /** Both sets are one, and only pairs i < j count. */
  readonly self: boolean;
  readonly threshold: number;
  /** Rows of a block, a multiple of 32. */
  readonly block: number;
  readonly precision: Precision;
  readonly tasks: Iterable<PairTask>;
}

/** Pairs of a task; rows count from its first ones. */
export interface TaskPairs {
  readonly task: PairTask;
  readonly pairs: FoundPairs;
}

/** Blocks of the first set that are held together. */
const LEFT_BLOCKS = 16;

/** All blocks from row `start` of the first set, in order. */
export function* listTasks(n: number, m: number, block: number, self: boolean, start: number): Generator<PairTask> {
  for (let from = start; from < n; from += LEFT_BLOCKS * block) {
    const to = Math.min(n, from + LEFT_BLOCKS * block);
    for (let at = self ? from : 0; at < m; at += block) yield { from, to, at, end: Math.min(m, at + block) };
  }
}

/** Number of pairs of a task that count. */
export function pairsIn({ from, to, at, end }: PairTask, self: boolean): number {
  if (!self || at >= to) return (to - from) * (end - at);
  return (end - at) * ((at + end - 1) / 2 - from); // j - from pairs for each j of at..end
}

/** Goes through the tasks in float64 alone. */
export async function* directly(
  { a, b, self, threshold, tasks }: RunOptions,
): AsyncGenerator<TaskPairs, void, undefined> {
  const { width } = a;
  for (const task of tasks) {
    const { from, to, at, end } = task;
    const left = a.stored(from, to), right = b.stored(at, end);
    const leftNorms = rowNorms(left, width), rightNorms = rowNorms(right, width);
    const found: [number, number, number][] = [];
    for (let i = 0; i < to - from; i++) {
      for (let j = self ? Math.max(0, from + i + 1 - at) : 0; j < end - at; j++) {
        const cosine = dotRows(left, i, right, j, width) / (leftNorms[i]! * rightNorms[j]!);
        if (cosine > threshold) found.push([i, j, cosine]);
      }
    }
    const pairs = {
      a: Uint32Array.from(found, ([i]) => i),
      b: Uint32Array.from(found, ([, j]) => j),
      cosine: Float64Array.from(found, ([, , cosine]) => cosine),
    };
    yield { task, pairs };
    await Promise.resolve();
  }
}

/** This thread's engine: its sessions stay, so that many small calls do not make them anew. */
const here = new PairEngine();
let sets = 0;

/** Requests of a task: rows to load when they are others than those of the last, and what to compare. */
function requests({ a, b, self, threshold, block, precision }: RunOptions, task: PairTask, set: number) {
  const { from, to, at, end } = task;
  const load = (): PairRequest => ({
    load: { set, width: a.width, blockRows: block, precision, rows: a.stored(from, to) },
  });
  const compare = (): PairRequest => ({
    compare: { set, threshold, rows: b.stored(at, end), below: self ? at - from : Infinity },
  });
  return { load, compare };
}

/** Goes through the tasks in this thread. */
export async function* inThread(run: RunOptions): AsyncGenerator<TaskPairs, void, undefined> {
  const set = sets++;
  let loaded = -1;
  try {
    for (const task of run.tasks) {
      const { load, compare } = requests(run, task, set);
      if (task.from !== loaded) await here.answer(load());
      loaded = task.from;
      yield { task, pairs: (await here.answer(compare()))! };
    }
  } finally {
    await here.answer({ drop: set });
  }
}

/** Goes through the tasks in workers, two tasks ahead of each. */
export async function* inWorkers(
  run: RunOptions,
  pool: WorkerPool,
  owned: boolean,
): AsyncGenerator<TaskPairs, void, undefined> {
  const waiting: { task: PairTask; pairs: Promise<FoundPairs> }[] = [];
  const used: number[] = [];
  const everywhere = (request: PairRequest) => {
    for (let w = 0; w < pool.size; w++) pool.ask(w, request).catch(() => {}); // the comparison that needs it fails too
  };
  const tasks = run.tasks[Symbol.iterator]();
  let loaded = -1, turn = 0;
  try {
    for (;;) {
      while (waiting.length < 2 * pool.size) {
        const { value: task, done } = tasks.next();
        if (done === true) break;
        if (task.from !== loaded) {
          if (used.length > 0) everywhere({ drop: used.pop()! });
          used.push(sets++);
          everywhere(requests(run, task, used[0]!).load());
          loaded = task.from;
        }
        const request = requests(run, task, used[0]!).compare() as { compare: { rows: Float32Array<ArrayBuffer> } };
        const pairs = pool.ask<FoundPairs>(turn++ % pool.size, request, [request.compare.rows.buffer]);
        pairs.catch(() => {}); // reported when its turn comes
        waiting.push({ task, pairs });
      }
      const head = waiting.shift();
      if (head === undefined) return;
      yield { task: head.task, pairs: await head.pairs };
    }
  } finally {
    if (owned) pool[Symbol.dispose]();
    else if (used.length > 0) everywhere({ drop: used.pop()! });
  }
}
