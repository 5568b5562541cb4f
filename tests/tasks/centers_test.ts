import assert from "node:assert/strict";
import { readNpy, writeNpy } from "@/weights/mod.ts";
import { centersMain, SPEC } from "../../tasks/centers.ts";
import { featuresMain, SPEC as FEATURES } from "../../tasks/features.ts";
import type { RecogniserLoader } from "../../tasks/_recogniser_options.ts";
import { fromFileUrl, withDir } from "../datasets/_paths.ts";
import { fakeLoader, imageFolder, names, run } from "./_datasets.ts";
import { fakeJudge } from "./_judge.ts";

async function centers(load = fakeLoader().load, ...argv: string[]): Promise<void> {
  const { code, err } = await run(SPEC, centersMain(load), ...argv);
  assert.equal(code, 0, err);
}

Deno.test("centers gives the same from images, from their features and from a database that has them", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`), network = fakeLoader();
    await centers(network.load, from, "--out", `${dir}/a.npy`);
    for (const out of ["f.npy", "f.lmdb"]) {
      const { code, err } = await run(
        FEATURES,
        featuresMain(fakeLoader().load, fakeJudge),
        from,
        "--out",
        `${dir}/${out}`,
      );
      assert.equal(code, 0, err);
    }
    const none = fakeLoader(1);
    await centers(none.load, from, "--features", `${dir}/f.npy`, "--out", `${dir}/b.npy`);
    await centers(none.load, `${dir}/f.lmdb`, "--out", `${dir}/c.npy`);
    assert.deepEqual([network.released(), none.calls()], [1, 0]);
    const { shape, data } = readNpy(`${dir}/a.npy`);
    assert.deepEqual(shape, [3, 512]);
    for (const name of ["b.npy", "c.npy"]) assert.deepEqual(readNpy(`${dir}/${name}`).data, data);
    assert.ok(Math.abs(Number(data[512]) - 60) < 3 && data[513] === 1);
    const info = JSON.parse(await Deno.readTextFile(`${dir}/a.npy.json`));
    assert.deepEqual([info.images, info.width, info.features.model], [12, 512, "mini"]);
    assert.deepEqual(info.identities[2], { row: 2, name: "000002", label: 2, images: 4 });
    await centers(network.load, `${dir}/f.lmdb`, "--model", "mini", "--out", `${dir}/d.npy`);
    assert.equal(network.released(), 2); // asked for: not the stored ones
  }));

Deno.test("centers reads the reference's feature files, and averages through a mask", () =>
  withDir(async (dir) => {
    for (const [name, value] of [["b/1", 3], ["a/1", 1], ["a/2", 2]] as const) {
      await Deno.mkdir(`${dir}/f/${name[0]}`, { recursive: true });
      writeNpy(`${dir}/f/${name}.npy`, { dtype: "float32", shape: [1], data: Float32Array.of(value) });
    }
    await Deno.writeTextFile(`${dir}/list.txt`, "f/b/1.npy\nf/a/2.npy\nf/a/1.npy\n");
    writeNpy(`${dir}/m.npy`, { dtype: "int64", shape: [2], data: BigInt64Array.of(2n, 1n) });
    const { load } = fakeLoader(1);
    await centers(load, `${dir}/f`, "--out", `${dir}/a.npy`);
    await centers(load, `${dir}/list.txt`, "--out", `${dir}/b.npy`);
    await centers(load, `${dir}/f`, "--mask", `${dir}/m.npy`, "--out", `${dir}/c.npy`);
    for (const [name, ...rows] of [["a", 1.5, 3], ["b", 1.5, 3], ["c", 2, 3]]) {
      assert.deepEqual([...readNpy(`${dir}/${name}.npy`).data], rows, String(name));
    }
    const info = JSON.parse(await Deno.readTextFile(`${dir}/a.npy.json`));
    assert.deepEqual([info.features, info.identities[0].name], ["stored", "a"]);
  }));

Deno.test("centers reads features that Python wrote into a database", () =>
  withDir(async (dir) => {
    const path = fromFileUrl("../fixtures/datasets/python_features.lmdb", import.meta.url);
    await centers(fakeLoader(1).load, path, "--out", `${dir}/a.npy`);
    const { shape, data } = readNpy(`${dir}/a.npy`);
    assert.deepEqual([shape, data[0], data[512]], [[4, 512], 1, 4]);
  }));

Deno.test.each<[string, (dir: string) => string[], RegExp]>([
  ["another ending", (dir) => [dir, "--out", "c.txt"], /ends in .npy/],
  ["a folder without images", (dir) => [dir, "--out", `${dir}/c.npy`], /no images in it/],
  ["nothing at all", (dir) => [`${dir}/none`, "--out", `${dir}/c.npy`], /none/],
])("centers refuses %s with exit code 2", (_what, options, message) =>
  withDir(async (dir) => {
    const { code, err } = await run(SPEC, centersMain(fakeLoader().load), ...options(dir));
    assert.match(err, message);
    assert.equal(code, 2);
    assert.deepEqual(await names(dir), []);
  }));

Deno.test("centers makes the recogniser ready for many images unless memory is to be spared", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`), asked: (boolean | undefined)[] = [];
    const load: RecogniserLoader = (options) => {
      asked.push(options.bulk);
      return fakeLoader().load(options);
    };
    await centers(load, from, "--out", `${dir}/a.npy`);
    await centers(load, from, "--less-memory", "--out", `${dir}/b.npy`);
    assert.deepEqual(asked, [true, false]);
  }));
