/** MagFace's loss against PyTorch's numbers (tests/fixtures/training/make_magface.py), and its training on a few images. */
import assert from "node:assert/strict";
import { iresnetConfig, iresnetSpecs } from "@/networks/mod.ts";
import * as op from "@/onnx/mod.ts";
import { freshState, loadState, magfaceLoss, MagfaceTraining, type PackedImages, saveState } from "@/training/mod.ts";
import { assertAllClose, TOLERANCE } from "../_assert_close.ts";
import fixture from "../fixtures/training/magface.json" with { type: "json" };
import { shadedHeads } from "./_shaded_heads.ts";

const { forward, backward } = TOLERANCE.float32;
type Two = [number, number];

Deno.test("magfaceLoss() and its gradients equal PyTorch's, inside and outside the range of lengths", async () => {
  const { features, centres, labels, scale, norms, margins, ...want } = fixture;
  const f = op.input("f", "float32", [5, 6]), c = op.input("c", "float32", [4, 6]);
  const l = op.input("l", "int64", [5]), ramp = op.input("ramp", "float32", []);
  const range = { norms: norms as Two, margins: margins as Two };
  const { loss, pull } = magfaceLoss({ features: f, centres: c, labels: l, scale, range, ramp });
  const [df, dc] = op.gradients(op.add(loss, op.mul(pull, 3)), [f, c]);
  const outputs = { loss, pull, df: df!, dc: dc! };
  await using session = await op.createSession(op.buildModel({ inputs: [f, c, l, ramp], outputs }));
  const got = await session.run({
    f: { data: Float32Array.from(features), shape: [5, 6] },
    c: { data: Float32Array.from(centres), shape: [4, 6] },
    l: { data: BigInt64Array.from(labels, BigInt), shape: [5] },
    ramp: { data: Float32Array.of(1), shape: [] },
  });
  assertAllClose(got["loss"]!, { data: Float32Array.from([want.loss]), shape: [] }, forward);
  assertAllClose(got["pull"]!, { data: Float32Array.from([want.pull]), shape: [] }, forward);
  assertAllClose(got["df"]!, { data: Float32Array.from(want.featuresGradient), shape: [5, 6] }, backward);
  assertAllClose(got["dc"]!, { data: Float32Array.from(want.centresGradient), shape: [4, 6] }, backward);
});

Deno.test("magfaceLoss() refuses ranges that do not ascend", () => {
  const features = op.input("f", "float32", [1, 2]), centres = op.input("c", "float32", [2, 2]);
  const operands = { features, centres, labels: op.input("l", "int64", [1]), scale: 8, ramp: op.scalar(1) };
  const ranges: { norms: Two; margins: Two }[] = [
    { norms: [0, 1], margins: [0, 1] },
    { norms: [5, 4], margins: [0, 1] },
    { norms: [1, 2], margins: [0.5, 0.4] },
  ];
  for (const range of ranges) {
    assert.throws(() => magfaceLoss({ ...operands, range }), { name: "RangeError", message: /must ascend/ });
  }
});

const config = { ...iresnetConfig(18, { quarter: true }), layers: [1, 1, 1, 1], widths: [8, 8, 8, 8], features: 32 };
const options = { config, data: shadedHeads(12), epochs: 10, batchSize: 8, session: { threads: 1 } };
// The whole margin from the start, as a growing one raises the loss, and a rate at which so few images teach something.
const calm = { marginRamp: 0.01, pullWeight: 1, rate: 0.03, seed: 2 };

Deno.test.each([
  [{ batchSize: 8, replicas: 1, epochs: 20 }],
  [{ batchSize: 16, replicas: 2, epochs: 60 }],
])("MagfaceTraining lowers its loss and the norm of worse copies, %j", async (settings) => {
  await using run = await MagfaceTraining.create({ ...options, ...settings, ...calm });
  const reports: Record<string, number>[] = [];
  while (run.state.step < run.steps) reports.push(await run.step());
  assert.equal(reports.length, 60);
  const average = (name: string, part: Record<string, number>[]) => {
    return part.reduce((sum, report) => sum + report[name]!, 0) / part.length;
  };
  const [first, last] = [reports.slice(0, 10), reports.slice(-10)];
  assert.ok(average("loss", last) < average("loss", first));
  assert.ok(average("ratio", last) < average("ratio", first), "worse copies should get shorter vectors");
  assert.ok(run.tensors().length === iresnetSpecs(config).length);
});

Deno.test("MagfaceTraining resumes exactly", async () => {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    const whole: number[] = [], parts: number[] = [];
    {
      await using run = await MagfaceTraining.create(options);
      for (let i = 0; i < 4; i++) whole.push((await run.step())["loss"]!);
    }
    {
      await using run = await MagfaceTraining.create(options);
      for (let i = 0; i < 2; i++) parts.push((await run.step())["loss"]!);
      saveState(path, run.state);
    }
    await using run = await MagfaceTraining.create(options, loadState(path).state);
    for (let i = 0; i < 2; i++) parts.push((await run.step())["loss"]!);
    assert.deepEqual(parts, whole);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("MagfaceTraining refuses odd batches and weights of another network", async () => {
  await assert.rejects(MagfaceTraining.create({ ...options, batchSize: 3 }), {
    name: "RangeError",
    message: /3 images in each of 1 replicas, expected an even number/,
  });
  await assert.rejects(MagfaceTraining.create({ ...options, batchSize: 6, replicas: 2 }), {
    name: "RangeError",
    message: /3 images in each of 2 replicas/,
  });
  const start = freshState(iresnetSpecs({ ...config, features: 16 }), 1).values;
  await assert.rejects(MagfaceTraining.create({ ...options, start }), {
    name: "TypeError",
    message: /Cannot start from fc\.weight/,
  });
  const few = { ...options.data, length: 3 } as PackedImages;
  await assert.rejects(MagfaceTraining.create({ ...options, data: few }), {
    name: "RangeError",
    message: /10 epochs of 3 images in batches of 4 are not one step/,
  });
});
