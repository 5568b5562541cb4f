import assert from "node:assert/strict";
import {
  areaUnderRoc,
  dPrime,
  equalErrorRate,
  fisherRatio,
  fnmrPoints,
  rocCurve,
  ScoreTally,
  tarAtFar,
} from "@/evaluation/mod.ts";
import { near } from "./_fixture.ts";
import { RATES, scoreCases } from "./_scores.ts";

/** Feeds scores in parts of unequal size. */
function tally(genuine: ArrayLike<number>, impostor: Float64Array): ScoreTally {
  const made = new ScoreTally(genuine);
  for (let from = 0, size = 1; from < impostor.length; from += size, size = size * 3 % 20_011) {
    made.add(impostor.subarray(from, from + size));
  }
  return made;
}

for (const { name, expected, genuine, impostor } of scoreCases) {
  Deno.test(`ScoreTally gives scikit-learn's numbers without keeping impostors: ${name}`, () => {
    const scores = tally(genuine, impostor), curve = scores.curve(), full = rocCurve(genuine, impostor);
    assert.deepEqual([curve.genuine, curve.impostors], [genuine.length, impostor.length]);
    assert.ok(curve.thresholds.length <= 2 * new Set(genuine).size + 2);
    assert.ok(near(areaUnderRoc(curve), expected.auc), `${areaUnderRoc(curve)}`);
    assert.ok(near(equalErrorRate(curve), expected.eer), `${equalErrorRate(curve)}`);
    for (const far of RATES) assert.deepEqual(tarAtFar(curve, far), tarAtFar(full, far));
    assert.deepEqual(fnmrPoints(curve), fnmrPoints(full));
    assert.ok(near(dPrime(scores.genuineMoments, scores.impostorMoments), expected.dPrime));
    assert.ok(near(fisherRatio(scores.genuineMoments, scores.impostorMoments), expected.fisher));
    assert.ok(
      near(dPrime(genuine, impostor), expected.dPrime) && near(fisherRatio(genuine, impostor), expected.fisher),
    );
  });

  Deno.test(`ScoreTally's points lie on the full curve: ${name}`, () => {
    const { thresholds, fmr, tar } = tally(genuine, impostor).curve();
    const step = Math.max(1, Math.floor(thresholds.length / 50));
    for (let i = 0; i < thresholds.length; i += step) {
      assert.ok(near(impostor.filter((s) => s >= thresholds[i]!).length / impostor.length, fmr[i]!, 1e-12));
      assert.ok(near(genuine.filter((s) => s >= thresholds[i]!).length / genuine.length, tar[i]!, 1e-12));
      if (i > 0) assert.ok(thresholds[i]! < thresholds[i - 1]!);
    }
    assert.deepEqual([thresholds[0], fmr[0], tar[0], fmr.at(-1), tar.at(-1)], [Infinity, 0, 0, 1, 1]);
  });
}

Deno.test("ScoreTally is exact when genuine scores are one, extreme, or neighbours in float64", () => {
  const one = 1 + Number.EPSILON;
  for (const genuine of [[0.5], [0.5, 0.5], [1, one], [-1e150, 1e150], [5e-324, 0, -5e-324], [0, 1e-300]]) {
    const impostor = [...genuine, 0.5, 0, 1, -1, 1e150, -1e150, 1e-310, 0.25, one];
    const scores = new ScoreTally(genuine);
    for (const score of impostor) scores.add([score]);
    const curve = scores.curve(), full = rocCurve(genuine, impostor);
    assert.ok(near(areaUnderRoc(curve), areaUnderRoc(full), 1e-12), `${genuine}`);
    assert.ok(near(equalErrorRate(curve), equalErrorRate(full), 1e-12), `${genuine}`);
    assert.deepEqual(fnmrPoints(curve), fnmrPoints(full));
  }
});

Deno.test("ScoreTally keeps the digits of mean and variance over many parts", () => {
  const scores = new ScoreTally([0.25]), part = new Float32Array(100_000).fill(0.1);
  for (let i = 0; i < 50; i++) scores.add(part);
  const { count, mean, variance } = scores.impostorMoments;
  assert.equal(count, 5e6);
  assert.ok(near(mean, Math.fround(0.1), 1e-15) && variance < 1e-28, `${mean} ${variance}`);
});

Deno.test("ScoreTally refuses empty sides and scores that are not finite", () => {
  const range = (message: RegExp) => ({ name: "RangeError", message });
  assert.throws(() => new ScoreTally([]), range(/0 genuine scores/));
  for (const bad of [NaN, Infinity, -Infinity]) {
    assert.throws(() => new ScoreTally([1, bad]), range(/all finite/));
    assert.throws(() => new ScoreTally([bad]), range(/all finite/));
  }
  assert.throws(() => new ScoreTally([1]).curve(), range(/no impostor score/));
  for (const bad of [NaN, Infinity, -Infinity]) {
    assert.throws(() => new ScoreTally([0, 1]).add([0.5, bad]), range(/impostor score 1 of a part is/));
  }
  assert.throws(() => dPrime([], [1]), range(/a side has no score/));
  assert.throws(() => fisherRatio([1], []), range(/a side has no score/));
});
