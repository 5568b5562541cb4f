/** Landmark training on a few made-up faces: it learns, its weights work in deploy form, it resumes exactly. */
import assert from "node:assert/strict";
import { ARC_TEMPLATE, type Point, toTensor } from "@/images/mod.ts";
import {
  arrayParameters,
  createLandmarkEstimator,
  landmarkEstimatorConfig,
  landmarkEstimatorSpecs,
} from "@/networks/mod.ts";
import { LandmarkTraining, loadState, type PackedImages, saveState } from "@/training/mod.ts";
import { dots } from "../images/_dots.ts";

/** Faces of five large dots, aligned and from afar. */
function faces(zoom: number): PackedImages {
  const landmarks = ARC_TEMPLATE.map(([x, y]): Point => [55.5 + zoom * (x - 55.5), 55.5 + zoom * (y - 55.5)]);
  const { data } = dots(112, 112, landmarks, 9 * zoom);
  const mirror = dots(
    112,
    112,
    [1, 0, 2, 4, 3].map((i): Point => [111 - landmarks[i]![0], landmarks[i]![1]]),
    9 * zoom,
  );
  return {
    length: 4,
    landmarks: Array(4).fill(landmarks),
    zooms: new Float64Array(4).fill(zoom),
    image: (_: number, out: Uint8Array, flip = false) => out.set(flip ? mirror.data : data),
    mask: (_: number, out: Uint8Array) => void out.fill(255),
  } as unknown as PackedImages;
}

const backbone = { blocks: [1, 1, 1, 1], widths: [8, 8, 16, 16, 32], groups: 1, squeezeExcitation: false };
const config = { ...landmarkEstimatorConfig("mini"), backbone };
const options = { config, data: [faces(1), faces(0.5)], steps: 100, batchSize: 8, rate: 5e-3, session: { threads: 1 } };

Deno.test("LandmarkTraining learns where points are, and its weights work in deploy form", async () => {
  await using run = await LandmarkTraining.create(options);
  const errors: number[] = [];
  while (run.state.step < run.steps) errors.push((await run.step())["pixels"]!);
  const mean = (list: number[]) => list.reduce((a, b) => a + b) / list.length;
  const [first, last] = [mean(errors.slice(0, 10)), mean(errors.slice(-20))];
  assert.ok(last < 0.85 * first, `${first} at first, ${last} in the end`);
  assert.deepEqual(run.tensors().map(({ name }) => name), landmarkEstimatorSpecs(config).map(({ name }) => name));

  await using estimator = await createLandmarkEstimator(config, arrayParameters(run.deployed()), { threads: 1 });
  const { points, face } = await estimator.estimate(toTensor([dots(112, 112, ARC_TEMPLATE, 9)]), 1);
  const off = mean(ARC_TEMPLATE.flat().map((value, i) => Math.abs(points[i]! - value)));
  assert.ok(off < 15 && face[0]! > 0.5, `${off} pixels off, score ${face[0]}`);
});

Deno.test("LandmarkTraining resumes exactly", async () => {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    const whole: number[] = [], parts: number[] = [];
    {
      await using run = await LandmarkTraining.create(options);
      for (let i = 0; i < 4; i++) whole.push((await run.step())["loss"]!);
    }
    {
      await using run = await LandmarkTraining.create(options);
      for (let i = 0; i < 2; i++) parts.push((await run.step())["loss"]!);
      saveState(path, run.state);
    }
    await using run = await LandmarkTraining.create(options, loadState(path).state);
    for (let i = 0; i < 2; i++) parts.push((await run.step())["loss"]!);
    assert.deepEqual(parts, whole);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("LandmarkTraining refuses images without landmarks, and batches that do not divide", async () => {
  const blind = { ...faces(1), landmarks: [undefined], folder: "faces" } as unknown as PackedImages;
  await assert.rejects(LandmarkTraining.create({ ...options, data: [blind] }), {
    name: "TypeError",
    message: /"faces\/truth\.jsonl" does not tell landmarks of image 0; render the folder again/,
  });
  await assert.rejects(LandmarkTraining.create({ ...options, batchSize: 7 }), {
    name: "RangeError",
    message: /batches of 7 are not equal parts of 2 folders/,
  });
  await assert.rejects(LandmarkTraining.create({ ...options, steps: 0 }), { name: "RangeError", message: /0 steps/ });
});
