/** The angle between rotations against PyTorch's (tests/oracle/estimators_fixtures.py), and pose training on a few images. */
import assert from "node:assert/strict";
import {
  arrayParameters,
  createPoseEstimator,
  poseEstimatorConfig,
  poseEstimatorSpecs,
  rotationFrom6d,
} from "@/networks/mod.ts";
import { toTensor } from "@/images/mod.ts";
import * as op from "@/onnx/mod.ts";
import { geodesicAngle, loadState, PoseTraining, saveState } from "@/training/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { shadedHeads } from "./_shaded_heads.ts";

Deno.test("geodesicAngle() and its gradient equal the reference's loss", async () => {
  const file = openWeights(new URL("../fixtures/networks/rotation.npz", import.meta.url).pathname);
  const want = (name: string) => file.readFloat32(name);
  const six = op.input("six", "float32", [6, 6]), target = op.input("target", "float32", [6, 3, 3]);
  const loss = op.mean(geodesicAngle(rotationFrom6d(six), target));
  const [gradient] = op.gradients(loss, [six]);
  const model = op.buildModel({ inputs: [six, target], outputs: { loss, gradient: gradient! } });
  await using session = await op.createSession(model);
  const got = await session.run({
    six: { data: Float32Array.from(want("six").subarray(0, 36)), shape: [6, 6] },
    target: { data: Float32Array.from(want("target")), shape: [6, 3, 3] },
  });
  assert.ok(Math.abs((got["loss"]!.data[0] as number) - want("loss")[0]!) < 1e-5);
  want("gradient").forEach((g, i) => assert.ok(Math.abs((got["gradient"]!.data[i] as number) - g) < 1e-4, `${i}`));
});

Deno.test("geodesicAngle() keeps its digits and its gradient close to the truth, and ends at half a turn", async () => {
  const turn = op.input("turn", "float32", [4, 1]);
  const one = op.full([4, 1], 1), zero = op.full([4, 1], 0);
  const [c, s] = [op.cos(turn), op.sin(turn)];
  const turned = op.reshape(op.concat([c, op.neg(s), zero, s, c, zero, zero, zero, one], 1), [4, 3, 3]);
  const still = op.reshape(op.concat([one, zero, zero, zero, one, zero, zero, zero, one], 1), [4, 3, 3]);
  const angle = geodesicAngle(turned, still);
  const [slope] = op.gradients(op.reduceSum(angle, [0], false), [turn]);
  await using session = await op.createSession(op.buildModel({ inputs: [turn], outputs: { angle, slope: slope! } }));
  const got = await session.run({ turn: { data: Float32Array.of(1e-4, 0, -0.5, Math.PI), shape: [4, 1] } });
  const [tiny, none, back, half] = got["angle"]!.data as Float32Array;
  assert.ok(Math.abs(tiny! / 1e-4 - 1) < 1e-4 && none === 0 && Math.abs(back! - 0.5) < 1e-6);
  assert.ok(Math.abs(half! - Math.PI) < 1e-3);
  const slopes = got["slope"]!.data as Float32Array;
  assert.ok(Math.abs(slopes[0]! - 1) < 1e-3 && Math.abs(slopes[2]! + 1) < 1e-5 && slopes.every(Number.isFinite));
});

Deno.test("geodesicAngle() refuses other shapes", () => {
  const rows = op.input("a", "float32", [2, 9]);
  assert.throws(() => geodesicAngle(rows, rows), { name: "TypeError", message: /expected \[N,3,3\] twice/ });
});

const backbone = { blocks: [1, 1, 1, 1], widths: [8, 8, 8, 16, 32], groups: 1, squeezeExcitation: false };
const config = { ...poseEstimatorConfig("mini"), backbone };
const data = shadedHeads(16);
const options = { config, data, epochs: 70, batchSize: 8, rate: 5e-3, session: { threads: 1 } };

Deno.test("PoseTraining learns poses, mirrored pictures too, and its weights work in deploy form", async () => {
  await using run = await PoseTraining.create(options);
  assert.deepEqual([...run.state.values.get("linear_reg.bias")!], [1, 0, 0, 0, 1, 0]);
  const first = await run.step();
  while (run.state.step < run.steps) await run.step();
  assert.ok(first["yaw"]! > 20, `at first ${first["yaw"]}`);
  assert.deepEqual(run.tensors().map(({ name }) => name), poseEstimatorSpecs(config).map(({ name }) => name));

  await using estimator = await createPoseEstimator(config, arrayParameters(run.deployed()), { threads: 1 });
  for (const flip of [false, true]) {
    const images = Array.from({ length: data.length }, (_, i) => {
      const pixels = new Uint8Array(112 * 112 * 3);
      data.image(i, pixels, flip);
      return { width: 112, height: 112, data: pixels };
    });
    const { yaw, pitch } = await estimator.estimate(toTensor(images), images.length);
    const error = (found: Float32Array, truth: number[]) => {
      return truth.reduce((sum, angle, i) => sum + Math.abs(found[i]! - angle), 0) / truth.length;
    };
    const yawError = error(yaw, data.poses.map((pose) => flip ? -pose.yaw : pose.yaw));
    const pitchError = error(pitch, data.poses.map((pose) => pose.pitch));
    assert.ok(yawError < 10 && pitchError < 6, `mirrored ${flip}: yaw ${yawError}, pitch ${pitchError}`);
  }
});

Deno.test("PoseTraining in replicas learns too", async () => {
  await using run = await PoseTraining.create({ ...options, replicas: 2 });
  const yaws: number[] = [];
  while (run.state.step < 60) yaws.push((await run.step())["yaw"]!);
  const mean = (list: number[]) => list.reduce((a, b) => a + b) / list.length;
  assert.ok(mean(yaws.slice(-5)) < mean(yaws.slice(0, 5)) / 2, yaws.map((yaw) => yaw.toFixed(0)).join(" "));
});

Deno.test("PoseTraining resumes exactly", async () => {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    const whole: number[] = [], parts: number[] = [];
    {
      await using run = await PoseTraining.create(options);
      for (let i = 0; i < 4; i++) whole.push((await run.step())["loss"]!);
    }
    {
      await using run = await PoseTraining.create(options);
      for (let i = 0; i < 2; i++) parts.push((await run.step())["loss"]!);
      saveState(path, run.state);
    }
    await using run = await PoseTraining.create(options, loadState(path).state);
    for (let i = 0; i < 2; i++) parts.push((await run.step())["loss"]!);
    assert.deepEqual(parts, whole);
  } finally {
    await Deno.remove(path);
  }
});
