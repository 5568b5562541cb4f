import assert from "node:assert/strict";
import { rocCurve, scoreCurves } from "@/evaluation/mod.ts";
import { RandomStream } from "@/random/mod.ts";

const stream = new RandomStream(1, "scores");
const draw = (count: number, mean: number) =>
  Float64Array.from({ length: count }, () => Math.max(-1, Math.min(1, mean + 0.15 * stream.normal())));
const genuine = draw(3000, 0.5), impostor = draw(200_000, 0);
const curve = rocCurve(genuine, impostor);

Deno.test("scoreCurves() counts every score once, the ends in the outermost bins", () => {
  const ends = scoreCurves([1, 1], [-1, -0.999, 0], rocCurve([1, 1], [-1, -0.999, 0]));
  assert.deepEqual([ends.genuine.counts.at(-1), ends.impostor.counts[0], ends.impostor.counts[100]], [2, 2, 1]);
  const all = scoreCurves(genuine, impostor, curve);
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b);
  assert.deepEqual([sum(all.genuine.counts), sum(all.impostor.counts)], [3000, 200_000]);
});

Deno.test("scoreCurves() keeps few points, each the best of the curve at its rate, the first and the last among them", () => {
  const { fmr, tar, low, high } = scoreCurves(genuine, impostor, curve).roc;
  assert.ok(fmr.length > 100 && fmr.length < 300, `${fmr.length}`);
  for (let i = 0; i < fmr.length; i++) {
    let best = 0;
    for (let k = 0; k < curve.fmr.length && curve.fmr[k]! <= fmr[i]!; k++) best = curve.tar[k]!;
    assert.equal(tar[i], best);
    assert.ok(i === 0 || fmr[i]! > fmr[i - 1]!);
    assert.ok(low[i]! <= tar[i]! && tar[i]! <= high[i]!);
  }
  assert.deepEqual([fmr[0], fmr.at(-1), tar.at(-1)], [0, 1, 1]);
  const narrower = scoreCurves(genuine, impostor, curve, 0.5).roc;
  assert.ok(narrower.high[50]! < high[50]! && narrower.low[50]! > low[50]!);
});
