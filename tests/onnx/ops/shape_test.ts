import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";

const shaped = (...shape: (number | string)[]) => op.input("x", "float32", shape);
const throwsType = (make: () => unknown, message: RegExp) => assert.throws(make, { name: "TypeError", message });

Deno.test("reshape() works out the unknown length, names included", () => {
  assert.deepEqual(op.reshape(shaped(4, 6), [-1, 3]).shape, [8, 3]);
  assert.deepEqual(op.reshape(shaped("N", 6), ["N", -1, 2]).shape, ["N", 3, 2]);
  assert.deepEqual(op.reshape(shaped("N", 6), [-1, 6]).shape, ["N", 6]);
  assert.deepEqual(op.reshape(shaped("N", 6), [-1, 2]).shape, ["N*3", 2]);
  assert.deepEqual(op.reshape(shaped("N*3", 2), ["N", 6]).shape, ["N", 6]);
  assert.deepEqual(op.reshape(shaped("N", "T", 2), [-1, 2]).shape, ["N*T", 2]);
  assert.deepEqual(op.reshape(shaped("N*T", 4), ["N*T", 2, -1]).shape, ["N*T", 2, 2]);
});

Deno.test("reshape() runs with names at any place", async () => {
  const x = op.input("x", "float32", ["N", 6]);
  const y = op.reshape(op.reshape(x, [-1, 2]), ["N", 3, 2]);
  const { shape } = await op.compute(y, new Map([[x, { data: new Float32Array(12), shape: [2, 6] }]]));
  assert.deepEqual(shape, [2, 3, 2]);
});

Deno.test("reshape() refuses what cannot come out", () => {
  throwsType(() => op.reshape(shaped(4, 6), [5, -1]), /Cannot reshape \[4, 6\] to \[5, -1\]: element counts differ/);
  throwsType(() => op.reshape(shaped(4, 6), [4, 5]), /element counts differ, 24 and 20/);
  throwsType(() => op.reshape(shaped(4, 6), [-1, -1, 2]), /more than one length is unknown/);
  throwsType(() => op.reshape(shaped("N", 6), ["N", 5]), /element counts differ, 6 and 5/);
  throwsType(() => op.reshape(shaped("N", "T"), [6, 4]), /symbolic lengths differ/);
});

Deno.test("flatten() needs fixed lengths behind the axis", () => {
  assert.deepEqual(op.flatten(shaped("N", 2, 3)).shape, ["N", 6]);
  assert.deepEqual(op.flatten(shaped("N", 2, 3), 2).shape, ["N*2", 3]);
  throwsType(() => op.flatten(shaped("N", "T", 3)), /axis 1 of \[N, T, 3\] must have a fixed length/);
});

Deno.test("transpose(), unsqueeze() and squeeze() refuse axes that are not there", () => {
  throwsType(() => op.transpose(shaped(2, 3), [0, 0]), /\[0, 0\] is not an order of its axes/);
  assert.throws(() => op.unsqueeze(shaped(2), [3]), {
    name: "RangeError",
    message: /axis 3 is outside a value of rank 2/,
  });
  throwsType(() => op.squeeze(shaped(2, 1), [0]), /Cannot squeeze axis 0 of \[2, 1\]: its length is not 1/);
});

Deno.test("expand() takes its target from another value, names included", async () => {
  const x = op.input("x", "float32", ["N", 2]);
  const y = op.expand(op.constant(Float32Array.of(1, 2), [1, 2]), x);
  assert.deepEqual(y.shape, ["N", 2]);
  const { data } = await op.compute(y, new Map([[x, { data: new Float32Array(4), shape: [2, 2] }]]));
  assert.deepEqual([...data], [1, 2, 1, 2]);
  throwsType(() => op.expand(shaped(3), [2]), /do not broadcast/);
});
