/**
 * One count of separated rows, timed with its peak memory; started by `deno task bench:separability`.
 *
 * Arguments: FILE.npy ROWS THRESHOLD WORKERS PRECISION. Prints one line of JSON: {"seconds", "cpuSeconds", "peakBytes",
 * "separated"}.
 */
import process from "node:process";
import { measureSeparability, separabilityReport } from "@/separability/mod.ts";
import { openRows, unitRows } from "@/similarity/mod.ts";
import { peakBytes } from "./_peak.ts";

const [path, rows, threshold, workers, precision] = Deno.args as [string, string, string, string, "int8" | "float32"];
using source = openRows(path);
const part = unitRows({ ...source, count: Number(rows) });
const start = performance.now();
const result = await measureSeparability(part, {
  thresholds: [Number(threshold)],
  workers: Number(workers),
  precision,
});
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(); // microseconds
const separated = separabilityReport(result).separated[0]!.at(-1)!;
const figures = { seconds, cpuSeconds: (user + system) / 1e6, peakBytes: peakBytes(), separated };
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(figures)));
