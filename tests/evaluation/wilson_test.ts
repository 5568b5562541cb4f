import assert from "node:assert/strict";
import { wilsonInterval } from "@/evaluation/mod.ts";
import { near } from "./_fixture.ts";

const cases: [number, number, number, number, number][] = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/evaluation/intervals.json", import.meta.url)),
);

Deno.test("wilsonInterval() agrees with scipy's, at shares of 0 and 1 as well", () => {
  for (const [successes, trials, confidence, low, high] of cases) {
    const found = wilsonInterval(successes, trials, confidence);
    assert.ok(near(found.low, low, 1e-12) && near(found.high, high, 1e-12), `${successes} of ${trials}`);
    assert.equal(found.confidence, confidence);
  }
});

Deno.test("wilsonInterval() refuses shares and confidences that are none", () => {
  for (const [successes, trials] of [[1, 0], [2, 1], [-1, 5], [NaN, 5], [1, Infinity]] as const) {
    assert.throws(() => wilsonInterval(successes, trials), { name: "RangeError", message: /successes of/ });
  }
  for (const confidence of [0, 1, NaN]) {
    assert.throws(() => wilsonInterval(1, 2, confidence), { name: "RangeError", message: /confidence is/ });
  }
});
