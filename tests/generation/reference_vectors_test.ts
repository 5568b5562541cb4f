import {
  findReferenceVectors,
  hashReferences,
  listReferences,
  type Reference,
  referencePaths,
  type ReferenceRecipe,
  type ReferenceVectorsOptions,
  writeReferenceVectors,
} from "@/generation/mod.ts";
import { ARC_TEMPLATE, encodePng, filled } from "@/images/mod.ts";
import { readNpy, writeNpy } from "@/weights/mod.ts";
import assert from "node:assert/strict";
import { fakeEmbedder, writeFiles } from "../datasets/_images.ts";
import { withDir } from "../datasets/_paths.ts";

const RECIPE: ReferenceRecipe = { recogniser: { name: "red", file: "red.bin", sha256: "1" }, anySize: false };
const face = (red: number) => encodePng(filled(112, 112, [red, 0, 0]));

/** Six faces of red 10 to 60, three of them under one name, and two files that are no faces. */
async function references(dir: string): Promise<Reference[]> {
  await writeFiles(dir, {
    "in/a/1.png": await face(10),
    "in/b/1.png": await face(20),
    "in/b/c/1.png": await face(30),
    "in/d.jpg": "no image",
    "in/e.png": await face(40),
    "in/f.png": await encodePng(filled(300, 200, [1, 2, 3])),
    "in/g.png": await face(50),
    "in/h.png": await face(60),
  });
  return await hashReferences((await listReferences(`${dir}/in`)).files);
}

/** The red recogniser; `spoil` changes what it gives. */
function embedder(spoil: (vectors: Float32Array, call: number) => void = () => {}) {
  const fake = fakeEmbedder(112), { embed } = fake;
  return Object.assign(fake, {
    async embed(images: Float32Array, count: number) {
      const vectors = await embed.call(fake, images, count);
      spoil(vectors, fake.calls);
      return vectors;
    },
  });
}

const reds = (path: string) => [...(readNpy(path).data as Float32Array)].filter((_, i) => i % 2 === 0);
const inFolder = async (dir: string) =>
  (await Array.fromAsync(Deno.readDir(dir), ({ name }) => name)).filter((name) => name !== "in").sort();

Deno.test("writeReferenceVectors() gives each image a row, and tells what is not used", () =>
  withDir(async (dir) => {
    const paths = referencePaths(dir, "x"), all = await references(dir);
    const [progress, skipped]: [number[], string[]] = [[], []];
    const leftOut = [{ name: "notes.txt", reason: "its name is not that of an image" }];
    const records = await writeReferenceVectors(paths, all, embedder(), RECIPE, {
      batchSize: 3,
      leftOut,
      onProgress: (done, total) => progress.push(done / total),
      onSkipped: ({ name, reason }) => skipped.push(`${name}: ${reason}`),
    });
    assert.deepEqual(reds(paths.vectors), [10, 20, 30, 40, 50, 60]);
    assert.deepEqual(
      records.map(({ label, image }) => [label, image]),
      [[0, "a/1.png"], [1, "b/1.png"], [2, "b/c/1.png"], [null, "d.jpg"], [3, "e.png"], [null, "f.png"]]
        .concat([[4, "g.png"], [5, "h.png"], [null, "notes.txt"]]),
    );
    assert.equal(skipped[0], "d.jpg: it is no image file");
    assert.match(skipped[1]!, /^f.png: it is 300x200 pixels; expected an aligned face/);
    assert.equal(records[0]?.sha256, all[0]?.sha256);
    assert.deepEqual(progress, [1, 2, 3, 4, 5, 6, 7, 8].map((done) => done / 8));
    assert.deepEqual(await inFolder(dir), ["x.references.jsonl", "x.vectors.json", "x.vectors.npy"]);
    assert.deepEqual(await findReferenceVectors(paths, all, RECIPE), records);
    assert.ok(!(await Deno.readTextFile(paths.made)).includes(dir));
  }));

Deno.test("writeReferenceVectors() goes on where it was stopped, with the same bytes, and does not embed twice", () =>
  withDir(async (dir) => {
    const paths = referencePaths(dir, "x"), all = await references(dir);
    const stop = new AbortController(), reason = new Error("enough");
    const options = (change: ReferenceVectorsOptions = {}) => ({ batchSize: 2, ...change });
    const half = writeReferenceVectors(paths, all, embedder(), RECIPE, {
      ...options({ signal: stop.signal }),
      onProgress: (done) => done === 4 && stop.abort(reason),
    });
    await assert.rejects(half, reason);
    assert.deepEqual(await inFolder(dir), [
      "x.vectors.work.part",
      "x.vectors.work.part.faults",
      "x.vectors.work.part.json",
    ]);
    const rest = embedder(), told: string[] = [];
    const records = await writeReferenceVectors(paths, all, rest, RECIPE, {
      ...options({ batchSize: 3 }),
      onSkipped: ({ name }) => told.push(name),
    });
    assert.deepEqual([rest.calls, told], [2, ["f.png"]]); // d.jpg was told by the first run, and is in the table
    const whole = referencePaths(dir, "whole");
    assert.deepEqual(await writeReferenceVectors(whole, all, embedder(), RECIPE, options()), records);
    for (const file of ["vectors", "table", "made"] as const) {
      assert.deepEqual(await Deno.readFile(paths[file]), await Deno.readFile(whole[file]));
    }
  }));

Deno.test("writeReferenceVectors() begins anew when images, landmarks or recogniser are others", () =>
  withDir(async (dir) => {
    const paths = referencePaths(dir, "x"), all = await references(dir);
    const halfDone = async () => {
      const failing = embedder((_, call) => {
        if (call === 3) throw new Error("the machine stopped");
      });
      await assert.rejects(writeReferenceVectors(paths, all, failing, RECIPE, { batchSize: 2 }), /the machine stopped/);
    };
    const points = [[38, 52], [74, 52], [56, 72], [42, 92], [71, 92]] as const;
    for (
      const [images, recipe] of [
        [all.slice(1), RECIPE],
        [all.map((image, i) => i === 0 ? { ...image, landmarks: points } : image), RECIPE],
        [all, { ...RECIPE, anySize: true }],
        [all, { ...RECIPE, recogniser: { ...RECIPE.recogniser, sha256: "2" } }],
      ] as [Reference[], ReferenceRecipe][]
    ) {
      await halfDone();
      const fake = embedder();
      await writeReferenceVectors(paths, images, fake, recipe, { batchSize: 1 });
      assert.equal(fake.calls, images.length - (recipe.anySize ? 1 : 2));
      assert.equal(await findReferenceVectors(paths, all, RECIPE), undefined);
      await Deno.remove(paths.made);
      await Deno.remove(paths.vectors);
    }
  }));

Deno.test("writeReferenceVectors() leaves an image out that the recogniser has no vector for", () =>
  withDir(async (dir) => {
    const paths = referencePaths(dir, "x"), all = await references(dir);
    const fake = embedder((vectors) => {
      for (let i = 0; i < vectors.length; i += 2) {
        if (vectors[i] === 20) vectors[i + 1] = NaN;
        if (vectors[i] === 50) vectors.fill(0, i, i + 2);
        if (vectors[i] === 60) vectors[i] = -Infinity;
      }
    });
    const records = await writeReferenceVectors(paths, all, fake, RECIPE);
    assert.deepEqual(reds(paths.vectors), [10, 30, 40]);
    const why = Object.fromEntries(records.map(({ image, skipped }) => [image, skipped]));
    assert.deepEqual([why["b/1.png"], why["h.png"], why["g.png"]], [
      ...Array(2).fill("the recogniser gave NaN or infinity for it"),
      "the recogniser gave only zeros for it",
    ]);
  }));

Deno.test("writeReferenceVectors() throws RangeError and leaves nothing when no image can be used", () =>
  withDir(async (dir) => {
    const all = (await references(dir)).filter(({ name }) => /^[df]/.test(name));
    await assert.rejects(
      writeReferenceVectors(referencePaths(dir, "x"), all, embedder(), RECIPE),
      (error) =>
        error instanceof RangeError && /none of the 2 can be used/.test(error.message) &&
        /d.jpg": it is no image file/.test((error.cause as Error).message),
    );
    assert.deepEqual(await inFolder(dir), []);
  }));

Deno.test("writeReferenceVectors() does not write over vectors of another origin unless told to", () =>
  withDir(async (dir) => {
    const paths = referencePaths(dir, "x"), all = await references(dir);
    writeNpy(paths.vectors, { dtype: "float32", shape: [1, 2], data: Float32Array.of(1, 2) });
    await assert.rejects(
      writeReferenceVectors(paths, all, embedder(), RECIPE),
      (error) =>
        error instanceof RangeError && /x.vectors.npy: it is there without .*x.vectors.json/.test(error.message),
    );
    assert.deepEqual(await inFolder(dir), ["x.vectors.npy"]);
    await writeReferenceVectors(paths, all, embedder(), RECIPE, { overwrite: true });
    assert.equal(reds(paths.vectors).length, 6);
  }));

Deno.test("writeReferenceVectors() mends what a kill between its last steps left", () =>
  withDir(async (dir) => {
    const paths = referencePaths(dir, "x"), all = await references(dir);
    const records = await writeReferenceVectors(paths, all, embedder(), RECIPE);
    await Deno.rename(paths.made, paths.work); // rows are whole, vectors written, the last file not yet
    await Deno.writeTextFile(paths.table, '{"label":');
    assert.equal(await findReferenceVectors(paths, all, RECIPE), undefined);
    assert.deepEqual(await writeReferenceVectors(paths, all, embedder(), RECIPE), records);
    assert.deepEqual(await findReferenceVectors(paths, all, RECIPE), records);
    assert.deepEqual(await inFolder(dir), ["x.references.jsonl", "x.vectors.json", "x.vectors.npy"]);
  }));

Deno.test("writeReferenceVectors() refuses to work beside another process, and keeps the old vectors until new ones are there", () =>
  withDir(async (dir) => {
    const paths = referencePaths(dir, "x"), all = await references(dir);
    const records = await writeReferenceVectors(paths, all, embedder(), RECIPE);
    using file = await Deno.open(`${paths.work}.part`, { read: true, write: true, create: true });
    await file.lock(true);
    const other = { ...RECIPE, anySize: true };
    await assert.rejects(writeReferenceVectors(paths, all, embedder(), other), /another process writes them/);
    assert.deepEqual(await findReferenceVectors(paths, all, RECIPE), records);
  }));

Deno.test("writeReferenceVectors() throws TypeError when the recogniser takes another size", () =>
  withDir(async (dir) => {
    const call = writeReferenceVectors(referencePaths(dir, "x"), [], fakeEmbedder(128), RECIPE);
    await assert.rejects(call, /faces of 112x112: the recogniser takes 128/);
  }));

Deno.test("findReferenceVectors() finds nothing when a file is missing, changed or damaged", () =>
  withDir(async (dir) => {
    const paths = referencePaths(dir, "x"), all = await references(dir);
    await writeReferenceVectors(paths, all, embedder(), RECIPE);
    for (const file of ["vectors", "table", "made"] as const) {
      const whole = await Deno.readFile(paths[file]);
      for (const bytes of [whole.subarray(0, -9), Uint8Array.of(...whole, 10, 48), new Uint8Array()]) {
        await Deno.writeFile(paths[file], bytes);
        assert.equal(await findReferenceVectors(paths, all, RECIPE), undefined, `${file} of ${bytes.length} bytes`);
      }
      await Deno.remove(paths[file]);
      assert.equal(await findReferenceVectors(paths, all, RECIPE), undefined, `no ${file}`);
      await Deno.writeFile(paths[file], whole);
    }
    for (const text of ["null", "[]", "7", '{"schema": 1}']) {
      await Deno.writeTextFile(paths.made, text);
      assert.equal(await findReferenceVectors(paths, all, RECIPE), undefined, text);
    }
  }));

Deno.test("writeReferenceVectors() tells vectors of faces that were looked at from others, and wants a judge for them", () =>
  withDir(async (dir) => {
    const paths = referencePaths(dir, "x"), all = await references(dir);
    const looked = { ...RECIPE, alignment: { file: "landmarks.bin", sha256: "3" } };
    await assert.rejects(writeReferenceVectors(paths, all, embedder(), looked), {
      name: "TypeError",
      message: "Cannot take vectors: a judge of landmarks and the recipe's alignment go together",
    });
    const judge = {
      imageSize: 112,
      estimate: (images: Float32Array) =>
        Promise.resolve({ points: ARC_TEMPLATE.flat(), face: [images[0]! > -0.8 ? 1 : 0] }),
    };
    const records = await writeReferenceVectors(paths, all, embedder(), looked, { judge });
    assert.equal(records[0]?.skipped, "no face is found in it (score 0.00); expected an aligned face");
    assert.deepEqual(reds(paths.vectors), [30, 40, 50, 60]);
    assert.deepEqual(await findReferenceVectors(paths, all, looked), records);
    for (const other of [RECIPE, { ...looked, alignment: { file: "landmarks.bin", sha256: "4" } }]) {
      assert.equal(await findReferenceVectors(paths, all, other), undefined);
    }
  }));
