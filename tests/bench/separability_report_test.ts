import assert from "node:assert/strict";
import {
  benchSeparability,
  growthExponent,
  type SeparabilityRun,
  separabilityTable,
  summarise,
} from "./separability_report.ts";

Deno.test("growthExponent() is the slope in logarithms", () => {
  assert.ok(Math.abs(growthExponent([[10, 5], [20, 20], [40, 80]])! - 2) < 1e-12);
  assert.equal(growthExponent([[10, 5]]), null);
});

const run = (method: string, rows: number, seconds: number | null): SeparabilityRun => ({
  ...{
    method,
    rows,
    seconds,
    cpuSeconds: seconds,
    peakBytes: seconds === null ? null : rows * 2 ** 10,
    separated: null,
    ...(method.startsWith("ours") ? { matmul: 1024e9 } : {}),
  },
});

Deno.test("summarise() takes the rate from what the largest sizes differ by, and extrapolates it", () => {
  // A second to load, then a nanosecond a pair.
  const seconds = (rows: number) => 1 + rows * (rows - 1) / 2 * 1e-9;
  const runs = [10_000, 20_000, 50_000].map((rows) => run("ours", rows, seconds(rows)));
  const [ours, other] = summarise([...runs, run("other", 10_000, null)]);
  assert.ok(Math.abs(ours!.ofMatmul! - 1) < 1e-6);
  assert.ok(Math.abs(ours!.extrapolated![1]! / seconds(1_000_000) - 1) < 1e-9);
  assert.ok(Math.abs(ours!.memoryExponent! - 1) < 1e-9);
  assert.deepEqual(other, {
    ...{ method: "other", timeExponent: null, memoryExponent: null, ofMatmul: null, extrapolated: null },
  });
});

Deno.test("benchSeparability() runs our side in a process of its own, and does without Python", async () => {
  const started: string[] = [];
  const onRun = (method: string, rows: number) => started.push(`${method} ${rows}`);
  const options = { sizes: [40], threads: 1, seconds: 0, onRun };
  await assert.rejects(() => benchSeparability({ ...options, python: "no-such-interpreter" }), {
    name: "TypeError",
    message: /Cannot time Python: "no-such-interpreter" is not there/,
  });
  assert.deepEqual(started, ["ours, int8 40", "ours, float32 40", "scikit-learn 40"]);
  const { runs } = await benchSeparability({ ...options, sizes: [40, 64], methods: ["float32"] });
  assert.deepEqual(runs.map(({ method, rows, separated }) => [method, rows, separated]), [
    ["ours, float32", 40, 40],
    ["ours, float32", 64, 64],
  ]);
  for (const { seconds, cpuSeconds, peakBytes, matmul } of runs) {
    assert.ok(seconds! > 0 && cpuSeconds! > 0 && peakBytes! > 1e7 && matmul! > 1e8);
  }
  for (const methods of [["numpy"], []]) {
    await assert.rejects(() => benchSeparability({ ...options, methods }), {
      name: "TypeError",
      message: /Cannot time "(numpy)?": expected any of int8, float32, scikit-learn, faiss/,
    });
  }
});

Deno.test("separabilityTable() leaves empty what could not be run", () => {
  const runs = [run("ours", 5000, 1.5), { ...run("faiss", 5000, null), note: "faiss is not installed" }];
  const lines = separabilityTable({ threads: 2, matmulGflops: 100, runs, methods: summarise(runs) });
  assert.equal(lines[0], "2 thread(s), rows of 512, MatMul 100.0 GFLOP/s a core");
  assert.equal(lines[2], "ours    5000     1.50   1.50         5");
  assert.match(lines[3]!, /^faiss {3}5000 +faiss is not installed$/);
  assert.match(lines.at(-2)!, /^ours +0\.01 +2400 +60012$/);
  assert.equal(lines.at(-1), "faiss");
});
