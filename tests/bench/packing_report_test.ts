import assert from "node:assert/strict";
import { benchPacking, packingBytes, packingForecast, type PackingRun, packingTable } from "./packing_report.ts";

const run = (rows: number, stepSeconds: number | null = rows * 1e-4): PackingRun => ({
  ...{ rows, passSeconds: rows ** 2 * 1e-8, stepSeconds, cpuSeconds: 3, beforeBytes: 2 ** 26 },
  peakBytes: 2 ** 27 + rows * 6400,
});

Deno.test("benchPacking() packs in a process of its own, a few steps or one", async () => {
  const begun: number[] = [], options = { width: 8, threads: 1, onRun: (rows: number) => begun.push(rows) };
  for (const steps of [3, 1]) {
    for (
      const { passSeconds, stepSeconds, cpuSeconds, peakBytes, beforeBytes, note } of await benchPacking({
        ...options,
        sizes: [40, 64],
        steps,
      })
    ) {
      assert.ok(passSeconds! > 0 && cpuSeconds! > 0 && peakBytes! >= beforeBytes! && beforeBytes! > 1e7, note);
      assert.equal(stepSeconds === null, steps === 1);
    }
  }
  assert.deepEqual(begun, [40, 64, 40, 64]);
});

Deno.test("packingForecast() scales pairs and steps of the largest size, and memory by its growth", () => {
  const forecast = packingForecast([run(5000), run(10_000)])!;
  assert.ok(Math.abs(forecast.passSeconds - 100) < 1e-9 && Math.abs(forecast.stepSeconds - 10) < 1e-9);
  assert.ok(Math.abs(forecast.iterationSeconds - 22.5) < 1e-9);
  assert.ok(Math.abs(forecast.totalSeconds - (3000 + 39 * 100)) < 1e-6);
  assert.equal(forecast.peakBytes, 2 ** 27 + 100_000 * 6400);
  assert.equal(packingForecast([run(5000)])!.peakBytes, null);
  assert.equal(packingForecast([run(100_000, null)]), undefined);
});

Deno.test("packingTable() puts the stated memory beside the measured one", () => {
  const none = { passSeconds: null, stepSeconds: null, cpuSeconds: null, peakBytes: null, beforeBytes: null };
  const lines = packingTable([run(10_000), { ...run(20_000), ...none, note: "ended with code 1" }], 512);
  assert.equal(packingBytes(100_000, 512), 4 * (3 * 100_000 * 512 + 2 * 100_000 * 32 + 1024 ** 2));
  assert.deepEqual(lines, [
    " rows  all pairs s  step s  CPU s  peak MiB  own MiB  stated MiB  note",
    "10000         1.00    1.00    3.0       189      125          65",
    "20000                                                        126  ended with code 1",
    "",
    "100000 rows of 512 at these rates: all pairs 100 s, step 10.0 s, a step with its share of looks for neighbours 22.5 s, " +
    "300 steps 115 minutes",
  ]);
});
