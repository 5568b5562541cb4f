import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { assertAllClose } from "../../_assert_close.ts";
import { evaluate } from "../_run.ts";

const normal = (name: string, shape: readonly number[]) => {
  return { data: new RandomStream(1, name).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape };
};

/** Sums of products in float64, by the index that says where each goes. */
function oracle(a: Float32Array, b: Float32Array, count: number, to: (i: number) => number): Float32Array {
  const sums = new Float64Array(count);
  for (const [i, x] of a.entries()) sums[to(i)]! += x * b[i]!;
  return Float32Array.from(sums);
}

// On either side of the length from which rows are multiplied and added in one pass.
Deno.test.each([[5], [511], [512], [3000]])(
  "rowDots() and channelDots() are sums of products, rows of %s",
  async (length) => {
    const shape = [2, 3, length], x = normal("x", shape), y = normal("y", shape);
    const [a, b] = [op.input("a", "float32", ["N", 3, length]), op.input("b", "float32", ["N", 3, length])];
    const { rows, channels } = await evaluate(new Map([[a, x], [b, y]]), {
      rows: op.rowDots(a, b),
      channels: op.channelDots(a, b),
    });
    const tolerance = { atol: 1e-6 * length ** 0.5 * 4, rtol: 1e-5 };
    assertAllClose(rows!, { data: oracle(x.data, y.data, 6, (i) => Math.floor(i / length)), shape: [2, 3] }, tolerance);
    assertAllClose(channels!, {
      data: oracle(x.data, y.data, 3, (i) => Math.floor(i / length) % 3),
      shape: [3],
    }, tolerance);
  },
);

Deno.test("rowDots() and channelDots() refuse operands of two shapes", () => {
  const [a, b] = [op.full([2, 3], 1), op.full([2, 1], 1)];
  assert.throws(() => op.rowDots(a, b), {
    name: "TypeError",
    message: "Cannot build rowDots: [2, 3] and [2, 1] differ",
  });
  assert.throws(() => op.channelDots(a, b), /Cannot build channelDots: \[2, 3\] and \[2, 1\] differ/);
});

Deno.test("gradients of large images are those of small ones: batch norm in parts, PReLU per channel", async () => {
  // 24x24 pixels go through the dot products; cut into 9 pieces of 8x8 as separate images they do not.
  const [side, cut] = [24, 8], shape = [3, 2, side, side], pieces = (side / cut) ** 2;
  const x = op.input("x", "float32", shape), scale = op.input("scale", "float32", [2]);
  const slope = op.input("slope", "float32", [2]), bias = op.full([2], 0.3);
  const parts = op.split(x, [2, 1], 0);
  const small = op.reshape(
    op.transpose(op.reshape(x, [3, 2, side / cut, cut, side / cut, cut]), [0, 2, 4, 1, 3, 5]),
    [3 * pieces, 2, cut, cut],
  );
  const loss = (ys: readonly op.Value[]) => {
    const losses = ys.map((y) => {
      const z = op.prelu(y, op.reshape(slope, [2, 1, 1]));
      return op.reduceSum(op.mul(op.mul(z, z), z), [0, 1, 2, 3], false);
    });
    return op.gradients(op.sum(losses), [x, scale, slope]);
  };
  const large = loss(op.batchNormTrainParts(parts, { scale, bias }).y);
  const whole = loss([op.batchNormTrain(small, { scale, bias }).y]);
  const found = await evaluate(
    new Map([[x, normal("x", shape)], [scale, normal("scale", [2])], [slope, normal("slope", [2])]]),
    Object.fromEntries([large, whole].flatMap((list, i) => list.map((g, k) => [`${i}${k}`, op.identity(g)]))),
  );
  for (const k of [0, 1, 2]) {
    const theirs = found[`1${k}`]!, most = Math.max(...(theirs.data as Float32Array).map(Math.abs));
    assertAllClose(found[`0${k}`]!, theirs, { atol: 2e-5 * most, rtol: 2e-5 }, ["x", "scale", "slope"][k]!);
  }
});
