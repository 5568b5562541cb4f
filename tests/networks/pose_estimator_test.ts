/** Pose estimators against PyTorch's 6DRepNet with random weights (tests/oracle/estimators_fixtures.py). */
import { deepStrictEqual, ok, rejects, throws } from "node:assert/strict";
import {
  arrayParameters,
  createPoseEstimator,
  initialise,
  inputParameters,
  loadPoseEstimator,
  modelCatalogue,
  poseEstimator,
  poseEstimatorConfig,
  poseEstimatorSpecs,
  poseParameters,
  storedParameters,
  updateRunningStatistics,
} from "@/networks/mod.ts";
import * as op from "@/onnx/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { arrays, assertClose, fixture } from "./_fixtures.ts";
import { TINY_POSE, TINY_POSE_SE } from "./_pose_fixtures.ts";

/** Largest difference of an angle, degrees. */
const DEGREES = 1e-3;

Deno.test.each(
  [
    ["pose.pth", "pose", TINY_POSE],
    ["pose_deploy.pth", "pose", TINY_POSE],
    ["pose_se.pth", "pose_se", TINY_POSE_SE],
  ] as const,
)("PoseEstimator.estimate() gives the reference's angles, fed as Vec2Face feeds it: %s", async (file, name, config) => {
  const expected = arrays(`${name}.npz`);
  await using estimator = await loadPoseEstimator({ model: "6drepnet", weights: fixture(file), config, threads: 1 });
  const poses = await estimator.estimate(expected("images").data, 4);
  const { data: angles } = expected("angles");
  (["pitch", "yaw", "roll"] as const).forEach((axis, column) => {
    for (let i = 0; i < 4; i++) {
      const want = angles[3 * i + column]!;
      ok(Math.abs(poses[axis][i]! - want) <= DEGREES, `${axis} of ${i} is ${poses[axis][i]}, expected ${want}`);
    }
  });
});

Deno.test.each([["pose", TINY_POSE], ["pose_se", TINY_POSE_SE]] as const)(
  "poseEstimator() has the reference's gradient of an image: %s",
  async (name, config) => {
    const expected = arrays(`${name}.npz`);
    const images = op.input("images", "float32", [4, 3, 28, 28]);
    const { yaw } = poseEstimator(config, poseParameters("6drepnet", { weights: fixture(`${name}.pth`) }), images);
    const loss = op.reduceSum(op.abs(op.sub(yaw, 60)), [0], false);
    const [gradient] = op.gradients(loss, [images]);
    const { data } = await op.compute(gradient!, new Map([[images, expected("images")]]));
    assertClose(data as Float32Array, expected("gradient").data, 1e-4);
  },
);

Deno.test("poseEstimator() feeds weights as 6DRepNet itself does when asked", async () => {
  const expected = arrays("pose.npz");
  const images = op.input("images", "float32", ["N", 3, 28, 28]);
  const params = poseParameters("6drepnet", { weights: fixture("pose.pth") });
  const { rotation } = poseEstimator({ ...TINY_POSE, input: "imagenet" }, params, images);
  const { data } = await op.compute(rotation, new Map([[images, expected("images")]]));
  assertClose(data as Float32Array, expected("imagenet").data, 5e-6);
});

Deno.test("poseEstimator() computes what the reference computes in training, running statistics too", async () => {
  const expected = arrays("pose.npz"), file = openWeights(fixture("pose.pth"));
  const images = op.input("images", "float32", [4, 3, 28, 28]);
  const { rotation, updates } = poseEstimator(TINY_POSE, storedParameters(file), images, { training: true });
  const statistics = updates.flatMap(({ meanName, varianceName, mean, variance }) => [
    [meanName, mean] as const,
    [varianceName, variance] as const,
  ]);
  const outputs = { rotation, ...Object.fromEntries(statistics) };
  await using session = await op.createSession(op.buildModel({ inputs: [images], outputs }));
  const out = await session.run({ images: expected("images") });
  assertClose(out["rotation"]!.data as Float32Array, expected("trained").data, 2e-5);
  deepStrictEqual(updates.length, 16, "two batch norms a layer, and one of each of two identities");
  for (const { meanName, varianceName, elementsPerSample } of updates) {
    const count = 4 * elementsPerSample;
    const running = { mean: file.readFloat32(meanName), variance: file.readFloat32(varianceName) };
    updateRunningStatistics(running, {
      mean: out[meanName]!.data as Float32Array,
      variance: out[varianceName]!.data as Float32Array,
      count,
    });
    assertClose(running.mean, expected(`after.${meanName}`).data, 2e-6);
    assertClose(running.variance, expected(`after.${varianceName}`).data, 5e-6);
  }
});

Deno.test("PoseEstimator.estimate() gives the same bits whatever the batch", async () => {
  const config = { ...poseEstimatorConfig("mini"), inputSize: 48 };
  const params = arrayParameters(initialise(poseEstimatorSpecs(config), new RandomStream(1, "weights")));
  const images = new RandomStream(2, "images").fillNormal(new Float32Array(5 * 3 * 48 * 48));
  const found: unknown[] = [];
  for (const batchSize of [1, 3]) {
    await using estimator = await createPoseEstimator(config, params, { batchSize, threads: 1 });
    found.push(await estimator.estimate(images, 5));
  }
  deepStrictEqual(found[1], found[0]);
});

Deno.test("PoseEstimator refuses values that are not N images, and weights of another network", async () => {
  const params = poseParameters("6drepnet", { weights: fixture("pose_deploy.pth") });
  await using estimator = await createPoseEstimator(TINY_POSE, params, { threads: 1 });
  await rejects(estimator.estimate(new Float32Array(10), 2), {
    name: "TypeError",
    message: /estimate 2 poses: expected 2 x 3 x 28 x 28 values, found 10/,
  });
  await rejects(loadPoseEstimator({ model: "mini", weights: fixture("iresnet.pth") }), {
    name: "TypeError",
    message: /it has no tensor layer0\.rbr_reparam\.weight/,
  });
  throws(() => poseEstimator(TINY_POSE, inputParameters(), op.input("x", "float32", ["N", 3, 112, 112])), {
    name: "TypeError",
    message: /expected \[N,3,28,28\]/,
  });
});

Deno.test("modelCatalogue has the published pose estimator in the layout of its file", () => {
  const { config, weights } = modelCatalogue.poseEstimators["6drepnet"];
  deepStrictEqual(weights, "weights/6DRepNet_300W_LP_AFLW2000.pth");
  const specs = poseEstimatorSpecs(config);
  deepStrictEqual(specs.at(-2), { ...specs.at(-2), name: "linear_reg.weight", shape: [6, 2048] });
  const grouped = specs.find(({ name }) => name === "layer1.1.rbr_reparam.weight")!;
  deepStrictEqual(grouped.shape, [128, 64, 3, 3], "layer 2 of 28 works in two groups");
});
