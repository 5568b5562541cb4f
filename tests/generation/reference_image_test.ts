import { hashReferences, parseLandmarks, readReference, sha256File } from "@/generation/mod.ts";
import { encodePng, filled } from "@/images/mod.ts";
import assert from "node:assert/strict";
import { writeFiles } from "../datasets/_images.ts";
import { withDir } from "../datasets/_paths.ts";

const face = await encodePng(filled(112, 112, [7, 8, 9]));

Deno.test("hashReferences() hashes images in their order, and gives each its landmarks", () =>
  withDir(async (dir) => {
    await writeFiles(dir, { "b.png": face, "a/b.png": "x" });
    const table = parseLandmarks("a/b.png 1 2 3 4 5 6 7 8 9 10", "points");
    const files = ["b.png", "a/b.png"].map((name) => ({ name, path: `${dir}/${name}` }));
    const [first, second] = await hashReferences(files, { landmarks: table });
    assert.deepEqual(first, { ...files[0], sha256: await sha256File(files[0]!.path) });
    assert.deepEqual([second?.sha256, second?.landmarks?.[4]], [await sha256File(files[1]!.path), [9, 10]]);
  }));

Deno.test("hashReferences() gives files that cannot be read a reason, and goes on", () =>
  withDir(async (dir) => {
    await writeFiles(dir, { "a.png": face, "folder.jpg/x": "", "huge.jpg": "" });
    await Deno.symlink("self.jpg", `${dir}/self.jpg`);
    await Deno.truncate(`${dir}/huge.jpg`, 2 ** 28 + 1);
    const expected: Record<string, string | undefined> = {
      "gone.jpg": "it is not there",
      "folder.jpg": "it is no file",
      "a.png/b.jpg": "its path leads through a file",
      "self.jpg": "it is a link to itself",
      "huge.jpg": "it has 268435457 bytes, more than an image",
      [`${"x".repeat(300)}.jpg`]: "it cannot be read (ENAMETOOLONG)",
      "a.png": undefined,
    };
    const names = Object.keys(expected);
    const found = await hashReferences(names.map((name) => ({ name, path: `${dir}/${name}` })));
    assert.deepEqual(Object.fromEntries(found.map(({ name, fault }) => [name, fault])), expected);
    for (const reference of found) {
      assert.equal(reference.sha256 === null, reference.fault !== undefined);
      assert.equal((await readReference(reference)).fault, reference.fault);
    }
  }));

Deno.test("hashReferences() stops when its signal fires", () =>
  withDir(async (dir) => {
    await writeFiles(dir, { "a.png": face });
    const reason = new Error("enough");
    const files = [{ name: "a.png", path: `${dir}/a.png` }];
    await assert.rejects(hashReferences(files, { signal: AbortSignal.abort(reason) }), reason);
  }));

Deno.test("readReference() reads the face, and refuses a file that was changed or removed after it was hashed", () =>
  withDir(async (dir) => {
    await writeFiles(dir, { "a.png": face });
    const [reference] = await hashReferences([{ name: "a.png", path: `${dir}/a.png` }]);
    assert.deepEqual((await readReference(reference!)).image, filled(112, 112, [7, 8, 9]));
    await writeFiles(dir, { "a.png": await encodePng(filled(112, 112, [7, 8, 10])) });
    assert.deepEqual(await readReference(reference!), { fault: "it was changed meanwhile" });
    await Deno.remove(`${dir}/a.png`);
    assert.deepEqual(await readReference(reference!), { fault: "it is not there" });
  }));
