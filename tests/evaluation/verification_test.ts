import assert from "node:assert/strict";
import {
  combineViews,
  consecutivePairs,
  distanceAccuracy,
  foldRates,
  pairDistances,
  samplePairs,
  verificationAccuracy,
  VIEW_FUSIONS,
} from "@/evaluation/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { assertAllClose } from "../_assert_close.ts";
import { fixture, near } from "./_fixture.ts";
import { mirrored, plain, protocol } from "./_protocol.ts";

const EXACT = { atol: 1e-9, rtol: 0 };
const { width, same } = protocol;

for (const fusion of VIEW_FUSIONS) {
  Deno.test(`distanceAccuracy() equals the published protocol with flip ${fusion}`, () => {
    const { accuracy, distances: some } = protocol.fusions[fusion];
    const features = combineViews(plain, mirrored, width, fusion);
    const distances = pairDistances(features, width, consecutivePairs(same.length));
    // test.py weighs by norms in float32
    const tolerance = fusion === "norm" ? { atol: 1e-6, rtol: 0 } : EXACT;
    assertAllClose({ data: distances.subarray(0, 40) }, { data: Float64Array.from(some) }, tolerance);
    const found = distanceAccuracy(distances, same);
    assertAllClose({ data: found.folds }, { data: accuracy.folds }, EXACT);
    assertAllClose({ data: found.thresholds }, { data: accuracy.thresholds }, EXACT);
    assert.ok(near(found.mean, accuracy.mean) && near(found.sd, accuracy.sd), `${found.mean} +- ${found.sd}`);
    const { tpr, fpr, thresholds } = foldRates(distances, same);
    const every = (values: Float64Array) => Array.from({ length: 20 }, (_, i) => values[20 * i]!);
    assert.equal(thresholds.length, 400);
    assertAllClose({ data: every(tpr) }, { data: accuracy.tpr }, EXACT);
    assertAllClose({ data: every(fpr) }, { data: accuracy.fpr }, EXACT);
  });
}

Deno.test("verificationAccuracy() agrees with scikit-learn's KFold on pairs of any rows", () => {
  const { features, width, first, second, same, folds, thresholds, mean, sd } = fixture.verification;
  const found = verificationAccuracy(Float32Array.from(features), width, { first, second, same });
  assertAllClose({ data: found.folds }, { data: folds }, EXACT);
  assertAllClose({ data: found.thresholds }, { data: thresholds }, EXACT);
  assert.ok(near(found.mean, mean) && near(found.sd, sd), `${found.mean} +- ${found.sd}`);
});

Deno.test("verificationAccuracy() does not depend on the norm of the features", () => {
  const { features, width, first, second, same } = fixture.verification;
  const scaled = features.map((x, i) => x * (1 + Math.floor(i / width) % 7));
  const pairs = { first, second, same };
  assert.deepEqual(
    verificationAccuracy(scaled, width, pairs).folds,
    verificationAccuracy(features, width, pairs).folds,
  );
});

Deno.test("verificationAccuracy() is chance when features say nothing", () => {
  const labels = Array.from({ length: 200 }, (_, i) => i % 20);
  const features = new RandomStream(3, "noise for tests").fillNormal(new Float32Array(200 * 16));
  const { mean } = verificationAccuracy(features, 16, samplePairs(labels, { genuine: 800, impostor: 800 }));
  assert.ok(mean > 0.44 && mean < 0.56, `${mean}`);
});

Deno.test("distanceAccuracy() compares strictly with every threshold of the grid", () => {
  // Each distance lies on a threshold, where step and quotient round either way.
  for (let t = 0; t < 400; t++) {
    const { tpr, thresholds } = foldRates([t * 0.01, 3.995, t * 0.01, 3.995], [1, 0, 1, 0], { folds: 2 });
    const accepted = thresholds.findIndex((threshold) => t * 0.01 < threshold);
    assert.equal(tpr.findIndex((rate) => rate === 1), accepted, `distance ${t * 0.01}`);
  }
});

Deno.test("distanceAccuracy() takes the first of several best thresholds, and folds as they are given", () => {
  const distances = [0.105, 3, 0.305, 3, 0.205, 3], same = [1, 0, 1, 0, 1, 0];
  assert.deepEqual(distanceAccuracy(distances, same, { folds: 3 }).thresholds, [0.31, 0.21, 0.31]);
  const other = distanceAccuracy(distances, same, { folds: 2, fold: [0, 0, 1, 1, 0, 0] });
  assert.deepEqual([other.thresholds, other.folds], [[0.31, 0.21], [1, 0.5]]);
});

Deno.test("distanceAccuracy() with weights equals pairs that are repeated, and leaves out folds without weight", () => {
  const { distances } = protocol.fusions.sum, some = same.slice(0, 40);
  const weights = distances.map((_, p) => p % 4), fold = distances.map((_, p) => p % 5);
  const repeat = <T>(list: readonly T[]) => list.flatMap((x, p) => Array<T>(weights[p]!).fill(x));
  const weighted = distanceAccuracy(distances, some, { folds: 5, fold, weights });
  assert.deepEqual(weighted, distanceAccuracy(repeat(distances), repeat(some), { folds: 5, fold: repeat(fold) }));
  const none = distanceAccuracy(distances, some, { folds: 5, fold, weights: fold.map((f) => f === 2 ? 0 : 1) });
  assert.equal(none.folds.length, 4);
});

Deno.test("verificationAccuracy() refuses what it cannot measure", () => {
  const one = { first: [0], second: [1], same: [1] };
  assert.throws(() => verificationAccuracy([1, 0, 0, 1], 2, one), { name: "RangeError", message: /1 pairs.*10 folds/ });
  const two = { first: [0, 0], second: [1, 1], same: [1, 0] };
  assert.throws(() => verificationAccuracy([1, 0, 0, 0], 2, two, 2), {
    name: "RangeError",
    message: /norm of row 1 is 0/,
  });
  assert.throws(() => verificationAccuracy([1, 0, NaN, 0], 2, two, 2), { message: /norm of row 1 is NaN/ });
  assert.throws(() => verificationAccuracy([1, 0, 0], 2, two, 2), { name: "TypeError", message: /rows of 2/ });
  assert.throws(() => verificationAccuracy([1, 0], 2, two, 2), { name: "RangeError", message: /rows 0 and 1 of 1/ });
});

Deno.test("distanceAccuracy() refuses one kind of pairs, empty folds and distances that are none", () => {
  const range = (message: RegExp) => ({ name: "RangeError", message });
  assert.throws(() => distanceAccuracy([1, 2], [1, 1], { folds: 2 }), range(/all 2 pairs are of one person/));
  assert.throws(() => distanceAccuracy([1, 2], [0, 0], { folds: 2 }), range(/all 2 pairs are of two people/));
  assert.throws(
    () => distanceAccuracy([1, 2, 3], [0, 1, 0], { folds: 3, fold: [0, 0, 2] }),
    range(/fold 1 of 0..2 has no pair/),
  );
  assert.throws(() => distanceAccuracy([1, 2], [0, 1], { folds: 2, fold: [0, 2] }), range(/pair 1 is in fold 2/));
  assert.throws(() => distanceAccuracy([1, NaN], [0, 1], { folds: 2 }), range(/distance of pair 1 is NaN/));
  assert.throws(() => distanceAccuracy([1, 2], [0], { folds: 2 }), range(/2 pairs, 1 answers/));
});
