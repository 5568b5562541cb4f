import assert from "node:assert/strict";
import { join } from "node:path";
import { beginDataset, type DatasetSettings, prepareDataset, type PrepareOptions } from "@/generation/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import { someRecipe } from "./_fake.ts";

type Prepare = (
  change?: Partial<DatasetSettings>,
  options?: Partial<PrepareOptions>,
) => ReturnType<typeof prepareDataset>;

async function withFiles(
  body: (prepare: Prepare, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const [vectors, weights] = [
      join(directory, "ids.npy"),
      join(directory, "w.bin"),
    ];
    const data = new RandomStream(1, "identity").fillNormal(
      new Float32Array(4 * 512),
    );
    writeNpy(vectors, { dtype: "float32", shape: [4, 512], data });
    await Deno.writeTextFile(weights, "w");
    const { images, seed, variation, mask, output, versions } = someRecipe(
      4,
      3,
    );
    const settings: DatasetSettings = {
      ...{ images, seed, variation, mask, output, versions },
      identities: { source: "vectors", path: vectors },
      model: "mini",
      weights,
    };
    const place = join(directory, "out");
    await body(
      (change, options) =>
        prepareDataset({ ...settings, ...change }, {
          directory: place,
          ...options,
        }),
      directory,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("prepareDataset() makes recipe, plan and names from the files, and writes nothing", () =>
  withFiles(async (prepare, directory) => {
    using job = await prepare({}, { startEnd: [1, 3] });
    assert.equal(job.recipe.identities.count, 4);
    assert.match(job.recipe.identities.sha256, /^[0-9a-f]{64}$/);
    assert.equal(
      job.recipe.model.sha256,
      "50e721e49c013f00c62cf59f2163542a9d8df02464efeb615d31051b0fddc326",
    );
    assert.deepEqual([job.plan.start, job.plan.end], [1, 3]);
    assert.equal(job.paths.data, join(directory, "out", "ids-4x3"));
    assert.equal(job.state, "new");
    assert.deepEqual(
      (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name)
        .sort(),
      ["ids.npy", "w.bin"],
    );
  }));

Deno.test("prepareDataset() compares with what is there, unless it will be replaced", () =>
  withFiles(async (prepare) => {
    using job = await prepare();
    beginDataset(job.paths, job.recipe);
    using again = await prepare();
    assert.equal(again.state, "same recipe");
    await assert.rejects(prepare({ seed: "8" }), {
      name: "RangeError",
      message: /has seed "7", this run asks for "8"/,
    });
    using other = await prepare({ seed: "8" }, { replace: true });
    assert.equal(other.state, "new");
  }));

Deno.test("prepareDataset() wants the files a recipe was made with", () =>
  withFiles(async (prepare) => {
    using job = await prepare();
    using same = await prepare({}, { expected: job.recipe });
    assert.deepEqual(same.recipe, job.recipe);
    const expected = {
      ...job.recipe,
      model: { ...job.recipe.model, sha256: "c".repeat(64) },
    };
    await assert.rejects(prepare({}, { expected }), {
      name: "RangeError",
      message: /its weights are w.bin with SHA-256 cccccccccccc.*w.bin has 50e721e49c01/,
    });
  }));

Deno.test("prepareDataset() stops hashing when asked", () =>
  withFiles(async (prepare) => {
    await assert.rejects(prepare({}, { signal: AbortSignal.abort() }), {
      name: "AbortError",
    });
  }));
