import assert from "node:assert/strict";
import { sampledVectors, sphereSampler } from "@/identity/mod.ts";
import { parseSeparability } from "@/plots/mod.ts";
import { measureSeparability, separabilityReport } from "@/separability/mod.ts";
import { unitRows } from "@/similarity/mod.ts";
import { bell, fallingSet } from "./_sets.ts";

const result = { kind: "separability", rows: 20_000, ...fallingSet("mini", 1e-5), histogram: bell(0, 0.1) };

Deno.test("parseSeparability() takes what the separability task writes", () => {
  const { kind: _kind, rows: _rows, ...expected } = result;
  const text = JSON.stringify({ ...result, nearest: { quantiles: { "0.5": 0.3 } } });
  assert.deepEqual(parseSeparability(JSON.parse(text), "a.json"), expected);
});

Deno.test("parseSeparability() takes a report of a count", async () => {
  const rows = unitRows(sampledVectors(sphereSampler(4, { seed: 1 }), 50));
  const counted = await measureSeparability(rows, { thresholds: [0.5, 0.9] });
  const report = separabilityReport(counted, { name: "sphere", prefixStep: 20 });
  const { separated, prefixes, histogram } = parseSeparability(JSON.parse(JSON.stringify(report)), "a.json");
  assert.deepEqual([separated, prefixes], [report.separated, [20, 40, 50]]);
  assert.deepEqual(histogram, report.histogram);
});

Deno.test.each<[string, unknown, RegExp]>([
  ["a list", [], /Cannot read a.json: it is no JSON object; expected a result of "deno task separability/],
  ["another kind", { ...result, kind: "roc" }, /it is of kind "roc"/],
  ["no kind", { tpr: [] }, /it has no "kind"/],
  ["no name", { ...result, name: " " }, /"name" is no text/],
  ["no prefixes", { ...result, prefixes: [] }, /"prefixes" is no list of numbers/],
  ["prefixes that fall", { ...result, prefixes: [20, 10] }, /"prefixes" are not ascending/],
  ["a list missing", { ...result, separated: [[1]] }, /"separated" has no list for each of 2 thresholds/],
  ["a count missing", { ...result, greedy: [[1], [1]] }, /"greedy"\[0\] has 1 numbers, not 20/],
  [
    "more than all",
    { ...result, thresholds: [0.4], prefixes: [5], separated: [[6]] },
    /"separated"\[0\] counts 6 of 5 rows/,
  ],
  ["a histogram without ends", { ...result, histogram: { counts: [1] } }, /"histogram" has no ends/],
])("parseSeparability() refuses %s", (_what, value, message) => {
  assert.throws(() => parseSeparability(value, "a.json"), { name: "TypeError", message });
});
