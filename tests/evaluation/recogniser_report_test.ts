import assert from "node:assert/strict";
import { reportRecogniser } from "@/evaluation/mod.ts";
import { RandomStream } from "@/random/mod.ts";

/** 40 identities x 10 rows of 16: a centre an identity, spread around it, and yaw in the first column. */
function rows(spread: number) {
  const stream = new RandomStream(8, "noise for tests");
  const labels = Array.from({ length: 400 }, (_, i) => Math.floor(i / 10));
  const centres = stream.fillNormal(new Float32Array(40 * 16));
  const yaws = labels.map(() => stream.uniformIn(-60, 60));
  const features = Float32Array.from({ length: 400 * 16 }, (_, i) => {
    const column = i % 16, row = Math.floor(i / 16);
    return 5 * (column === 0 ? yaws[row]! / 60 : centres[labels[row]! * 16 + column]!) + spread * stream.normal();
  });
  return { features, width: 16, labels, yaws };
}

Deno.test("reportRecogniser() tells good features from bad ones", () => {
  const [good, bad] = [rows(0.5), rows(8)].map((input) => reportRecogniser(input).report);
  assert.ok(good!.accuracy.mean > 0.98 && good!.tar.tar! > 0.95 && good!.equalErrorRate < 0.02);
  assert.ok(bad!.accuracy.mean < 0.8 && bad!.tar.tar! < 0.3 && bad!.equalErrorRate > 0.2);
  assert.ok(good!.genuineCosine > 0.9 && Math.abs(good!.impostorCosine) < 0.1);
  assert.ok(good!.yaw.correlation > 0.98 && bad!.yaw.correlation < 0.7);
  assert.ok(good!.areaUnderRoc > bad!.areaUnderRoc && good!.dPrime > bad!.dPrime);
  assert.deepEqual(good!.accuracyPairs, [1800, 3000]);
  assert.deepEqual(good!.scorePairs, [1800, 50_000]);
});

Deno.test("reportRecogniser() is a function of its seed and says when TAR is not resolvable", () => {
  const { features, labels, yaws, width } = rows(2);
  const few = { features: features.slice(0, 60 * 16), labels: labels.slice(0, 60), yaws: yaws.slice(0, 60), width };
  const { report } = reportRecogniser({ ...few, seed: 4 });
  assert.deepEqual(report, reportRecogniser({ ...few, seed: 4 }).report);
  assert.deepEqual([report.tar.tar, report.tar.impostors], [undefined, 6 * 5 / 2 * 100]);
});

Deno.test("reportRecogniser() refuses yaws that do not belong to the rows", () => {
  const input = rows(1);
  assert.throws(() => reportRecogniser({ ...input, yaws: [1] }), { name: "TypeError", message: /1 targets/ });
});

Deno.test("reportRecogniser() adds the mirror image's features where they are given", () => {
  const [one, other] = [rows(4), rows(4)];
  const stream = new RandomStream(9, "noise for tests");
  const noise = (x: Float32Array) => x.map((value) => value + 4 * stream.normal());
  const input = { ...one, features: noise(one.features) };
  const { report } = reportRecogniser({ ...input, mirrored: noise(other.features) });
  assert.deepEqual(report.accuracy, reportRecogniser(input).report.accuracy);
  assert.ok(report.flipSum!.accuracy.mean > report.accuracy.mean && report.flipSum!.tar.tar! > report.tar.tar!);
  const doubled = reportRecogniser({ ...input, mirrored: input.features }).report;
  assert.deepEqual(doubled.flipSum, { accuracy: doubled.accuracy, tar: doubled.tar });
});
