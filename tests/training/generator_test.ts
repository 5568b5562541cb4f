/** Training of a tiny generator, with and without discriminator. */
import assert from "node:assert/strict";
import { initialise, iresnetConfig, iresnetSpecs, type Vec2FaceConfig, vec2faceConfig } from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import {
  GeneratorTraining,
  type GeneratorTrainingOptions,
  loadState,
  PackedImages,
  RecogniserTraining,
  saveState,
  type TrainingState,
} from "@/training/mod.ts";
import { assertAllClose, TOLERANCE } from "../_assert_close.ts";
import { withPacked } from "./_packed.ts";

const RECOGNISER = { ...iresnetConfig(18, { quarter: true }), layers: [1, 1, 1, 1], widths: [4, 4, 4, 4], stem: 4 };
const GENERATOR: Vec2FaceConfig = {
  ...vec2faceConfig("mini"),
  width: 16,
  encoderBlocks: 1,
  decoderBlocks: 1,
  image: { inputs: 8, channels: 4, multipliers: [1, 1, 1, 1, 2], resBlocks: 1, groups: 2 },
};

function options(data: PackedImages): GeneratorTrainingOptions {
  return {
    config: GENERATOR,
    recogniser: RECOGNISER,
    recogniserWeights: initialise(iresnetSpecs(RECOGNISER), new RandomStream(5, "initial weights")),
    data,
    steps: 4,
    batchSize: 2,
    session: { threads: 1 },
  };
}

async function losses(run: GeneratorTraining): Promise<number[]> {
  const out: number[] = [];
  while (run.state.step < run.steps) out.push((await run.step())["loss"]!);
  return out;
}

Deno.test("GeneratorTraining takes a discriminator in at the asked step, and resumes exactly on both sides of it", () =>
  withPacked(4, async (folder) => {
    using data = new PackedImages(folder);
    const settings = { ...options(data), adversarial: { weight: 0.1, from: 2 } };
    const whole: number[] = [], saved: TrainingState[] = [];
    {
      await using run = await GeneratorTraining.create(settings);
      for (let step = 0; step < 4; step++) {
        const path = `${folder}/${step}.safetensors`;
        saveState(path, run.state);
        saved.push(loadState(path).state);
        const report = await run.step();
        assert.equal("verdict" in report, step >= 2);
        whole.push(report["loss"]!);
      }
      const weight = "discriminator.to_logits.2.weight";
      assert.equal(saved[1]!.values.has(weight), false);
      assert.notDeepEqual(run.state.values.get(weight), saved[3]!.values.get(weight));
      assert.ok(!run.tensors().some(({ name }) => name.startsWith("discriminator")));
    }
    for (const from of [1, 3]) {
      await using run = await GeneratorTraining.create(settings, saved[from]!);
      assert.deepEqual(await losses(run), whole.slice(from));
    }
    await using plain = await GeneratorTraining.create(options(data));
    const without = await losses(plain);
    assert.deepEqual(without.slice(0, 2), whole.slice(0, 2));
    assert.notEqual(without[3], whole[3]);
  }));

Deno.test("GeneratorTraining decodes drawn vectors besides the images, in replicas too, and draws on after a stop", () =>
  withPacked(4, async (folder) => {
    using data = new PackedImages(folder);
    const asked: number[] = [];
    const draw = (row: number) => {
      asked.push(row);
      return Float32Array.from({ length: GENERATOR.vectorSize }, (_, i) => Math.sin(row + i));
    };
    const settings = { ...options(data), steps: 2, drawn: { count: 2, draw } };
    await using run = await GeneratorTraining.create(settings);
    const first = await run.step(), path = `${folder}/state.safetensors`;
    saveState(path, run.state);
    const second = await run.step();
    assert.deepEqual(asked, [0, 1, 2, 3]);
    await using plain = await GeneratorTraining.create(options(data));
    const without = await plain.step();
    // The images are the same; what is drawn counts for the cosine alone, of the parts that pixels have to do with.
    const { forward } = TOLERANCE.float32;
    const parts = (report: Record<string, number>, names: string[]) => ({ data: names.map((name) => report[name]!) });
    const ofPixels = ["pixels", "ssim", "perceptual"];
    assertAllClose(parts(first, ofPixels), parts(without, ofPixels), forward);
    assert.ok(Math.abs(first["identity"]! - without["identity"]!) > 1e-4);
    await using again = await GeneratorTraining.create(settings, loadState(path).state);
    assert.deepEqual(await again.step(), second);
    await using shared = await GeneratorTraining.create({ ...settings, replicas: 2 });
    const all = [...ofPixels, "tokens", "identity", "loss"];
    assertAllClose(parts(await shared.step(), all), parts(first, all), forward);
  }));

Deno.test("RecogniserTraining starts from given weights and refuses those of another network", () =>
  withPacked(4, async (folder) => {
    using data = new PackedImages(folder);
    const settings = { config: RECOGNISER, data, epochs: 0.5, batchSize: 2, session: { threads: 1 } };
    const weight = new Float32Array(2 * 512).fill(0.5);
    await using run = await RecogniserTraining.create({ ...settings, start: new Map([["classes.weight", weight]]) });
    assert.equal(run.steps, 1);
    assert.deepEqual(run.state.values.get("classes.weight"), weight);
    await run.step();
    assert.equal(weight[0], 0.5);
    await assert.rejects(
      RecogniserTraining.create({ ...settings, start: new Map([["conv1.weight", new Float32Array(3)]]) }),
      /start from conv1.weight with 3 values: the network has 108/,
    );
  }));
