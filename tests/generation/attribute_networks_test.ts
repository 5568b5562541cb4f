/** The tiny networks of tests/fixtures/attributes, loaded as a recipe's. */
import {
  type EstimatorFiles,
  generateTargetImages,
  loadAttributeNetworks,
  makePlan,
  openIdentityStore,
  readIdentityStore,
  type Recipe,
  refinePlan,
} from "@/generation/mod.ts";
import { datasetPaths, openImageReport, readImageReport } from "@/generation/mod.ts";
import { arrayVectors } from "@/identity/mod.ts";
import {
  initialise,
  type IResNetConfig,
  poseEstimatorConfig,
  poseEstimatorSpecs,
  vec2faceConfig,
} from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { writeSafetensors } from "@/weights/mod.ts";
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { leftAndBright, onnxBytes } from "../attributes/_onnx_files.ts";
import { MemoryWriter, someRecipe } from "./_fake.ts";
import { someRefinement, someTargets } from "./_fake_attributes.ts";

const WIDTH = 24, COUNT = 3;
const shape = { vectorSize: WIDTH, width: 16, encoderBlocks: 1, encoderHeads: 2, decoderBlocks: 1, decoderHeads: 2 };
const image = { inputs: 8, channels: 4, multipliers: [1, 1, 1, 1, 2], resBlocks: 1, groups: 2 };
const iresnet = (features: number): IResNetConfig => ({
  ...{ layers: [1, 1, 1, 1], widths: [1, 2, 4, 8], stem: 4, squeezeExcitation: 0, inputSize: 112 },
  features,
});
const usual = poseEstimatorConfig("6drepnet");
const pose = { ...usual, backbone: { ...usual.backbone, blocks: [1, 1, 1, 1], widths: [2, 2, 2, 4, 4], groups: 1 } };
const configs = {
  generator: { ...vec2faceConfig("mini"), ...shape, image },
  identity: iresnet(WIDTH),
  quality: iresnet(8),
  pose,
};

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/attributes/${name}`, import.meta.url));
const vectors = arrayVectors(
  new RandomStream(3, "vectors").fillNormal(new Float32Array(COUNT * WIDTH)),
  WIDTH,
  "three",
);

/** Loads the networks that a recipe names, with files of one's own in the place of some. */
async function load(recipe: Recipe, directory: string, own: EstimatorFiles = {}) {
  const weights = join(directory, "pose.safetensors");
  const specs = poseEstimatorSpecs(pose), values = initialise(specs, new RandomStream(1, "weights"));
  writeSafetensors(
    weights,
    specs.map(({ name, shape }) => ({ name, dtype: "float32" as const, shape, data: values.get(name)! })),
  );
  return await loadAttributeNetworks({
    model: "mini",
    weights: fixture("generator.npz"),
    mask: recipe.mask,
    attributes: recipe.refinement ?? recipe.targets!,
    files: { identity: fixture("recogniser.npz"), quality: fixture("quality.npz"), pose: weights, ...own },
    threads: 1,
    configs,
  });
}

async function withFolder(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("loadAttributeNetworks() refines identities to the same bits in any batch", () =>
  withFolder(async (directory) => {
    const { identity, quality } = someRefinement();
    const recipe = someRecipe(COUNT, 2, {
      refinement: someRefinement({
        iterations: 4,
        rejected: "keep",
        identity: { ...identity, threshold: 0.9 },
        quality: { ...quality, target: 1 },
      }),
    });
    const networks = await load(recipe, directory);
    try {
      assert.deepEqual(networks.objectives.map(({ name, threshold }) => [name, threshold]), [
        ["identity", 0.9],
        ["quality", 1],
      ]);
      const refined = async (name: string, rows: number[], batchSize: number) => {
        const paths = datasetPaths(directory, name, "folder");
        {
          using store = await openIdentityStore(paths, { count: COUNT, width: WIDTH });
          await refinePlan({ recipe, vectors }, rows, networks, store, { batchSize });
        }
        using stored = await readIdentityStore(paths, WIDTH);
        return rows.map((row) => [stored.records.get(row), stored.vector(row)]);
      };
      const all = await refined("all", [0, 1, 2], 3);
      assert.deepEqual(await refined("alone", [1], 1), [all[1]]);
    } finally {
      await networks.release();
    }
  }));

Deno.test("loadAttributeNetworks() asks for the angles of the recipe", () =>
  withFolder(async (directory) => {
    const attributes = someTargets();
    const recipe = someRecipe(COUNT, 2, {
      targets: someTargets({
        iterations: 3,
        rejected: "keep",
        pose: { ...attributes.pose, unsigned: true },
        angles: { yaw: { kind: "constant", angle: 20 }, pitch: { kind: "uniform", from: -9, to: 9 } },
      }),
    });
    const networks = await load(recipe, directory);
    try {
      const paths = datasetPaths(directory, "x", "folder"), writer = new MemoryWriter();
      const plan = makePlan(recipe, vectors, { only: { identity: 1 } });
      using report = await openImageReport(paths, plan);
      await generateTargetImages(plan, networks, writer, report, { batchSize: 2 });
      const records = await Array.fromAsync(readImageReport(paths.imageReport));
      assert.deepEqual(records.map(({ achieved }) => Object.keys(achieved)), [
        ["cosine", "quality", "yaw", "pitch"],
        ["cosine", "quality", "yaw", "pitch"],
      ]);
      const [{ achieved, missed }] = records as [typeof records[0]];
      const off = Math.abs(Math.abs(achieved["yaw"]!) - 20);
      assert.ok(Math.abs(off - missed["yaw"]!) < 1e-3, "yaw without its sign");
      assert.equal(writer.images.size, 2);
    } finally {
      await networks.release();
    }
  }));

Deno.test("loadAttributeNetworks() measures by ONNX files as the recipe says they are used", () =>
  withFolder(async (directory) => {
    const sides = join(directory, "sides.onnx"),
      usual = someTargets(),
      file = { file: "sides.onnx", sha256: "0".repeat(64) };
    await Deno.writeFile(sides, onnxBytes(leftAndBright));
    const recipe = someRecipe(COUNT, 1, {
      targets: someTargets({
        quality: { ...usual.quality, target: 1, model: { name: "onnx", ...file, input: "rgb,0:2", output: "1" } },
        pose: { ...usual.pose, model: { name: "onnx", ...file, output: "-yaw,_" } },
      }),
    });
    const networks = await load(recipe, directory, { quality: sides, pose: sides });
    try {
      assert.deepEqual(networks.objectives.map(({ name, unit }) => [name, unit]), [
        ["identity", "cosine"],
        ["quality", ""],
        ["yaw", "degrees"],
      ]);
      const mask = networks.drawMask(new RandomStream(1, "mask", 0, 0)), vector = vectors.vector(0);
      const [found] = await networks.evaluate([{ vector, mask, targets: { identity: vector, yaw: 3, quality: 1 } }]);
      const mean = (from: number, to: number) => {
        let sum = 0;
        found!.image.forEach((value, i) => sum += i % 112 >= from && i % 112 < to ? value : 0);
        return sum / (3 * 112 * (to - from));
      };
      const [, quality, yaw] = found!.measured;
      assert.ok(Math.abs(quality! - (mean(0, 112) + 1)) < 1e-4, `${quality}`);
      assert.ok(Math.abs(yaw! - (mean(56, 112) - mean(0, 56))) < 1e-4, `${yaw}`);
    } finally {
      await networks.release();
    }
  }));
