/** Writers that are killed at random moments leave data sets that open and hold whole records only. */

import { checkLmdbHeader, type DatasetReader, openFolder, openLmdb } from "@/datasets/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";
import { python, type PythonView, runTool } from "./_interop.ts";
import { assertWhole, CLASSES, IMAGES, killBytes, openKillWriter, writeAndKill } from "./_kill.ts";
import { withDir } from "./_paths.ts";

const KILLS = 5;

/** Reads everything and returns the places that are filled, as "label/image". */
async function assertAllWhole(reader: DatasetReader): Promise<Set<string>> {
  const places = new Set<string>();
  for await (const { label, bytes } of reader) {
    places.add(`${label}/${assertWhole(label, bytes)}`);
  }
  assert.equal(places.size, reader.length, "no item twice");
  return places;
}

/** Resumes as a generator would and returns how many items were missing. */
async function finish(form: string, path: string): Promise<number> {
  await using writer = await openKillWriter(form, path);
  let missing = 0;
  for (let label = 0; label < CLASSES; label++) {
    for (let image = 0; image < IMAGES; image++) {
      if (await writer.has(label, image)) continue;
      missing++;
      await writer.write({ label, image, bytes: killBytes(label, image, 0) });
    }
  }
  return missing;
}

Deno.test("openLmdbWriter() leaves only whole records when killed, and goes on", () =>
  withDir(async (dir) => {
    const path = `${dir}/faces.lmdb`;
    const random = new RandomStream(11, "kill-test");
    let before = new Set<string>();
    for (let kill = 0; kill < KILLS; kill++) {
      await writeAndKill("lmdb", path, kill * 40, random.uniformIn(0, 120));
      checkLmdbHeader(path);
      await using reader = await openLmdb(path);
      const places = await assertAllWhole(reader);
      assert.ok(before.isSubsetOf(places), "nothing that was stored is lost");
      before = places;
    }
    assert.ok(before.size > 0);
    assert.equal(await finish("lmdb", path), CLASSES * IMAGES - before.size);
    await using reader = await openLmdb(path);
    assert.equal((await assertAllWhole(reader)).size, CLASSES * IMAGES);
    assert.equal(reader.classes, CLASSES);
    assert.deepEqual(
      [...reader.labels],
      Array.from(
        { length: CLASSES * IMAGES },
        (_, i) => Math.floor(i / IMAGES),
      ),
    );
    if (python) {
      const view = JSON.parse(await runTool("read", path)) as PythonView;
      assert.deepEqual(
        [view.length, view.classes, view.records.length],
        [CLASSES * IMAGES, CLASSES, CLASSES * IMAGES],
      );
    }
  }));

Deno.test("openFolderWriter() leaves only whole files when killed, and the next one removes what was half done", () =>
  withDir(async (dir) => {
    const random = new RandomStream(12, "kill-test");
    let before = new Set<string>();
    let leftovers = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      await writeAndKill("folder", dir, kill * 40, random.uniformIn(5, 120));
      for await (const _ of Deno.readDir(`${dir}/.partial`)) leftovers++;
      const places = await assertAllWhole(await openFolder(dir));
      assert.ok(before.isSubsetOf(places), "nothing that was stored is lost");
      before = places;
    }
    assert.equal(
      leftovers,
      KILLS,
      "each writer leaves its folder, and removes that of the one before",
    );
    assert.equal(await finish("folder", dir), CLASSES * IMAGES - before.size);
    assert.equal(
      (await assertAllWhole(await openFolder(dir))).size,
      CLASSES * IMAGES,
    );
    await assert.rejects(Deno.stat(`${dir}/.partial`), Deno.errors.NotFound);
  }));
