import { datasetForm, openDataset, openLmdbWriter } from "@/datasets/mod.ts";
import assert from "node:assert/strict";
import { writeFiles } from "./_images.ts";
import { withDir } from "./_paths.ts";

Deno.test("openDataset() opens every form, also through a mask", () =>
  withDir(async (dir) => {
    await writeFiles(dir, {
      "folder/a/1.jpg": Uint8Array.of(1),
      "folder/b/1.jpg": Uint8Array.of(2),
      "list.txt": "folder/a/1.jpg\nfolder/b/1.jpg\n",
    });
    for (const [path, subdir] of [["file.lmdb", false], ["noending", false], ["database", true]] as const) {
      await using writer = await openLmdbWriter(`${dir}/${path}`, { subdir });
      for (const label of [0, 1]) await writer.write({ label, image: 0, bytes: Uint8Array.of(label + 1) });
    }
    for (const name of ["folder", "list.txt", "file.lmdb", "noending", "database"]) {
      await using whole = await openDataset(`${dir}/${name}`);
      assert.deepEqual([whole.length, whole.classes, [...whole.labels]], [2, 2, [0, 1]], name);
      await using part = await openDataset(`${dir}/${name}`, { mask: [1] });
      assert.deepEqual(await Array.fromAsync(part), [{ label: 1, bytes: Uint8Array.of(2) }], name);
    }
    await Deno.stat(`${dir}/database/data.mdb`);
    assert.deepEqual(["folder", "list.txt", "database"].map((n) => datasetForm(`${dir}/${n}`)), [
      "folder",
      "list",
      "lmdb",
    ]);
  }));

Deno.test("openDataset() says what is no data set and what to do", () =>
  withDir(async (dir) => {
    await writeFiles(dir, { "a.bin": "x", "a.npy": "x", "a.rec": "x", "a.dat": "x", "d/a/1.jpg": "x", "e.txt": "" });
    const cases: [string, string, RegExp][] = [
      ["a.bin", "TypeError", /openVerificationSet/],
      ["a.npy", "TypeError", /beside a data set/],
      ["a.rec", "TypeError", /record files are not read/],
      ["a.dat", "TypeError", /expected a folder of class folders/],
      ["none", "NotFound", /none/],
      ["e.txt", "RangeError", /no lines/],
    ];
    for (const [name, error, message] of cases) {
      await assert.rejects(openDataset(`${dir}/${name}`), { name: error, message });
    }
    await assert.rejects(openDataset(`${dir}/d`, { labels: "x" }), /with labels: that goes with a .txt/);
    await assert.rejects(openDataset(`${dir}/d`, { mask: [1] }), RangeError);
  }));
