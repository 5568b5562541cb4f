/**
 * Records a second of training databases, written and read here and by python-lmdb.
 *
 * Both write the layout of imagelist2lmdb.py: its loop in Python (map_async, a transaction each 5000 records), ours with
 * its usual transactions, each of which is on disk before the next, and with as large ones as Python's. The files are
 * in the page cache when they are read; random order is that of an epoch of training.
 */
import { epochOrder, openLmdb, openLmdbWriter } from "@/datasets/mod.ts";
import { pythonWith, runToolWith } from "../datasets/_interop.ts";
import { withDir } from "../datasets/_paths.ts";

/** One measurement. */
export interface LmdbRate {
  /** What was done, and by whom. */
  readonly what: string;
  /** Records a second. */
  readonly perSecond: number;
  /** Memory of this process afterwards in bytes; null for Python. */
  readonly memory: number | null;
}

/** All results. */
export interface LmdbBench {
  /** Records of a database. */
  readonly records: number;
  /** Bytes of an image. */
  readonly bytes: number;
  /** The measurements. */
  readonly rates: readonly LmdbRate[];
  /** Why python-lmdb was not measured. */
  readonly note?: string;
}

/** What to run. */
export interface LmdbBenchOptions {
  /** Records of a database. */
  readonly records: number;
  /** Bytes of an image. */
  readonly bytes: number;
  /** Interpreter with lmdb and msgpack; python3 and the system's are tried when left out. */
  readonly python?: string | undefined;
  /** Told about each measurement before it begins. */
  readonly onRun?: (what: string) => void;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

/** Records of a transaction: as few as the writer's default, as many as imagelist2lmdb.py has. */
const TRANSACTIONS = [64, 5000] as const;
const MODULES = "lmdb, msgpack";

/**
 * Runs the benchmark. Requires permission to run Python, and to write into the folder for temporary files.
 *
 * @throws {TypeError} If an interpreter was named that has not what is needed.
 */
export async function benchLmdb(options: LmdbBenchOptions): Promise<LmdbBench> {
  const { records, bytes, onRun, signal } = options;
  const python = pythonWith(MODULES, options.python === undefined ? undefined : [options.python]);
  if (options.python !== undefined && python === undefined) {
    throw new TypeError(`Cannot time Python: "${options.python}" is not there or cannot import ${MODULES}`);
  }
  const rates: LmdbRate[] = [];
  const timed = async (what: string, work: () => Promise<unknown>) => {
    signal?.throwIfAborted();
    onRun?.(what);
    const start = performance.now();
    await work();
    const seconds = (performance.now() - start) / 1000;
    rates.push({ what, perSecond: records / seconds, memory: Deno.memoryUsage().rss });
  };
  await withDir(async (dir) => {
    const image = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += 65536) crypto.getRandomValues(image.subarray(at, at + 65536));
    for (const commitEvery of TRANSACTIONS) {
      await timed(`write, ${commitEvery} a transaction`, async () => {
        await using writer = await openLmdbWriter(`${dir}/${commitEvery}.lmdb`, { commitEvery });
        for (let i = 0; i < records; i++) {
          await writer.write({ label: Math.floor(i / 50), image: i % 50, bytes: image });
        }
      });
    }
    await using reader = await openLmdb(`${dir}/64.lmdb`);
    await timed("all labels", () => Promise.resolve(reader.labels));
    await timed("read in order", async () => {
      for await (const _ of reader);
    });
    await timed("read in random order", async () => {
      for (const index of epochOrder(records, { seed: 1 })) await reader.get(index);
    });
    if (python === undefined) return;
    const theirs = async (what: string, ...args: string[]) => {
      signal?.throwIfAborted();
      onRun?.(what);
      const { seconds } = JSON.parse(await runToolWith(python, ...args)) as { seconds: number };
      rates.push({ what, perSecond: records / seconds, memory: null });
    };
    await theirs("python-lmdb: write", "fill", `${dir}/python.lmdb`, String(records), String(bytes));
    await theirs("python-lmdb: read its file in order", "count", `${dir}/python.lmdb`);
    await theirs("python-lmdb: read our file in order", "count", `${dir}/64.lmdb`);
    await theirs("python-lmdb: read our file in random order", "count", `${dir}/64.lmdb`, "random");
  });
  const note = `no Python here has ${MODULES} (Debian: python3-lmdb, python3-msgpack)`;
  return { records, bytes, rates, ...(python === undefined ? { note } : {}) };
}

/** The results as lines of text. */
export function lmdbTable({ records, bytes, rates, note }: LmdbBench): string[] {
  const width = Math.max(...rates.map(({ what }) => what.length));
  const line = (what: string, rate: string, memory: string) =>
    `${what.padEnd(width)}  ${rate.padStart(9)}  ${memory.padStart(9)}`.trimEnd();
  return [
    `${records} records of ${bytes} bytes`,
    line("", "records/s", "memory MB"),
    ...rates.map(({ what, perSecond, memory }) =>
      line(what, perSecond.toFixed(0), memory === null ? "" : (memory / 1e6).toFixed(0))
    ),
    ...(note === undefined ? [] : [`python-lmdb was not measured: ${note}`]),
  ];
}
