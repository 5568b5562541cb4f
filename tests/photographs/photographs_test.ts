/**
 * Photographs of people on the way that users send them: landmarks, alignment, features, verification, figures, faces from
 * references. `mini` has seen rendered heads only, so it is not asked to recognise anybody here; what must hold with any
 * recogniser is.
 */
import { arrayDataset, embedPairs, openVerificationSet, pairedImages, writeVerificationBin } from "@/datasets/mod.ts";
import {
  combineViews,
  type LandmarkSource,
  reportAlignment,
  reportVerification,
  samplePairs,
} from "@/evaluation/mod.ts";
import { type Landmarks, readReferenceTable, referenceFace } from "@/generation/mod.ts";
import { cosine, norm } from "@/identity/mod.ts";
import {
  alignFace,
  ARC_TEMPLATE,
  cutOut,
  decodeImage,
  encodePng,
  faceInPlace,
  type Pixels,
  type Point,
  similarityTransform,
  toTensor,
} from "@/images/mod.ts";
import { loadLandmarkEstimator, loadRecogniser } from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { openNpy } from "@/weights/mod.ts";
import { Matrix, solve } from "ml-matrix";
import assert from "node:assert/strict";
import { writeFiles } from "../datasets/_images.ts";
import { withDir } from "../datasets/_paths.ts";
import { call } from "../tasks/_sandbox.ts";
import { type Photograph, photographs, pictures } from "./_photographs.ts";

const faces = await photographs();
const aligned = await Promise.all(faces.map(async (face) => alignFace(await decodeImage(face.bytes), face.landmarks)));

/** Every face that is in two files, as rows: the first, its copy. */
const copies = faces.flatMap(({ copyOf }, i) => {
  return copyOf === undefined ? [] : [[faces.findIndex(({ name }) => name === copyOf), i] as const];
});

async function embed(images: readonly Pixels[]): Promise<Float32Array[]> {
  await using recogniser = await loadRecogniser({ model: "mini" });
  const features = await recogniser.embed(toTensor(images), images.length), width = recogniser.vectorSize;
  return images.map((_, i) => features.slice(i * width, (i + 1) * width));
}

const apart = ([x, y]: Point, [u, v]: Point) => Math.hypot(x - u, y - v);

Deno.test(`similarityTransform() equals linear least squares, on landmarks of ${pictures}`, () => {
  for (const { name, landmarks, aligned } of faces) {
    const rows = landmarks.flatMap(([x, y]) => [[x, -y, 1, 0], [y, x, 0, 1]]); // of a, b, c, f
    const [a, b, c, f] = solve(new Matrix(rows), Matrix.columnVector(ARC_TEMPLATE.flat())).to1DArray();
    const matrix = similarityTransform(landmarks, ARC_TEMPLATE);
    for (const [k, value] of [a!, -b!, c!, b!, a!, f!].entries()) {
      assert.ok(Math.abs(matrix[k]! - value) < 1e-9 * Math.max(1, Math.abs(value)), `${name}: ${matrix}, ${value}`);
    }
    const there = landmarks.map(([x, y]): Point => [a! * x - b! * y + c!, b! * x + a! * y + f!]);
    const off = Math.sqrt(there.reduce((sum, point, k) => sum + apart(point, ARC_TEMPLATE[k]!) ** 2 / 5, 0));
    assert.ok(off < 12, `${name}: landmarks end ${off.toFixed(1)} pixels from the template`); // nearly in profile: 8
    // Somebody else's detector brought this one to the template, so that hardly anything is left to do.
    if (aligned) assert.ok(there.every((point, k) => apart(point, landmarks[k]!) < 8), `${name}: moved by ${matrix}`);
  }
});

Deno.test(`referenceFace() aligns by landmarks as alignFace() does, and refuses pictures without, on ${pictures}`, async () => {
  for (const [i, { name, bytes, landmarks, aligned: done }] of faces.entries()) {
    assert.deepEqual((await referenceFace(bytes, { landmarks })).image, aligned[i], name);
    const { fault } = await referenceFace(bytes);
    if (done) assert.equal(fault, undefined);
    else assert.match(fault!, /^it is \d+x\d+ pixels; expected an aligned face/, name);
  }
});

Deno.test(`alignFace() cuts the same face out of two files of one picture, on ${pictures}`, () => {
  assert.ok(copies.length > 0);
  for (const [i, k] of copies) {
    const pixels = Array.from({ length: 112 * 112 }, (_, p) => 3 * p)
      .filter((at) => aligned[k]!.data.subarray(at, at + 3).some((value) => value > 0)); // beyond the edge all are 0
    assert.ok(pixels.length > 6000, faces[k]!.name);
    const off = pixels.reduce((sum, at) => sum + Math.abs(aligned[i]!.data[at]! - aligned[k]!.data[at]!), 0);
    assert.ok(off / pixels.length < 4, `${faces[k]!.name}: pixels differ by ${off / pixels.length} of 255`);
  }
});

Deno.test(`Recogniser gives finite vectors, the same in any batch, on ${pictures}`, async () => {
  const features = await embed(aligned), again = await embed(aligned.toReversed());
  assert.deepEqual(again.toReversed(), features);
  for (const [i, feature] of features.entries()) {
    const length = norm(feature), unit = feature.map((value) => value / length);
    assert.ok(length > 0 && unit.every(Number.isFinite) && Math.abs(norm(unit) - 1) < 1e-6, faces[i]!.name);
  }
});

/** A face whose landmarks are off by up to a share of the distance between the eyes. */
async function shaken({ bytes, landmarks }: Photograph, share: number, stream: RandomStream): Promise<Pixels> {
  const most = share * apart(landmarks[0], landmarks[1]);
  const moved = landmarks.map((
    [x, y],
  ): Point => [x + stream.uniformIn(-most, most), y + stream.uniformIn(-most, most)]);
  return alignFace(await decodeImage(bytes), moved as unknown as Landmarks);
}

Deno.test(`Recogniser finds each face nearest to itself with landmarks 2 % off, and to its copy, on ${pictures}`, async () => {
  const stream = new RandomStream(1, "landmarks");
  const moved = await embed(await Promise.all(faces.map((face) => shaken(face, 0.02, stream))));
  const features = await embed(aligned);
  for (const [i, { name, person }] of faces.entries()) {
    const own = cosine(features[i]!, moved[i]!);
    const others = features.filter((_, k) => faces[k]!.person !== person).map((row) => cosine(row, moved[i]!));
    assert.ok(own > 0.9 && own > Math.max(...others), `${name}: ${own} to itself, ${Math.max(...others)} to others`);
  }
  for (const [i, k] of copies) {
    const same = cosine(features[i]!, features[k]!);
    const others = features.filter((_, n) => faces[n]!.person !== faces[i]!.person).map((row) =>
      cosine(row, features[i]!)
    );
    assert.ok(same > Math.max(...others), `${faces[k]!.name}: ${same} to its copy, ${Math.max(...others)} to others`);
  }
});

/** All faces as something to measure alignment on. */
const placed: LandmarkSource = {
  length: faces.length,
  picture: (i) => decodeImage(faces[i]!.bytes),
  landmarks: (i) => faces[i]!.landmarks,
  aligned: (i) => similarityTransform(faces[i]!.landmarks, ARC_TEMPLATE),
};

Deno.test(`faceInPlace() accepts every aligned face, and refuses those moved far, on ${pictures}`, async () => {
  await using judge = await loadLandmarkEstimator({ model: "mini", threads: 1 });
  for (const [i, face] of aligned.entries()) {
    assert.equal((await faceInPlace(face, judge)).fault, undefined, faces[i]!.name);
  }
  const views = [["size", 0.5], ["turn", 45], ["shift", 0.2], ["all", 0]] as const;
  const report = await reportAlignment(placed, judge, { views: views.map(([kind, amount]) => ({ kind, amount })) });
  assert.equal(report.views[0]!.refused, 0);
  for (const { kind, amount, refused, auc } of report.views.slice(1)) {
    assert.ok(refused >= 0.9 && auc! > 0.95, `${kind} ${amount}: ${refused} refused, AUC ${auc}`);
  }
});

Deno.test(`generate:reference refuses a portrait and accepts an aligned face, both without landmarks, on ${pictures}`, () =>
  withDir(async (dir) => {
    const half = ARC_TEMPLATE.map(([x, y]): Point => [x + 56, y + 40]); // in 224 pixels the face fills half
    const files: Record<string, Uint8Array> = {};
    for (const [i, { name, bytes, landmarks }] of faces.entries()) {
      const matrix = similarityTransform(landmarks, half);
      files[`aligned/${name}.png`] = await encodePng(aligned[i]!);
      files[`portrait/${name}.png`] = await encodePng(cutOut(await decodeImage(bytes), matrix, 224));
    }
    await writeFiles(`${dir}/in`, files);
    const { code, err } = await call("../../tasks/generate_reference.ts", [
      ...["--image-file", `${dir}/in`, "--images", "1", "--output", dir, "--name", "out"],
    ]);
    assert.equal(code, 1, err);
    assert.match(err, /not used: portrait\/.*: its face looks 0\.\d+ times the size of an aligned one/);
    for (const { image, label, skipped } of await readReferenceTable(`${dir}/out.references.jsonl`)) {
      if (image.startsWith("aligned/")) assert.notEqual(label, null, `${image}: ${skipped}`);
      else assert.match(skipped!, /expected an aligned face$/, image);
    }
  }));

Deno.test(`generate:reference takes vectors of aligned faces by a table of landmarks, on ${pictures}`, () =>
  withDir(async (dir) => {
    await writeFiles(`${dir}/in`, Object.fromEntries(faces.map(({ name, bytes }) => [name, bytes])));
    const table = faces.map(({ name, landmarks }) => [name, ...landmarks.flat()].join(",")).join("\n");
    await Deno.writeTextFile(`${dir}/points.csv`, table);
    const { code, err } = await call("../../tasks/generate_reference.ts", [
      ...["--image-file", `${dir}/in`, "--landmarks", `${dir}/points.csv`, "--images", "1"],
      ...["--output", dir, "--name", "out"],
    ]);
    assert.equal(code, 0, err);
    const records = await readReferenceTable(`${dir}/out.references.jsonl`);
    assert.deepEqual(records.map(({ image }) => image).sort(), faces.map(({ name }) => name).sort());
    const features = await embed(aligned);
    using vectors = openNpy(`${dir}/out.vectors.npy`);
    for (const { label, image } of records) {
      const face = faces.findIndex(({ name }) => name === image), row = label!;
      assert.deepEqual(vectors.rowsFloat32(row, row + 1), features[face]!, image);
      const made = await decodeImage(await Deno.readFile(`${dir}/out/${String(row).padStart(6, "0")}/000.jpg`));
      assert.deepEqual([made.width, made.height], [112, 112]);
    }
  }));

Deno.test(`evaluate measures pairs, and plot draws them, on ${pictures}`, () =>
  withDir(async (dir) => {
    const items = await Promise.all(
      aligned.map(async (image, i) => ({ label: faces[i]!.person, bytes: await encodePng(image) })),
    );
    const dataset = arrayDataset(items);
    const pairs = samplePairs(dataset.labels, { genuine: 10, impostor: 10 });
    await writeVerificationBin(`${dir}/faces.bin`, pairedImages(dataset, pairs));
    const json = `${dir}/faces.json`;
    const measured = await call("../../tasks/evaluate.ts", [
      ...[`${dir}/faces.bin`, "--model", "mini", "--bootstrap", "20", "--json", json],
    ]);
    assert.equal(measured.code, 0, measured.err);
    assert.match(measured.out, /^pairs, genuine \+ impostor +10 \+ 10$/m);

    await using set = await openVerificationSet(`${dir}/faces.bin`);
    await using recogniser = await loadRecogniser({ model: "mini" });
    const { plain, mirrored } = await embedPairs(set, recogniser), width = recogniser.vectorSize;
    const report = reportVerification(combineViews(plain, mirrored, width, "sum"), width, set.same);
    const [found] = JSON.parse(await Deno.readTextFile(json)).sets;
    assert.deepEqual(found.report.accuracy, JSON.parse(JSON.stringify(report.accuracy)));
    assert.deepEqual(found.report.scores, JSON.parse(JSON.stringify(report.scores)));
    assert.deepEqual([report.missing, report.pairsLeftOut], [[], 0]);

    for (const figure of ["scores", "roc", "det"]) {
      const outcome = await call("../../tasks/plot.ts", [figure, json, "--output", `${dir}/${figure}`, "--scale", "1"]);
      assert.equal(outcome.code, 0, outcome.err);
      assert.match(await Deno.readTextFile(`${dir}/${figure}.svg`), />faces/);
      assert.equal((await decodeImage(`${dir}/${figure}.png`)).width, 336);
      assert.match(await Deno.readTextFile(`${dir}/${figure}.html`), /Plotly\.newPlot/);
    }
  }));
