import assert from "node:assert/strict";
import { distributionOf } from "@/metrics/mod.ts";
import { coarseHistogram, parseQuality } from "@/plots/mod.ts";

const quality = distributionOf(() => Array.from({ length: 1000 }, (_, i) => 24 + 3 * Math.sin(i * i)));
const report = (set: unknown, compare?: unknown) => ({ kind: "doctor", findings: { set, compare } });

Deno.test("parseQuality() takes the sets whose quality was measured, in bins that their images bear", () => {
  const found = parseQuality(report({ name: " faces ", quality }, { name: "others", quality: null }), "report.json");
  assert.deepEqual(found.map(({ name }) => name), ["faces"]);
  const { counts } = found[0]!.histogram;
  assert.ok(counts.length >= 4 && counts.length < quality.histogram.counts.length);
  assert.equal(Array.from(counts).reduce((sum, count) => sum + count, 0), 1000);
});

Deno.test.each<[string, unknown, RegExp]>([
  ["nothing", null, /report.json: it has no "kind"; expected a report of "deno task doctor"/],
  ["another kind", { kind: "poses" }, /it is of kind "poses"/],
  ["no findings", { kind: "doctor" }, /no quality was measured/],
  ["no name", report({ quality }), /"name" of a set is no text/],
  ["no image", report({ name: "faces", quality: { ...quality, count: 0 } }), /no image of faces has a quality/],
  ["no histogram", report({ name: "faces", quality: { count: 3 } }), /"quality".histogram of faces has no ends/],
])("parseQuality() throws TypeError when there is %s", (_what, value, message) => {
  assert.throws(() => parseQuality(value, "report.json"), { name: "TypeError", message });
});

Deno.test("coarseHistogram() keeps bins that are wide enough, and all values of those that are not", () => {
  const wide = { low: 0, high: 4, counts: [9, 9, 9, 9] };
  const quantiles = { "0.25": 1, "0.75": 3 };
  assert.deepEqual(coarseHistogram({ count: 1e6, quantiles, histogram: wide }), wide);
  const odd = { low: 0, high: 14, counts: new Array<number>(14).fill(1) };
  const joined = coarseHistogram({ count: 64, quantiles: { "0.25": 0, "0.75": 9 }, histogram: odd }); // bins of 3, for four
  assert.deepEqual(joined, { low: 0, high: 15, counts: [3, 3, 3, 3, 2] });
});

Deno.test("coarseHistogram() reads number and quartiles off the bins when they are not given", () => {
  const counts = Array.from({ length: 100 }, (_, bin) => bin >= 20 && bin < 84 ? 1 : 0); // quartiles 36 and 68
  const histogram = { low: 0, high: 100, counts };
  const told = coarseHistogram({ count: 64, quantiles: { "0.25": 36, "0.75": 68 }, histogram });
  assert.deepEqual(coarseHistogram({ histogram }), told);
  assert.deepEqual(told.counts.length, 7); // bins of 16
  assert.deepEqual(coarseHistogram({ histogram: { ...histogram, counts: counts.map(() => 0) } }).counts.length, 100);
});
