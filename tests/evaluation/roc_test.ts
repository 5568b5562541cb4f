import assert from "node:assert/strict";
import {
  areaUnderRoc,
  dropIntermediate,
  equalErrorPoint,
  equalErrorRate,
  fnmrPoints,
  rocCurve,
  tarAtFar,
  tarAtNearestFar,
} from "@/evaluation/mod.ts";
import { near } from "./_fixture.ts";
import { RATES, scoreCases } from "./_scores.ts";

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

for (const { name, expected, genuine, impostor } of scoreCases) {
  const curve = rocCurve(genuine, impostor);

  Deno.test(`rocCurve() and dropIntermediate() have scikit-learn's points: ${name}`, () => {
    assert.equal(curve.thresholds.length, expected.points);
    const { thresholds, fmr, tar } = dropIntermediate(curve);
    assert.equal(thresholds.length, expected.kept);
    assert.ok(near(sum(fmr), expected.keptSum[0], 1e-9 * expected.kept), `${sum(fmr)}`);
    assert.ok(near(sum(tar), expected.keptSum[1], 1e-9 * expected.kept), `${sum(tar)}`);
    assert.ok(near(areaUnderRoc(curve), expected.auc), `${areaUnderRoc(curve)}`);
    assert.ok(near(areaUnderRoc(dropIntermediate(curve)), expected.auc));
  });

  Deno.test(`tarAtFar() is the largest TAR within the rate, at a threshold that gives both: ${name}`, () => {
    for (const [k, far] of RATES.entries()) {
      const { tar, threshold, needed, impostors } = tarAtFar(curve, far);
      assert.equal(tar === undefined, impostors < needed);
      if (tar === undefined) continue;
      assert.ok(near(tar, expected.tar[k]!), `${far}: ${tar} for ${expected.tar[k]}`);
      assert.ok(impostor.filter((s) => s >= threshold!).length / impostor.length <= far);
      assert.ok(near(genuine.filter((s) => s >= threshold!).length / genuine.length, tar));
    }
    const { zeroFmr, fmr100, fmr1000 } = fnmrPoints(curve);
    assert.ok(near(zeroFmr, expected.zeroFmr), `${zeroFmr}`);
    assert.equal(fmr100 === undefined, impostor.length < 1000);
    if (fmr100 !== undefined) assert.ok(near(fmr100, 1 - expected.tar[4]!));
    if (fmr1000 !== undefined) assert.ok(near(fmr1000, 1 - expected.tar[3]!));
  });

  Deno.test(`tarAtNearestFar() equals the table of eval_ijb.py: ${name}`, () => {
    const kept = dropIntermediate(curve);
    for (const [k, far] of RATES.entries()) {
      const { fmr, tar, resolvable } = tarAtNearestFar(kept, far);
      assert.ok(near(fmr, expected.nearest[k]![0]) && near(tar, expected.nearest[k]![1]), `${far}: ${tar} at ${fmr}`);
      assert.equal(resolvable, impostor.length * far >= 9.999999);
    }
  });

  Deno.test(`equalErrorRate() agrees with scipy's interpolation, equalErrorPoint() with the nearest point: ${name}`, () => {
    assert.ok(near(equalErrorRate(curve), expected.eer), `${equalErrorRate(curve)} for ${expected.eer}`);
    const { rate, threshold, fmr, fnmr } = equalErrorPoint(curve);
    assert.ok(near(rate, expected.eerPoint[0]) && near((fmr + fnmr) / 2, rate), `${rate}`);
    if (Number.isFinite(expected.eerPoint[1])) assert.ok(near(threshold, expected.eerPoint[1]), `${threshold}`);
  });
}

Deno.test("tarAtFar() gives no number when there are fewer than 10 / FAR impostors", () => {
  const scores = Array.from({ length: 10_000 }, (_, i) => i / 10_000);
  const found = tarAtFar(rocCurve([2], scores.slice(1)), 1e-3);
  assert.deepEqual(found, { far: 1e-3, tar: undefined, threshold: undefined, impostors: 9999, needed: 10_000 });
  assert.equal(tarAtFar(rocCurve([2], scores), 1e-3).tar, 1);
  // The tenth highest impostor may be accepted, the eleventh may not.
  assert.equal(tarAtFar(rocCurve([0.999], scores), 1e-3).tar, 1);
  assert.equal(tarAtFar(rocCurve([0.9989], scores), 1e-3).tar, 0);
});

Deno.test("equalErrorRate() is 0 for separate scores, 1 for swapped ones, and a half for equal ones", () => {
  assert.equal(equalErrorRate(rocCurve([3, 4], [1, 2])), 0);
  assert.equal(equalErrorRate(rocCurve([1, 2], [3, 4])), 1);
  assert.equal(equalErrorRate(rocCurve([1, 1], [1])), 0.5);
});

Deno.test("rocCurve() and tarAtFar() refuse empty sides, NaN, infinities and rates outside 0..1", () => {
  assert.throws(() => rocCurve([], [1]), { name: "RangeError", message: /0 genuine and 1 impostor/ });
  for (const bad of [NaN, Infinity, -Infinity]) {
    assert.throws(() => rocCurve([1], [0, bad, 1]), { name: "RangeError", message: /all finite/ });
  }
  assert.throws(() => tarAtFar(rocCurve([1], [0]), 0), { name: "RangeError", message: /FAR is 0/ });
  assert.throws(() => tarAtNearestFar(rocCurve([1], [0]), 1.1), { name: "RangeError", message: /FAR is 1.1/ });
});
