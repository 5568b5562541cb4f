import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import { leastSeconds, meanSeconds } from "./_measure.ts";
import { convolutionParts, CONVOLUTIONS, operations } from "./cases.ts";
import { measureAll, table } from "./report.ts";

Deno.test("leastSeconds() reports the shortest run after a first one to warm up", async () => {
  const x = op.input("x", "float32", [2]);
  // Readings of the clock: start of all, before and after each of three runs, and the look that ends it.
  const readings = [0, 100, 107, 200, 204, 300, 309, 2000];
  const now = () => readings.shift()!;
  assert.equal(await leastSeconds([x], [op.neg(x)], { runs: 4, seconds: 0.1, now }), 0.004);
});

Deno.test("meanSeconds() averages the runs after a first one to warm up", async () => {
  const x = op.input("x", "float32", [2]);
  const readings = [0, 100, 107, 200, 204, 300, 309, 2000];
  const mean = await meanSeconds([x], [op.neg(x)], { runs: 4, seconds: 0.1, now: () => readings.shift()! });
  assert.ok(Math.abs(mean - 0.02 / 3) < 1e-12);
});

Deno.test("operations() counts two for each product and sum", () => {
  const shape = { name: "tiny", inputs: 2, outputs: 3, size: 4, kernel: 3, stride: 2 };
  assert.equal(operations(shape), 2 * 16 * 2 * 3 * 9 * 4);
});

Deno.test("convolutionParts() gives gradients of the operands' shapes", () => {
  for (const shape of CONVOLUTIONS) {
    const { input, weight } = convolutionParts(shape);
    assert.deepEqual(input.outputs[0]!.shape, [16, shape.inputs, shape.size, shape.size]);
    assert.deepEqual(weight.outputs[0]!.shape, [shape.outputs, shape.inputs, shape.kernel, shape.kernel]);
  }
});

Deno.test("measureAll() runs the cases whose name fits", async () => {
  const cases: string[] = [];
  const { rows } = await measureAll({ seconds: 0, threads: 1, filter: "128@14", onCase: (name) => cases.push(name) });
  assert.deepEqual(cases, ["MatMul", "128@14 forward", "128@14 input", "128@14 weight"]);
  assert.ok(rows.every(({ seconds, gflops }) => seconds > 0 && gflops! > 0));
});

Deno.test("measureAll() refuses an interpreter without PyTorch when it was asked for", async () => {
  await assert.rejects(
    () => measureAll({ seconds: 0, threads: 1, python: "no-such-interpreter", filter: "none" }),
    { name: "TypeError", message: /Cannot time PyTorch: "no-such-interpreter" is not there/ },
  );
});

Deno.test("measureAll() names its cases when the filter fits none", async () => {
  await assert.rejects(
    () => measureAll({ seconds: 0, threads: 1, filter: "lettuce" }),
    { name: "RangeError", message: /^Cannot measure "lettuce": .*128@14/ },
  );
});

Deno.test("table() leaves empty what is not known", () => {
  const lines = table({
    threads: 2,
    torch: null,
    rows: [
      { name: "MatMul 1024", part: "forward", seconds: 0.02, gflops: 107.4, ofMatmul: 1, ofTorch: null },
      { name: "silu", part: "training", seconds: 0.001, gflops: null, ofMatmul: null, ofTorch: 0.5 },
    ],
  });
  assert.deepEqual(lines, [
    "2 thread(s), least time of each measurement",
    "case         part         ms  GFLOP/s  of MatMul  of PyTorch",
    "MatMul 1024  forward   20.00    107.4       1.00",
    "silu         training   1.00                            0.50",
  ]);
});
