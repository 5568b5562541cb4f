import assert from "node:assert/strict";
import { estimateQualities, qualityCorrelations, reportQuality } from "@/evaluation/mod.ts";
import { RandomStream } from "@/random/mod.ts";

const SIZE = 32, VALUES = 3 * SIZE * SIZE;
/** Pictures with coarse checks: blur, noise, darkness and occlusion all change how rough they are. */
const checks = {
  length: 3,
  image: (index: number, out: Uint8Array) => {
    out.forEach((_, i) => {
      const x = Math.floor(i / 3) % SIZE, y = Math.floor(i / 3 / SIZE);
      out[i] = ((x >> 2) + (y >> 2)) % 2 === 0 ? 60 - index : 190 + index;
    });
  },
};

/** Sum over one channel of something of neighbours. */
function perImage(measure: (a: number, b: number) => number) {
  return (images: Float32Array, count: number) =>
    Promise.resolve(Float32Array.from({ length: count }, (_, n) => {
      let sum = 0;
      for (let i = n * VALUES; i < n * VALUES + SIZE * SIZE - 1; i++) sum += measure(images[i]!, images[i + 1]!);
      return sum;
    }));
}

Deno.test("reportQuality() finds what falls with blur, darkness and occlusion, and what rises with noise", async () => {
  const roughness = { imageSize: SIZE, estimate: perImage((a, b) => Math.abs(a - b)) };
  const report = await reportQuality(checks, roughness);
  const { blur, noise, darkness, occlusion } = report.degradations;
  assert.deepEqual([darkness.perImage, noise.perImage], [-1, 1]);
  assert.ok(blur.perImage < -0.95, `${blur.perImage}`); // bytes make steps where hardly anything is left
  assert.ok(blur.pooled < -0.95 && occlusion.pooled < -0.6, `${blur.pooled}, ${occlusion.pooled}`);
  assert.equal(blur.means.length, 6);
  assert.ok(darkness.means.every((m, i) => i === 0 || m < darkness.means[i - 1]!));
  assert.equal(report.images, 3);
  assert.ok(report.quality.least < report.quality.mean && report.quality.mean < report.quality.largest);
  assert.deepEqual(await reportQuality(checks, roughness), report, "a function of the seed");
  assert.notDeepEqual((await reportQuality(checks, roughness, { seed: 9 })).degradations.noise, noise);
});

Deno.test("reportQuality() refuses nothing to look at, and stops when asked", async () => {
  const judge = { imageSize: SIZE, estimate: perImage(() => 1) };
  await assert.rejects(reportQuality({ ...checks, length: 0 }, judge), { name: "RangeError", message: /0 pictures/ });
  await assert.rejects(reportQuality(checks, judge, { strengths: [1] }), { name: "RangeError" });
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(reportQuality(checks, judge, { signal }), { message: "enough" });
  await assert.rejects(estimateQualities(checks, judge, { signal }), { message: "enough" });
});

Deno.test("qualityCorrelations() goes by the names of the damage", () => {
  const stream = new RandomStream(3, "quality test");
  const truth = Array.from({ length: 200 }, () => ({
    blur: stream.uniform(),
    shrink: 1,
    noise: stream.uniform(),
    occlusion: stream.uniform() < 0.5 ? "none" : "hand",
    light: { key: stream.uniform(), fill: 0.5 },
    yaw: stream.uniformIn(-60, 60),
  }));
  const found = qualityCorrelations(truth.map((t) => t.light.key - t.blur - Math.abs(t.yaw) / 60), truth);
  assert.ok(found["blur"]! < -0.4 && found["turn"]! < -0.4 && found["light"]! > 0.4);
  assert.ok(Math.abs(found["noise"]!) < 0.2 && Math.abs(found["occlusion"]!) < 0.2 && Number.isNaN(found["shrink"]));
});
