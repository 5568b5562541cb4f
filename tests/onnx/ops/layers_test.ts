/** Shapes and refusals of matrix products, convolutions, pooling, normalisation and constants. */
import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";

const shaped = (...shape: (number | string)[]) => op.input("x", "float32", shape);
const throwsType = (make: () => unknown, message: RegExp) => assert.throws(make, { name: "TypeError", message });
const throwsRange = (make: () => unknown, message: RegExp) => assert.throws(make, { name: "RangeError", message });

Deno.test("matrix products refuse inner lengths that differ", () => {
  throwsType(() => op.matmul(shaped(2, 3), shaped(4, 2)), /inner lengths of \[2, 3\] x \[4, 2\] differ, 3 and 4/);
  throwsType(() => op.matmul(shaped(3), shaped(3, 2)), /both need rank 2 or more/);
  throwsType(() => op.matmul(shaped(2, 3), op.constant(new Float64Array(6), [3, 2])), /must be float32, it is float64/);
  throwsType(() => op.fusedMatmul(shaped(2, 3), shaped(3, 2), false, true), /inner lengths/);
  throwsType(() => op.gemm(shaped(2, 3), shaped(2, 3)), /\[2, 3\] x \[2, 3\] differ, 3 and 2/);
  throwsType(
    () => op.gemm(shaped(2, 3), shaped(3, 4), { c: op.full([3], 0) }),
    /Gemm: shapes \[2, 4\] and \[3\] do not broadcast/,
  );
});

Deno.test("linear() refuses features that the weight does not take", () => {
  throwsType(() => op.linear(shaped(2, 3), op.full([5, 4], 0)), /x is \[2, 3\], the weight \[5, 4\] takes 4 features/);
  throwsType(
    () => op.linear(shaped("N", "T", 4), op.full([5, 4], 0)),
    /only the first axis of \[N, T, 4\] may be symbolic/,
  );
});

Deno.test("conv() refuses weights and images that do not fit", () => {
  throwsType(
    () => op.conv(shaped("N", 3, 8, 8), op.full([4, 2, 3, 3], 0)),
    /operand \[N, 3, 8, 8\] and weight \[4, 2, 3, 3\] do not fit with 1 group/,
  );
  throwsType(() => op.conv(shaped("N", 4, 8, 8), op.full([3, 2, 3, 3], 0), { group: 2 }), /do not fit with 2 group/);
  throwsType(
    () => op.conv(shaped("N", 2, 2, 8), op.full([4, 2, 3, 3], 0)),
    /the window \[4, 2, 3, 3\] is larger than the image/,
  );
  throwsType(
    () => op.conv(shaped("N", 2, "H", 8), op.full([4, 2, 3, 3], 0)),
    /axis 2 of \[N, 2, H, 8\] must have a fixed length/,
  );
  throwsType(() => op.convTranspose(shaped(1, 3, 4, 4), op.full([2, 3, 2, 2], 0)), /do not fit/);
});

Deno.test("pooling works out sizes with borders", () => {
  assert.deepEqual(op.maxPool(shaped("N", 2, 7, 8), { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }).shape, [
    "N",
    2,
    4,
    4,
  ]);
  assert.deepEqual(op.averagePool(shaped("N", 2, 7, 8), { kernel: [2, 4] }).shape, ["N", 2, 3, 2]);
});

Deno.test("normalisation refuses parameters that do not fit", () => {
  const x = shaped("N", 4, 2, 2), four = op.full([4], 1), three = op.full([3], 1);
  throwsType(
    () => op.batchNorm(x, { scale: three, bias: four, mean: four, variance: four }),
    /scale is \[3\], the operand \[N, 4, 2, 2\] has 4 channels/,
  );
  throwsType(
    () => op.batchNormTrain(x, { scale: four, bias: four }),
    /axis 0 of \[N, 4, 2, 2\] must have a fixed length/,
  );
  throwsRange(() => op.groupNorm(x, 3, four, four), /4 channels do not divide into 3 groups/);
  throwsType(() => op.layerNorm(shaped("N", 4), three, four), /scale \[3\] does not fit the last axis of \[N, 4\]/);
});

Deno.test("reductions refuse axes that are not there, and cosine() shapes that differ", () => {
  throwsRange(() => op.reduceSum(shaped(2), [1]), /axis 1 is outside a value of rank 1/);
  throwsType(() => op.cosine(shaped(2, 3), shaped(3, 2)), /Cannot take cosines of \[2, 3\] and \[3, 2\]/);
  throwsType(() => op.sum([]), /Cannot add up: no values given/);
});

Deno.test("constants and weights refuse sources of another size or type", () => {
  throwsType(() => op.constant(new Float32Array(3), [2]), /constant of shape \[2\]: found 3 elements/);
  throwsType(() => op.weight("w", [2], new Float32Array(3)), /weight w \[2\]: expected 2 elements, found 3/);
  throwsType(() => op.weight("w", [2], { float16: new Uint16Array(3) }), /expected 2 elements, found 3/);
  const file = { file: "f", offset: 0, byteLength: 12 };
  throwsType(() => op.weight("w", [2], { ...file, dtype: "float32" }), /expected 2 elements, found 3/);
  throwsType(
    () => op.weight("w", [2], { ...file, dtype: "bfloat16" }),
    /its type is bfloat16, expected float32 or float16/,
  );
  throwsType(() => op.input("", "float32", []), /its name is empty/);
});
