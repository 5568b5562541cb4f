import { excessOf } from "@/attributes/mod.ts";
import assert from "node:assert/strict";

Deno.test("excessOf() is 0 exactly when every miss is within its threshold", () => {
  const objectives = [{ threshold: 0.3 }, { threshold: 5 }];
  assert.equal(excessOf(objectives, [0.3, 5]), 0);
  assert.ok(excessOf(objectives, [0.3000001, 0]) > 0);
});

Deno.test("excessOf() counts in thresholds, so that units do not matter", () => {
  assert.equal(excessOf([{ threshold: 0.5 }, { threshold: 5 }], [1, 10]), 2);
});

Deno.test("excessOf() leaves infinite thresholds out and lets no NaN pass", () => {
  assert.equal(excessOf([{ threshold: Infinity }], [Infinity]), 0);
  assert.ok(Number.isNaN(excessOf([{ threshold: 1 }, { threshold: Infinity }], [9, NaN])));
  assert.ok(Number.isNaN(excessOf([{ threshold: 1 }, { threshold: 1 }], [NaN, 9])));
});
