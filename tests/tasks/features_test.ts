import assert from "node:assert/strict";
import { openLmdb } from "@/datasets/mod.ts";
import { encodePng, filled } from "@/images/mod.ts";
import { openNpy, readNpy } from "@/weights/mod.ts";
import { featuresMain, SPEC } from "../../tasks/features.ts";
import { writeFiles } from "../datasets/_images.ts";
import { fromFileUrl, withDir } from "../datasets/_paths.ts";
import { fakeLoader, imageFolder, names, run } from "./_datasets.ts";
import { fakeJudge } from "./_judge.ts";

/** A database with images. */
const IMAGES = fromFileUrl("../fixtures/datasets/python.lmdb", import.meta.url);

Deno.test("features writes a row for each image, and what it is made of", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`), { load, released } = fakeLoader();
    const { code, err } = await run(
      SPEC,
      featuresMain(load, fakeJudge),
      from,
      "--out",
      `${dir}/f.npy`,
      "--flip",
      "--batch-size",
      "5",
    );
    assert.equal(code, 0, err);
    using file = openNpy(`${dir}/f.npy`);
    assert.deepEqual([file.dtype, file.shape, released()], ["float32", [12, 512], 1]);
    const first = Array.from({ length: 12 }, (_, i) => file.rowsFloat32(i, i + 1)[0]!);
    first.forEach((value, i) => assert.ok(Math.abs(value - 2 * (40 + 20 * Math.floor(i / 4))) <= 6, `${i}: ${value}`));
    const info = JSON.parse(await Deno.readTextFile(`${dir}/f.npy.json`));
    assert.deepEqual([info.images, info.width, info.model, info.flip, info.leftOut], [12, 512, "mini", true, []]);
    assert.match(info.sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(await names(dir), ["f.npy", "f.npy.json", "from"]);
  }));

for (const form of ["npy", "lmdb"]) {
  Deno.test(`features goes on where it was stopped, with the same ${form} as without a stop`, () =>
    withDir(async (dir) => {
      const from = await imageFolder(`${dir}/from`, 10, 14);
      await writeFiles(from, { "000002/005.jpg": "broken" });
      const out = `${dir}/f.${form}`;
      const options = [from, "--batch-size", "10", "--out"];
      const failing = fakeLoader(9);
      const stopped = await run(SPEC, featuresMain(failing.load, fakeJudge), ...options, out);
      assert.equal(stopped.code, 1);
      assert.match(stopped.err, /the machine stopped/);
      assert.ok(!(await names(dir)).includes(`f.${form}`));
      const { load, calls } = fakeLoader();
      assert.equal((await run(SPEC, featuresMain(load, fakeJudge), ...options, out)).code, 0);
      assert.ok(calls() < 10, `${calls()} batches`);
      assert.equal(
        (await run(SPEC, featuresMain(fakeLoader().load, fakeJudge), ...options, `${dir}/g.${form}`)).code,
        0,
      );
      assert.deepEqual(await names(dir), [`f.${form}`, `f.${form}.json`, "from", `g.${form}`, `g.${form}.json`]);
      const info = JSON.parse(await Deno.readTextFile(`${out}.json`));
      assert.deepEqual(info.leftOut.map(({ name }: { name: string }) => name), ["000002/005.jpg"]);
      if (form === "npy") {
        assert.deepEqual(readNpy(out), readNpy(`${dir}/g.npy`));
        assert.ok(Number.isNaN((readNpy(out).data as Float32Array)[33 * 512]));
        return;
      }
      await using a = await openLmdb(out);
      await using b = await openLmdb(`${dir}/g.lmdb`);
      assert.deepEqual([a.length, a.classes, a.hasFeatures], [139, 10, true]);
      assert.deepEqual(await Array.fromAsync(a), await Array.fromAsync(b));
      assert.deepEqual((await a.get(0)).bytes, await Deno.readFile(`${from}/000000/000.png`));
    }));
}

Deno.test("features leaves out faces that are out of place, unless they are to be trusted", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`, 2, 3);
    await writeFiles(from, { "000001/009.png": await encodePng(filled(150, 150, [40, 0, 255])) });
    const options = [from, "--out"];
    assert.equal((await run(SPEC, featuresMain(fakeLoader().load, fakeJudge), ...options, `${dir}/f.npy`)).code, 0);
    const info = JSON.parse(await Deno.readTextFile(`${dir}/f.npy.json`));
    assert.deepEqual(info.leftOut.map(({ name }: { name: string }) => name), ["000001/009.png"]);
    assert.match(info.leftOut[0].reason, /^its face looks 1.00 times the size .* moved by \(40, 0\) of 112 pixels/);
    assert.equal(info.alignment.file, "landmarks.safetensors");
    assert.ok(Number.isNaN((readNpy(`${dir}/f.npy`).data as Float32Array)[6 * 512]));
    const trust = [...options, `${dir}/g.npy`, "--alignment", "trust"];
    assert.equal((await run(SPEC, featuresMain(fakeLoader().load, fakeJudge), ...trust)).code, 0);
    const all = JSON.parse(await Deno.readTextFile(`${dir}/g.npy.json`));
    assert.deepEqual([all.leftOut, all.alignment], [[], undefined]);
  }));

Deno.test("features begins anew when the images, the model or the options are others", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`, 2, 10), out = `${dir}/f.npy`;
    await run(SPEC, featuresMain(fakeLoader(2).load, fakeJudge), from, "--batch-size", "8", "--out", out);
    const { load, calls } = fakeLoader();
    assert.equal(
      (await run(SPEC, featuresMain(load, fakeJudge), from, "--batch-size", "20", "--flip", "--out", out)).code,
      0,
    );
    assert.equal(calls(), 2); // one batch and its mirror: nothing was taken over
  }));

Deno.test.each<[string, (dir: string) => string[], RegExp]>([
  ["no images", () => ["--out", "f.npy"], /IMAGES is needed/],
  ["no output", (dir) => [dir], /--out is needed/],
  ["another ending", (dir) => [dir, "--out", "f.pt"], /ends in .npy or .lmdb/],
  [
    "a model that is not known",
    (dir) => [IMAGES, "--out", `${dir}/f.npy`, "--model", "x"],
    /known recognisers are mini/,
  ],
  [
    "weights that are not there",
    (dir) => [IMAGES, "--out", `${dir}/f.npy`, "--weights", `${dir}/w.pth`],
    /w.pth is not there/,
  ],
  ["a folder without images", (dir) => [dir, "--out", `${dir}/f.npy`], /no images in it/],
  ["a file that is there", (dir) => [dir, "--out", `${dir}/old.npy`], /--overwrite/],
])("features refuses %s with exit code 2", (_what, options, message) =>
  withDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/old.npy`, "");
    const { code, err } = await run(SPEC, featuresMain(fakeLoader().load, fakeJudge), ...options(dir));
    assert.match(err, message);
    assert.equal(code, 2);
    assert.deepEqual(await names(dir), ["old.npy"]);
  }));
