/** The landmark estimator as users meet it: any batch, hostile pictures, mistakes. */
import assert from "node:assert/strict";
import {
  arrayParameters,
  createLandmarkEstimator,
  initialise,
  landmarkEstimatorConfig,
  landmarkEstimatorSpecs,
  loadLandmarkEstimator,
} from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";

Deno.test("LandmarkEstimator.estimate() refuses a wrong number of values", async () => {
  const config = { ...landmarkEstimatorConfig("mini"), inputSize: 32 };
  const values = initialise(landmarkEstimatorSpecs(config), new RandomStream(1, "weights"));
  await using estimator = await createLandmarkEstimator(config, arrayParameters(values), { threads: 1 });
  await assert.rejects(estimator.estimate(new Float32Array(5), 1), { name: "TypeError", message: /found 5/ });
});

Deno.test("the bundled landmark estimator gives finite points in any batch, also on hostile pictures, and finds no face there", async () => {
  await using estimator = await loadLandmarkEstimator({ model: "mini", threads: 1 });
  const side = 112, size = 3 * side * side, stream = new RandomStream(4, "hostile");
  const hostile: Record<string, (i: number) => number> = {
    black: () => -1,
    white: () => 1,
    grey: () => 0,
    noise: () => stream.uniformIn(-1, 1),
    "black and white noise": () => stream.uniform() < 0.5 ? -1 : 1,
    chequers: (i) => (i + Math.floor(i / side)) % 2 === 0 ? -1 : 1,
    stripes: (i) => Math.floor(i % side / 8) % 2 === 0 ? -1 : 1,
    ramp: (i) => i % side / 56 - 1,
  };
  const names = Object.keys(hostile), images = new Float32Array(names.length * size);
  for (const [n, value] of Object.values(hostile).entries()) {
    for (let i = 0; i < size; i++) images[n * size + i] = value(i);
  }
  const { points, face } = await estimator.estimate(images, names.length);
  assert.ok(points.every(Number.isFinite) && points.every((value) => Math.abs(value) < 1000), `${points}`);
  for (const [n, name] of names.entries()) {
    const alone = await estimator.estimate(images.subarray(n * size, (n + 1) * size), 1);
    assert.deepEqual([...alone.points, ...alone.face], [...points.subarray(10 * n, 10 * n + 10), face[n]!], name);
    assert.ok(face[n]! < 0.5, `${name}: a face's score of ${face[n]}`);
  }
});
