import assert from "node:assert/strict";
import { areaUnderRoc, dPrime, equalErrorRate, rocCurve, tarAtFar } from "@/evaluation/mod.ts";
import { fixture, near } from "./_fixture.ts";

const { genuine, impostor, tar, eer, auc, dprime } = fixture.scores;

Deno.test("tarAtFar() agrees with scikit-learn's curve, ties included", () => {
  const curve = rocCurve(genuine, impostor);
  for (const [far, expected] of Object.entries(tar)) {
    const found = tarAtFar(curve, Number(far));
    assert.ok(near(found.tar!, expected), `${far}: ${found.tar} for ${expected}`);
    assert.ok(impostor.filter((s) => s >= found.threshold!).length / impostor.length <= Number(far));
    assert.ok(near(genuine.filter((s) => s >= found.threshold!).length / genuine.length, expected));
  }
});

Deno.test("tarAtFar() gives no number when there are fewer than 10 / FAR impostors", () => {
  const scores = Array.from({ length: 10_000 }, (_, i) => i / 10_000);
  const found = tarAtFar(rocCurve([2], scores.slice(1)), 1e-3);
  assert.deepEqual(found, { far: 1e-3, tar: undefined, threshold: undefined, impostors: 9999, needed: 10_000 });
  assert.equal(tarAtFar(rocCurve([2], scores), 1e-3).tar, 1);
  // The tenth highest impostor may be accepted, the eleventh may not.
  assert.equal(tarAtFar(rocCurve([0.999], scores), 1e-3).tar, 1);
  assert.equal(tarAtFar(rocCurve([0.9989], scores), 1e-3).tar, 0);
});

Deno.test("equalErrorRate(), areaUnderRoc() and dPrime() agree with scipy, scikit-learn and numpy", () => {
  const curve = rocCurve(genuine, impostor);
  assert.ok(near(equalErrorRate(curve), eer, 1e-9), `${equalErrorRate(curve)} for ${eer}`);
  assert.ok(near(areaUnderRoc(curve), auc));
  assert.ok(near(dPrime(genuine, impostor), dprime));
});

Deno.test("equalErrorRate() is 0 for separate scores, 1 for swapped ones, and a half for equal ones", () => {
  assert.equal(equalErrorRate(rocCurve([3, 4], [1, 2])), 0);
  assert.equal(equalErrorRate(rocCurve([1, 2], [3, 4])), 1);
  assert.equal(equalErrorRate(rocCurve([1, 1], [1])), 0.5);
});

Deno.test("rocCurve() and tarAtFar() refuse empty sides, NaN and rates outside 0..1", () => {
  assert.throws(() => rocCurve([], [1]), { name: "RangeError", message: /0 genuine and 1 impostor/ });
  assert.throws(() => rocCurve([1], [NaN]), { name: "RangeError", message: /all finite/ });
  assert.throws(() => tarAtFar(rocCurve([1], [0]), 0), { name: "RangeError", message: /FAR is 0/ });
  assert.throws(() => dPrime([], [1]), RangeError);
});
