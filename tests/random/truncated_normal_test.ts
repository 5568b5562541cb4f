import { truncatedNormalQuantile } from "@/random/mod.ts";
import assert from "node:assert/strict";
import table from "../fixtures/random/normal.json" with { type: "json" };

Deno.test("truncatedNormalQuantile() equals mpmath in one-sided, narrow and far intervals", () => {
  assert.equal(table.truncated.length, 42);
  for (const row of table.truncated) {
    const [u, mean, sd, lo, hi, expected] = row as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const actual = truncatedNormalQuantile(u, mean, sd, lo, hi);
    assert.ok(
      Math.abs(actual - expected) < 1e-12 * Math.max(1, Math.abs(expected)),
      `${JSON.stringify(row)} gave ${actual}`,
    );
  }
});

Deno.test("truncatedNormalQuantile() gives the ends when p is 0 or 1", () => {
  for (const [lo, hi] of [[0.1, 1], [3, 4], [-9, -8]] as const) {
    assert.ok(
      Math.abs(truncatedNormalQuantile(0, 0.15, 0.9, lo, hi) - lo) < 1e-12,
    );
    assert.ok(
      Math.abs(truncatedNormalQuantile(1, 0.15, 0.9, lo, hi) - hi) < 1e-12,
    );
  }
});

Deno.test("truncatedNormalQuantile() throws RangeError when the interval is empty or has no mass", () => {
  assert.throws(
    () => truncatedNormalQuantile(0.5, 0, 1, 2, 2),
    (e) => e instanceof RangeError && e.message.includes("interval [2, 2]"),
  );
  assert.throws(
    () => truncatedNormalQuantile(0.5, 0, 1, 50, 51),
    (e) => e instanceof RangeError && e.message.includes("has no mass"),
  );
  assert.throws(
    () => truncatedNormalQuantile(0.5, 0, 0, -1, 1),
    (e) => e instanceof RangeError && e.message.includes("sd 0"),
  );
});
