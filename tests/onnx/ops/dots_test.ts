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

Deno.test("channelDots() and rowDots() take lengths that are names", async () => {
  const x = op.input("x", "float32", ["N", 2, "H", "W"]), slope = op.input("slope", "float32", [2]);
  const y = op.prelu(x, op.reshape(slope, [2, 1, 1]));
  const [gradient] = op.gradients(op.reduceSum(y, [0, 1, 2, 3], false), [slope]);
  const data = Float32Array.of(-1, 2, -3, 4, 5, 6, -7, -8);
  const feeds = new Map([[x, { data, shape: [1, 2, 2, 2] }], [slope, { data: Float32Array.of(0.5, 2), shape: [2] }]]);
  const { gradient: found, dots } = await evaluate(feeds, {
    gradient: op.identity(gradient!),
    dots: op.channelDots(x, x),
  });
  assert.deepEqual([[...found!.data], [...dots!.data]], [[-4, -15], [30, 174]]);
});

Deno.test("gradients() of gradients go through masks and norms", async () => {
  const x = op.input("x", "float32", [2, 2]);
  const twice = (f: (x: op.Value) => op.Value) => {
    const sum = (v: op.Value) => op.reduceSum(v, [0, 1], false);
    const y = f(x), [first] = op.gradients(sum(op.mul(y, op.mul(y, y))), [x]);
    return op.identity(op.gradients(sum(op.mul(first!, x)), [x])[0]!);
  };
  const found = await evaluate(new Map([[x, { data: Float32Array.of(1, -2, 0.5, 3), shape: [2, 2] }]]), {
    relu: twice(op.relu), // y = x^3 where x > 0: d (3 x^2 x) = 9 x^2
    prelu: twice((v) => op.prelu(v, op.full([2, 1], 0.5))), // and 9 x^2 / 8 below
    leaky: twice((v) => op.leakyRelu(v, 0.5)),
    // Of degree 0: x . df/dx = 0 everywhere, and so is the gradient of that.
    normalize: twice((v) => op.normalize(v)),
  });
  assert.deepEqual([...found["relu"]!.data], [9, 0, 2.25, 81]);
  for (const name of ["prelu", "leaky"]) assert.deepEqual([...found[name]!.data], [9, 4.5, 2.25, 81], name);
  assert.ok((found["normalize"]!.data as Float32Array).every((value) => Math.abs(value) < 1e-5));
});

Deno.test("normalize() of vectors shorter than epsilon has a divisor that does not change", async () => {
  const x = op.input("x", "float32", [1, 2]), weights = op.constant(Float32Array.of(1, 2), [1, 2]);
  const [gradient] = op.gradients(op.reduceSum(op.mul(op.normalize(x, -1, 10), weights), [0, 1], false), [x]);
  const { found } = await evaluate(new Map([[x, { data: Float32Array.of(3, 4), shape: [1, 2] }]]), {
    found: op.identity(gradient!),
  });
  assertAllClose(found!, { data: Float32Array.of(0.1, 0.2), shape: [1, 2] });
});

Deno.test("batchNormTrain() and its gradient take float64", async () => {
  const x = op.input("x", "float64", [4, 1]),
    one = op.cast(op.full([1], 1), "float64"),
    zero = op.cast(op.full([1], 0), "float64");
  const { y } = op.batchNormTrain(x, { scale: one, bias: zero, epsilon: 1e-12 });
  const cubes = op.cast(op.reduceSum(op.mul(y, op.mul(y, y)), [0, 1], false), "float32");
  const [gradient] = op.gradients(cubes, [x]);
  const { found } = await evaluate(new Map([[x, { data: Float64Array.of(0, 0, 0, 4), shape: [4, 1] }]]), {
    found: op.identity(gradient!),
  });
  // y^2 is 1/3, 1/3, 1/3, 3 at a deviation of sqrt 3; the gradient's mean and its share along y are taken off: nothing is left.
  const most = Math.max(...(found!.data as Float64Array).map(Math.abs));
  assert.ok(found!.dtype === "float64" && most < 1e-6, `${most}`);
});

Deno.test("batchNormTrainParts() refuses parts that do not belong together", () => {
  const affine = { scale: op.full([3], 1), bias: op.full([3], 0) };
  assert.throws(() => op.batchNormTrainParts([], affine), /same channels and rank, found none/);
  assert.throws(() => op.batchNormTrainParts([op.full([2, 3], 0), op.full([2, 4], 0)], affine), {
    name: "TypeError",
    message: "Cannot build BatchNormTrain: expected parts with the same channels and rank, found [2, 3] and [2, 4]",
  });
});
