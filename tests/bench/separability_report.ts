/**
 * Time and memory of counting separated rows by size, beside scikit-learn and faiss where Python has them.
 *
 * Each run has a process of its own, so that its peak memory is its own. All sides count the rows of one file.
 *
 * Why int8 products find candidates above 16,384 rows, and float32 below. Nanoseconds an element, ONNX Runtime 1.30, 512 terms, blocks
 * of 512 x 512, one core, least of many runs:
 *
 * | processor                     | float32 product | with maxima, bins | int8 product | with maxima, bins |
 * |-------------------------------|-----------------|-------------------|--------------|-------------------|
 * | Xeon, AVX-512 VNNI            | 7.3             | 8.3               | 2.6          | 3.5               |
 * | EPYC, AVX-512 VNNI, BF16      | 10.5            | 11.1              | 3.2          | 3.8               |
 *
 * What int8 saves is spent on exact cosines of the candidates that its bound of 0.03 leaves open, most of them while the nearest rows
 * are still far: of 40,000 rows on the EPYC, shared with other work, the first 80 million pairs took 20 ns each against
 * 24 in float32, the last ones 9 against 17; up to 16,384 rows both take about the same.
 *
 * What the runtime's binding gives out it copies, 1.3 MB for a block of 512 with its cosines: with bins alone (a quarter) and blocks of 1024,
 * float32 went from 0.78 and 0.81 of the matrix product's rate to 0.93 and 0.94 (10,000 and 25,000 rows, two workers, two runs of each on a shared
 * EPYC); int8, which keeps its cosines, from 0.78 and 0.83 to 0.79 and 0.85. The matrix product is timed by its mean around each run:
 * the least of its times, as of a machine without other work, made the same engine look 13 points slower.
 *
 * Tried and left: a column maximum in JavaScript (0.9 ns) and a histogram there (1.4) against those in the graph; U8U8 integer products
 * (7.0 on the Xeon, no gain); bfloat16, which the CPU provider has no MatMul for ("Could not find an implementation for
 * MatMul(13)").
 */
import process from "node:process";
import { RandomStream } from "@/random/mod.ts";
import { NpyWriter } from "@/weights/mod.ts";
import { meanSeconds } from "./_measure.ts";
import { matmulParts } from "./cases.ts";

/** Side of the matrices whose product is the machine's measure. */
const MATMUL_SIZE = 1024;
/** Width of a row. */
const WIDTH = 512;
/** Sizes that are told from the rate of the largest ones. */
export const EXTRAPOLATED: readonly number[] = [200_000, 1_000_000];

/** One run. */
export interface SeparabilityRun {
  /** How it was counted. */
  readonly method: string;
  /** Rows N. */
  readonly rows: number;
  /** Time in seconds; null where it could not be run. */
  readonly seconds: number | null;
  /** Processor time of all threads in seconds, which other work on the machine hardly changes; loading is in it. */
  readonly cpuSeconds: number | null;
  /** Peak memory of the process in bytes. */
  readonly peakBytes: number | null;
  /** Rows that are separated; all methods must agree. */
  readonly separated: number | null;
  /** Rate of the matrix product on one core just before and after, operations in a second of processor time; ours only. */
  readonly matmul?: number;
  /** Why it could not be run. */
  readonly note?: string;
}

/** What one method comes to. */
export interface MethodSummary {
  /** How it was counted. */
  readonly method: string;
  /** Time grows as N to this power; null for one size. */
  readonly timeExponent: number | null;
  /** Peak memory grows as N to this power. */
  readonly memoryExponent: number | null;
  /**
   * Products of the symmetric half in a second of one core, of the largest sizes, as a share of the matrix product's: both by
   * processor time, and means of what was measured one after the other, so that it holds on a machine that is shared.
   */
  readonly ofMatmul: number | null;
  /** Seconds for EXTRAPOLATED rows at the rate of the largest sizes. */
  readonly extrapolated: readonly number[] | null;
}

/** All results. */
export interface SeparabilityBench {
  /** Threads of all sides. */
  readonly threads: number;
  /** Mean rate of a matrix product on one core, 10^9 operations in a second of processor time; null without runs of ours. */
  readonly matmulGflops: number | null;
  /** The runs. */
  readonly runs: readonly SeparabilityRun[];
  /** Their sums. */
  readonly methods: readonly MethodSummary[];
}

/** What to run. */
export interface SeparabilityBenchOptions {
  /** Numbers of rows, ascending. */
  readonly sizes: readonly number[];
  /** Threads, or workers. */
  readonly threads: number;
  /** What to run, of SEPARABILITY_METHODS. @default {all} */
  readonly methods?: readonly string[];
  /** Interpreter with scikit-learn, faiss-cpu or both; `python3` is tried when left out. */
  readonly python?: string | undefined;
  /** Seconds to measure the matrix product, each time. @default {0.5} */
  readonly seconds?: number;
  /** Told about each run before it begins. */
  readonly onRun?: (method: string, rows: number) => void;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

const THRESHOLD = 0.2; // of 512 normal numbers, some rows in 50,000 are closer
/** Ways to count: ours by its arithmetic, and what Python has. */
export const SEPARABILITY_METHODS: readonly string[] = ["int8", "float32", "scikit-learn", "faiss"];
const OURS: readonly string[] = ["int8", "float32"];

/**
 * Runs the benchmark. Requires permission to run Deno and Python, and to write into the folder for temporary files.
 *
 * @throws {TypeError} If a method is unknown, or an interpreter was named that cannot be run.
 */
export async function benchSeparability(options: SeparabilityBenchOptions): Promise<SeparabilityBench> {
  const { sizes, threads, python = "python3", seconds = 0.5, methods = SEPARABILITY_METHODS, onRun, signal } = options;
  const unknown = methods.find((name) => !SEPARABILITY_METHODS.includes(name));
  if (unknown !== undefined || methods.length === 0) {
    throw new TypeError(`Cannot time "${unknown ?? ""}": expected any of ${SEPARABILITY_METHODS.join(", ")}`);
  }
  const { inputs, outputs } = matmulParts(MATMUL_SIZE);
  const now = () => (process.cpuUsage().user + process.cpuUsage().system) / 1e3; // milliseconds
  const matmul = async () =>
    2 * MATMUL_SIZE ** 3 / await meanSeconds(inputs, outputs, { seconds, session: { threads: 1 }, now });
  const path = await Deno.makeTempFile({ suffix: ".npy" });
  const runs: SeparabilityRun[] = [];
  try {
    writeRows(path, Math.max(...sizes));
    const here = (name: string) => decodeURIComponent(new URL(name, import.meta.url).pathname);
    for (const rows of sizes) {
      for (const name of methods) {
        const ours = OURS.includes(name), method = ours ? `ours, ${name}` : name;
        onRun?.(method, rows);
        const args = ours
          ? ["run", "-P", here("./_separability_run.ts"), path, rows, THRESHOLD, threads, name]
          : [here("./separability_bench.py"), name, path, rows, THRESHOLD, threads];
        const before = ours ? await matmul() : 0;
        const run = await oneRun(ours ? Deno.execPath() : python, args.map(String), signal);
        if (run.note === MISSING && !ours && options.python !== undefined) {
          throw new TypeError(`Cannot time Python: "${python}" is not there or may not be run`);
        }
        runs.push({ method, rows, ...run, ...(ours ? { matmul: (before + await matmul()) / 2 } : {}) });
      }
    }
  } finally {
    await Deno.remove(path);
  }
  const rate = meanMatmul(runs);
  return { threads, matmulGflops: rate === null ? null : rate / 1e9, runs, methods: summarise(runs) };
}

/** Mean rate of the matrix product over runs that have one; null without any. */
function meanMatmul(runs: readonly SeparabilityRun[]): number | null {
  const rates = runs.flatMap(({ matmul }) => matmul ?? []);
  return rates.length === 0 ? null : rates.reduce((a, b) => a + b) / rates.length;
}

function writeRows(path: string, count: number): void {
  using writer = new NpyWriter(path, { rowShape: [WIDTH] });
  for (let row = 0; row < count; row++) {
    writer.write(new RandomStream(1, "identity", row).fillNormal(new Float32Array(WIDTH)));
  }
  writer.close();
}

const MISSING = "not there";

async function oneRun(
  command: string,
  args: string[],
  signal: AbortSignal | undefined,
): Promise<Omit<SeparabilityRun, "method" | "rows">> {
  const none = { seconds: null, cpuSeconds: null, peakBytes: null, separated: null };
  signal?.throwIfAborted();
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(command, { args, stderr: "null", ...(signal === undefined ? {} : { signal }) })
      .output();
  } catch (error) {
    const { NotFound, PermissionDenied, NotCapable } = Deno.errors;
    if ([NotFound, PermissionDenied, NotCapable].some((kind) => error instanceof kind)) {
      return { ...none, note: MISSING };
    }
    throw error;
  }
  signal?.throwIfAborted();
  if (!output.success) return { ...none, note: `ended with code ${output.code}` };
  const { seconds, cpuSeconds, peakBytes, separated, missing, skipped } = JSON.parse(
    new TextDecoder().decode(output.stdout),
  );
  if (missing !== undefined) return { ...none, note: `${missing} is not installed` };
  return skipped === undefined ? { seconds, cpuSeconds, peakBytes, separated } : { ...none, note: skipped };
}

/**
 * Slope of log y over log x by least squares.
 *
 * @returns The power with which y grows; null for fewer than two points.
 */
export function growthExponent(points: readonly (readonly [x: number, y: number])[]): number | null {
  if (points.length < 2) return null;
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (k: 0 | 1) => logs.reduce((sum, point) => sum + point[k], 0) / logs.length;
  const [mx, my] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}

const pairs = (rows: number) => rows * (rows - 1) / 2;

/** Sums the runs of each method up. */
export function summarise(runs: readonly SeparabilityRun[]): MethodSummary[] {
  return [...new Set(runs.map(({ method }) => method))].map((method): MethodSummary => {
    const done = runs.filter((run) => run.method === method && run.seconds !== null);
    const points = done.map(({ rows, seconds }) => [rows, seconds!] as const);
    const memory = done.map(({ rows, peakBytes }) => [rows, peakBytes!] as const);
    const last = points.at(-1), before = points.at(-2);
    if (last === undefined) {
      return { method, timeExponent: null, memoryExponent: null, ofMatmul: null, extrapolated: null };
    }
    // What the two largest sizes differ by, so that loading does not count.
    const differ = (time: readonly number[]) =>
      before !== undefined && time.at(-1)! > time.at(-2)!
        ? [time.at(-1)! - time.at(-2)!, pairs(last[0]) - pairs(before[0])] as const
        : [time.at(-1)!, pairs(last[0])] as const;
    const [time, work] = differ(done.map(({ seconds }) => seconds!));
    const [cpu, cpuWork] = differ(done.map(({ cpuSeconds }) => cpuSeconds!));
    const matmul = meanMatmul(done.slice(-2)) ?? meanMatmul(runs);
    return {
      method,
      timeExponent: growthExponent(points),
      memoryExponent: growthExponent(memory),
      ofMatmul: matmul === null ? null : 2 * WIDTH * cpuWork / cpu / matmul,
      extrapolated: EXTRAPOLATED.map((rows) => last[1] + (pairs(rows) - pairs(last[0])) * time / work),
    };
  });
}

/** The results as lines of text. */
export function separabilityTable({ threads, matmulGflops, runs, methods }: SeparabilityBench): string[] {
  const number = (x: number | null, digits = 2) => x === null ? "" : x.toFixed(digits);
  const lines = (head: string[], cells: string[][]) => {
    const widths = head.map((title, c) => Math.max(title.length, ...cells.map((row) => row[c]!.length)));
    return [head, ...cells].map((row) =>
      row.map((cell, c) => c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)).join("  ").trimEnd()
    );
  };
  const mebibytes = (bytes: number | null) => bytes === null ? "" : (bytes / 2 ** 20).toFixed(0);
  return [
    `${threads} thread(s), rows of ${WIDTH}` +
    (matmulGflops !== null ? `, MatMul ${matmulGflops.toFixed(1)} GFLOP/s a core` : ""),
    ...lines(
      ["method", "rows", "seconds", "CPU s", "peak MiB", "separated", "note"],
      runs.map((run) => [
        run.method,
        String(run.rows),
        number(run.seconds),
        number(run.cpuSeconds),
        mebibytes(run.peakBytes),
        run.separated === null ? "" : String(run.separated),
        run.note ?? "",
      ]),
    ),
    "",
    ...lines(
      ["method", "time ~ N^", "memory ~ N^", "of MatMul", ...EXTRAPOLATED.map((rows) => `s at ${rows}`)],
      methods.map(({ method, timeExponent, memoryExponent, ofMatmul, extrapolated }) => [
        method,
        number(timeExponent),
        number(memoryExponent),
        number(ofMatmul),
        ...EXTRAPOLATED.map((_, k) => extrapolated === null ? "" : extrapolated[k]!.toFixed(0)),
      ]),
    ),
  ];
}
