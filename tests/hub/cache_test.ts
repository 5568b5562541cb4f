import assert from "node:assert/strict";
import { join } from "node:path";
import { findCached, type HubFile, repoFolder } from "@/hub/mod.ts";

const FILE: HubFile = { repo: { type: "model", name: "owner/models" }, path: "weights/a.pth" };
const [OLD, NEW] = ["a".repeat(40), "b".repeat(40)];

/** A cache in which commits have the file, each with its own text; the later named are older. */
async function withCache(
  commits: readonly string[],
  work: (cacheDir: string, folder: string) => Promise<void> | void,
): Promise<void> {
  const cacheDir = await Deno.makeTempDir();
  const folder = repoFolder(cacheDir, FILE.repo);
  for (const [i, commit] of commits.entries()) {
    const snapshot = join(folder, "snapshots", commit);
    await Deno.mkdir(join(snapshot, "weights"), { recursive: true });
    await Deno.writeTextFile(join(snapshot, "weights", "a.pth"), commit);
    await Deno.utime(snapshot, 2e9 - i, 2e9 - i);
  }
  await Deno.mkdir(join(folder, "refs"), { recursive: true });
  try {
    await work(cacheDir, folder);
  } finally {
    await Deno.remove(cacheDir, { recursive: true });
  }
}

Deno.test("findCached() takes the commit of the ref", () =>
  withCache([NEW!, OLD!], (cacheDir, folder) => {
    Deno.writeTextFileSync(join(folder, "refs", "main"), OLD!);
    Deno.writeTextFileSync(join(folder, "refs", "v1"), `${NEW}\n`);
    assert.equal(findCached(cacheDir, FILE)?.commit, OLD);
    assert.equal(findCached(cacheDir, FILE, "v1")?.commit, NEW);
    assert.equal(findCached(cacheDir, FILE, NEW)?.bytes, 40);
  }));

Deno.test("findCached() takes the newest snapshot for main when the ref has no such file, and for nothing else", () =>
  withCache([NEW!, OLD!], (cacheDir, folder) => {
    assert.equal(findCached(cacheDir, FILE)?.commit, NEW);
    Deno.writeTextFileSync(join(folder, "refs", "main"), "c".repeat(40));
    assert.equal(findCached(cacheDir, FILE)?.commit, NEW);
    assert.equal(findCached(cacheDir, FILE, "v1"), undefined);
    assert.equal(findCached(cacheDir, FILE, "c".repeat(40)), undefined);
  }));

Deno.test("findCached() finds nothing behind broken links, folders, strange refs and in empty caches", () =>
  withCache([OLD!], async (cacheDir, folder) => {
    const path = join(folder, "snapshots", OLD!, "weights", "a.pth");
    await Deno.remove(path);
    await Deno.symlink("../../../blobs/gone", path);
    assert.equal(findCached(cacheDir, FILE), undefined);
    await Deno.remove(path);
    await Deno.mkdir(path);
    assert.equal(findCached(cacheDir, FILE), undefined);
    await Deno.writeTextFile(join(folder, "refs", "main"), "../../elsewhere");
    assert.equal(findCached(cacheDir, FILE), undefined);
    assert.equal(findCached(join(cacheDir, "none"), FILE), undefined);
    await Deno.writeTextFile(join(cacheDir, "file"), "");
    assert.equal(findCached(join(cacheDir, "file"), FILE), undefined);
  }));

Deno.test("repoFolder() refuses names that lead elsewhere", () => {
  for (const name of ["..", "../..", "a/../b", "a", "/a/b"]) {
    assert.throws(() => repoFolder("cache", { type: "model", name }), RangeError, name);
  }
});
