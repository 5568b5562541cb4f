import { onnxEstimator, parseScoreOutput } from "@/attributes/mod.ts";
import * as op from "@/onnx/mod.ts";
import assert from "node:assert/strict";
import { assertAllClose } from "../_assert_close.ts";
import { expectedOfTorch, leftAndBright, onnxBytes, onnxFixture, waves } from "./_onnx_files.ts";

Deno.test("parseScoreOutput() norm gives PyTorch's norm for a file of its older exporter", async () => {
  const estimate = onnxEstimator(onnxFixture("quality.onnx"), parseScoreOutput("norm"));
  const { norm, normGradient } = expectedOfTorch(), faces = waves(2), tolerance = { atol: 1e-5, rtol: 1e-4 };
  const found = estimate(faces), [gradient] = op.gradients(op.reduceSum(found), [faces]);
  assertAllClose(await op.compute(found), { data: Float32Array.from(norm), shape: [2] }, tolerance);
  const squares = await op.compute(op.mul(op.averagePool(gradient!, { kernel: [16, 16] }), 256)); // N,3,7,7
  assertAllClose({ data: squares.data }, { data: Float32Array.from(normGradient) }, tolerance);
});

Deno.test("parseScoreOutput() takes the only number or a column, and what is neither is refused", async () => {
  const bytes = onnxBytes(leftAndBright), image = op.full([1, 3, 112, 112], 0.25);
  const bright = await op.compute(onnxEstimator(bytes, parseScoreOutput("1"))(image));
  assert.ok(Math.abs(Number(bright.data[0]) - 0.25) < 1e-6);
  assert.throws(() => onnxEstimator(bytes, parseScoreOutput("number")), /its output is \[N,2\], expected one number/);
  assert.throws(() => onnxEstimator(bytes, parseScoreOutput("2")), /has no column 2/);
  for (const text of ["", "mean", "-1", "1.5"]) {
    assert.throws(() => parseScoreOutput(text), { name: "SyntaxError", message: new RegExp(`score output "${text}"`) });
  }
});
