import assert from "node:assert/strict";
import { COSINE_BINS, distributionOf, Tally } from "@/metrics/mod.ts";
import { fixture } from "./_fixture.ts";

const { values, mean, sd, quantiles } = fixture.distribution;

Deno.test("Tally knows mean, spread and ends as numpy does, and quantiles within a bin", () => {
  const tally = new Tally(COSINE_BINS);
  values.forEach((value) => tally.add(value));
  assert.ok(Math.abs(tally.mean - mean) < 1e-12 && Math.abs(Math.sqrt(tally.variance) - sd) < 1e-12);
  assert.deepEqual([tally.least, tally.greatest], [Math.min(...values), Math.max(...values)]);
  const report = tally.report();
  assert.equal(report.histogram.counts.reduce((a, b) => a + b), values.length);
  for (const [share, value] of Object.entries(quantiles)) {
    const sorted = values.toSorted((a, b) => a - b), at = Number(share) * (values.length - 1);
    const gap = sorted[Math.ceil(at) + 1]! - sorted[Math.floor(at) - 1]!; // a step of the sample on each side
    assert.ok(Math.abs(tally.quantile(Number(share)) - value) <= gap + 0.005, `${share}`);
  }
});

Deno.test("Tally finds quantiles of many values to a bin", () => {
  const tally = new Tally({ low: 0, high: 1, bins: 100 });
  for (let i = 0; i < 10000; i++) tally.add((i + 0.5) / 10000);
  for (const share of [0, 0.1, 0.25, 0.5, 0.999, 1]) assert.ok(Math.abs(tally.quantile(share) - share) <= 0.0101);
});

Deno.test("Tally counts what is missing or beyond its bins", () => {
  const tally = new Tally({ low: 0, high: 1, bins: 2 });
  for (const value of [-5, 0.2, 1, 7, NaN, Infinity]) tally.add(value);
  assert.deepEqual([tally.count, tally.missing, tally.least, tally.greatest], [4, 2, -5, 7]);
  assert.deepEqual(tally.report().histogram.counts, [2, 2]);
  const none = new Tally(COSINE_BINS).report();
  assert.deepEqual([none.count, none.mean, none.least, none.quantiles], [0, null, null, {}]);
});

Deno.test("Tally goes on from a saved state and refuses another's", () => {
  const [whole, first, rest] = [0, 0, 0].map(() => new Tally(COSINE_BINS)) as [Tally, Tally, Tally];
  values.forEach((value) => whole.add(value));
  values.slice(0, 20).forEach((value) => first.add(value));
  rest.restore(first.state());
  values.slice(20).forEach((value) => rest.add(value));
  assert.deepEqual(rest.state(), whole.state());
  assert.throws(() => new Tally({ low: 0, high: 1, bins: 3 }).restore(first.state()), { name: "SyntaxError" });
  assert.throws(() => new Tally({ low: 1, high: 1 }), { name: "RangeError" });
});

Deno.test("distributionOf() finds the range by itself", () => {
  const { histogram, count, missing } = distributionOf(() => [3, NaN, 5, 4], 2);
  assert.deepEqual([histogram, count, missing], [{ low: 3, high: 5, counts: [1, 2] }, 3, 1]);
  assert.deepEqual(distributionOf(() => [7, 7]).quantiles["0.5"], 7);
  assert.equal(distributionOf(() => []).count, 0);
});
