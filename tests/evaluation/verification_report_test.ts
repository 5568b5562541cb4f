import assert from "node:assert/strict";
import {
  combineViews,
  consecutivePairs,
  equalErrorRate,
  pairCosines,
  reportVerification,
  rocCurve,
} from "@/evaluation/mod.ts";
import { near } from "./_fixture.ts";
import { mirrored, plain, protocol } from "./_protocol.ts";

const { width, same, fusions } = protocol, pairs = same.length;

Deno.test("reportVerification() has the published figures, and those of the cosines", () => {
  const features = combineViews(plain, mirrored, width, "sum");
  const report = reportVerification(features, width, same);
  const { accuracy, validation } = fusions.sum;
  assert.ok(near(report.accuracy.mean, accuracy.mean) && near(report.accuracy.sd, accuracy.sd));
  assert.ok(near(report.validation!.mean, validation![0]!.mean) && near(report.validation!.far, validation![0]!.far));
  const cosines = pairCosines(features, width, consecutivePairs(pairs));
  const curve = rocCurve(cosines.filter((_, p) => same[p] === 1), cosines.filter((_, p) => same[p] === 0));
  assert.ok(near(report.scores.equalErrorRate, equalErrorRate(curve), 1e-12));
  assert.deepEqual(report.scores.pairs, [304, 303]);
  assert.deepEqual(report.scores.tar.map(({ tar }) => tar !== undefined), [false, false, false, false, false, true]);
  const { low, high } = report.accuracyInterval;
  assert.ok(low < report.accuracy.right / pairs && report.accuracy.right / pairs < high);
  assert.ok(near(report.featureNorm, meanNorm(features), 1e-9));
  assert.deepEqual([report.missing, report.pairsLeftOut, report.conflicts, report.intervals], [[], 0, [], undefined]);
  assert.equal(report.identities, 304 + 2 * 303);
});

function meanNorm(features: ArrayLike<number>): number {
  let sum = 0;
  for (let r = 0; r < features.length / width; r++) {
    sum += Math.hypot(...Array.from({ length: width }, (_, c) => features[r * width + c]!));
  }
  return sum / (features.length / width);
}

Deno.test("reportVerification() has the accuracy of --cosine, without a bootstrap of it", () => {
  const report = reportVerification(plain, width, same, { metric: "centred", bootstrap: { replicates: 10 } });
  assert.ok(near(report.accuracy.mean, fusions.none.cosine!.mean));
  assert.equal(report.intervals!.accuracy, undefined);
  assert.ok(report.intervals!.equalErrorRate!.low <= report.scores.equalErrorRate);
});

Deno.test("reportVerification() draws people: intervals for what is resolvable", () => {
  const { intervals, accuracy, scores } = reportVerification(plain, width, same, { bootstrap: { replicates: 200 } });
  assert.ok(intervals!.accuracy!.low < accuracy.mean && accuracy.mean < intervals!.accuracy!.high);
  assert.deepEqual(intervals!.tar.map((interval) => interval !== undefined), [...Array(5).fill(false), true]);
  assert.ok(intervals!.tar[5]!.low <= scores.tar[5]!.tar! && scores.tar[5]!.tar! <= intervals!.tar[5]!.high);
});

Deno.test("reportVerification() leaves out pairs without a feature, lists them, and keeps the others in their folds", () => {
  const features = plain.slice(), missing = [3, 100, 101, 1213];
  for (const row of missing) features.fill(NaN, row * width, (row + 1) * width);
  const report = reportVerification(features, width, same);
  assert.deepEqual([report.pairs, report.missing, report.pairsLeftOut], [pairs, missing, 3]);
  assert.equal(report.scores.pairs[0] + report.scores.pairs[1], pairs - 3);
  // Pairs 1, 50 and 606 lie in folds 0, 0 and 9; the folds between them are what they were.
  const whole = reportVerification(plain, width, same);
  assert.equal(report.accuracy.folds.length, 10);
  const unchanged = report.accuracy.folds.filter((x, f) => x === whole.accuracy.folds[f]).length;
  assert.ok(unchanged >= 6, `${unchanged} folds are as before`);
  assert.ok(Number.isFinite(report.featureNorm) && report.accuracy.right <= pairs - 3);
});

Deno.test("reportVerification() says why there is no VAL", () => {
  const sorted = [...same.keys()].sort((a, b) => same[a]! - same[b]!);
  const features = Float32Array.from(sorted.flatMap((p) => [...plain.subarray(2 * p * width, (2 * p + 2) * width)]));
  const report = reportVerification(features, width, sorted.map((p) => same[p]!));
  assert.equal(report.validation, undefined);
  assert.match(report.validationFault!, /fold 0 of 0..9 has no genuine pair/);
});

Deno.test("reportVerification() finds people through images that come twice, and answers that contradict them", () => {
  const image = (k: number) => [Math.cos(k), Math.sin(k)];
  const names = [[0, 1], [1, 2], [3, 4], [0, 2], [5, 3]], answers = [1, 1, 0, 0, 1];
  const features = Float32Array.from(names.flat().flatMap(image));
  const report = reportVerification(features, 2, answers, { folds: 2 });
  assert.deepEqual([report.identities, report.conflicts], [3, [3]]); // 0-1-2, 3-5, 4
});

Deno.test("reportVerification() refuses counts that do not match, one class, NaN in part and zero rows", () => {
  const refuses = (features: Float32Array, answers: number[], name: string, message: RegExp) =>
    assert.throws(() => reportVerification(features, 1, answers, { folds: 2 }), { name, message });
  refuses(new Float32Array(6).fill(1), [1, 0], "TypeError", /6 features and 2 answers/);
  refuses(Float32Array.of(1, 2, 3, 4), [1, 1], "RangeError", /all 2 pairs are of one person/);
  refuses(Float32Array.of(1, 2, 3, Infinity), [1, 0], "RangeError", /image 3 has values that are not finite/);
  refuses(Float32Array.of(1, 2, 0, 3), [1, 0], "RangeError", /norm of row 2 is 0/);
  refuses(new Float32Array(4).fill(NaN), [1, 0], "RangeError", /none of 4 images has a feature/);
  refuses(new Float32Array(0), [], "RangeError", /0 pairs/);
  // All of fold 1 is gone.
  refuses(Float32Array.of(1, 2, 1, -2, NaN, 2), [1, 0, 1], "RangeError", /fold 1 of 0..1 has no pair/);
});
