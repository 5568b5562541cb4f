import assert from "node:assert/strict";
import { streamCentres } from "@/datasets/mod.ts";
import { generatedFaces, locateIdentities } from "@/generation/mod.ts";
import { loadHeads, renderMany, saveHeads, toyHead } from "@/heads/mod.ts";
import { gatherVectors, gaussianVectors, loadMoments } from "@/identity/mod.ts";
import { toTensor } from "@/images/mod.ts";
import { readNpyFloat32, writeNpy } from "@/weights/mod.ts";
import { separabilityMiniMain, SPEC } from "../../tasks/separability_mini.ts";
import { fakeGenerator } from "../generation/_fake.ts";
import { fakeRecogniser } from "./_separability_mini_entry.ts";
import { call, callHere, Sandbox } from "./_sandbox.ts";

const ENTRY = "./_separability_mini_entry.ts";
const VECTORS = gaussianVectors(loadMoments(locateIdentities({ model: "mini" }).path), 5, 6);
const VARIATION = { kind: "sigma", sigmas: [0.3, 0.5, 0.7], mix: [0.4, 0.4, 0.2] } as const;

/** Options that name files; the networks themselves are replaced. */
function options(box: Sandbox, seed = 5, images = 2): string[] {
  const numbers = { ids: 6, images, seed, "prefix-step": 2, "batch-size": 3 };
  return [
    ...Object.entries(numbers).flatMap(([flag, value]) => [`--${flag}`, String(value)]),
    ...["--generator", box.weights, "--recogniser", box.weights, "--output", box.path("fig")],
  ];
}

async function centresOf(faces: Parameters<typeof streamCentres>[0]): Promise<number[]> {
  return await Array.fromAsync(streamCentres(faces, fakeRecogniser), ({ vector }) => [...vector]).then((all) =>
    all.flat()
  );
}

Deno.test("separability:mini counts vectors, generated images and rendered heads, and draws the three", async () => {
  await using box = await Sandbox.make();
  saveHeads(toyHead(), box.path("heads"));
  const argv = [...options(box), "--heads", box.path("heads"), "--first-head", "30", "--thresholds", "0.2,0.4"];
  const { code, out, err } = await call(ENTRY, argv);
  assert.equal(code, 0, err);
  for (const name of ["mini: input vectors", "mini: generated images", "rendered heads"]) {
    assert.match(out, new RegExp(`${name}: 6 identities\nidentities  separated 0.2  kept 0.2  separated 0.4`));
  }
  const rows = (name: string) => readNpyFloat32(box.path("fig", `${name}.npy`));
  assert.deepEqual([...rows("vectors").data], [...gatherVectors(VECTORS)]);
  const recipe = { seed: "5", images: 2, variation: VARIATION };
  const faces = generatedFaces({ recipe, vectors: VECTORS, start: 0, end: 6 }, fakeGenerator({ width: 512 }));
  assert.deepEqual(rows("generated").shape, [6, 108]);
  assert.deepEqual([...rows("generated").data], await centresOf(faces));
  const heads = renderMany(loadHeads(box.path("heads")), { identities: [30, 36], images: 2, seed: 5 });
  const rendered = await Array.fromAsync(heads, ({ identity, pixels }) => ({ identity, image: toTensor([pixels]) }));
  assert.deepEqual([...rows("rendered").data], await centresOf(rendered));
  const report = JSON.parse(await Deno.readTextFile(box.path("fig", "generated.json")));
  assert.deepEqual([report.kind, report.prefixes, report.thresholds], ["separability", [2, 4, 6], [0.2, 0.4]]);
  const svg = await Deno.readTextFile(box.path("fig", "separability.svg"));
  for (const text of ["mini: input vectors, t = 0.2", "rendered heads, t = 0.4", "Arc2Face"]) {
    assert.ok(svg.includes(`>${text}<`), text);
  }
  for (const name of ["separability.html", "separability.png"]) assert.ok(out.includes(box.path("fig", name)));
});

Deno.test("separability:mini makes no set again that is there, of the same files and numbers", async () => {
  await using box = await Sandbox.make();
  const first = await call(ENTRY, options(box));
  assert.equal(first.code, 0, first.err);
  assert.match(first.err, /No rendered heads: give --heads or --rendered/);
  const before = await box.files("fig");
  // A generator that breaks at its first image is not asked for one.
  const again = await call(ENTRY, [...options(box), "--no-reference"], { BROKEN: "0" });
  assert.equal(again.code, 0, again.err);
  assert.match(again.err, /mini: generated images: .*generated.npy is there already/);
  const after = await box.files("fig");
  assert.deepEqual(after.get("generated.npy"), before.get("generated.npy"));
  assert.ok(!new TextDecoder().decode(after.get("separability.svg")).includes("Arc2Face"));
  for (const change of [[...options(box), "--overwrite"], options(box, 6), options(box, 5, 3)]) {
    const made = await call(ENTRY, change, { BROKEN: "0" });
    assert.equal(made.code, 1, `${change} must make the images again: ${made.err}`);
    assert.match(made.err, /value \d+ of image 0 of identity 0 is NaN/);
  }
});

Deno.test("separability:mini goes on with the sets that are missing when it was stopped", async () => {
  await using box = await Sandbox.make();
  const stopped = await call(ENTRY, options(box), { BROKEN: "7" });
  assert.equal(stopped.code, 1, stopped.err);
  assert.deepEqual([...(await box.files("fig")).keys()], ["vectors.json", "vectors.made.json", "vectors.npy"]);
  const { code, err } = await call(ENTRY, options(box));
  assert.equal(code, 0, err);
  assert.match(err, /input vectors: .*vectors.npy is there already/);
  assert.equal(readNpyFloat32(box.path("fig", "generated.npy")).shape[0], 6);
});

Deno.test("separability:mini takes packed renders, the first of each identity", async () => {
  await using box = await Sandbox.make();
  const folder = box.path("packed");
  await Deno.mkdir(folder);
  const labels = [9, 4, 9, 9, 4, 1], pixels = 112 * 112;
  const images = new Uint8Array(labels.length * pixels * 3);
  labels.forEach((_, i) => images.fill(40 * i, i * pixels * 3, (i + 1) * pixels * 3));
  writeNpy(`${folder}/images.npy`, { dtype: "uint8", shape: [6, 112, 112, 3], data: images });
  writeNpy(`${folder}/masks.npy`, { dtype: "uint8", shape: [6, 112, 112], data: new Uint8Array(6 * pixels) });
  writeNpy(`${folder}/labels.npy`, { dtype: "int32", shape: [6], data: Int32Array.from(labels) });
  await Deno.writeTextFile(`${folder}/truth.jsonl`, '{"yaw":0,"pitch":0,"roll":0}\n'.repeat(6));
  const { code, err } = await call(ENTRY, [...options(box), "--rendered", folder]);
  assert.equal(code, 0, err);
  const { shape, data } = readNpyFloat32(box.path("fig", "rendered.npy"));
  assert.deepEqual(shape, [3, 108]);
  // Identities by first appearance; of label 9 images 0 and 2, of label 4 images 1 and 4, of label 1 image 5.
  const shades = [40, 100, 200].map((shade) => shade / 127.5 - 1);
  shades.forEach((shade, row) =>
    assert.ok(Math.abs(data[row * 108]! - shade) < 1e-4, `row ${row}: ${data[row * 108]}`)
  );
});

const main = separabilityMiniMain({
  generator: () => Promise.resolve(fakeGenerator({ width: 512 })),
  recogniser: () => Promise.resolve(fakeRecogniser),
});

Deno.test.each<[string, (box: Sandbox) => string[], RegExp]>([
  ["one identity", () => ["--ids", "1"], /--ids: expected a whole number from 2/],
  ["two sources of heads", () => ["--heads", "a", "--rendered", "b"], /--heads and --rendered exclude each other/],
  ["a folder that is not there", (box) => ["--rendered", box.path("none")], /none\/images.npy/],
  ["a Gaussian that is none", (box) => ["--moments", box.ids], /Cannot read identity moments from .*ids.npy/],
  ["a threshold above 1", () => ["--thresholds", "1.2"], /--thresholds: expected a number from -1 to 1/],
  ["a word", () => ["generated"], /generated/],
])("separability:mini refuses %s with exit code 2", async (_what, extra, message) => {
  await using box = await Sandbox.make();
  const files = ["--recogniser", box.weights, "--generator", box.weights, "--output", box.path("fig")];
  const { code, err } = await callHere(SPEC, main, [...files, ...extra(box)]);
  assert.match(err, message);
  assert.equal(code, 2);
});
