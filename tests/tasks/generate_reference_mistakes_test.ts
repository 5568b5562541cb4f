/** `deno task generate:reference` called wrongly: a message, exit code 2, and nothing left behind. */
import assert from "node:assert/strict";
import { SPEC } from "../../tasks/generate_reference.ts";
import { writeFiles } from "../datasets/_images.ts";
import { common, referenceBox, referenceHere } from "./_reference.ts";
import type { Sandbox } from "./_sandbox.ts";

/** What is wrong, the options that say so, and what the message must say. */
const MISTAKES: [string, (box: Sandbox) => string[], RegExp][] = [
  ["images that are not there", (box) => ["--image-file", box.path("no")], /no": it is not there; check the path/],
  ["a folder without images", (box) => ["--image-file", box.path("empty")], /there is no image in it/],
  ["an empty list", (box) => ["--image-file", box.path("none.txt")], /there is no image in the list/],
  [
    "another kind of file",
    (box) => ["--image-file", box.weights],
    /expected a folder of images, a .txt list, or an image/,
  ],
  ["a root without a list", (box) => ["--root", box.directory], /Cannot use the root .*: it goes with a .txt list/],
  ["landmarks that are not there", (box) => ["--landmarks", box.path("p.csv")], /p.csv: the file is not there/],
  ["landmarks that are none", (box) => ["--landmarks", box.path("bad.csv")], /bad.csv: line 1 is "a\/1.png,1,2,3"/],
  [
    "landmarks of other images",
    (box) => ["--landmarks", box.path("other.csv")],
    /no landmarks are of a reference image; they have "z.jpg", images are called "a\/1.png"/,
  ],
  ["an unknown model", () => ["--model", "maxi"], /Cannot find model "maxi": known generators are mini/],
  ["an unknown recogniser", () => ["--fr-model", "maxi"], /Cannot find model "maxi": known recognisers are mini/],
  ["missing weights", (box) => ["--weights", box.path("none.pth")], /none.pth is not there/],
  ["missing weights of the recogniser", (box) => ["--fr-weights", box.path("none.pth")], /none.pth is not there/],
  ["a name with a path in it", () => ["--name", "../x"], /Cannot use "..\/x" as the name of a data set/],
  ["a name that begins with a dot", () => ["--name", "..x"], /Cannot use "..x" as the name of a data set/],
  ["output among the references", (box) => ["--output", box.path("in")], /it lies in the folder of reference images/],
  [
    "output among them through a link",
    (box) => ["--output", box.path("link", "b")],
    /it lies in the folder of reference/,
  ],
  [
    "references in the data set",
    (box) => ["--output", box.directory, "--name", "in"],
    /Cannot write to .*in: the reference/,
  ],
  ["a file as the output folder", (box) => ["--output", box.weights], /Cannot look for .*weights.bin is a file/],
  [
    "a file as the output folder, to be overwritten",
    (box) => ["--output", box.weights, "--overwrite"],
    /weights.bin/,
  ],
  ["cosine and sigma", () => ["--cosine", "0.7", "--sigma", "0.3"], /--cosine and --sigma exclude each other/],
  ["batches of none", () => ["--feat-batch-size", "0"], /--feat-batch-size/],
  ["no images", () => ["--images", "0"], /--images/],
  ["an unknown format", () => ["--format", "zip"], /--format: expected one of folder, lmdb/],
  ["replacement of identities", () => ["--attrop", "--rejected", "replace"], /--rejected: expected one of keep, skip/],
  [
    "an option of generate that makes no sense",
    (box) => ["--center-feature", box.ids],
    /unknown option --center-feature/,
  ],
  ["shards", () => ["--start-end", "0:1"], /unknown option --start-end/],
];

Deno.test.each(MISTAKES)(
  "generate:reference refuses %s with exit code 2 and leaves nothing behind",
  async (_what, options, message) => {
    await using box = await referenceBox();
    await writeFiles(box.directory, {
      "none.txt": "# nothing\n",
      "bad.csv": "a/1.png,1,2,3",
      "other.csv": "z.jpg,1,2,3,4,5,6,7,8,9,10",
      "empty/x": "",
    });
    await Deno.remove(box.path("empty", "x"));
    await Deno.symlink("in", box.path("link"));
    const extra = options(box), usual: string[] = [], all = common(box);
    for (let i = 0; i < all.length; i += 2) if (!extra.includes(all[i]!)) usual.push(...all.slice(i, i + 2));
    const before = [...(await box.files("in")).keys()];
    const { code, out, err } = await referenceHere([...usual, ...extra]);
    assert.match(err, message);
    assert.equal(code, 2);
    assert.equal(out, "");
    await assert.rejects(Deno.stat(box.path("out")), Deno.errors.NotFound);
    assert.deepEqual([...(await box.files("in")).keys()], before);
  },
);

Deno.test("generate:reference needs images", async () => {
  const { code, err } = await referenceHere([]);
  assert.deepEqual([code, /--image-file is needed/.test(err)], [2, true]);
});

Deno.test("generate:reference refuses references none of which can be used, and leaves nothing", async () => {
  await using box = await referenceBox();
  await writeFiles(box.directory, { "bad/a.jpg": "x", "bad/b.jpg": "" });
  const { code, err } = await referenceHere(common(box).with(1, box.path("bad")));
  assert.equal(code, 2);
  assert.match(err, /none of the 2 can be used\n {2}caused by: .*"a.jpg": it is no image file/);
  assert.deepEqual([...(await box.files("out")).keys()], []);
});

Deno.test("generate:reference --help names every option with its default", async () => {
  const { code, out } = await referenceHere(["--help"]);
  assert.equal(code, 0);
  for (const { flag } of SPEC.options) assert.ok(out.includes(`--${flag}`), flag);
  assert.match(out, /--images K.* \(default 50\)/);
  assert.match(out, /--sigma LIST[^-]*\(default 0.2\)/);
});
