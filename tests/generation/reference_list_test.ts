import { listReferences, type ListReferencesOptions } from "@/generation/mod.ts";
import assert from "node:assert/strict";
import { join } from "node:path";
import { writeFiles } from "../datasets/_images.ts";
import { withDir } from "../datasets/_paths.ts";

const names = async (source: string, options?: ListReferencesOptions) =>
  (await listReferences(source, options)).files.map(({ name }) => name);
const leftOut = async (source: string) =>
  Object.fromEntries((await listReferences(source)).leftOut.map(({ name, reason }) => [name, reason]));

Deno.test("listReferences() enters folders, sorts, and keeps files of one name apart", () =>
  withDir(async (dir) => {
    const paths = ["b/1.jpg", "a/1.jpg", "a/1.jpeg", "a/c/1.PNG", "a.webp", "10.jpg", "9.jpg"];
    await writeFiles(dir, Object.fromEntries(paths.map((path) => [path, ""])));
    const { files } = await listReferences(dir);
    assert.deepEqual(files.map(({ name }) => name), [...paths].sort());
    assert.equal(files[4]?.path, join(dir, "a/1.jpg"));
    assert.deepEqual(await names(`${dir}/a`), ["1.jpeg", "1.jpg", "c/1.PNG"]);
  }));

Deno.test("listReferences() lists files that are no images by name, and passes over hidden ones", () =>
  withDir(async (dir) => {
    await writeFiles(dir, {
      "a.jpg": "",
      "notes.txt": "",
      "x/Thumbs.db": "",
      ".hidden/b.jpg": "",
      ".c.jpg": "",
      jpg: "",
    });
    assert.deepEqual(await names(dir), ["a.jpg"]);
    const reason = "its name is not that of an image";
    assert.deepEqual(await leftOut(dir), { "notes.txt": reason, "x/Thumbs.db": reason, jpg: reason });
  }));

Deno.test("listReferences() follows links, and stops at those that lead back", () =>
  withDir(async (dir) => {
    await writeFiles(dir, { "in/a/1.jpg": "", "out/2.jpg": "" });
    await Deno.symlink("..", `${dir}/in/a/back`);
    await Deno.symlink("../out", `${dir}/in/other`);
    await Deno.symlink("nowhere", `${dir}/in/gone.jpg`);
    await Deno.symlink("self.jpg", `${dir}/in/self.jpg`);
    assert.deepEqual(await names(`${dir}/in`), ["a/1.jpg", "gone.jpg", "other/2.jpg", "self.jpg"]);
    assert.deepEqual(await leftOut(`${dir}/in`), { "a/back": "it leads back to a folder that it lies in" });
  }));

Deno.test("listReferences() keeps the order of a list, takes paths from its folder, and lists what comes again", () =>
  withDir(async (dir) => {
    await writeFiles(dir, {
      "lists/faces.txt":
        "\ufeff# two people\r\n../b/1.jpg\r\n\r\n  a 1.jpg  \n../b/./1.jpg\n/abs/c.png\n../../etc/passwd\n",
    });
    const { files } = await listReferences(`${dir}/lists/faces.txt`);
    assert.deepEqual(files, [
      { name: "../b/1.jpg", path: join(dir, "b/1.jpg") },
      { name: "a 1.jpg", path: join(dir, "lists/a 1.jpg") },
      { name: "/abs/c.png", path: "/abs/c.png" },
      { name: "../../etc/passwd", path: join(dir, "../etc/passwd") }, // no image by its bytes, which is told later
    ]);
    assert.deepEqual(await leftOut(`${dir}/lists/faces.txt`), { "../b/./1.jpg": "line 5 lists it again" });
    const { files: below } = await listReferences(`${dir}/lists/faces.txt`, { root: "/faces" });
    assert.deepEqual(below.slice(0, 2).map(({ path }) => path), ["/b/1.jpg", "/faces/a 1.jpg"]);
  }));

Deno.test("listReferences() takes one image", () =>
  withDir(async (dir) => {
    await writeFiles(dir, { "ada.JPG": "" });
    assert.deepEqual((await listReferences(`${dir}/ada.JPG`)).files, [{ name: "ada.JPG", path: `${dir}/ada.JPG` }]);
  }));

Deno.test.each<[string, (dir: string) => [string, ListReferencesOptions?], new () => Error, RegExp]>([
  ["a path that is not there", (dir) => [`${dir}/no`], Deno.errors.NotFound, /no": it is not there; check the path/],
  ["a folder without images", (dir) => [`${dir}/empty`], RangeError, /no image in it; expected files that end in .jpg/],
  ["a list without lines", (dir) => [`${dir}/none.txt`], RangeError, /there is no image in the list/],
  ["a file of another kind", (dir) => [`${dir}/a.lmdb`], TypeError, /expected a folder of images, a .txt list, or an/],
  ["a list that is no text", (dir) => [`${dir}/bad.txt`], SyntaxError, /it is not UTF-8 text/],
  ["a line with a NUL", (dir) => [`${dir}/nul.txt`], SyntaxError, /line 2 is "b\\u0000"..., expected a path/],
  ["a line that has no end", (dir) => [`${dir}/long.txt`], SyntaxError, /line 1 is "xxxxxxxx.*, expected a path/],
  ["a root for a folder", (dir) => [dir, { root: dir }], TypeError, /Cannot use the root .*: it goes with a .txt list/],
])("listReferences() refuses %s", (_what, call, type, message) =>
  withDir(async (dir) => {
    await Deno.mkdir(`${dir}/empty`);
    await writeFiles(dir, {
      "none.txt": "\n# nothing\n",
      "a.lmdb": "",
      "bad.txt": Uint8Array.of(0x61, 0xff, 0xfe),
      "nul.txt": "a.jpg\nb\0\n",
      "long.txt": "x".repeat(5000),
    });
    await assert.rejects(listReferences(...call(dir)), (error) =>
      error instanceof type && message.test((error as Error).message));
  }));
