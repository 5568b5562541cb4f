/**
 * One count of separated rows, timed with its peak memory; started by `deno task bench:separability`.
 *
 * Arguments: FILE.npy ROWS THRESHOLD WORKERS PRECISION. Prints one line of JSON: {"seconds", "peakBytes", "separated"}.
 */
import { measureSeparability, separabilityReport } from "@/separability/mod.ts";
import { openRows, unitRows } from "@/similarity/mod.ts";

/** Most memory this process has had, in bytes. */
function peakBytes(): number {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(Deno.readTextFileSync("/proc/self/status"));
    if (kilobytes !== null) return 1024 * Number(kilobytes[1]);
  } catch {
    // not Linux: what it has now is near enough
  }
  return Deno.memoryUsage().rss;
}

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
const separated = separabilityReport(result).separated[0]!.at(-1)!;
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ seconds, peakBytes: peakBytes(), separated })));
