import assert from "node:assert/strict";
import { combineViews } from "@/evaluation/mod.ts";
import { assertAllClose } from "../_assert_close.ts";

Deno.test("combineViews() adds in float64, and weighing unit vectors by norms is the same sum", () => {
  const plain = Float32Array.of(1e8, 1, 3, 4), mirrored = Float32Array.of(1, 1, -3, 4);
  const sum = combineViews(plain, mirrored, 2, "sum");
  assert.deepEqual([...sum], [1e8 + 1, 2, 0, 8]);
  assertAllClose({ data: combineViews(plain, mirrored, 2, "norm") }, { data: sum }, { atol: 1e-15, rtol: 1e-15 });
  assert.deepEqual([...combineViews(plain, undefined, 2, "none")], [...plain]);
});

Deno.test("combineViews() keeps NaN rows and refuses sides of different size", () => {
  for (const fusion of ["none", "sum", "norm"] as const) {
    const out = combineViews([NaN, NaN, 1, 0], [NaN, NaN, 1, 0], 2, fusion);
    assert.deepEqual([...out].map(Number.isNaN), [true, true, false, false]);
  }
  assert.throws(() => combineViews([1, 2], [1], 2, "sum"), { name: "TypeError", message: /2 values of images and 1/ });
  assert.throws(() => combineViews([1, 2], undefined, 2, "norm"), { message: /and no values of their mirror images/ });
});
