import assert from "node:assert/strict";
import { type PoseJudge, reportYaw } from "@/evaluation/mod.ts";
import { perturb } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { fakeAttributes, someAttributes, someTargets } from "../generation/_fake_attributes.ts";

const { identity, quality } = someAttributes();

/** Quality is always enough, yaw is 30 v[3] degrees and moves by 3 a step; row 1 is never its identity. */
function networks() {
  const asked = {
    identity: { ...identity, threshold: 0.5 },
    quality: { ...quality, target: 0 },
    pose: someTargets().pose,
  };
  return fakeAttributes({ asked: { ...asked, identity: { ...asked.identity, threshold: 0.2 } }, angles: ["yaw"] });
}

function draw(row: number): Float32Array {
  const vector = new Float32Array(16);
  vector[2] = row === 1 ? 0.9 : 0.1;
  vector[4] = 1;
  return vector;
}

/** Reads the brightness of the image as degrees. */
function judge(shift: number): PoseJudge & { readonly counts: number[] } {
  const counts: number[] = [];
  return {
    counts,
    imageSize: 112,
    estimate: (images, count) => {
      counts.push(count);
      const yaw = Float32Array.of(images.reduce((a, b) => a + b, 0) / images.length + shift);
      return Promise.resolve({ yaw, pitch: yaw, roll: yaw });
    },
  };
}

Deno.test("reportYaw() tells which images have yaw and identity, target by target", async () => {
  const done: number[] = [];
  const report = await reportYaw(networks(), draw, {
    ...{ yaws: [0, 30, 90], count: 2, sigma: 0, cap: 12, leastCosine: 0.6 },
    onProgress: (count) => done.push(count),
  });
  assert.deepEqual(report.images.map(({ identity, target }) => [identity, target]), [
    ...[[0, 0], [0, 30], [0, 90]],
    ...[[1, 0], [1, 30], [1, 90]],
  ]);
  // 11 steps of 3 degrees reach 30 but not 90; row 1 has yaws but cosine 0.5.
  const figures = report.targets.map((
    { target, count, within, kept, reached },
  ) => [target, count, within, kept, reached]);
  assert.deepEqual(figures, [[0, 2, 1, 0.5, 0.5], [30, 2, 1, 0.5, 0.5], [90, 2, 0, 0.5, 0]]);
  assert.equal(report.reached, 2 / 6);
  const [straight, turned, far] = report.targets;
  assert.ok(straight!.error! < 1e-6 && turned!.error! <= 5 && far!.error! > 50);
  assert.ok(Math.abs(turned!.cosine! - 0.7) < 1e-6);
  assert.deepEqual([turned!.savedError, turned!.secondError, report.secondToAsked, report.secondToFirst], [
    ...[null, null],
    ...[null, null],
  ]);
  assert.ok(turned!.iterations > 1 && far!.iterations === 12);
  assert.deepEqual(done, [1, 2, 3, 4, 5, 6]);
});

Deno.test("reportYaw() reads saved images with both estimators", async () => {
  const first = judge(0), second = judge(2);
  const report = await reportYaw(networks(), draw, { yaws: [0, 6], count: 1, sigma: 0, first, second });
  assert.deepEqual([first.counts, second.counts], [[1, 1], [1, 1]]);
  for (const { saved, second } of report.images) assert.ok(Math.abs(second! - saved! - 2) < 1e-6);
  assert.ok(Math.abs(report.secondToFirst!.error - 2) < 1e-6 && Math.abs(report.secondToFirst!.bias - 2) < 1e-6);
  const [a, b] = report.images;
  const expected = (Math.abs(a!.second!) + Math.abs(b!.second! - 6)) / 2;
  assert.ok(Math.abs(report.secondToAsked!.error - expected) < 1e-6);
  assert.ok(Math.abs(report.targets[1]!.secondError! - Math.abs(b!.second! - 6)) < 1e-6);
});

Deno.test("reportYaw() starts where generate:pose with the same seed starts", async () => {
  const fake = networks(), seen: Float32Array[] = [];
  const { evaluate } = fake;
  fake.evaluate = (samples) => {
    seen.push(...samples.map(({ vector }) => vector.slice()));
    return evaluate(samples);
  };
  await reportYaw(fake, draw, { yaws: [0, 10], count: 1, seed: 4, cap: 1, sigma: 0.7 });
  const expected = [0, 1].map((image) => perturb(draw(0), 0.7, new RandomStream(4, "perturb", 0, image)));
  assert.deepEqual(seen, expected);
});

Deno.test("reportYaw() counts images that are not finite as failures", async () => {
  const fake = networks(), { evaluate } = fake;
  fake.evaluate = async (samples) => (await evaluate(samples)).map((found) => ({ ...found, loss: NaN }));
  const report = await reportYaw(fake, draw, { yaws: [0], count: 1, first: judge(0), second: judge(0) });
  assert.deepEqual(report.images, [{
    ...{ identity: 0, target: 0, yaw: null, cosine: null, quality: null, saved: null, second: null },
    ...{ reason: "not finite", iterations: 1 },
  }]);
  assert.deepEqual([report.reached, report.targets[0]!.error, report.secondToAsked], [0, null, null]);
});

Deno.test("reportYaw() throws when networks, identities or yaws are missing", async () => {
  const count = { name: "RangeError", message: /0 identities and 1 targets, expected at least 1 of each/ };
  await assert.rejects(reportYaw(networks(), draw, { count: 0, yaws: [1] }), count);
  await assert.rejects(reportYaw(networks(), draw, { yaws: [] }), RangeError);
  const plain = fakeAttributes({ asked: { identity, quality } });
  await assert.rejects(reportYaw(plain, draw), { name: "TypeError", message: /no objective "yaw"/ });
});
