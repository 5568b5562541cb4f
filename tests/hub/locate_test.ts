import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { findModelFile, hubEntry, locateModelFile, repoFolder } from "@/hub/mod.ts";

Deno.test("locateModelFile() takes the folders in their order, then the cache", async () => {
  const root = await Deno.makeTempDir();
  try {
    const entry = hubEntry("generator")!;
    const write = async (path: string) => {
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, "weights");
      return path;
    };
    const options = { settings: { cacheDir: join(root, "hub") }, folders: [join(root, "a"), join(root, "b")] };
    assert.equal(findModelFile("generator", options), undefined);
    assert.throws(() => locateModelFile("base", options), {
      name: "NotFound",
      message:
        /Cannot find weights\/vec2face_generator\.pth: it is not in .*a, .*b, .*hub; .*deno task fetch generator$/,
    });
    const cached = await write(
      join(repoFolder(options.settings.cacheDir, entry.repo), "snapshots", "a".repeat(40), ...entry.path.split("/")),
    );
    assert.deepEqual(findModelFile(entry.path, options), { path: cached, where: "cache", bytes: 7 });
    const second = await write(join(root, "b", entry.path));
    assert.deepEqual(findModelFile("base", options), { path: second, where: "folder", bytes: 7 });
    const first = await write(join(root, "a", entry.path));
    assert.equal(locateModelFile("generator", options), first);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("locateModelFile() knows the catalogue only", () => {
  const options = { settings: { cacheDir: "none" } };
  assert.throws(() => locateModelFile("../../etc/passwd", options), RangeError);
  assert.equal(findModelFile("../../etc/passwd", options), undefined);
});
