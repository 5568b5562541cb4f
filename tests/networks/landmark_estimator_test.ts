/** The landmark estimator's vote, its two forms, and what it does with hostile pictures. */
import assert from "node:assert/strict";
import {
  arrayParameters,
  createLandmarkEstimator,
  deployRepvgg,
  initialise,
  inputParameters,
  landmarkEstimator,
  landmarkEstimatorConfig,
  landmarkEstimatorSpecs,
} from "@/networks/mod.ts";
import * as op from "@/onnx/mod.ts";
import { RandomStream } from "@/random/mod.ts";

const backbone = { blocks: [1, 2, 1, 1], widths: [8, 8, 8, 8, 8], groups: 1, squeezeExcitation: false };
const config = { backbone, inputSize: 64 }, area = 3 * 64 * 64;

function pictures(count: number): Float32Array {
  const stream = new RandomStream(3, "pictures");
  return Float32Array.from({ length: count * area }, () => stream.uniformIn(-1, 1));
}

Deno.test("landmarkEstimator() gives the cells' weighted mean of place and offset", async () => {
  const values = initialise(landmarkEstimatorSpecs(config), new RandomStream(1, "weights"));
  const weight = values.get("vote.weight")!.fill(0), bias = values.get("vote.bias")!;
  // All cells count the same and say the same: half a cell right of the middle of all, and up by j/10 of a cell.
  for (let j = 0; j < 10; j++) bias[j] = j % 2 === 0 ? 0.5 : -j / 10;
  bias[10] = 3, bias[11] = 7;
  assert.equal(weight.length, 12 * 8);
  await using estimator = await createLandmarkEstimator(config, arrayParameters(values), { threads: 1 });
  const { points, face } = await estimator.estimate(pictures(2), 2);
  for (let i = 0; i < 20; i++) {
    const want = i % 2 === 0 ? 16 + 16 : 16 - 3.2 * (i % 10); // 2 x 2 cells, at 0 and 32
    assert.ok(Math.abs(points[i]! - want) < 1e-4, `${i}: ${points[i]}, expected ${want}`);
  }
  assert.ok(Math.abs(face[0]! - 1 / (1 + Math.exp(-3))) < 1e-6);
});

Deno.test("landmarkEstimator() follows the cell whose word counts", async () => {
  const features = { blocks: [1, 1, 1, 1], widths: [1, 1, 1, 1, 1], groups: 1, squeezeExcitation: false };
  const single = { backbone: features, inputSize: 64 };
  const values = initialise(landmarkEstimatorSpecs(single), new RandomStream(1, "weights"));
  for (const [name, data] of values) {
    data.fill(0);
    if (name === "stage0.rbr_reparam.weight") data[4] = data[13] = data[22] = 1; // the middle of each channel
    else if (name.endsWith("rbr_reparam.weight")) data[4] = 1;
  }
  values.get("vote.weight")![11] = 100; // the brightest cell decides
  await using estimator = await createLandmarkEstimator(single, arrayParameters(values), { threads: 1 });
  for (const [x, y] of [[0, 0], [32, 0], [0, 32], [32, 32]] as const) {
    const picture = new Float32Array(area).fill(-1);
    for (let c = 0; c < 3; c++) picture[(c * 64 + y) * 64 + x] = 1;
    const { points } = await estimator.estimate(picture, 1);
    for (let i = 0; i < 10; i++) assert.ok(Math.abs(points[i]! - [x, y][i % 2]!) < 1e-3, `${points}`);
  }
});

Deno.test("landmarkEstimator() gives the same in training form and deploy form", async () => {
  const values = initialise(landmarkEstimatorSpecs(config, { branches: true }), new RandomStream(2, "weights"));
  for (const [name, data] of values) {
    const stream = new RandomStream(1, name);
    if (/bn\.|identity/.test(name)) data.forEach((_, i) => data[i] = stream.uniformIn(0.5, 1.5));
  }
  const images = op.input("images", "float32", [3, 3, 64, 64]);
  const feeds = { images: { data: pictures(3), shape: [3, 3, 64, 64] } };
  const outputs: Float32Array[] = [];
  for (const branches of [true, false]) {
    const params = arrayParameters(branches ? values : deployRepvgg(values));
    const { points } = landmarkEstimator(config, params, images, { branches });
    await using session = await op.createSession(op.buildModel({ inputs: [images], outputs: { points } }), {
      threads: 1,
    });
    outputs.push((await session.run(feeds))["points"]!.data as Float32Array);
  }
  outputs[0]!.forEach((value, i) =>
    assert.ok(Math.abs(value - outputs[1]![i]!) < 1e-3, `${i}: ${value}, ${outputs[1]![i]}`)
  );
});

Deno.test("landmarkEstimator() refuses images of another size", () => {
  const images = op.input("images", "float32", ["N", 3, 100, 112]);
  assert.throws(() => landmarkEstimator(landmarkEstimatorConfig("mini"), inputParameters(), images), {
    name: "TypeError",
    message: "Cannot build landmark estimator: images are [N,3,100,112], expected [N,3,112,112]",
  });
});
