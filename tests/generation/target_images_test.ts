import {
  askedOf,
  datasetPaths,
  generateTargetImages,
  type ImageRecord,
  makePlan,
  openImageReport,
  type PlanOptions,
  readImageReport,
  type Recipe,
  type RecipeTargets,
} from "@/generation/mod.ts";
import { decodeImage, encodeJpeg, fromTensor } from "@/images/mod.ts";
import assert from "node:assert/strict";
import { MemoryWriter, someRecipe, someVectors } from "./_fake.ts";
import { type FakeAttributes, fakeAttributes, someTargets } from "./_fake_attributes.ts";

const vectors = someVectors(5);

function recipeWith(change: Partial<RecipeTargets> = {}, more: Partial<Recipe> = {}): Recipe {
  return someRecipe(5, 4, { targets: someTargets(change), ...more });
}

function networks({ targets }: Recipe): FakeAttributes {
  return fakeAttributes({ angles: Object.keys(targets!.angles), asked: targets! });
}

/** Makes images in memory, with a report in a folder of its own or in the one given. */
async function make(
  recipe: Recipe,
  options: PlanOptions & { batchSize?: number; writer?: MemoryWriter; directory?: string; overwrite?: boolean } = {},
) {
  const { batchSize = 8, writer = new MemoryWriter(), overwrite = false } = options;
  const directory = options.directory ?? await Deno.makeTempDir();
  try {
    const plan = makePlan(recipe, vectors, options), paths = datasetPaths(directory, "x", "folder");
    const fake = networks(recipe);
    using report = await openImageReport(paths, plan);
    const result = await generateTargetImages(plan, fake, writer, report, { batchSize, overwrite });
    const text = await Deno.readTextFile(paths.imageReport);
    return { writer, result, text, fake, records: await Array.fromAsync(readImageReport(paths.imageReport)) };
  } finally {
    if (options.directory === undefined) await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("generateTargetImages() writes the image that passed, and a line with what was asked and what it has", async () => {
  const recipe = recipeWith();
  const { writer, records, result, fake } = await make(recipe);
  const accepted = records.filter((record) => record.accepted);
  assert.ok(accepted.length >= 8 && accepted.length < 20, `${accepted.length} of 20 accepted`);
  assert.deepEqual(result, { total: 20, written: accepted.length, accepted: accepted.length, skipped: 0 });
  assert.deepEqual(
    [...writer.images.keys()].sort(),
    accepted.map(({ identity, image }) => `${identity}:${image}`).sort(),
  );
  for (const { identity, image, asked, achieved, missed, accepted: good, reason, written } of records) {
    const wanted = askedOf({ ...recipe, targets: recipe.targets! }, { identity, image });
    assert.ok(Math.abs(asked["yaw"]! - wanted["yaw"]!) < 1e-4 && asked["quality"] === 14);
    assert.deepEqual(Object.keys(achieved), ["cosine", "quality", "yaw"]);
    assert.ok(Math.abs(Math.abs(achieved["yaw"]! - asked["yaw"]!) - missed["yaw"]!) < 1e-3);
    assert.equal(written, good);
    assert.equal(reason === "accepted", good);
    if (good) assert.ok(missed["yaw"]! <= 5 && missed["quality"]! <= 1 && achieved["cosine"] === 0.9);
  }
  const { identity, image } = accepted[0]!;
  const { width } = await decodeImage(writer.images.get(`${identity}:${image}`)!);
  assert.equal(width, 112);
  assert.ok(Math.max(...fake.batches) === 8);
});

Deno.test("generateTargetImages() gives the same bytes and lines for any batch size, and image by image", async () => {
  const recipe = recipeWith();
  const whole = await make(recipe);
  for (const batchSize of [1, 3]) {
    const { writer, text } = await make(recipe, { batchSize });
    assert.equal(text, whole.text);
    assert.deepEqual(
      writer.images,
      new Map([...writer.images.keys()].map((key) => [key, whole.writer.images.get(key)])),
    );
    assert.equal(writer.images.size, whole.writer.images.size);
  }
  const { identity, image } = whole.records.findLast((record) => record.accepted)!;
  const { writer, records } = await make(recipe, { only: { identity, image } });
  assert.deepEqual(records, whole.records.filter((record) => record.identity === identity && record.image === image));
  assert.deepEqual(writer.images.get(`${identity}:${image}`), whole.writer.images.get(`${identity}:${image}`));
});

Deno.test("generateTargetImages() makes only what is not settled, and no second line", async () => {
  const recipe = recipeWith(), directory = await Deno.makeTempDir();
  try {
    const writer = new MemoryWriter();
    const first = await make(recipe, { writer, directory, startEnd: [0, 2] });
    const rest = await make(recipe, { writer, directory });
    assert.equal(rest.result.skipped, 8, "left out images are settled too");
    assert.ok(rest.text.startsWith(first.text));
    const key = [...writer.images.keys()][0]!, bytes = writer.images.get(key)!;
    writer.images.delete(key);
    const again = await make(recipe, { writer, directory });
    assert.deepEqual([again.result.written, again.result.skipped], [1, 19]);
    assert.deepEqual(writer.images.get(key), bytes);
    assert.equal(again.text, rest.text);
    const { result, text } = await make(recipe, { writer, directory, only: { identity: 1 }, overwrite: true });
    assert.equal(result.skipped, 0);
    assert.equal(text, rest.text);
    assert.equal((await make(recipe, { writer, directory })).fake.batches.length, 0);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("generateTargetImages() keeps the best image when asked, at its label", async () => {
  const recipe = recipeWith({ rejected: "keep", iterations: 3 });
  const labelled = { ...recipe, identities: { ...recipe.identities, firstLabel: 100 } };
  const { writer, records, result } = await make(labelled);
  assert.equal(result.written, 20);
  assert.ok(result.accepted < 20);
  assert.deepEqual([...writer.images.keys()].map((key) => Number(key.split(":")[0]) >= 100), Array(20).fill(true));
  assert.deepEqual(records.map(({ identity, label }) => label! - identity), Array(20).fill(100));
  assert.ok(records.every(({ written }) => written));
});

Deno.test("generateTargetImages() leaves out what never was finite, even where the best is kept", async () => {
  const recipe = recipeWith({ rejected: "keep" });
  const fake = networks(recipe), added: ImageRecord[] = [], writer = new MemoryWriter();
  fake.evaluate = (samples) =>
    Promise.resolve(samples.map(() => {
      const none = Float32Array.of(NaN, NaN, NaN);
      return { loss: NaN, gradient: none, image: none, measured: none, miss: none };
    }));
  await generateTargetImages(makePlan(recipe, vectors, { only: { identity: 2, image: 1 } }), fake, writer, {
    state: () => "unknown",
    add: (records) => Promise.resolve(void added.push(...records)),
  });
  assert.equal(writer.images.size, 0);
  const [{ reason, achieved, written }] = added as [ImageRecord];
  assert.deepEqual({ reason, achieved, written }, { reason: "not finite", achieved: {}, written: false });
});

Deno.test("generateTargetImages() takes yaw without its sign when asked", async () => {
  const { pose } = someTargets();
  const targets = someTargets({
    pose: { ...pose, unsigned: true },
    angles: { yaw: { kind: "constant", angle: 30 } },
    rejected: "keep",
  });
  const recipe = someRecipe(20, 1, { targets }), records: ImageRecord[] = [];
  await generateTargetImages(makePlan(recipe, someVectors(20)), networks(recipe), new MemoryWriter(), {
    state: () => "unknown",
    add: (more) => Promise.resolve(void records.push(...more)),
  });
  assert.ok(records.some(({ accepted }) => accepted));
  const near = records.filter(({ missed }) => missed["yaw"]! <= 5);
  const signs = new Set(near.map(({ achieved }) => Math.sign(achieved["yaw"]!)));
  assert.deepEqual([...signs].sort(), [-1, 1]);
});

Deno.test("generateTargetImages() stores exactly the judged tensor", async () => {
  const recipe = recipeWith({ angles: { pitch: { kind: "constant", angle: 0 } } });
  const fake = networks(recipe), judged: Float32Array[] = [], { evaluate } = fake;
  fake.evaluate = async (samples) => {
    const evaluations = await evaluate(samples);
    judged.push(...evaluations.map(({ image }) => image));
    return evaluations;
  };
  const identity = [0, 1, 2, 3, 4].find((row) => vectors.vector(row)[2]! < 0.8)!, writer = new MemoryWriter();
  await generateTargetImages(makePlan(recipe, vectors, { only: { identity, image: 0 } }), fake, writer, {
    state: () => "unknown",
    add: () => Promise.resolve(),
  });
  const expected = await encodeJpeg(fromTensor(judged.at(-1)!, 0), { quality: recipe.output.quality });
  assert.deepEqual(writer.images.get(`${identity}:0`), expected);
});
