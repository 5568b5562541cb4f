import assert from "node:assert/strict";
import { fitLinearProbe, fitProbeFolds, identityFolds, predict, predictUnseen } from "@/evaluation/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { near } from "./_fixture.ts";

const labels = Array.from({ length: 120 }, (_, i) => i % 12);
const yaws = labels.map((_, i) => (i * 37) % 91 - 45);
const noise = new RandomStream(2, "noise for tests").fillNormal(new Float32Array(120 * 4));
/** Columns: yaw with noise, and three that say which identity. */
const features = noise.map((v, i) =>
  i % 4 === 0 ? yaws[i / 4]! / 10 + 0.2 * v : v + 5 * (labels[i >> 2]! % (i % 4 + 1))
);

Deno.test("identityFolds() keeps identities whole and folds equal", () => {
  const folds = identityFolds(labels, 5, 3);
  const identities = Array.from({ length: 5 }, (_, f) => new Set(labels.filter((_, i) => folds[i] === f)));
  assert.deepEqual(identities.map((set) => set.size).sort(), [2, 2, 2, 3, 3]);
  assert.equal(identities.reduce((sum, set) => sum + set.size, 0), 12);
  assert.throws(() => identityFolds([1, 1], 2), { name: "RangeError", message: /1 identities/ });
});

Deno.test("fitProbeFolds() reads yaw of unseen identities", () => {
  const { score } = fitProbeFolds(features, 4, yaws, labels);
  assert.ok(score.correlation > 0.99 && score.error < 3 && score.count === 120, JSON.stringify(score));
});

Deno.test("fitProbeFolds() finds nothing about a number that only memory of the identity tells", () => {
  const secret = labels.map((label) => [3, -8, 5, 9, -2, 7, -6, 1, -9, 4, 8, -5][label]!);
  const oneHot = new Float32Array(120 * 12);
  labels.forEach((label, i) => oneHot[12 * i + label] = 1);
  assert.ok(fitProbeFolds(oneHot, 12, secret, labels).score.correlation < 0.3);
});

Deno.test("predictUnseen() uses the probe that was fitted without the row's identity", () => {
  const { width, folds, probes } = fitProbeFolds(features, 4, yaws, labels, { seed: 1 });
  const row = 17, others = [...folds.keys()].filter((i) => folds[i] !== folds[row]);
  assert.ok(others.every((i) => labels[i] !== labels[row]));
  const probe = fitLinearProbe(
    others.flatMap((i) => [...features.subarray(4 * i, 4 * i + 4)]),
    4,
    others.map((i) => yaws[i]!),
  );
  const one = features.subarray(4 * row, 4 * row + 4);
  assert.ok(near(predictUnseen({ width, folds, probes }, one, [row])[0]!, predict(probe, one)[0]!));
  assert.throws(() => predictUnseen({ width, folds, probes }, one, [1, 2]), {
    name: "TypeError",
    message: /1 features for 2 rows/,
  });
});
