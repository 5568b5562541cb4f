/**
 * Time and memory of packing by number of rows, and what they come to for 100,000: the time from the rate of blocks and steps of the
 * largest size that was run, the memory from what the two largest differ by.
 *
 * Each run has a process of its own, so that its peak memory is its own. Measured, 100,000 rows of 512 with `--steps 1`: peak of 801 MiB, 742 of
 * them the packing's own, 131 s of processor time for a look at all pairs and a step (EPYC, 2 cores that a training had most of: 233 s).
 */
import { tellOf } from "./_process.ts";

/** Rows that time and memory are told for. */
export const PACKING_ROWS = 100_000;
/** Steps of a whole packing, and from one look for neighbours to the next: the defaults of `packVectors` for many rows. */
export const PACKING_STEPS = 300, PACKING_REFRESH = 8;
/** Neighbours that a row knows, and rows of a block, by default. */
const NEIGHBOURS = 32, BLOCK = 1024;

/** One run. */
export interface PackingRun {
  /** Rows N. */
  readonly rows: number;
  /** Time to go through all pairs in seconds; null where it could not be run. */
  readonly passSeconds: number | null;
  /** Time of a step without a look for neighbours; null where only one was taken. */
  readonly stepSeconds: number | null;
  /** Processor time of the whole run. */
  readonly cpuSeconds: number | null;
  /** Peak memory of the process in bytes. */
  readonly peakBytes: number | null;
  /** What it was before packing. */
  readonly beforeBytes: number | null;
  /** Why it could not be run. */
  readonly note?: string;
}

/** What runs come to for PACKING_ROWS. */
export interface PackingForecast {
  /** Going through all pairs, seconds. */
  readonly passSeconds: number;
  /** A step without a look for neighbours, seconds. */
  readonly stepSeconds: number;
  /** A step with its share of the looks, seconds. */
  readonly iterationSeconds: number;
  /** All steps, with the looks before the first and after the last, seconds. */
  readonly totalSeconds: number;
  /** Peak memory in bytes; null for one size. */
  readonly peakBytes: number | null;
}

/** What to run. */
export interface PackingBenchOptions {
  /** Numbers of rows, ascending. */
  readonly sizes: readonly number[];
  /** Width D. */
  readonly width: number;
  /** Steps to take. */
  readonly steps: number;
  /** Threads of the products; 0 lets the runtime choose. */
  readonly threads: number;
  /** Told about each run before it begins. */
  readonly onRun?: (rows: number) => void;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs the benchmark. Requires permission to run Deno. */
export async function benchPacking(options: PackingBenchOptions): Promise<PackingRun[]> {
  const { sizes, width, steps, threads, onRun, signal } = options;
  const script = decodeURIComponent(new URL("./_packing_run.ts", import.meta.url).pathname);
  const runs: PackingRun[] = [];
  for (const rows of sizes) {
    onRun?.(rows);
    const told = await tellOf(
      Deno.execPath(),
      ["run", "-P", script, ...[rows, width, steps, threads].map(String)],
      signal,
    );
    const none = { passSeconds: null, stepSeconds: null, cpuSeconds: null, peakBytes: null, beforeBytes: null };
    runs.push({ rows, ...none, ...told, ...(steps === 1 ? { stepSeconds: null } : {}) } as PackingRun);
  }
  return runs;
}

/** Bytes that packing says it takes: 4 (3 N D + 2 N K + B^2). */
export function packingBytes(rows: number, width: number): number {
  return 4 * (3 * rows * width + 2 * rows * NEIGHBOURS + BLOCK ** 2);
}

/** Tells from the runs what PACKING_ROWS take; undefined where no run has a step. */
export function packingForecast(runs: readonly PackingRun[]): PackingForecast | undefined {
  const done = runs.filter(({ passSeconds }) => passSeconds !== null);
  const timed = done.filter(({ stepSeconds }) => stepSeconds !== null).at(-1);
  if (timed === undefined) return undefined;
  const more = PACKING_ROWS / timed.rows;
  const passSeconds = timed.passSeconds! * more ** 2, stepSeconds = timed.stepSeconds! * more;
  const [before, last] = done.slice(-2);
  const growth = last === undefined ? undefined : (last.peakBytes! - before!.peakBytes!) / (last.rows - before!.rows);
  return {
    ...{ passSeconds, stepSeconds, iterationSeconds: stepSeconds + passSeconds / PACKING_REFRESH },
    totalSeconds: PACKING_STEPS * stepSeconds + (1 + Math.ceil(PACKING_STEPS / PACKING_REFRESH)) * passSeconds,
    peakBytes: growth === undefined ? null : last!.peakBytes! + (PACKING_ROWS - last!.rows) * growth,
  };
}

/** The results as lines of text. */
export function packingTable(runs: readonly PackingRun[], width: number): string[] {
  const number = (x: number | null, digits: number) => x === null ? "" : x.toFixed(digits);
  const mebibytes = (x: number | null) => x === null ? "" : (x / 2 ** 20).toFixed(0);
  const head = ["rows", "all pairs s", "step s", "CPU s", "peak MiB", "own MiB", "stated MiB", "note"];
  const lines = runs.map(({ rows, passSeconds, stepSeconds, cpuSeconds, peakBytes, beforeBytes, note }) => [
    ...[String(rows), number(passSeconds, 2), number(stepSeconds, 2), number(cpuSeconds, 1), mebibytes(peakBytes)],
    ...[
      peakBytes === null ? "" : mebibytes(peakBytes - beforeBytes!),
      mebibytes(packingBytes(rows, width)),
      note ?? "",
    ],
  ]);
  const widths = head.map((title, c) => Math.max(title.length, ...lines.map((line) => line[c]!.length)));
  const forecast = packingForecast(runs);
  return [
    ...[head, ...lines].map((line) =>
      line.map((cell, c) => c + 1 === head.length ? cell : cell.padStart(widths[c]!)).join("  ").trimEnd()
    ),
    ...(forecast === undefined ? [] : [
      "",
      `${PACKING_ROWS} rows of ${width} at these rates: all pairs ${forecast.passSeconds.toFixed(0)} s, step ` +
      `${forecast.stepSeconds.toFixed(1)} s, a step with its share of looks for neighbours ` +
      `${forecast.iterationSeconds.toFixed(1)} s, ${PACKING_STEPS} steps ${
        (forecast.totalSeconds / 60).toFixed(0)
      } minutes` +
      (forecast.peakBytes === null ? "" : `, peak ${mebibytes(forecast.peakBytes)} MiB`),
    ]),
  ];
}
