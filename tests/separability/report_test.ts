import assert from "node:assert/strict";
import { parseSeparability } from "@/plots/mod.ts";
import { type Separability, separabilityReport } from "@/separability/mod.ts";

/** Seven rows counted by hand at two thresholds. */
const RESULT: Separability = {
  name: "seven",
  rows: 7,
  thresholds: [0.3, 0.4],
  above: Uint8Array.of(0, 3, 1, 0, 1, 3, 0),
  dead: Uint8Array.of(0, 3, 0, 0, 1, 2, 0),
  nearest: Int32Array.of(1, 0, 0, 0, 0, 0, 0),
  nearestCosine: Float64Array.of(0.5, 0.5, 0.35, 0.1, 0.32, 0.45, 0.2),
  histogram: new Float64Array(201),
};

Deno.test("separabilityReport() counts every prefix and the whole", () => {
  const report = separabilityReport(RESULT, { prefixStep: 3, name: "other" });
  assert.deepEqual(report.prefixes, [3, 6, 7]);
  assert.deepEqual(report.separated, [[1, 2, 3], [2, 4, 5]]);
  assert.deepEqual(report.greedy, [[2, 4, 5], [2, 4, 5]]);
  assert.deepEqual([report.kind, report.name, report.rows], ["separability", "other", 7]);
  assert.deepEqual(separabilityReport(RESULT).prefixes, [7]);
});

Deno.test("separabilityReport() gives quantiles as numpy.quantile does", () => {
  const { quantiles } = separabilityReport(RESULT).nearest;
  assert.equal(quantiles["0.5"], 0.35);
  assert.equal(quantiles["0"], 0.1);
  assert.equal(quantiles["1"], 0.5);
  assert.ok(Math.abs(quantiles["0.9"]! - 0.5) < 1e-15 && Math.abs(quantiles["0.1"]! - 0.16) < 1e-15);
});

Deno.test("separabilityReport() is what figures read, as JSON", () => {
  const report = separabilityReport(RESULT, { prefixStep: 3 });
  const curve = parseSeparability(JSON.parse(JSON.stringify(report)), "seven.json");
  assert.deepEqual(curve.separated, report.separated);
  assert.equal(curve.histogram!.counts.length, 201);
  const { histogram: _, ...bare } = RESULT;
  assert.equal("histogram" in separabilityReport({ ...bare, histogram: undefined }), false);
});

Deno.test("separabilityReport() refuses steps of nothing", () => {
  assert.throws(() => separabilityReport(RESULT, { prefixStep: 0 }), { name: "RangeError", message: /in steps of 0/ });
});
