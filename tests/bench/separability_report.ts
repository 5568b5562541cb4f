/**
 * Time and memory of counting separated rows by size, beside scikit-learn and faiss where Python has them.
 *
 * Each run has a process of its own, so that its peak memory is its own. All sides count the rows of one file. Measured on one core with AVX-512 VNNI
 * while it was shared (ONNX Runtime 1.30, 512 terms, blocks of 512 x 512, least of many runs, nanoseconds an element): float32 product 7.3, with row and
 * column maxima and bins 8.3; int8 product 2.6, with them 3.5; JavaScript's own column maximum would take 0.9, a histogram 1.4.
 * U8U8 integer products took 7.0 and gain nothing; bf16 products cannot be reached from graphs on the CPU.
 */
import { RandomStream } from "@/random/mod.ts";
import { NpyWriter } from "@/weights/mod.ts";
import { leastSeconds } from "./_measure.ts";
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
  /** Peak memory of the process in bytes. */
  readonly peakBytes: number | null;
  /** Rows that are separated; all methods must agree. */
  readonly separated: number | null;
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
  /** Products of the symmetric half a second, of the largest sizes, as a share of the matrix product's rate. */
  readonly ofMatmul: number | null;
  /** Seconds for EXTRAPOLATED rows at the rate of the largest sizes. */
  readonly extrapolated: readonly number[] | null;
}

/** All results. */
export interface SeparabilityBench {
  /** Threads of all sides. */
  readonly threads: number;
  /** Rate of a matrix product, 10^9 operations a second. */
  readonly matmulGflops: number;
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
  /** Interpreter with scikit-learn, faiss-cpu or both; `python3` is tried when left out. */
  readonly python?: string | undefined;
  /** Seconds to measure the matrix product. @default {1} */
  readonly seconds?: number;
  /** Told about each run before it begins. */
  readonly onRun?: (method: string, rows: number) => void;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

const THRESHOLD = 0.2; // of 512 normal numbers, some rows in 50,000 are closer
const OURS = { "ours, int8": "int8", "ours, float32": "float32" } as const;
const PYTHON = ["scikit-learn", "faiss"] as const;

/**
 * Runs the benchmark. Requires permission to run Deno and Python, and to write into the folder for temporary files.
 *
 * @throws {TypeError} If an interpreter was named that cannot be run.
 */
export async function benchSeparability(options: SeparabilityBenchOptions): Promise<SeparabilityBench> {
  const { sizes, threads, python = "python3", seconds = 1, onRun, signal } = options;
  const { inputs, outputs } = matmulParts(MATMUL_SIZE);
  const matmul = 2 * MATMUL_SIZE ** 3 / await leastSeconds(inputs, outputs, { seconds, session: { threads } });
  const path = await Deno.makeTempFile({ suffix: ".npy" });
  const runs: SeparabilityRun[] = [];
  try {
    writeRows(path, Math.max(...sizes));
    for (const rows of sizes) {
      const here = (name: string) => decodeURIComponent(new URL(name, import.meta.url).pathname);
      for (const [method, precision] of Object.entries(OURS)) {
        onRun?.(method, rows);
        const args = ["run", "-P", here("./_separability_run.ts"), path, rows, THRESHOLD, threads, precision].map(
          String,
        );
        runs.push({ method, rows, ...await oneRun(Deno.execPath(), args, signal) });
      }
      for (const method of PYTHON) {
        onRun?.(method, rows);
        const args = [here("./separability_bench.py"), method, path, rows, THRESHOLD, threads].map(String);
        const run = { method, rows, ...await oneRun(python, args, signal) };
        if (run.note === MISSING && options.python !== undefined) {
          throw new TypeError(`Cannot time Python: "${python}" is not there or may not be run`);
        }
        runs.push(run);
      }
    }
  } finally {
    await Deno.remove(path);
  }
  return { threads, matmulGflops: matmul / 1e9, runs, methods: summarise(runs, matmul) };
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
  const none = { seconds: null, peakBytes: null, separated: null };
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
  const { seconds, peakBytes, separated, missing, skipped } = JSON.parse(new TextDecoder().decode(output.stdout));
  if (missing !== undefined) return { ...none, note: `${missing} is not installed` };
  return skipped === undefined ? { seconds, peakBytes, separated } : { ...none, note: skipped };
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
export function summarise(runs: readonly SeparabilityRun[], matmul: number): MethodSummary[] {
  return [...new Set(runs.map(({ method }) => method))].map((method): MethodSummary => {
    const done = runs.filter((run) => run.method === method && run.seconds !== null);
    const points = done.map(({ rows, seconds }) => [rows, seconds!] as const);
    const memory = done.map(({ rows, peakBytes }) => [rows, peakBytes!] as const);
    const last = points.at(-1), before = points.at(-2);
    if (last === undefined) {
      return { method, timeExponent: null, memoryExponent: null, ofMatmul: null, extrapolated: null };
    }
    // What the two largest sizes differ by, so that loading does not count.
    const [time, work] = before !== undefined && last[1] > before[1]
      ? [last[1] - before[1], pairs(last[0]) - pairs(before[0])]
      : [last[1], pairs(last[0])];
    return {
      method,
      timeExponent: growthExponent(points),
      memoryExponent: growthExponent(memory),
      ofMatmul: 2 * WIDTH * work / time / matmul,
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
    `${threads} thread(s), rows of ${WIDTH}, MatMul ${matmulGflops.toFixed(1)} GFLOP/s`,
    ...lines(
      ["method", "rows", "seconds", "peak MiB", "separated", "note"],
      runs.map((run) => [
        run.method,
        String(run.rows),
        number(run.seconds),
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
