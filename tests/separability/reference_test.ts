/** The reference's counts at full size; separability.json was made by make_separability.py beside it. */
import assert from "node:assert/strict";
import { arrayVectors } from "@/identity/mod.ts";
import { measureSeparability, separabilityReport } from "@/separability/mod.ts";
import { unitRows } from "@/similarity/mod.ts";
import fixture from "../fixtures/separability/separability.json" with { type: "json" };

/** The rows of make_separability.py. */
function formulaRows(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, at) => {
    let h = (at + 0x9e3779b9) >>> 0;
    h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
    h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
    h ^= h >>> 16;
    return (h >>> 8) / 2 ** 23 - 1;
  });
}

Deno.test("measureSeparability() equals the reference on every prefix of 1000 up to 20,000 rows", async () => {
  const { rows, width, sum, thresholds, prefixes, separated, greedy } = fixture;
  const data = formulaRows(rows * width);
  assert.equal(data.reduce((a, b) => a + b, 0), sum, "the rows must be those of the fixture");
  const result = await measureSeparability(unitRows(arrayVectors(data, width, "formula")), { thresholds });
  const report = separabilityReport(result, { prefixStep: 1000 });
  assert.deepEqual(report.prefixes, prefixes);
  assert.deepEqual(report.separated, separated);
  assert.deepEqual(report.greedy, greedy);
});
