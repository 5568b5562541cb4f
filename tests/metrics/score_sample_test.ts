import assert from "node:assert/strict";
import { dPrime } from "@/evaluation/mod.ts";
import { sampleRows, sampleScores } from "@/metrics/mod.ts";
import { allCosines } from "../similarity/_rows.ts";
import { fixture, SET } from "./_fixture.ts";

Deno.test("sampleScores() takes all pairs of a small set", () => {
  const { genuine, impostor, identities, images } = sampleScores(SET);
  const rows = Float32Array.from(fixture.features), n = rows.length / fixture.width;
  const labels = fixture.sizes.flatMap((size, c) => Array<number>(size).fill(c));
  const cosines = allCosines(rows, rows, fixture.width);
  const expected: [number[], number[]] = [[], []];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) expected[labels[i] === labels[j] ? 0 : 1].push(cosines[i * n + j]!);
  }
  const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b).map((value) => value.toFixed(12));
  // Identities have at most 12 images, of which 8 are drawn by default.
  const all = sampleScores(SET, { imagesEach: 12 });
  assert.deepEqual([sorted(all.genuine), sorted(all.impostor)], expected.map(sorted));
  assert.ok(genuine.length < all.genuine.length && impostor.length < all.impostor.length);
  assert.deepEqual([identities, images], [12, fixture.sizes.reduce((sum, size) => sum + Math.min(8, size), 0)]);
  assert.ok(dPrime(genuine, impostor) > 1);
});

Deno.test("sampleScores() draws by its seed and as many as asked", () => {
  const draw = (seed: number) => sampleScores(SET, { identities: 5, imagesEach: 3, genuine: 4, impostor: 20, seed });
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1).impostor, draw(2).impostor);
  assert.deepEqual([draw(1).genuine.length, draw(1).impostor.length, draw(1).identities], [4, 20, 5]);
  assert.throws(() => sampleScores(SET, { identities: 0 }), { name: "RangeError" });
});

Deno.test("sampleRows() draws rows without repetition, in order", () => {
  const rows = sampleRows(SET, 10, 4), all = Float32Array.from(fixture.features), { width } = fixture;
  const found = Array.from({ length: 10 }, (_, i) => {
    const row = rows.subarray(i * width, (i + 1) * width).join();
    return Array.from({ length: all.length / width }, (_, j) => j).find((j) =>
      all.subarray(j * width, (j + 1) * width).join() === row
    )!;
  });
  assert.deepEqual(found, [...new Set(found)].sort((a, b) => a - b));
  assert.deepEqual(sampleRows(SET, 1e6), all);
});
