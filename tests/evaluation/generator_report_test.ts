import assert from "node:assert/strict";
import { generatorReportImages, reportGenerator } from "@/evaluation/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { near } from "./_fixture.ts";
import { fakeEmbedder, fakeGenerator } from "./_fakes.ts";

const vectors = new RandomStream(6, "noise for tests").fillNormal(new Float32Array(3 * 40));

Deno.test("reportGenerator() finds 1 for a generator that keeps the vector, and more variation at higher sigma", async () => {
  const generator = fakeGenerator();
  const report = await reportGenerator(generator, [fakeEmbedder()], vectors, { varied: 20 });
  assert.ok(near(report.vectorToImage, 1, 1e-6) && near(report.otherMask[0]!, 1, 1e-6));
  assert.deepEqual(report.variation.map(({ sigma }) => sigma), [0, 0.3, 0.5, 0.7]);
  assert.equal(report.variation[0]!.pixels, 0);
  for (let i = 1; i < 4; i++) {
    assert.ok(report.variation[i]!.pixels > report.variation[i - 1]!.pixels);
    assert.ok(report.variation[i]!.cosines[0]! < report.variation[i - 1]!.cosines[0]!);
  }
  assert.deepEqual([report.identities, report.varied], [40, 20]);
  assert.equal(generator.images(), generatorReportImages(40, { varied: 20 }));
});

Deno.test("reportGenerator() sees the mask, all recognisers, and pairs across parts alike", async () => {
  const options = { seed: 3, sigmas: [0.5] };
  const second = fakeEmbedder([0, 1, 1]); // blind to the channel that the mask changes
  const report = await reportGenerator(fakeGenerator(8), [fakeEmbedder(), second], vectors, options);
  assert.ok(report.otherMask[0]! < 0.99 && near(report.otherMask[1]!, 1, 1e-6));
  assert.ok(report.vectorToImage < 0.99 && report.variation[0]!.pixels > 0);
  // The median over all pairs of vectors, by the blind one's columns.
  const cosines: number[] = [];
  for (let i = 0; i < 40; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [vectors.subarray(3 * i + 1, 3 * i + 3), vectors.subarray(3 * j + 1, 3 * j + 3)];
      cosines.push((a[0]! * b[0]! + a[1]! * b[1]!) / Math.hypot(...a) / Math.hypot(...b));
    }
  }
  cosines.sort((a, b) => a - b);
  assert.ok(near(report.between[1]!, (cosines[389]! + cosines[390]!) / 2, 1e-5));
  assert.ok(report.betweenHigh[1]! > report.between[1]!);
  assert.deepEqual(report, await reportGenerator(fakeGenerator(8), [fakeEmbedder(), second], vectors, options));
});

Deno.test("reportGenerator() refuses one identity and no recogniser", async () => {
  await assert.rejects(reportGenerator(fakeGenerator(), [fakeEmbedder()], vectors.slice(0, 3)), {
    name: "RangeError",
    message: /1 identities/,
  });
  await assert.rejects(reportGenerator(fakeGenerator(), [], vectors), { name: "RangeError", message: /0 recognisers/ });
});
