import assert from "node:assert/strict";
import { benchMetrics, METRIC_PASSES, metricsTable } from "./metrics_report.ts";

Deno.test("benchMetrics() runs every pass in a process of its own", async () => {
  const begun: string[] = [];
  const runs = await benchMetrics({ sizes: [500], width: 8, onRun: (pass, rows) => begun.push(`${pass} ${rows}`) });
  assert.deepEqual(begun, METRIC_PASSES.map((pass) => `${pass} 500`));
  for (const { pass, seconds, peakBytes, note } of runs) {
    assert.ok(seconds! > 0 && peakBytes! > 1e7, `${pass}: ${note}`);
  }
  await assert.rejects(benchMetrics({ sizes: [1], width: 1, passes: ["beauty"] }), { name: "TypeError" });
});

Deno.test("metricsTable() has a line for each run, also for one that failed", () => {
  const lines = metricsTable([
    { pass: "moments", rows: 1000, seconds: 2, cpuSeconds: 1.5, peakBytes: 2 ** 27 },
    { pass: "leakage", rows: 10, seconds: null, cpuSeconds: null, peakBytes: null, note: "ended with code 1" },
  ]);
  assert.deepEqual(lines, [
    "pass     images            seconds  processor  us/image  peak MB",
    "moments    1000                2.0        1.5   1500.00      128",
    "leakage      10  ended with code 1",
  ]);
});
