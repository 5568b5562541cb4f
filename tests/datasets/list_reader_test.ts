import { openList } from "@/datasets/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import assert from "node:assert/strict";
import { comparePaths } from "../../lib/datasets/_list_lines.ts";
import { writeFiles } from "./_images.ts";
import { withDir } from "./_paths.ts";

const one = Uint8Array.of(1);

Deno.test("openList() labels by folder in order of appearance, keeps the list's order and reads on demand", () =>
  withDir(async (dir) => {
    await writeFiles(dir, {
      "b/1.jpg": one,
      "a/1.jpg": Uint8Array.of(2),
      "list.txt": "b/1.jpg\r\n\na/1.jpg\nb/no.jpg",
    });
    await using list = openList(`${dir}/list.txt`);
    assert.deepEqual([list.length, list.classes, [...list.labels]], [3, 2, [0, 1, 0]]);
    assert.deepEqual([list.className(0), list.className(1), list.itemName(1)], ["b", "a", "a/1.jpg"]);
    assert.deepEqual(await list.get(1), { label: 1, bytes: Uint8Array.of(2) });
    await assert.rejects(list.get(2), Deno.errors.NotFound);
    await assert.rejects(list.get(3), RangeError);
  }));

Deno.test("openList() takes absolute paths, spaces, another root and labels behind the paths", () =>
  withDir(async (dir) => {
    await writeFiles(dir, {
      "sub/n 1/my face.jpg": one,
      "root.txt": "n 1/my face.jpg\n",
      "list.txt": `${dir}/sub/n 1/my face.jpg\n`,
      "labels.txt": "n1/a.jpg 7\nn2/b.png 4\n",
    });
    for (const [name, options] of [["root.txt", { root: `${dir}/sub` }], ["list.txt", {}]] as const) {
      await using list = openList(`${dir}/${name}`, options);
      assert.equal(list.className(0), "n 1");
      assert.deepEqual((await list.get(0)).bytes, one);
    }
    const labelled = openList(`${dir}/labels.txt`);
    assert.deepEqual([[...labelled.labels], labelled.className(4), labelled.itemName(1)], [[7, 4], "4", "n2/b.png"]);
  }));

Deno.test("openList() sorts images, features and labels alike, as the reference does", () =>
  withDir(async (dir) => {
    await writeFiles(dir, {
      "im/b/1.jpg": Uint8Array.of(3),
      "im/a/2.jpg": Uint8Array.of(2),
      "im/a/1.jpg": one,
      "images.txt": "im/b/1.jpg\nim/a/2.jpg\nim/a/1.jpg\n",
      "features.txt": "feat/a/2.npy\nfeat/b/1.npy\nfeat/a/1.npy\n",
      "labels.txt": "0\n0\n1\n",
    });
    for (const [i, name] of ["a/1", "a/2", "b/1"].entries()) {
      await Deno.mkdir(`${dir}/feat/${name[0]}`, { recursive: true });
      writeNpy(`${dir}/feat/${name}.npy`, { dtype: "float32", shape: [2], data: Float32Array.of(i, 1) });
    }
    await using list = openList(`${dir}/images.txt`, {
      labels: `${dir}/labels.txt`,
      features: `${dir}/features.txt`,
    });
    assert.deepEqual(
      await Array.fromAsync(list),
      [0, 0, 1].map((label, i) => ({ label, bytes: Uint8Array.of(i + 1), feature: Float32Array.of(i, 1) })),
    );
  }));

Deno.test("openList() refuses lines that are no paths, climb out or disagree", () =>
  withDir(async (dir) => {
    const cases: [string, string, RegExp][] = [
      ["../etc/passwd\n", "SyntaxError", /line 1 .*climbs out/],
      ["a/1.jpg\na/../../b/2.jpg\n", "SyntaxError", /line 2 .*climbs out/],
      ["a/1\0.jpg\n", "SyntaxError", /climbs out/],
      ["1.jpg\n", "SyntaxError", /expected <class>\/<file>/],
      ["./1.jpg\n", "SyntaxError", /expected <class>\/<file>/],
      ["a/1.jpg 3\na/2.jpg\n", "SyntaxError", /1 of 2 lines have a label/],
      ["a/1.jpg 3000000000\n", "SyntaxError", /label 3000000000/],
      ["\n \n", "RangeError", /no lines/],
    ];
    for (const [text, name, message] of cases) {
      await Deno.writeTextFile(`${dir}/l.txt`, text);
      assert.throws(() => openList(`${dir}/l.txt`), { name, message }, text);
    }
    await Deno.writeFile(`${dir}/l.txt`, Uint8Array.of(0xff, 0xfe, 0x61));
    assert.throws(() => openList(`${dir}/l.txt`), /not UTF-8/);
    await writeFiles(dir, { "l.txt": "a/1.jpg\n", "two.txt": "0\n1\n", "bad.txt": "x\n", "f.txt": "a/9.npy\n" });
    assert.throws(() => openList(`${dir}/l.txt`, { labels: `${dir}/two.txt` }), /1 images, .* has 2 labels/);
    assert.throws(() => openList(`${dir}/l.txt`, { labels: `${dir}/bad.txt` }), /line 1 is "x"/);
    assert.throws(() => openList(`${dir}/l.txt`, { features: `${dir}/f.txt` }), /"a\/1.jpg" meets "a\/9.npy"/);
    assert.throws(() => openList(`${dir}/none.txt`), Deno.errors.NotFound);
  }));

Deno.test("comparePaths() orders by code points as Python does", () => {
  const sorted = ["a-b/1", "a/1", "a0/1", "\ue000", "\u{1f600}"];
  assert.deepEqual(sorted.toReversed().sort(comparePaths), sorted);
  assert.equal(comparePaths("a", "a"), 0);
});
