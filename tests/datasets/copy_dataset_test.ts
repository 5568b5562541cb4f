import { copyDataset, openFolder, openFolderWriter, openLmdb, openLmdbWriter } from "@/datasets/mod.ts";
import assert from "node:assert/strict";
import { withDir } from "./_paths.ts";

const feature = Float32Array.of(1, 2, 3);

/** A database of classes 0, 0, 4, 2 with a feature each. */
async function source(path: string): Promise<void> {
  await using writer = await openLmdbWriter(path, { features: true });
  for (const [label, image] of [[0, 0], [0, 1], [4, 0], [2, 0]] as const) {
    await writer.write({
      label,
      image,
      bytes: Uint8Array.of(label, image),
      feature,
    });
  }
}

Deno.test("copyDataset() moves bytes from a database to a folder and back", () =>
  withDir(async (dir) => {
    await source(`${dir}/a.lmdb`);
    await using from = await openLmdb(`${dir}/a.lmdb`);
    await using folder = await openFolderWriter(`${dir}/a`);
    const seen: number[] = [];
    const result = await copyDataset(from, folder, {
      onProgress: ({ done, total }) => seen.push(done, total),
    });
    assert.deepEqual(result, { written: 4, skipped: 0 });
    assert.deepEqual(seen, [1, 4, 2, 4, 3, 4, 4, 4]);
    {
      await using back = await openLmdbWriter(`${dir}/b.lmdb`);
      await copyDataset(await openFolder(`${dir}/a`), back);
    }
    await using to = await openLmdb(`${dir}/b.lmdb`);
    const items = await Array.fromAsync(to);
    assert.deepEqual(items.map(({ label, bytes }) => [label, ...bytes]), [
      [0, 0, 0],
      [0, 0, 1],
      [2, 2, 0],
      [4, 4, 0],
    ]);
  }));

Deno.test("copyDataset() keeps features from database to database", () =>
  withDir(async (dir) => {
    await source(`${dir}/a.lmdb`);
    await using from = await openLmdb(`${dir}/a.lmdb`);
    {
      await using writer = await openLmdbWriter(`${dir}/b.lmdb`, {
        features: true,
      });
      await copyDataset(from, writer);
    }
    await using to = await openLmdb(`${dir}/b.lmdb`);
    assert.deepEqual(await Array.fromAsync(to), await Array.fromAsync(from));
  }));

Deno.test("copyDataset() goes on where it was stopped", () =>
  withDir(async (dir) => {
    await source(`${dir}/a.lmdb`);
    await using from = await openLmdb(`${dir}/a.lmdb`);
    await using to = await openFolderWriter(`${dir}/a`);
    const controller = new AbortController();
    await assert.rejects(
      copyDataset(from, to, {
        signal: controller.signal,
        onProgress: ({ done }) => done === 2 && controller.abort(),
      }),
      { name: "AbortError" },
    );
    assert.deepEqual(await copyDataset(from, to, { resume: true }), {
      written: 2,
      skipped: 2,
    });
  }));
