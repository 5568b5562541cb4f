/** `deno task generate:reference`: data sets of the people in reference images. */
import { openLmdb } from "@/datasets/mod.ts";
import { readRecipe, readReferenceTable } from "@/generation/mod.ts";
import { HeadRenderer, sampleIdentity, sampleScene, toyHead } from "@/heads/mod.ts";
import { ARC_TEMPLATE, decodeImage, encodePng } from "@/images/mod.ts";
import { readNpy } from "@/weights/mod.ts";
import assert from "node:assert/strict";
import { writeFiles } from "../datasets/_images.ts";
import { assertSameFiles, assertSuccess, imagesIn } from "./_generate.ts";
import { common, face, reference, referenceBox, startSlowly } from "./_reference.ts";
import { call, type Sandbox } from "./_sandbox.ts";

/** First number of each vector: the red of its image. */
function reds(box: Sandbox, output = "out"): number[] {
  const data = readNpy(box.path(output, "x.vectors.npy")).data as Float32Array;
  return Array.from({ length: data.length / 512 }, (_, row) => data[512 * row]!);
}

/** What the table says: classes by image, or why there is none. */
async function table(box: Sandbox, output = "out"): Promise<Record<string, number | string>> {
  const records = await readReferenceTable(box.path(output, "x.references.jsonl"));
  return Object.fromEntries(records.map(({ image, label, skipped }) => [image, skipped ?? label!]));
}

/** Waits until a file has some bytes. */
async function waitFor(path: string, bytes: number): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (await Deno.stat(path).then(({ size }) => size >= bytes, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`${path} has no ${bytes} bytes`);
}

Deno.test("generate:reference makes a class of each image of nested folders, also of those with one name", async () => {
  await using box = await referenceBox();
  const result = await reference(common(box));
  assertSuccess(result);
  assert.match(result.out, /x.vectors.npy: vectors of 3 reference images/);
  assert.match(result.out, /x: 6 images, 6 new/);
  assert.deepEqual(await table(box), { "a/1.png": 0, "b/1.png": 1, "b/c/1.jpg": 2 });
  assert.deepEqual(reds(box).map(Math.round), [10, 20, 30]);
  const images = await imagesIn(box, "out/x");
  assert.deepEqual([...images.keys()].filter((path) => path.endsWith("000.jpg")), [
    "000000/000.jpg",
    "000001/000.jpg",
    "000002/000.jpg",
  ]);
  const recipe = readRecipe(box.path("out", "x.recipe.json"))!;
  assert.deepEqual(recipe.variation, { kind: "sigma", sigmas: [0.2], mix: [1] });
  assert.deepEqual([recipe.identities.count, recipe.images, recipe.identities.file], [3, 2, "x.vectors.npy"]);
  const beside = [...(await box.files("out")).keys()].filter((path) => !path.startsWith("x/"));
  const ends = ["recipe.json", "references.jsonl", "sheet.png", "vectors.json", "vectors.npy"];
  assert.deepEqual(beside, ends.map((end) => `x.${end}`));

  const again = await reference(common(box));
  assertSuccess(again);
  assert.match(again.err, /The vectors are there/);
  assert.match(again.out, /6 images, 0 new/);
});

Deno.test("generate:reference reports images that cannot be used, goes on with the others, and ends with exit code 1", async () => {
  await using box = await referenceBox({
    "d.jpg": "no image",
    "e.png": (await face(40)).subarray(0, 150),
    "f.png": await face(50, 640, 480),
    "g.jpg": "",
    "notes.md": "",
    "h.png": await face(10),
  });
  await Deno.symlink("nowhere", box.path("in", "i.jpg"));
  const { code, out, err } = await reference(common(box));
  assert.equal(code, 1, err);
  assert.match(out, /x: 8 images, 8 new/);
  assert.deepEqual(await table(box), {
    "a/1.png": 0,
    "b/1.png": 1,
    "b/c/1.jpg": 2,
    "d.jpg": "it is no image file",
    "e.png": "the PNG file is cut short",
    "f.png": "it is 640x480 pixels; expected an aligned face of 112x112, or a square of 56 to 256 pixels",
    "g.jpg": "it has no bytes",
    "h.png": 3,
    "i.jpg": "it is not there",
    "notes.md": "its name is not that of an image",
  });
  for (
    const line of ["not used: d.jpg: it is no image", "left out: notes.md", "5 of 9 reference images were not used"]
  ) {
    assert.ok(err.includes(line), err);
  }
  assert.match(err, /Align photographs with --landmarks FILE/);
  assert.match(err, /1 reference image is a copy \(h.png of a\/1.png\)/);

  const again = await reference([...common(box), "--allow-failures"]);
  assertSuccess(again);
  assert.match(again.err, /5 of 9 reference images were not used/);
  const squeezed = await reference([...common(box, "any"), "--accept-any-size", "--allow-failures"]);
  assertSuccess(squeezed);
  assert.equal((await table(box, "any"))["f.png"], 3);
});

Deno.test("generate:reference refuses squares whose faces are out of place, unless they are to be trusted", async () => {
  await using box = await referenceBox({ "c/portrait.png": await face(40, 200, 200, 255) });
  const checked = await reference(common(box));
  assert.equal(checked.code, 1, checked.err);
  assert.match(checked.out, /x: 6 images, 6 new/);
  const reason =
    "its face looks 1.00 times the size of an aligned one, turned by 0 degrees and moved by (40, 0) of 112 " +
    "pixels; expected an aligned face";
  assert.equal((await table(box))["c/portrait.png"], reason);
  assert.ok(checked.err.includes(`not used: c/portrait.png: ${reason}`), checked.err);
  assert.match(checked.err, /Align photographs with --landmarks FILE.*; --alignment trust takes squares as they are/);
  const made = JSON.parse(await Deno.readTextFile(box.path("out", "x.vectors.json")));
  assert.equal(made.alignment.file, "landmarks.safetensors");

  const other = await reference([...common(box), "--alignment", "trust"]);
  assert.equal(other.code, 2, other.err);
  assert.match(other.err, /was not made from these reference images, landmarks and recogniser; choose another --name/);
  assertSuccess(await reference([...common(box, "trust"), "--alignment", "trust"]));
  assert.equal((await table(box, "trust"))["c/portrait.png"], 3);
  assertSuccess(await reference([...common(box, "any"), "--accept-any-size"]));
  assert.equal((await table(box, "any"))["c/portrait.png"], 3);

  const points = ARC_TEMPLATE.flat().join(",");
  await writeFiles(box.directory, { "points.csv": `c/portrait.png,${points}\n` });
  assertSuccess(await reference([...common(box, "points"), "--landmarks", box.path("points.csv")]));

  const looked = await reference([...common(box, "dry"), "--dry-run"]);
  assert.equal(looked.code, 1);
  assert.ok(looked.err.includes(`not used: c/portrait.png: ${reason}`), looked.err);
});

Deno.test("generate:reference aligns photographs by landmarks", async () => {
  const turned = ARC_TEMPLATE.map(([x, y]) => [300 - 2 * y, 40 + 2 * x]).flat().join(",");
  const away = ARC_TEMPLATE.map(([x]) => [x + 900, x]).flat().join(",");
  await using box = await referenceBox({ "p/1.png": await face(60, 400, 300), "p/2.png": await face(70, 400, 300) });
  await writeFiles(box.directory, { "points.csv": `p/1.png,${turned}\np/2.png,${away}\np/3.png,${turned}\n` });
  const { code, err } = await reference([...common(box), "--landmarks", box.path("points.csv")]);
  assert.equal(code, 1);
  assert.match(err, /Landmarks of 2 reference images; others belong to none, as "p\/3.png"/);
  assert.match(err, /p\/2.png: its landmarks lie around \(\d+, \d+\), outside of its 400x300 pixels/);
  assert.deepEqual(reds(box).map(Math.round), [10, 20, 30, 60]);
  const records = await readReferenceTable(box.path("out", "x.references.jsonl"));
  assert.equal(records.find(({ image }) => image === "p/1.png")?.landmarks?.length, 5);
  assert.ok(!/Align photographs/.test(err), err);
});

Deno.test("generate:reference takes lists with any paths, in their order, and writes into the output folder only", async () => {
  await using box = await referenceBox({ "lists/l.txt": "../b/1.png\n../../outside.png\n../a/1.png\n../b/1.png\n" });
  await writeFiles(box.directory, { "outside.png": await face(80) });
  const before = [...(await box.files()).keys()];
  const argv = common(box).with(1, box.path("in", "lists", "l.txt"));
  const result = await reference(argv);
  assertSuccess(result); // a line that comes twice is left out, and no failure
  assert.match(result.err, /left out: ..\/b\/1.png: line 4 lists it again/);
  assert.deepEqual(reds(box), [20, 80, 10]);
  const written = [...(await box.files()).keys()].filter((path) => !before.includes(path));
  assert.ok(written.length > 0 && written.every((path) => path.startsWith("out/x")), written.join());

  const one = common(box, "one").with(1, box.path("outside.png"));
  assertSuccess(await reference(one));
  assert.deepEqual(reds(box, "one"), [80]);
});

for (const [signal, code] of [["SIGKILL", 137], ["SIGINT", 130]] as const) {
  Deno.test(`generate:reference goes on where ${signal} stopped it, with the same bytes`, async () => {
    const more = Array.from({ length: 12 }, async (_, i) => [`m/${i}.png`, await face(100 + i)] as const);
    await using box = await referenceBox({ ...Object.fromEntries(await Promise.all(more)), "l.jpg": "no image" });
    const options = ["--feat-batch-size", "2", "--allow-failures"];
    const child = startSlowly([...common(box), ...options]);
    await waitFor(box.path("out", "x.vectors.work.part"), 6 * 4 * 512);
    child.kill(signal);
    const first = await child.output(), err = new TextDecoder().decode(first.stderr);
    assert.equal(first.code, code, err);
    if (code === 130) assert.match(err, /The vectors so far are kept; the same command goes on/);
    assert.ok(!(await box.files("out")).has("x.vectors.npy"));
    const second = await reference([...common(box), ...options]);
    assertSuccess(second);
    assert.match(second.err, /1 of 16 reference images were not used/);
    assertSuccess(await reference([...common(box, "whole"), ...options]));
    assertSameFiles(await box.files("out"), await box.files("whole"));
  });
}

Deno.test("generate:reference does not mix data sets of other references, and --overwrite makes it anew", async () => {
  await using box = await referenceBox();
  assertSuccess(await reference(common(box)));
  await writeFiles(box.path("in"), { "a/0.png": await face(90) });
  const refused = await reference(common(box));
  assert.equal(refused.code, 2);
  assert.match(
    refused.err,
    /Cannot continue .*x: it was not made from these reference images, landmarks and recogniser/,
  );
  assert.equal(reds(box).length, 3);
  assertSuccess(await reference([...common(box), "--overwrite"]));
  assert.deepEqual(reds(box).map(Math.round), [90, 10, 20, 30]);
  assert.equal((await imagesIn(box, "out/x")).size, 8);
});

Deno.test("generate:reference hands on the options of generate: LMDB, cosine, attribute operation", async () => {
  await using box = await referenceBox();
  assertSuccess(await reference([...common(box), "--format", "lmdb", "--cosine", "0.9", "--seed", "5"]));
  await using reader = await openLmdb(box.path("out", "x.lmdb"));
  assert.deepEqual([...reader.labels], [0, 0, 1, 1, 2, 2]);
  const recipe = readRecipe(box.path("out", "x.recipe.json"))!;
  assert.deepEqual([recipe.variation, recipe.seed], [{ kind: "cosine", cosine: 0.9 }, "5"]);

  const refined = ["--attrop", "--quality-weights", box.weights, "--rejected", "skip"];
  const result = await reference([...common(box, "refined"), ...refined]);
  assertSuccess(result);
  assert.match(result.out, /x\.identities\.jsonl: 3 refined/);
});

Deno.test("generate:reference --dry-run opens every image, says what would be made, and writes nothing", async () => {
  await using box = await referenceBox({ "d.jpg": "no image" });
  const before = [...(await box.files()).keys()];
  const { code, out, err } = await reference([...common(box), "--dry-run"]);
  assert.equal(code, 1);
  assert.match(out, /Would make 6 images of 3 reference images in .*x\n/);
  assert.match(err, /not used: d.jpg: it is no image file/);
  assert.deepEqual([...(await box.files()).keys()], before);
});

Deno.test("generate:reference takes rendered faces as references of mini, with the bundled weights", async () => {
  await using box = await referenceBox();
  await Deno.remove(box.path("in"), { recursive: true });
  const renderer = new HeadRenderer(), head = toyHead();
  for (const person of [0, 1]) {
    const { pixels } = renderer.render(sampleIdentity(head, 3, person), sampleScene(3, person, 0));
    await writeFiles(box.path("in"), { [`${person}/face.png`]: await encodePng(pixels) });
  }
  const argv = ["--image-file", box.path("in"), "--output", box.path("out"), "--example", "2", "--name", "x"];
  assertSuccess(await call("../../tasks/generate_reference.ts", argv));
  assert.deepEqual(readNpy(box.path("out", "x.vectors.npy")).shape, [2, 512]);
  const images = await imagesIn(box, "out/x");
  assert.equal(images.size, 4);
  for (const bytes of images.values()) {
    const { width, height, data } = await decodeImage(bytes);
    assert.deepEqual([width, height], [112, 112]);
    assert.ok(Math.max(...data) - Math.min(...data) > 50, "a picture, no grey area");
  }
});
