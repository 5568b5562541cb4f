/** What the elementwise operations share: broadcasting, types and messages. Values are those of gradients_test.ts. */
import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";

const x = op.input("x", "float32", ["N", 3]),
  k = op.input("k", "int64", ["N", 3]),
  flag = op.input("flag", "bool", [3]);

Deno.test("elementwise operations broadcast shapes, names of lengths included", () => {
  assert.deepEqual(op.add(x, op.full([3], 1)).shape, ["N", 3]);
  assert.deepEqual(op.mul(op.full([2, 1, 1], 1), x).shape, [2, "N", 3]);
  assert.deepEqual(op.greater(x, 0).shape, ["N", 3]);
  assert.deepEqual(op.where(flag, x, 0).shape, ["N", 3]);
});

Deno.test("elementwise operations refuse shapes that do not broadcast", () => {
  const error = {
    name: "TypeError",
    message: /Cannot build Add: shapes \[N, 3\] and \[2, 3\] do not broadcast, axis 0 is N and 2/,
  };
  assert.throws(() => op.add(x, op.full([2, 3], 1)), error);
});

Deno.test("elementwise operations refuse operands of different types", () => {
  assert.throws(() => op.add(x, k), {
    name: "TypeError",
    message: /Cannot build Add: the second operand must be float32, it is int64/,
  });
  assert.throws(() => op.where(flag, x, k), {
    name: "TypeError",
    message: /the third operand must be float32, it is int64/,
  });
});

Deno.test("elementwise operations refuse types that the function is not defined for", () => {
  assert.throws(() => op.exp(k), {
    name: "TypeError",
    message: /Cannot build Exp: the operand must be float32 or float64 or float16, it is int64/,
  });
  assert.throws(() => op.neg(flag), { name: "TypeError", message: /Cannot build Neg/ });
  assert.throws(() => op.not(x), { name: "TypeError", message: /Cannot build Not: the operand must be bool/ });
  assert.throws(() => op.and(x, x), { name: "TypeError", message: /Cannot build And: the first operand must be bool/ });
  assert.throws(() => op.where(x, x, x), { name: "TypeError", message: /the condition must be bool/ });
});

Deno.test("numbers take the type of the other operand", async () => {
  const { data, dtype } = await op.compute(op.mul(op.ints([2, 3]), 4));
  assert.equal(dtype, "int64");
  assert.deepEqual(data, BigInt64Array.of(8n, 12n));
  assert.throws(() => op.mul(k, 0.5), {
    name: "TypeError",
    message: /Cannot use 0.5 with int64 values: it is not a whole number/,
  });
});

Deno.test("sign(), not(), or() and comparisons give what they say", async () => {
  const v = op.constant(Float32Array.of(-2, 0, 5), [3]);
  const data = async (value: op.Value) => [...(await op.compute(value)).data].map(Number);
  assert.deepEqual(await data(op.sign(v)), [-1, 0, 1]);
  assert.deepEqual(await data(op.less(v, 0)), [1, 0, 0]);
  assert.deepEqual(await data(op.lessOrEqual(v, 0)), [1, 1, 0]);
  assert.deepEqual(await data(op.greaterOrEqual(v, 0)), [0, 1, 1]);
  assert.deepEqual(await data(op.not(op.equal(v, 0))), [1, 0, 1]);
  assert.deepEqual(await data(op.or(op.less(v, 0), op.greater(v, 0))), [1, 0, 1]);
});

Deno.test("clip() refuses limits in the wrong order", () => {
  assert.throws(() => op.clip(x, 1, 0), { name: "RangeError", message: /lower limit 1 is above upper limit 0/ });
  assert.throws(() => op.clip(x, NaN, 0), { name: "RangeError" });
});

Deno.test("atan2() gives 0 at the origin", async () => {
  assert.deepEqual([...(await op.compute(op.atan2(op.full([1], 0), op.full([1], 0)))).data], [0]);
});

Deno.test("prelu() refuses a slope that does not fit", () => {
  assert.throws(() => op.prelu(x, op.full([4], 1)), { name: "TypeError", message: /Cannot build PRelu: shapes/ });
  assert.throws(() => op.prelu(x, op.full([1, 1, 3], 1)), {
    name: "TypeError",
    message: /the slope has a higher rank/,
  });
});

Deno.test("prelu() does not overflow on large elements", async () => {
  const v = op.constant(Float32Array.of(3e38, -3e38), [2]);
  assert.deepEqual([...(await op.compute(op.prelu(v, op.full([1], 0)))).data], [Math.fround(3e38), 0]);
});

Deno.test("cast() leaves a value of the right type alone", () => {
  assert.equal(op.cast(x, "float32"), x);
  assert.equal(op.cast(x, "int64").dtype, "int64");
});
