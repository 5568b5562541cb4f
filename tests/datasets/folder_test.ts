import { openFolder, openFolderWriter } from "@/datasets/mod.ts";
import assert from "node:assert/strict";
import { withDir } from "./_paths.ts";

const bytes = Uint8Array.of(1, 2, 3);

/** All files below a folder, sorted. */
async function files(dir: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(`${dir}/${below}`)) {
    const name = below + entry.name;
    if (entry.isDirectory) found.push(...await files(dir, `${name}/`));
    else found.push(name);
  }
  return found.sort();
}

Deno.test("openFolderWriter() writes <label, 6 digits>/<image, 3 digits>.jpg and nothing else", () =>
  withDir(async (dir) => {
    await using writer = await openFolderWriter(`${dir}/set/deep`);
    await Promise.all(
      [[0, 0], [0, 12], [123456, 999], [1234567, 1000]].map(([label, image]) =>
        writer.write({ label: label!, image: image!, bytes })
      ),
    );
    await writer.close();
    assert.deepEqual(await files(`${dir}/set/deep`), [
      "000000/000.jpg",
      "000000/012.jpg",
      "123456/999.jpg",
      "1234567/1000.jpg",
    ]);
  }));

Deno.test("openFolderWriter() writes other endings and replaces files", () =>
  withDir(async (dir) => {
    await using writer = await openFolderWriter(dir, { extension: ".png" });
    await writer.write({ label: 1, image: 1, bytes });
    await writer.write({ label: 1, image: 1, bytes: Uint8Array.of(4) });
    assert.deepEqual(
      await Deno.readFile(`${dir}/000001/001.png`),
      Uint8Array.of(4),
    );
    for (const extension of ["png", "", "./x", "..jpg"]) {
      await assert.rejects(openFolderWriter(dir, { extension }), RangeError);
    }
  }));

Deno.test("has() of a folder knows what is there and takes empty files for missing", () =>
  withDir(async (dir) => {
    await using writer = await openFolderWriter(dir);
    assert.equal(await writer.has(0, 0), false);
    await writer.write({ label: 0, image: 0, bytes });
    assert.equal(await writer.has(0, 0), true);
    await Deno.writeFile(`${dir}/000000/001.jpg`, new Uint8Array(0));
    assert.equal(await writer.has(0, 1), false);
    await Deno.mkdir(`${dir}/000000/002.jpg`);
    assert.equal(await writer.has(0, 2), false);
    await assert.rejects(writer.has(0, -1), RangeError);
  }));

Deno.test("openFolderWriter() removes what dead writers left and leaves living ones alone", () =>
  withDir(async (dir) => {
    await using living = await openFolderWriter(dir);
    await Deno.mkdir(`${dir}/.partial/dead`);
    await Deno.writeFile(`${dir}/.partial/dead/lock`, new Uint8Array(0));
    await Deno.writeFile(`${dir}/.partial/dead/0.jpg`, bytes.subarray(0, 1));
    {
      await using second = await openFolderWriter(dir);
      await assert.rejects(
        Deno.stat(`${dir}/.partial/dead`),
        Deno.errors.NotFound,
      );
      await Promise.all(
        [second, living].map((writer, image) => writer.write({ label: 0, image, bytes })),
      );
    }
    await living.write({ label: 0, image: 2, bytes });
    assert.equal((await openFolder(dir)).length, 3);
    await living.close();
    assert.deepEqual(await files(dir), [
      "000000/000.jpg",
      "000000/001.jpg",
      "000000/002.jpg",
    ]);
  }));

Deno.test("write() of a folder throws when the record is wrong or the writer closed", () =>
  withDir(async (dir) => {
    const writer = await openFolderWriter(dir);
    await assert.rejects(
      writer.write({ label: 2 ** 31, image: 0, bytes }),
      RangeError,
    );
    await assert.rejects(
      writer.write({ label: 0, image: 0, bytes: new Uint8Array(0) }),
      TypeError,
    );
    await writer.close();
    await writer.close();
    await assert.rejects(
      writer.write({ label: 0, image: 0, bytes }),
      (e) => e instanceof TypeError && e.message.includes("writer is closed"),
    );
    assert.deepEqual(await files(dir), []);
  }));

Deno.test("openFolder() keeps numbers as labels and sorts files by number", () =>
  withDir(async (dir) => {
    await using writer = await openFolderWriter(dir);
    for (
      const [label, image] of [[12, 1000], [12, 999], [3, 0], [
        1000000,
        5,
      ]] as const
    ) {
      await writer.write({ label, image, bytes: Uint8Array.of(image & 255) });
    }
    await using reader = await openFolder(dir);
    assert.deepEqual([...reader.labels], [3, 12, 12, 1000000]);
    assert.deepEqual(reader.classNames, ["000003", "000012", "1000000"]);
    assert.equal(reader.path(1), `${dir}/000012/999.jpg`);
    assert.deepEqual(await reader.get(2), {
      label: 12,
      bytes: Uint8Array.of(1000 & 255),
    });
    assert.deepEqual(
      (await Array.fromAsync(reader)).map((item) => item.label),
      [3, 12, 12, 1000000],
    );
  }));

Deno.test("openFolder() numbers named classes in order and leaves out what is no image", () =>
  withDir(async (dir) => {
    for (
      const path of [
        "n2/b.PNG",
        "n2/a.jpeg",
        "n2/.hidden.jpg",
        "n2/notes.txt",
        "n1/x.webp",
        ".cache/y.jpg",
      ]
    ) {
      await Deno.mkdir(`${dir}/${path.split("/")[0]}`, { recursive: true });
      await Deno.writeFile(`${dir}/${path}`, bytes);
    }
    await Deno.writeFile(`${dir}/loose.jpg`, bytes);
    const reader = await openFolder(dir);
    assert.deepEqual(reader.classNames, ["n1", "n2"]);
    assert.deepEqual(
      [0, 1, 2].map((i) => reader.path(i).slice(dir.length + 1)),
      ["n1/x.webp", "n2/a.jpeg", "n2/b.PNG"],
    );
    assert.deepEqual([...reader.labels], [0, 1, 1]);
  }));

Deno.test("openFolder() and get() throw when there is nothing to read", () =>
  withDir(async (dir) => {
    await assert.rejects(openFolder(`${dir}/none`), Deno.errors.NotFound);
    await assert.rejects(
      openFolder(dir),
      (e) => e instanceof RangeError && e.message.includes("no images in it"),
    );
    await Deno.mkdir(`${dir}/0`);
    await Deno.writeFile(`${dir}/0/0.jpg`, new Uint8Array(0));
    const reader = await openFolder(dir);
    await assert.rejects(
      reader.get(0),
      (e) => e instanceof SyntaxError && e.message.includes("0/0.jpg"),
    );
    await assert.rejects(reader.get(1), RangeError);
  }));

Deno.test("openFolder() names classes and items, and lists what it leaves out", () =>
  withDir(async (dir) => {
    for (const path of ["07/1.jpg", "07/list.csv", "07/.hidden", "07/more/2.jpg", "12/0.jpg", "3/x.gif"]) {
      await Deno.mkdir(`${dir}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeFile(`${dir}/${path}`, bytes);
    }
    await Deno.writeFile(`${dir}/loose.jpg`, bytes);
    await Deno.mkdir(`${dir}/.partial`);
    const reader = await openFolder(dir);
    assert.deepEqual([reader.classes, [...reader.labels]], [13, [7, 12]]);
    assert.deepEqual([7, 12, 5].map((label) => reader.className(label)), ["07", "12", "5"]);
    assert.equal(reader.itemName(1), "12/0.jpg");
    assert.deepEqual(reader.leftOut.toSorted((a, b) => a.name < b.name ? -1 : 1), [
      { name: "07/list.csv", reason: "its name is not that of an image" },
      { name: "07/more", reason: "it is a folder in a class folder" },
      { name: "3", reason: "the class has no image" },
      { name: "3/x.gif", reason: "its name is not that of an image" },
      { name: "loose.jpg", reason: "it is not in a class folder" },
    ]);
    const gifs = await openFolder(dir, { endings: ["gif"] });
    assert.equal(gifs.itemName(0), "3/x.gif");
  }));

Deno.test("openFolderWriter() chooses endings by the bytes, and has() finds them", () =>
  withDir(async (dir) => {
    await using writer = await openFolderWriter(dir, { extension: "auto" });
    const webp = new TextEncoder().encode("RIFF\0\0\0\0WEBPVP8 ");
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
    const images = [Uint8Array.of(0xff, 0xd8, 0xff), png, webp, bytes];
    for (const [image, data] of images.entries()) await writer.write({ label: 0, image, bytes: data });
    for (const image of images.keys()) assert.equal(await writer.has(0, image), true);
    assert.equal(await writer.has(0, images.length), false);
    await writer.close();
    assert.deepEqual(await files(dir), ["000000/000.jpg", "000000/001.png", "000000/002.webp", "000000/003.jpg"]);
  }));
