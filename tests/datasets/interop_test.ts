/** Our databases in python-lmdb, and its databases here. */

import { openLmdb, openLmdbWriter } from "@/datasets/mod.ts";
import assert from "node:assert/strict";
import { python, type PythonView, runTool, toolFeature, toolImage } from "./_interop.ts";
import { fromFileUrl, withDir } from "./_paths.ts";

const COUNT = 40;
const partner = python ? "python-lmdb" : "itself only, as no Python here has lmdb and msgpack";

async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()))
    .toHex();
}

for (const features of [false, true]) {
  const layout = features ? "[image, feature, label]" : "[image, label]";

  Deno.test(`openLmdbWriter() writes ${layout} that opens in ${partner}`, () =>
    withDir(async (dir) => {
      const path = `${dir}/ours.lmdb`;
      await using writer = await openLmdbWriter(path, {
        features,
        commitEvery: 7,
      });
      for (let i = 0; i < COUNT; i++) {
        await writer.write({
          label: Math.floor(i / 3),
          image: i % 3,
          bytes: toolImage(i),
          ...(features ? { feature: toolFeature(i) } : {}),
        });
      }
      await writer.close();
      await using reader = await openLmdb(path);
      assert.equal(reader.length, COUNT);
      if (!python) return;
      const view = JSON.parse(await runTool("read", path)) as PythonView;
      assert.deepEqual([view.length, view.classes], [COUNT, 14]);
      assert.deepEqual(
        view.keys,
        Array.from({ length: COUNT }, (_, i) => String(i)),
      );
      for (const [i, record] of view.records.entries()) {
        assert.equal(record.label, Math.floor(i / 3));
        assert.equal(record.sha, await sha256(toolImage(i)));
        if (!features) continue;
        const feature = new Float32Array(
          Uint8Array.fromBase64(record.feature!).buffer,
        );
        assert.deepEqual(feature, toolFeature(i));
      }
    }));

  Deno.test(`openLmdb() reads ${layout} written by ${partner}`, () =>
    withDir(async (dir) => {
      const path = `${dir}/theirs.lmdb`;
      if (!python) {
        await using writer = await openLmdbWriter(path, { features });
        for (let i = 0; i < COUNT; i++) {
          const record = {
            label: Math.floor(i / 3),
            image: i % 3,
            bytes: toolImage(i),
          };
          await writer.write(
            features ? { ...record, feature: toolFeature(i) } : record,
          );
        }
      } else {await runTool(
          "write",
          path,
          String(COUNT),
          ...(features ? ["features"] : []),
        );}
      await using reader = await openLmdb(path);
      assert.deepEqual([reader.length, reader.classes], [COUNT, 14]);
      assert.deepEqual(
        [...reader.labels],
        Array.from({ length: COUNT }, (_, i) => Math.floor(i / 3)),
      );
      let i = 0;
      for await (const item of reader) {
        assert.deepEqual(new Uint8Array(item.bytes), toolImage(i));
        assert.deepEqual(item.feature, features ? toolFeature(i) : undefined);
        i++;
      }
      assert.equal(i, COUNT);
    }));
}

for (const name of ["python", "python_features"]) {
  Deno.test(`openLmdb() reads ${name}.lmdb, which python-lmdb wrote`, async () => {
    const path = fromFileUrl(
      `../fixtures/datasets/${name}.lmdb`,
      import.meta.url,
    );
    await using reader = await openLmdb(path);
    assert.deepEqual([reader.length, reader.classes], [12, 4]);
    for (let i = 0; i < 12; i++) {
      const feature = name === "python" ? {} : { feature: toolFeature(i) };
      assert.deepEqual(await reader.get(i), {
        label: Math.floor(i / 3),
        bytes: toolImage(i),
        ...feature,
      });
    }
  });
}

Deno.test(`openLmdbWriter() makes trees that hold when changed by ${partner}`, () =>
  withDir(async (dir) => {
    const path = `${dir}/churn.lmdb`;
    const indexOf = (_: number, image: number) => image;
    {
      await using writer = await openLmdbWriter(path, {
        indexOf,
        commitEvery: 50,
      });
      for (let image = 0; image < 2000; image++) {
        await writer.write({
          label: Math.floor(image / 3),
          image,
          bytes: toolImage(image % 50),
        });
      }
    }
    if (python) await runTool("churn", path); // removes every third record, adds 20
    {
      await using writer = await openLmdbWriter(path, { indexOf });
      assert.equal(await writer.has(1, 3), !python);
      assert.equal(await writer.has(1, 4), true);
      for (let image = 0; image < 2000; image += 3) {
        await writer.write({ label: image / 3, image, bytes: toolImage(1) });
      }
    }
    const length = python ? 2020 : 2000;
    await using reader = await openLmdb(path);
    assert.equal(reader.length, length);
    assert.deepEqual((await reader.get(5)).bytes, toolImage(5));
    assert.deepEqual((await reader.get(6)).bytes, toolImage(1));
    if (!python) return;
    assert.deepEqual((await reader.get(4)).bytes, toolImage(5));
    assert.deepEqual((await reader.get(2019)).bytes, toolImage(19));
    const view = JSON.parse(await runTool("read", path)) as PythonView;
    assert.deepEqual([view.length, view.entries, view.walked], [
      2020,
      2023,
      2023,
    ]);
    await runTool("churn", path);
  }));

Deno.test(`openLmdbWriter() continues a database written by ${partner}`, () =>
  withDir(async (dir) => {
    const path = `${dir}/both.lmdb`;
    if (python) await runTool("write", path, "6");
    else {
      await using writer = await openLmdbWriter(path);
      for (let i = 0; i < 6; i++) {
        await writer.write({
          label: Math.floor(i / 3),
          image: i % 3,
          bytes: toolImage(i),
        });
      }
    }
    {
      await using writer = await openLmdbWriter(path);
      assert.equal(await writer.has(1, 2), true);
      assert.equal(await writer.has(1, 3), false);
      await writer.write({ label: 5, image: 0, bytes: toolImage(6) });
    }
    await using reader = await openLmdb(path);
    assert.deepEqual([...reader.labels], [0, 0, 0, 1, 1, 1, 5]);
    assert.equal(reader.classes, 6);
    if (python) {
      const view = JSON.parse(await runTool("read", path)) as PythonView;
      assert.deepEqual([view.length, view.classes, view.keys.at(-1)], [
        7,
        6,
        "6",
      ]);
      assert.equal(view.records[6]!.sha, await sha256(toolImage(6)));
    }
  }));

Deno.test(`openLmdbWriter() makes and continues the folder form, which opens in ${partner}`, () =>
  withDir(async (dir) => {
    const path = `${dir}/faces`;
    for (const image of [0, 1]) {
      await using writer = await openLmdbWriter(path, { subdir: image === 0 });
      await writer.write({ label: 2, image, bytes: toolImage(image) });
    }
    await using reader = await openLmdb(path);
    assert.deepEqual([reader.length, reader.classes], [2, 3]);
    if (!python) return;
    const view = JSON.parse(await runTool("read", path)) as PythonView;
    assert.deepEqual([view.length, view.classes, view.records[1]!.sha], [2, 3, await sha256(toolImage(1))]);
  }));
