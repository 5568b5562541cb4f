/**
 * Time and memory of the metrics of data sets by number of images, on generated embeddings: memory must not grow with them.
 *
 * Each run has a process of its own, so that its peak memory is its own.
 */
import { tellOf } from "./_process.ts";

/** Passes that are timed. */
export const METRIC_PASSES: readonly string[] = ["identities", "appearance", "leakage", "moments"];

/** One run. */
export interface MetricsRun {
  /** Which pass. */
  readonly pass: string;
  /** Images. */
  readonly rows: number;
  /** Time in seconds; null where it could not be run. */
  readonly seconds: number | null;
  /** Processor time in seconds, which other work on the machine hardly changes. */
  readonly cpuSeconds: number | null;
  /** Peak memory of the process in bytes. */
  readonly peakBytes: number | null;
  /** Why it could not be run. */
  readonly note?: string;
}

/** What to run. */
export interface MetricsBenchOptions {
  /** Numbers of images, ascending. */
  readonly sizes: readonly number[];
  /** Width of an embedding. */
  readonly width: number;
  /** Passes, of METRIC_PASSES. @default {all} */
  readonly passes?: readonly string[];
  /** Told about each run before it begins. */
  readonly onRun?: (pass: string, rows: number) => void;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the benchmark. Requires permission to run Deno.
 *
 * @throws {TypeError} If a pass is unknown.
 */
export async function benchMetrics(options: MetricsBenchOptions): Promise<MetricsRun[]> {
  const { sizes, width, passes = METRIC_PASSES, onRun, signal } = options;
  const unknown = passes.find((pass) => !METRIC_PASSES.includes(pass));
  if (unknown !== undefined) {
    throw new TypeError(`Cannot time "${unknown}": expected any of ${METRIC_PASSES.join(", ")}`);
  }
  const script = decodeURIComponent(new URL("./_metrics_run.ts", import.meta.url).pathname);
  const runs: MetricsRun[] = [];
  for (const pass of passes) {
    for (const rows of sizes) {
      onRun?.(pass, rows);
      const told = await tellOf(Deno.execPath(), ["run", "-P", script, pass, String(rows), String(width)], signal);
      const none = { seconds: null, cpuSeconds: null, peakBytes: null };
      runs.push({ pass, rows, ...none, ...told } as MetricsRun);
    }
  }
  return runs;
}

/** The runs as lines of a table. */
export function metricsTable(runs: readonly MetricsRun[]): string[] {
  const head = ["pass", "images", "seconds", "processor", "us/image", "peak MB"];
  const lines = runs.map(({ pass, rows, seconds, cpuSeconds, peakBytes, note }) =>
    seconds === null || cpuSeconds === null || peakBytes === null
      ? [pass, String(rows), note ?? "failed", "", "", ""]
      : [
        ...[pass, String(rows), seconds.toFixed(1), cpuSeconds.toFixed(1), (1e6 * cpuSeconds / rows).toFixed(2)],
        (peakBytes / 2 ** 20).toFixed(0),
      ]
  );
  const widths = head.map((title, c) => Math.max(title.length, ...lines.map((line) => line[c]!.length)));
  return [head, ...lines].map((line) =>
    line.map((cell, c) => c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)).join("  ").trimEnd()
  );
}
