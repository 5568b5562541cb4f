import { normalCdf, normalQuantile } from "@/random/mod.ts";
import assert from "node:assert/strict";
import table from "../fixtures/random/normal.json" with { type: "json" };

function assertRelative(actual: number, expected: number, limit: number): void {
  const error = Math.abs(actual - expected) /
    Math.max(1e-307, Math.abs(expected));
  assert.ok(
    actual === expected || error < limit,
    `${actual} differs from ${expected} by ${error}, limit ${limit}`,
  );
}

Deno.test("normalCdf() equals mpmath to 1e-12 when |x| <= 36", () => {
  for (const [x, p] of table.cdf) assertRelative(normalCdf(x!), p!, 1e-12);
});

Deno.test("normalCdf() is symmetric and reaches 0 and 1 beyond 37", () => {
  for (const x of [0.1, 1.9999, 2, 3]) {
    assertRelative(normalCdf(x) + normalCdf(-x), 1, 3e-16);
  }
  assert.equal(normalCdf(-Infinity), 0);
  assert.equal(normalCdf(Infinity), 1);
  assert.ok(Number.isNaN(normalCdf(NaN)));
});

Deno.test("normalQuantile() equals mpmath to 3e-15 from p = 1e-300 upward", () => {
  for (const [p, x] of table.quantile) {
    assertRelative(normalQuantile(p!), x!, 3e-15);
  }
});

Deno.test("normalQuantile() inverts normalCdf()", () => {
  for (let x = -35; x <= 5; x += 0.193) {
    const back = normalQuantile(normalCdf(x));
    assert.ok(
      Math.abs(back - x) < (x > 2 ? 1e-9 : 1e-12),
      `${x} came back as ${back}`,
    );
  }
});

Deno.test("normalQuantile() throws RangeError when p is no probability", () => {
  for (const p of [-1e-9, 1.0000001, NaN]) {
    assert.throws(
      () => normalQuantile(p),
      (e) => e instanceof RangeError && e.message.includes(`p is ${p}`),
    );
  }
  assert.equal(normalQuantile(0), -Infinity);
  assert.equal(normalQuantile(1), Infinity);
});
