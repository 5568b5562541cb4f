import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import { graphFlops, upsampleSaving, weightGradientFlops } from "./flops.ts";

const x = op.input("x", "float32", ["N", 4, 8, 8]);
const kernel = op.full([6, 2, 3, 3], 1);
const y = op.conv(x, kernel, { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] }); // N,6,4,4

Deno.test("graphFlops() counts two for each product and sum, whatever the groups and steps", () => {
  assert.equal(graphFlops([y], 5), 2 * 5 * 6 * 4 * 4 * 2 * 9);
  assert.equal(graphFlops([op.relu(x)], 5), 0);
});

Deno.test("graphFlops() counts a convolution's input gradient as its forward pass", () => {
  const [g] = op.gradients(op.reduceSum(y, [0, 1, 2, 3], false), [x]);
  // Stride 2 makes a transposed convolution, stride 1 a convolution with padding; both see every product once.
  assert.equal(graphFlops([y, g!], 5), 2 * graphFlops([y], 5));
});

Deno.test("graphFlops() counts products of matrices, transposed and in batches, and each shared value once", () => {
  const a = op.input("a", "float32", ["N", 3, 7]), b = op.input("b", "float32", ["N", 5, 7]);
  const product = op.fusedMatmul(a, b, false, true); // N,3,5
  assert.equal(graphFlops([product], 4), 2 * 4 * 3 * 5 * 7);
  assert.equal(graphFlops([op.add(product, product), product], 4), 2 * 4 * 3 * 5 * 7);
  const c = op.input("c", "float32", [7, 3]), d = op.input("d", "float32", [7, 2]);
  assert.equal(graphFlops([op.gemm(c, d, { transA: true })], 1), 2 * 3 * 2 * 7);
});

Deno.test("weightGradientFlops() counts products with weights, and leaves products of results out", () => {
  const flat = op.flatten(y), weight = op.transpose(op.full([10, 96], 1), [1, 0]);
  const z = op.matmul(flat, weight); // N,10
  const mixed = op.matmul(op.unsqueeze(z, [2]), op.unsqueeze(z, [1])); // N,10,10
  const expected = graphFlops([y], 3) + 2 * 3 * 10 * 96;
  assert.equal(weightGradientFlops([mixed], [x], 3), expected);
  assert.equal(graphFlops([mixed], 3), expected + 2 * 3 * 100);
});

Deno.test("graphFlops() leaves out what follows from weights alone", () => {
  const x = op.input("x", "float32", [5, 2]), w = op.matmul(op.full([2, 7], 1), op.full([7, 3], 1));
  assert.equal(graphFlops([op.matmul(x, w)], 5), 2 * 5 * 2 * 3);
});

Deno.test("upsampleSaving() is 5/9 of the convolutions after doubling", () => {
  const image = { inputs: 4, channels: 4, multipliers: [1, 2, 3], resBlocks: 1, groups: 1 };
  // 12 channels from 7 to 14 pixels, 8 from 14 to 28.
  const plain = 2 * 9 * (12 * 12 * 14 * 14 + 8 * 8 * 28 * 28) * 3;
  assert.equal(upsampleSaving({ grid: 7, image }, 3), plain * 5 / 9);
});
