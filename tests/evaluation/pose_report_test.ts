import assert from "node:assert/strict";
import { estimatePoses, meanAbsoluteError, reportPose } from "@/evaluation/mod.ts";

Deno.test("meanAbsoluteError() goes the shorter way round", () => {
  assert.equal(meanAbsoluteError([350, -10, 0], [10, 10, -180]), (20 + 20 + 180) / 3);
  assert.throws(() => meanAbsoluteError([1], [1, 2]), { name: "TypeError", message: /1 estimates for 2 true ones/ });
});

Deno.test("reportPose() tells error, bias and parts, and leaves faces beyond the limit aside", () => {
  const truth = { yaw: [-59, -20, 0, 20, 60, 61, 0], pitch: [0, 10, 0, -10, 0, 0, -70], roll: [1, 2, 3, 4, 5, 6, 7] };
  const estimates = {
    yaw: [-56, -20, 3, 14, 60, 0, 90],
    pitch: truth.pitch.map((angle) => angle - 2),
    roll: truth.roll,
  };
  const report = reportPose(estimates, truth);
  assert.deepEqual([report.count, report.outside], [5, 2]);
  assert.deepEqual([report.yaw.error, report.yaw.bias], [(3 + 3 + 6) / 5, 0]);
  assert.deepEqual([report.pitch.error, report.pitch.bias], [2, -2]);
  assert.ok(report.pitch.correlation > 0.999 && report.roll.error === 0);
  assert.deepEqual(report.byYaw.map(({ count }) => count), [1, 2, 0, 2]);
  assert.deepEqual([report.byYaw[1]!.error, report.byYaw[3]!.error], [3, 1.5]);
  assert.ok(Number.isNaN(report.byYaw[2]!.error));
});

Deno.test("reportPose() refuses lists that do not fit or leave no face", () => {
  const truth = { yaw: [80], pitch: [0], roll: [0] };
  assert.throws(() => reportPose(truth, truth), {
    name: "RangeError",
    message: /none of 1 faces .* within 60 degrees/,
  });
  assert.throws(() => reportPose({ ...truth, roll: [] }, truth), { name: "TypeError", message: /0 values of roll/ });
});

Deno.test("estimatePoses() gives every image once, in order, and stops when asked", async () => {
  const source = { length: 70, image: (i: number, out: Uint8Array) => void out.fill(i) };
  const judge = {
    imageSize: 1,
    estimate: (x: Float32Array, n: number) => {
      const value = Float32Array.from({ length: n }, (_, i) => Math.round((x[3 * i]! + 1) * 127.5));
      return Promise.resolve({ yaw: value, pitch: value.map((v) => -v), roll: value });
    },
  };
  const seen: number[] = [];
  const { yaw, pitch } = await estimatePoses(source, judge, { onProgress: (done) => seen.push(done) });
  assert.deepEqual([...yaw], Array.from({ length: 70 }, (_, i) => i));
  assert.deepEqual([pitch[69], seen], [-69, [32, 64, 70]]);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(estimatePoses(source, judge, { signal }), { message: "enough" });
});
