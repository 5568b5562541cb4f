import assert from "node:assert/strict";
import { combineViews, consecutivePairs, pairDistances, validationRate } from "@/evaluation/mod.ts";
import { assertAllClose } from "../_assert_close.ts";
import { near } from "./_fixture.ts";
import { mirrored, plain, protocol } from "./_protocol.ts";

const EXACT = { atol: 1e-9, rtol: 0 };

for (const fusion of ["none", "sum"] as const) {
  Deno.test(`validationRate() equals insightface's calculate_val with flip ${fusion}`, () => {
    const { width, same, fusions } = protocol;
    const features = combineViews(plain, mirrored, width, fusion);
    const distances = pairDistances(features, width, consecutivePairs(same.length));
    for (const expected of fusions[fusion].validation!) {
      const found = validationRate(distances, same, { target: expected.target });
      assertAllClose({ data: found.thresholds }, { data: expected.thresholds }, EXACT);
      assertAllClose({ data: found.folds }, { data: expected.folds }, EXACT);
      for (const key of ["mean", "sd", "far"] as const) assert.ok(near(found[key], expected[key]), key);
    }
  });
}

Deno.test("validationRate() equals SciPy's spline where rates repeat, end, or are never reached", () => {
  for (const { distances, same, validation } of protocol.edges) {
    const found = validationRate(distances, same, { target: validation.target, folds: 3 });
    assertAllClose({ data: found.thresholds }, { data: validation.thresholds }, EXACT);
    assert.deepEqual(found.folds, validation.folds);
    assert.equal(found.far, validation.far);
  }
});

Deno.test("validationRate() refuses folds without a kind, and rates outside 0..1", () => {
  const range = (message: RegExp) => ({ name: "RangeError", message });
  assert.throws(() => validationRate([1, 2, 3, 4], [1, 1, 0, 0], { folds: 2 }), range(/fold 1 of 0..1 has no genuine/));
  assert.throws(() => validationRate([1, 2, 3, 4], [0, 0, 1, 0], { folds: 2 }), range(/fold 0 of 0..1 has no genuine/));
  assert.throws(() => validationRate([1, 2], [1, 0], { folds: 2, target: 1.5 }), range(/rate is 1.5/));
  assert.throws(() => validationRate([1, 2, 3], [1, 1, 1], { folds: 2 }), range(/all 3 pairs are of one person/));
});
