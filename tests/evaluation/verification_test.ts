import assert from "node:assert/strict";
import { samplePairs, verificationAccuracy } from "@/evaluation/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { fixture, near } from "./_fixture.ts";

Deno.test("verificationAccuracy() agrees with scikit-learn's KFold on every fold", () => {
  const { features, width, first, second, same, folds, thresholds, mean, sd } = fixture.verification;
  const found = verificationAccuracy(Float32Array.from(features), width, { first, second, same });
  assert.deepEqual(found.folds.map((x) => x.toFixed(12)), folds.map((x) => x.toFixed(12)));
  assert.deepEqual(found.thresholds.map((x) => x.toFixed(2)), thresholds.map((x) => x.toFixed(2)));
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

Deno.test("verificationAccuracy() refuses what it cannot measure", () => {
  const one = { first: [0], second: [1], same: [1] };
  assert.throws(() => verificationAccuracy([1, 0, 0, 1], 2, one), { name: "RangeError", message: /1 pairs.*10 folds/ });
  const two = { first: [0, 0], second: [1, 1], same: [1, 0] };
  assert.throws(() => verificationAccuracy([1, 0, 0, 0], 2, two, 2), {
    name: "RangeError",
    message: /norm of row 1 is 0/,
  });
  assert.throws(() => verificationAccuracy([1, 0, 0], 2, two, 2), { name: "TypeError", message: /rows of 2/ });
  assert.throws(() => verificationAccuracy([1, 0], 2, two, 2), { name: "RangeError", message: /rows 0 and 1 of 1/ });
});
