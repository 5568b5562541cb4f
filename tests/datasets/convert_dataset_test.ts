import {
  arrayDataset,
  convertDataset,
  openFolder,
  openFolderWriter,
  openLmdb,
  openLmdbWriter,
} from "@/datasets/mod.ts";
import assert from "node:assert/strict";
import { jpeg, png, writeFiles } from "./_images.ts";
import { python, type PythonView, runTool } from "./_interop.ts";
import { withDir } from "./_paths.ts";

async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice())).toHex();
}

Deno.test("convertDataset() keeps every byte, puts classes together and numbers them by appearance", () =>
  withDir(async (dir) => {
    const items = await Promise.all(
      [[7, 0], [2, 0], [7, 1], [5, 0], [2, 1]].map(async ([label, image]) => ({
        label: label!,
        bytes: image ? await png(label!, image) : await jpeg(label!),
        feature: Float32Array.of(label!, image!),
      })),
    );
    const source = arrayDataset(items);
    const writer = await openLmdbWriter(`${dir}/a.lmdb`, { features: true });
    const seen: number[] = [];
    const result = await convertDataset(source, writer, { ahead: 2, onProgress: ({ done }) => seen.push(done) });
    await writer.close();
    assert.deepEqual(result, {
      images: 5,
      classes: [{ name: "7", from: 7, images: 2 }, { name: "2", from: 2, images: 2 }, {
        name: "5",
        from: 5,
        images: 1,
      }],
      leftOut: [],
    });
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
    const order = [0, 2, 1, 4, 3];
    await using made = await openLmdb(`${dir}/a.lmdb`);
    assert.deepEqual(
      await Array.fromAsync(made),
      order.map((index, i) => ({
        ...items[index]!,
        bytes: new Uint8Array(items[index]!.bytes),
        label: [0, 0, 1, 1, 2][i]!,
      })),
    );
    assert.equal(made.classes, 3);
    {
      await using back = await openFolderWriter(`${dir}/folder`, { extension: "auto" });
      await convertDataset(made, back);
    }
    const folder = await openFolder(`${dir}/folder`);
    const names = Array.from({ length: 5 }, (_, i) => folder.itemName(i));
    assert.deepEqual(names, ["000000/000.jpg", "000000/001.png", "000001/000.jpg", "000001/001.png", "000002/000.jpg"]);
    assert.deepEqual((await folder.get(3)).bytes, new Uint8Array(items[4]!.bytes));
    if (!python) return;
    const view = JSON.parse(await runTool("read", `${dir}/a.lmdb`)) as PythonView;
    assert.deepEqual([view.length, view.classes, view.keys], [5, 3, ["0", "1", "2", "3", "4"]]);
    assert.deepEqual(view.records.map(({ label }) => label), [0, 0, 1, 1, 2]);
    assert.deepEqual(view.records.map(({ sha }) => sha), await Promise.all(order.map((i) => sha256(items[i]!.bytes))));
  }));

Deno.test("convertDataset() leaves out and lists what cannot be read, and keeps labels without gaps", () =>
  withDir(async (dir) => {
    const whole = await jpeg(1);
    await writeFiles(dir, {
      "from/a/1.jpg": whole.subarray(0, whole.length - 40),
      "from/b/1.jpg": whole,
      "from/b/2.jpg": new Uint8Array(0),
      "from/c/1.jpg": "<html>",
      "from/d/1.png": await png(2),
    });
    const source = await openFolder(`${dir}/from`);
    await using writer = await openFolderWriter(`${dir}/to`, { extension: "auto" });
    const { images, classes, leftOut } = await convertDataset(source, writer);
    assert.equal(images, 2);
    assert.deepEqual(classes, [{ name: "b", from: 1, images: 1 }, { name: "d", from: 3, images: 1 }]);
    assert.deepEqual(leftOut.map(({ name }) => name), ["a/1.jpg", "class a", "b/2.jpg", "c/1.jpg", "class c"]);
    assert.match(leftOut[0]!.reason, /cut short/);
    assert.match(leftOut[2]!.reason, /empty/);
    assert.deepEqual([...(await openFolder(`${dir}/to`)).labels], [0, 1]);
  }));

Deno.test("convertDataset() leaves out items without a feature where one is needed", async () => {
  await withDir(async (dir) => {
    const bytes = await png(0);
    const source = arrayDataset([{ label: 0, bytes }, { label: 0, bytes, feature: Float32Array.of(1) }]);
    await using writer = await openLmdbWriter(`${dir}/a.lmdb`, { features: true });
    const { images, leftOut } = await convertDataset(source, writer, { needFeature: true });
    assert.deepEqual([images, leftOut], [1, [{ name: "0", reason: "it has no feature" }]]);
  });
});

Deno.test("convertDataset() fails when nothing is left, on errors that are no image's fault, and when stopped", () =>
  withDir(async (dir) => {
    const bytes = await png(0);
    await using writer = await openFolderWriter(`${dir}/to`);
    const bad = arrayDataset([{ label: 0, bytes: Uint8Array.of(1) }]);
    await assert.rejects(convertDataset(bad, writer), { name: "RangeError", message: /none of its 1 items.*"0"/ });
    await assert.rejects(convertDataset(arrayDataset([]), writer), /it is empty/);
    const broken = Object.assign(arrayDataset([{ label: 0, bytes }]), {
      get: () => Promise.reject(new Error("disk on fire")),
    });
    await assert.rejects(convertDataset(broken, writer), /disk on fire/);
    const controller = new AbortController();
    const many = arrayDataset(Array.from({ length: 50 }, () => ({ label: 0, bytes })));
    await assert.rejects(
      convertDataset(many, writer, {
        signal: controller.signal,
        onProgress: ({ done }) => done === 3 && controller.abort(),
      }),
      { name: "AbortError" },
    );
  }));
