import assert from "node:assert/strict";
import { mean, median, pairCosines, quantile, rowCosines } from "@/evaluation/mod.ts";
import { fixture, near } from "./_fixture.ts";

Deno.test("quantile() interpolates as numpy does", () => {
  const { values, quantiles } = fixture.list;
  for (const [share, expected] of Object.entries(quantiles)) {
    assert.ok(near(quantile(values, Number(share)), expected, 1e-12), share);
  }
  assert.equal(quantile([7], 0.3), 7);
});

Deno.test("rowCosines() and pairCosines() take rows of their width", () => {
  const a = Float32Array.of(1, 0, 3, 4, 0, -2);
  assert.deepEqual([...rowCosines(a, Float32Array.of(0, 1, 6, 8, 0, 9), 2)], [0, 1, -1]);
  assert.deepEqual([...pairCosines(a, 2, { first: [0, 1], second: [1, 2] })], [0.6, -0.8]);
  assert.ok(Number.isNaN(rowCosines([0, 0], [1, 0], 2)[0]));
});

Deno.test("cosines and summaries refuse what does not fit", () => {
  assert.throws(() => rowCosines([1, 2, 3], [1, 2, 3], 2), { name: "TypeError", message: /rows of 2/ });
  assert.throws(() => rowCosines([1, 2], [1, 2, 3, 4], 2), { name: "TypeError", message: /2 and 4 values/ });
  assert.throws(() => pairCosines([1, 2], 2, { first: [0], second: [1] }), {
    name: "RangeError",
    message: /rows 0 and 1 of 1/,
  });
  assert.throws(() => median([]), { name: "RangeError", message: /of 0 values/ });
  assert.throws(() => quantile([1, NaN], 0.5), { name: "RangeError", message: /none NaN/ });
  assert.throws(() => quantile([1], 1.1), { name: "RangeError", message: /share 1.1/ });
  assert.throws(() => mean([]), RangeError);
});
