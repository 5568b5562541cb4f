import assert from "node:assert/strict";
import { identityCentres } from "@/evaluation/mod.ts";

Deno.test("identityCentres() averages in any order of images", () => {
  assert.deepEqual([...identityCentres([5, 1, 7, 3], [1, 0, 1, 0], 1)], [2, 6]);
});

Deno.test("identityCentres() refuses gaps and wrong counts", () => {
  assert.throws(() => identityCentres([1, 2], [0, 2], 1), /identity 1 of 0..2 has no image/);
  assert.throws(() => identityCentres([1, 2], [0], 1), TypeError);
  assert.throws(() => identityCentres([1, 2, 3], [0], 2), TypeError);
});
