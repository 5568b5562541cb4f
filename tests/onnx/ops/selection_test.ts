import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";

const shaped = (...shape: (number | string)[]) => op.input("x", "float32", shape);
const throwsType = (make: () => unknown, message: RegExp) => assert.throws(make, { name: "TypeError", message });
const throwsRange = (make: () => unknown, message: RegExp) => assert.throws(make, { name: "RangeError", message });

Deno.test("concat() refuses values that do not fit", () => {
  throwsType(() => op.concat([], 0), /no values given/);
  throwsType(() => op.concat([shaped(2, 3), shaped(2, 4)], 0), /Cannot concatenate \[2, 3\] and \[2, 4\] along axis 0/);
  throwsType(() => op.concat([shaped("N", 3), shaped("N", 3)], 0), /axis 0 of \[N, 3\] must have a fixed length/);
  throwsType(() => op.concat([shaped(1), op.ints([1])], 0), /each operand must be float32, it is int64/);
});

Deno.test("split() refuses sizes that do not add up", () => {
  throwsType(() => op.split(shaped(2, 5), [2, 2], 1), /Cannot split axis 1 of \[2, 5\] into \[2, 2\]/);
});

Deno.test("slice() counts from the end and stops at it", () => {
  assert.deepEqual(op.slice(shaped(2, 9), { axes: [-1], starts: [-4], ends: [99] }).shape, [2, 4]);
  assert.deepEqual(op.slice(shaped(9), { axes: [0], starts: [1], ends: [9], steps: [3] }).shape, [3]);
  assert.deepEqual(op.slice(shaped(9), { axes: [0], starts: [5], ends: [2] }).shape, [0]);
  throwsRange(
    () => op.slice(shaped(9), { axes: [0], starts: [8], ends: [0], steps: [-1] }),
    /step -1 must be at least 1/,
  );
  throwsType(() => op.slice(shaped("N"), { axes: [0], starts: [0], ends: [1] }), /must have a fixed length/);
});

Deno.test("gather() and its like refuse indices that are no whole numbers or have the wrong rank", () => {
  throwsType(() => op.gather(shaped(4), shaped(2)), /the indices must be int64 or int32, it is float32/);
  throwsRange(() => op.gather(shaped(4), op.ints([0]), 1), /axis 1 is outside a value of rank 1/);
  throwsType(() => op.gatherElements(shaped(4, 2), op.ints([0]), 0), /the indices must have rank 2/);
  throwsType(() => op.scatterElements(shaped(4), op.ints([0]), shaped(2), 0), /indices \[1\] and updates \[2\] differ/);
  throwsType(() => op.scatterElements(shaped(4), op.ints([0]), op.ints([0]), 0), /the updates must be float32/);
});

Deno.test("pad() refuses borders that do not fit the rank or are negative", () => {
  throwsType(() => op.pad(shaped(4), [1]), /expected 2 lengths >= 0, found \[1\]/);
  throwsType(() => op.pad(shaped(4), [1, -1]), /expected 2 lengths >= 0/);
  assert.deepEqual(op.pad(shaped("N", 4), [0, 1, 0, 2]).shape, ["N", 7]);
});

Deno.test("resizeNearest() refuses a scale that is not whole", () => {
  throwsRange(() => op.resizeNearest(shaped(1, 1, 2, 2), 1.5), /scale 1.5 is not a whole number/);
  throwsType(() => op.resizeNearest(shaped(2, 2)), /the operand must have rank 4/);
});

Deno.test("spaceToDepth() and depthToSpace() refuse blocks that do not divide, and are each other's inverse", async () => {
  throwsType(() => op.spaceToDepth(shaped(1, 3, 4, 5), 2), /blocks of 2 do not divide the images \[1, 3, 4, 5\]/);
  throwsType(
    () => op.depthToSpace(shaped(1, 6, 4, 5), 2),
    /the 4 pixels of a block do not divide the channels of \[1, 6/,
  );
  throwsRange(() => op.spaceToDepth(shaped(1, 3, 4, 4), 0), /block 0 is not a whole number from 1/);
  throwsType(() => op.depthToSpace(shaped(4, 4), 2), /the operand must have rank 4/);
  const data = Float32Array.from({ length: 72 }, (_, i) => i);
  const there = op.spaceToDepth(op.constant(data, [1, 2, 6, 6]), 3);
  assert.deepEqual([...(await op.compute(there)).data].slice(0, 4), [0, 3, 18, 21]);
  assert.deepEqual((await op.compute(op.depthToSpace(there, 3))).data, data);
});

Deno.test("upsampleConv() refuses a kernel that is not 3x3", () => {
  throwsType(
    () => op.upsampleConv(shaped(1, 4, 7, 7), op.full([4, 4, 5, 5], 0)),
    /the weight is \[4, 4, 5, 5\], expected \[O, C, 3, 3\]/,
  );
});
