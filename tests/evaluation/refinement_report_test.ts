import assert from "node:assert/strict";
import type { AttributeEvaluator } from "@/attributes/mod.ts";
import { reportRefinement } from "@/evaluation/mod.ts";
import { fakeAttributes, someAttributes } from "../generation/_fake_attributes.ts";

/** Row r has quality 12 + 3r to begin with, and rises by 1 a step; row 3 never has its identity. */
function draw(row: number): Float32Array {
  const vector = new Float32Array(16);
  vector[1] = row;
  vector[2] = row === 3 ? 1 : 0;
  return vector;
}

const { identity, quality } = someAttributes(); // quality 20, thresholds 0.3 and 1

Deno.test("reportRefinement() counts what reaches identity and quality, and how soon", async () => {
  const done: number[] = [];
  // Row 0 would have no length, so rows are shifted by one.
  const report = await reportRefinement(fakeAttributes({ asked: { identity, quality } }), (row) => draw(row + 1), {
    count: 3,
    cap: 4,
    batchSize: 2,
    onProgress: (count) => done.push(count),
  });
  // Rows 1, 2, 3: quality 15, 18, 21 at the start, 19 is enough.
  assert.deepEqual(report.rows.map(({ accepted, reason, iterations }) => [accepted, reason, iterations]), [
    [false, "cap", 4],
    [true, "accepted", 2],
    [false, "no gradient", 1], // quality is enough and the fake's identity pulls nowhere
  ]);
  assert.deepEqual([report.accepted, report.identityReached, report.qualityReached], [1 / 3, 2 / 3, 2 / 3]);
  assert.deepEqual(report.acceptedWithin, [0, 1 / 3, 1 / 3, 1 / 3]);
  assert.deepEqual(report.reasons, { cap: 1, accepted: 1, "no gradient": 1 });
  assert.deepEqual(report.iterations, { mean: 7 / 3, median: 2, most: 4 });
  const near = (a: number | null, b: number) => assert.ok(Math.abs(a! - b) < 1e-4, `${a} for ${b}`);
  near(report.start.quality, 18);
  near(report.start.cosine, (0.9 + 0.9 + 0.5) / 3);
  near(report.end.quality, (18 + 19 + 21) / 3);
  near(report.rows[1]!.quality, 19);
  near(report.rows[1]!.startQuality, 18);
  assert.deepEqual(done, [1, 2, 3]);
});

Deno.test("reportRefinement() counts vectors that cannot be evaluated as failures", async () => {
  const networks = fakeAttributes({ asked: { identity, quality } });
  const report = await reportRefinement(networks, (row) => row === 0 ? new Float32Array(16) : draw(4), { count: 2 });
  assert.deepEqual([report.accepted, report.reasons], [0.5, { "no norm": 1, accepted: 1 }]);
  assert.deepEqual(report.rows[0], {
    ...{ row: 0, accepted: false, reason: "no norm", iterations: 0 },
    ...{ cosine: null, quality: null, startCosine: null, startQuality: null },
  });
  assert.ok(report.start.quality! > 20, "means leave it out");
});

Deno.test("reportRefinement() throws when networks or counts cannot work", async () => {
  const networks = fakeAttributes({ asked: { identity, quality } });
  await assert.rejects(reportRefinement(networks, draw, { count: 0 }), {
    name: "RangeError",
    message: /refinement: 0 vectors, expected a whole number of at least 1/,
  });
  const half: AttributeEvaluator = { ...networks, objectives: [networks.objectives[0]!] };
  await assert.rejects(reportRefinement(half, draw), {
    name: "TypeError",
    message: /no objective "quality", theirs are identity/,
  });
});
