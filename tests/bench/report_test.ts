import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import { leastSeconds } from "./_measure.ts";
import { CONVOLUTIONS, convolutionParts, operations } from "./cases.ts";
import { measureAll, table } from "./report.ts";

Deno.test("leastSeconds() reports the shortest run after a first one to warm up", async () => {
  const x = op.input("x", "float32", [2]);
  // Readings of the clock: start of all, then before and after each run, and one look at the time left after each.
  const readings = [0, 100, 107, 107, 200, 204, 204, 300, 309, 2000];
  const now = () => readings.shift()!;
  assert.equal(await leastSeconds([x], [op.neg(x)], { runs: 4, seconds: 0.1, now }), 0.004);
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

Deno.test("measureAll() does without PyTorch, and table() leaves its column empty", async () => {
  const cases: string[] = [];
  const report = await measureAll({
    seconds: 0,
    threads: 1,
    python: "no-such-interpreter",
    filter: "128@14",
    onCase: (name) => cases.push(name),
  });
  assert.equal(report.torch, null);
  assert.deepEqual(cases, ["MatMul", "128@14 forward", "128@14 input", "128@14 weight"]);
  assert.deepEqual(report.rows.map(({ ofTorch }) => ofTorch), [null, null, null, null]);
  assert.ok(report.rows.every(({ seconds, gflops }) => seconds > 0 && gflops! > 0));
  const lines = table(report);
  assert.equal(lines.length, 2 + 4);
  assert.match(lines[1]!, /^case +part +ms +GFLOP\/s +of MatMul +of PyTorch$/);
  assert.match(lines[2]!, /^MatMul 1024 +forward +[\d.]+ +[\d.]+ +1\.00$/);
});
