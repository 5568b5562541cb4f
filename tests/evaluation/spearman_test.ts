import assert from "node:assert/strict";
import { ranks, spearman } from "@/evaluation/mod.ts";

Deno.test("ranks() shares ranks among equal values", () => {
  assert.deepEqual([...ranks([5, 5, -1, 5, Infinity])], [3, 3, 1, 3, 5]);
  assert.throws(() => ranks([1, NaN]), { name: "RangeError", message: /number 1 is NaN/ });
});

Deno.test("spearman() equals scipy.stats.spearmanr with ties", () => {
  assert.ok(Math.abs(spearman([3, 1, 4, 1, 5, 9, 2, 6], [2, 7, 1, 8, 2, 8, 1, 8]) - (0.19885368120992467)) < 1e-12);
});

Deno.test("spearman() is NaN when a side does not vary, and refuses lists that do not fit", () => {
  assert.ok(Number.isNaN(spearman([1, 1, 1], [1, 2, 3])));
  assert.throws(() => spearman([1, 2], [1]), { name: "TypeError", message: /2 numbers on one side, 1 on the other/ });
  assert.throws(() => spearman([1], [1]), { name: "RangeError", message: /at least 2/ });
});
