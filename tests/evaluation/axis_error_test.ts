import assert from "node:assert/strict";
import { axisError } from "@/evaluation/mod.ts";

Deno.test("axisError() takes the shorter way round for error, bias and correlation", () => {
  const { error, bias, correlation } = axisError([-179, 171, -10], [179, 175, -10]);
  assert.deepEqual([error, bias], [2, -2 / 3]);
  assert.ok(correlation > 0.999);
});

Deno.test("axisError() has no correlation where the truth does not vary", () => {
  const found = axisError([1, 3], [2, 2]);
  assert.deepEqual([found.error, found.bias], [1, 0]);
  assert.ok(Number.isNaN(found.correlation));
});

Deno.test("axisError() throws TypeError when the lengths differ", () => {
  assert.throws(() => axisError([1], [1, 2]), TypeError);
});
