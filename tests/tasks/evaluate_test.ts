import assert from "node:assert/strict";
import { openFolderWriter, readViews, writeVerificationBin, writeVerificationPixels } from "@/datasets/mod.ts";
import { reportVerification } from "@/evaluation/mod.ts";
import { ARC_TEMPLATE, encodePng, filled } from "@/images/mod.ts";
import { readNpyFloat32, writeNpy } from "@/weights/mod.ts";
import { evaluateMain, SPEC } from "../../tasks/evaluate.ts";
import { png, writeFiles } from "../datasets/_images.ts";
import { withDir } from "../datasets/_paths.ts";
import { near } from "../evaluation/_fixture.ts";
import { ijb, ijbFile, ijbMirrored, ijbPlain } from "../evaluation/_ijb.ts";
import { plain, protocol } from "../evaluation/_protocol.ts";
import { scoreCases } from "../evaluation/_scores.ts";
import { fakeLoader, names } from "./_datasets.ts";
import { call, callHere } from "./_sandbox.ts";

const FIXTURES = "../fixtures/evaluation/";
const fixture = (name: string) => decodeURIComponent(new URL(FIXTURES + name, import.meta.url).pathname);

/** A set of `pairs` pairs of coloured images; `broken` images cannot be decoded. */
async function pairSet(pairs: number, broken: readonly number[] = []) {
  const images = await Promise.all(
    Array.from({ length: 2 * pairs }, (_, i) => {
      const p = i >> 1, person = p % 2 === 0 ? p % 7 : (p % 7 + (i % 2) * 4) % 10;
      return png(person, i % 2);
    }),
  );
  return {
    length: pairs,
    same: Uint8Array.from({ length: pairs }, (_, p) => 1 - p % 2),
    bytes: (i: number) => Promise.resolve(broken.includes(i) ? images[i]!.slice(0, 30) : images[i]!),
    image: () => Promise.reject(new Error("not asked for")),
  };
}

const evaluate = (load = fakeLoader().load, ...argv: string[]) => callHere(SPEC, evaluateMain(load), argv);
const readJson = async (path: string) => JSON.parse(await Deno.readTextFile(path));

Deno.test("evaluate says accuracy with intervals beside published rows, then the scores, then the sources", () =>
  withDir(async (dir) => {
    await writeVerificationBin(`${dir}/lfw.bin`, await pairSet(60));
    await writeVerificationBin(`${dir}/cfp_fp.bin`, await pairSet(40));
    const { code, out, err } = await call("./_evaluate_entry.ts", [
      ...[`${dir}/lfw.bin`, `${dir}/cfp_fp.bin`, "--bootstrap", "50"],
    ]);
    assert.equal(code, 0, err);
    for (
      const line of [
        /^accuracy, % +lfw +cfp_fp$/m,
        /^mini +\d+\.\d\d \+- \d+\.\d\d +\d+\.\d\d \+- \d+\.\d\d$/m,
        /^ {2}95 % over pairs +\[\d+\.\d\d, \d+\.\d\d\] +\[/m,
        /^ {2}95 % over people +\[\d+\.\d\d, \d+\.\d\d\] +\[/m,
        /^HSFace10K \(0.5M\) +98.87 +88.97$/m,
        /^pairs, genuine \+ impostor +30 \+ 30 +20 \+ 20$/m,
        /^ {2}left out +0 for 0 images +0 for 0 images$/m,
        /^TAR at FAR 1e-1 +not resolvable: 30 of 100 impostors/m,
        /^TAR at FAR 1e-6 +not resolvable: 30 of 10000000 impostors/m,
        /^ {2}Vec2Face README, https:\/\/github\.com\/HaiyuWu/m,
      ]
    ) assert.match(out, line);
    assert.match(err, /100 % 120\/120 images of lfw/);
    assert.match(err, /50\/50 draws of people in cfp_fp/);
  }));

Deno.test("evaluate keeps features, reads them again without the network, and writes every figure as JSON", () =>
  withDir(async (dir) => {
    await writeVerificationBin(`${dir}/lfw.bin`, await pairSet(60));
    const argv = [`${dir}/lfw.bin`, "--bootstrap", "0", "--keep", `${dir}/kept`, "--json"];
    const network = fakeLoader();
    const first = await evaluate(network.load, ...argv, `${dir}/a.json`);
    assert.equal(first.code, 0, first.err);
    assert.equal(network.released(), 1);
    const second = await evaluate(fakeLoader(1).load, ...argv, `${dir}/b.json`);
    assert.equal(second.code, 0, second.err);
    const a = await readJson(`${dir}/a.json`);
    assert.deepEqual(await readJson(`${dir}/b.json`), a);
    assert.deepEqual([a.kind, a.recogniser.model, a.settings.fusion], ["evaluation", "mini", "sum"]);
    assert.match(a.recogniser.sha256, /^[0-9a-f]{64}$/);
    assert.ok(a.published.accuracy.some(({ name }: { name: string }) => name === "HSFace10K"));
    const [file] = await names(`${dir}/kept`);
    assert.match(file!, /^lfw-mini-[0-9a-f]{8}\.npy$/);
    const views = readViews(`${dir}/kept/${file}`, 512);
    const features = Float64Array.from(views.plain, (x, i) => x + views.mirrored![i]!);
    const report = reportVerification(features, 512, (await pairSet(60)).same);
    assert.deepEqual(a.sets[0].report.accuracy, report.accuracy);
    assert.equal(a.sets[0].report.scores.equalErrorRate, report.scores.equalErrorRate);
    const plain = await evaluate(fakeLoader(1).load, ...argv, `${dir}/c.json`, "--flip", "none"); // in the file, too
    assert.equal(plain.code, 0, plain.err);
    const { accuracy } = (await readJson(`${dir}/c.json`)).sets[0].report;
    assert.deepEqual(accuracy, reportVerification(views.plain, 512, (await pairSet(60)).same).accuracy);
    // Another set of the same name is embedded anew.
    await writeVerificationBin(`${dir}/lfw.bin`, await pairSet(50));
    const other = await evaluate(fakeLoader(1).load, ...argv, `${dir}/d.json`);
    assert.match(other.err, /the machine stopped/);
  }));

Deno.test("evaluate goes on where it was stopped", () =>
  withDir(async (dir) => {
    await writeVerificationBin(`${dir}/lfw.bin`, await pairSet(60));
    const argv = [`${dir}/lfw.bin`, "--bootstrap", "0", "--keep", `${dir}/kept`, "--batch-size", "10"];
    const stopped = await evaluate(fakeLoader(7).load, ...argv);
    assert.deepEqual([stopped.code, /the machine stopped/.test(stopped.err)], [1, true]);
    assert.ok((await names(`${dir}/kept`)).some((name) => /^lfw-mini-\w+\.npy\.part$/.test(name)));
    const later = fakeLoader();
    assert.equal((await evaluate(later.load, ...argv)).code, 0);
    assert.equal(later.calls(), 2 * 9); // three of twelve batches were there
    assert.deepEqual((await names(`${dir}/kept`)).map((name) => name.replace(/-mini-\w+/, "")), [
      "lfw.npy",
      "lfw.npy.json",
    ]);
  }));

Deno.test("evaluate counts images that cannot be read, lists them, and leaves their pairs out", () =>
  withDir(async (dir) => {
    await writeVerificationBin(`${dir}/lfw.bin`, await pairSet(60, [5, 6, 7, 100]));
    const { code, err } = await evaluate(
      fakeLoader().load,
      ...[`${dir}/lfw.bin`, "--bootstrap", "20", "--json", `${dir}/a.json`],
    );
    assert.equal(code, 0, err);
    const [set] = (await readJson(`${dir}/a.json`)).sets;
    assert.deepEqual([set.report.missing, set.report.pairsLeftOut], [[5, 6, 7, 100], 3]);
    assert.deepEqual(set.unreadable.map(({ name }: { name: string }) => name), [
      ...["image 1 of pair 2", "image 0 of pair 3", "image 1 of pair 3", "image 0 of pair 50"],
    ]);
    assert.deepEqual(set.report.scores.pairs[0] + set.report.scores.pairs[1], 57);
  }));

Deno.test("evaluate counts empty images as unreadable, and leaves only their pairs out", () =>
  withDir(async (dir) => {
    const pairs = await pairSet(60);
    const bytes = async (i: number) => i === 7 || i === 9 ? new Uint8Array(0) : await pairs.bytes(i);
    await writeVerificationBin(`${dir}/lfw.bin`, { ...pairs, bytes });
    const json = `${dir}/a.json`;
    const { code, err } = await evaluate(fakeLoader().load, `${dir}/lfw.bin`, "--bootstrap", "20", "--json", json);
    assert.equal(code, 0, err);
    const [set] = (await readJson(json)).sets;
    assert.deepEqual([set.report.missing, set.report.pairsLeftOut], [[7, 9], 2]);
    assert.match(set.unreadable[0].reason, /it has no bytes/);
  }));

Deno.test("evaluate reads the unpacked form, whose folder names the set", () =>
  withDir(async (dir) => {
    const { same, length } = await pairSet(20);
    const image = (i: number) => Promise.resolve(filled(4, 4, [i >> 1, 0, 0]));
    await writeVerificationPixels(`${dir}/agedb_30`, { length, same, image, bytes: () => Promise.reject() }, {
      size: 4,
    });
    const { code, err } = await evaluate(
      fakeLoader().load,
      ...[`${dir}/agedb_30`, "--bootstrap", "0", "--folds", "2", "--json", `${dir}/a.json`],
    );
    assert.equal(code, 0, err);
    assert.equal((await readJson(`${dir}/a.json`)).sets[0].name, "agedb_30");
  }));

Deno.test("evaluate --embeddings has the published figures to the last digit", () =>
  withDir(async (dir) => {
    const { same, fusions } = protocol;
    await Deno.writeTextFile(`${dir}/issame.txt`, same.join("\n"));
    const given = [
      ...["--embeddings", fixture("protocol_plain.npy"), "--issame", `${dir}/issame.txt`, "--bootstrap", "0"],
      ...["--json", `${dir}/a.json`],
    ];
    const figures = async (...more: string[]) => {
      const { code, err } = await evaluate(fakeLoader(1).load, ...given, ...more);
      assert.equal(code, 0, err);
      return (await readJson(`${dir}/a.json`)).sets[0].report;
    };
    const sum = await figures("--mirrored", fixture("protocol_mirrored.npy"));
    assert.ok(near(sum.accuracy.mean, fusions.sum.accuracy.mean) && near(sum.accuracy.sd, fusions.sum.accuracy.sd));
    assert.ok(near(sum.validation.mean, fusions.sum.validation![0]!.mean));
    const none = await figures();
    assert.ok(near(none.accuracy.mean, fusions.none.accuracy.mean));
    assert.ok(near(none.validation.far, fusions.none.validation![0]!.far));
    const cosine = await figures("--cosine");
    assert.ok(near(cosine.accuracy.mean, fusions.none.cosine!.mean));
    const norm = await figures("--mirrored", fixture("protocol_mirrored.npy"), "--flip", "norm");
    assert.ok(near(norm.accuracy.mean, fusions.norm.accuracy.mean));
  }));

Deno.test("evaluate --embeddings tells rows that are NaN, and refuses what does not fit", () =>
  withDir(async (dir) => {
    const width = protocol.width, rows = 40;
    await Deno.writeTextFile(`${dir}/issame.txt`, protocol.same.slice(0, rows / 2).join(" "));
    const write = (name: string, change: (data: Float32Array) => void, shape = [rows, width]) => {
      const data = plain.slice(0, rows * width);
      change(data);
      writeNpy(`${dir}/${name}`, { dtype: "float32", shape, data });
      return `${dir}/${name}`;
    };
    const run = (file: string, ...more: string[]) =>
      evaluate(fakeLoader(1).load, "--embeddings", file, "--issame", `${dir}/issame.txt`, "--bootstrap", "0", ...more);
    const gap = await run(write("gap.npy", (x) => x.fill(NaN, 7 * width, 8 * width)));
    assert.equal(gap.code, 0, gap.err);
    const { err } = await call("./_evaluate_entry.ts", [
      ...["--embeddings", `${dir}/gap.npy`, "--issame", `${dir}/issame.txt`, "--bootstrap", "0"],
    ]);
    assert.match(err, /^gap: 1 rows are NaN and their pairs left out: 7$/m);
    const refuses = async (message: RegExp, file: string, ...more: string[]) => {
      const { code, err } = await run(file, ...more);
      assert.match(err, message);
      assert.equal(code, 2);
    };
    await refuses(/image 9 has values that are not finite/, write("a.npy", (x) => x[9 * width + 2] = NaN));
    await refuses(/norm of row 3 is 0/, write("b.npy", (x) => x.fill(0, 3 * width, 4 * width)));
    await refuses(/80 features.*20 answers; expected two/, write("c.npy", () => {}, [80, width / 2]));
    await refuses(/expected shape \[any, any\]/, write("d.npy", () => {}, [rows * width]));
    await refuses(/expected shape \[40, 16\], found \[80, 8\]/, `${dir}/a.npy`, "--mirrored", `${dir}/c.npy`);
    await refuses(/19 pairs, 19 answers and 21 folds/, `${dir}/gap.npy`, "--folds", "21");
    await Deno.writeTextFile(`${dir}/issame.txt`, "1 ".repeat(rows / 2));
    await refuses(/all 19 pairs are of one person/, `${dir}/gap.npy`);
  }));

Deno.test("evaluate on an IJB folder has the table of eval_ijb.py from given features", () =>
  withDir(async (dir) => {
    await Deno.mkdir(`${dir}/ijb/meta`, { recursive: true });
    for (const name of ["face_tid_mid", "template_pair_label", "name_5pts_score"]) {
      await Deno.copyFile(ijbFile(`_${name}.txt`), `${dir}/ijb/meta/ijbb_${name}.txt`);
    }
    const given = [`${dir}/ijb`, "--embeddings", fixture("ijb_plain.npy"), "--bootstrap", "20"];
    const { code, out, err } = await call("./_evaluate_entry.ts", [
      ...[...given, "--mirrored", fixture("ijb_mirrored.npy"), "--json", `${dir}/a.json`],
    ], { NO_NETWORK: "1" });
    assert.equal(code, 0, err);
    const [{ name, report }] = (await readJson(`${dir}/a.json`)).sets;
    assert.equal(name, "ijbb");
    ijb.modes.F2N1D1.table.forEach(([fmr, tar], k) => {
      assert.ok(near(report.published[k].fmr, fmr) && near(report.published[k].tar, tar));
    });
    assert.match(out, /^337 images \(0 left out\), 70 templates \(0 left out\), 95 \+ 2320 pairs \(0 left out\)$/m);
    assert.match(out, /^TAR at FAR 1e-1 +94.74 +9\d\.\d\d \[/m);
    assert.match(out, /^TAR at FAR 1e-6 +37.89 \(few impostors\) +not resolvable$/m);
    assert.match(out, /WebFace12M \(IR101, AdaFace\): 96.46 \(CVLface README\)/);
    const plainOnly = await evaluate(
      fakeLoader(1).load,
      ...[...given, "--no-detector-score", "--flip", "none", "--json", `${dir}/b.json`],
    );
    assert.equal(plainOnly.code, 0, plainOnly.err);
    const table = (await readJson(`${dir}/b.json`)).sets[0].report.published;
    ijb.modes.F0N1D0.table.forEach(([, tar], k) => assert.ok(near(table[k].tar, tar)));
    assert.equal(ijbPlain.length, ijbMirrored.length);
  }));

Deno.test("evaluate aligns and embeds the images of an IJB folder, and leaves out what it cannot read", () =>
  withDir(async (dir) => {
    const count = 24, people = (i: number) => Math.floor(i / 3); // 8 templates of 3 images, 4 people
    const points = ARC_TEMPLATE.map(([x, y]) => `${x / 2} ${y / 2}`).join(" "); // at half the size
    const files: Record<string, Uint8Array | string> = {};
    for (let i = 0; i < count; i++) {
      files[`loose_crop/${i}.png`] = await encodePng(filled(56, 56, [20 + 50 * (people(i) % 4), i, 0]));
    }
    files["loose_crop/4.png"] = "broken";
    const lines = (line: (i: number) => string) => Array.from({ length: count }, (_, i) => line(i)).join("\n");
    files["meta/ijbc_face_tid_mid.txt"] = lines((i) => `${i}.png ${people(i) + 10} ${i}`);
    files["meta/ijbc_name_5pts_score.txt"] = lines((i) => `${i}.png ${points} 0.9`);
    const pairs = Array.from({ length: 64 }, (_, k) => [k >> 3, k & 7]).filter(([a, b]) => a! < b!);
    files["meta/ijbc_template_pair_label.txt"] = pairs.map(([a, b]) =>
      `${a! + 10} ${b! + 10} ${Number(a! % 4 === b! % 4)}`
    )
      .join("\n");
    await writeFiles(`${dir}/set`, files);
    const { code, err } = await evaluate(
      fakeLoader().load,
      ...[`${dir}/set`, "--bootstrap", "0", "--keep", `${dir}/kept`, "--json", `${dir}/a.json`],
    );
    assert.equal(code, 0, err);
    const { sets: [{ report, unreadable }] } = await readJson(`${dir}/a.json`);
    assert.deepEqual([report.images, report.templates, report.scores.pairs], [[24, 1], [8, 0], [4, 24]]);
    assert.deepEqual(unreadable.map(({ row, name }: { row: number; name: string }) => [row, name]), [[4, "4.png"]]);
    assert.equal(report.scores.equalErrorRate, 0);
    const again = await evaluate(
      fakeLoader(1).load,
      ...[`${dir}/set`, "--bootstrap", "0", "--keep", `${dir}/kept`, "--flip", "none", "--json", `${dir}/b.json`],
    );
    assert.equal(again.code, 0, again.err);
    const { published } = (await readJson(`${dir}/b.json`)).sets[0].report;
    assert.ok(published.every(({ tar }: { tar: number }) => tar === 1));
    // The template covers the image, so the red of the crop is that of the file.
    const views = readNpyFloat32(`${dir}/kept/${(await names(`${dir}/kept`))[0]}`);
    assert.ok(Math.abs(views.data[9 * 1024]! - 170) < 3, `${views.data[9 * 1024]}`);
  }));

Deno.test("evaluate reads genuine and impostor scores of any number, float32 and float64", () =>
  withDir(async (dir) => {
    const { genuine, impostor, expected } = scoreCases[0]!;
    writeNpy(`${dir}/g.npy`, { dtype: "float64", shape: [genuine.length], data: genuine });
    writeNpy(`${dir}/m.npy`, { dtype: "float32", shape: [impostor.length], data: Float32Array.from(impostor) });
    const argv = ["--genuine", `${dir}/g.npy`, "--impostor", `${dir}/m.npy`];
    const { code, out, err } = await call("./_evaluate_entry.ts", [...argv, "--json", `${dir}/a.json`]);
    assert.equal(code, 0, err);
    assert.match(out, /^TAR at FAR 1e-4 +90\.73 \[89\.64, 91\.72\]$/m);
    assert.match(out, /^TAR at FAR 1e-5 +not resolvable: 120000 of 1000000 impostors$/m);
    const { scores } = await readJson(`${dir}/a.json`);
    assert.ok(near(scores.equalErrorRate, expected.eer) && near(scores.areaUnderRoc, expected.auc));
    assert.ok(near(scores.fisherRatio, expected.fisher) && near(scores.tar[3].tar, expected.tar[3]!));
    writeNpy(`${dir}/bad.npy`, { dtype: "float32", shape: [3], data: Float32Array.of(0, NaN, 1) });
    writeNpy(`${dir}/wide.npy`, { dtype: "float32", shape: [1, 3], data: new Float32Array(3) });
    for (
      const [file, message] of [["bad", /score 1 of a part is NaN/], [
        "wide",
        /shape \[1, 3\], expected floats/,
      ]] as const
    ) {
      const refused = await evaluate(fakeLoader(1).load, ...argv.slice(0, 3), `${dir}/${file}.npy`);
      assert.match(refused.err, message);
      assert.equal(refused.code, 2);
    }
  }));

/** A folder of pictures by person and number. */
async function writePeople(dir: string, people: readonly (readonly [label: number, picture: number])[]): Promise<void> {
  await using writer = await openFolderWriter(dir, { extension: "auto" });
  const places = new Map<number, number>();
  for (const [label, picture] of people) {
    const image = places.get(label) ?? 0;
    places.set(label, image + 1);
    await writer.write({ label, image, bytes: await png(label, picture) });
  }
}

Deno.test("evaluate ranks probes in a gallery by the names of their classes", () =>
  withDir(async (dir) => {
    await writePeople(`${dir}/gallery`, [0, 1, 2, 3, 4, 5, 6, 7].map((label) => [label, 0]));
    await writePeople(`${dir}/probes`, [7, 3, 5, 9].map((label) => [label, 1]));
    const { code, out, err } = await call("./_evaluate_entry.ts", [
      ...["--gallery", `${dir}/gallery`, "--probes", `${dir}/probes`],
    ]);
    assert.equal(code, 0, err);
    assert.match(out, /^4 probes in a gallery of 8; 1 without their person there, 0 images unreadable$/m);
    assert.match(out, /^rank 1: 100.00 % \[43\.85, 100\.00\]$/m);
    assert.doesNotMatch(out, /compared with itself/);
  }));

Deno.test("evaluate compares no image with itself, and says how many are in the gallery too", () =>
  withDir(async (dir) => {
    await writePeople(`${dir}/gallery`, [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0]]);
    const self = ["--gallery", `${dir}/gallery`, "--probes"];
    const json = `${dir}/found.json`;
    const { code, out, err } = await call("./_evaluate_entry.ts", [...self, `${dir}/gallery`, "--json", json]);
    assert.equal(code, 0, err);
    assert.match(out, /^5 probes in a gallery of 5; 1 without their person there, 0 images unreadable$/m);
    assert.match(out, /^5 probes are in the gallery themselves; none was compared with itself$/m);
    assert.equal(JSON.parse(await Deno.readTextFile(json)).identification.equal, 5);
    await writePeople(`${dir}/probes`, [[0, 2], [1, 0]]);
    await Deno.copyFile(`${dir}/gallery/000002/000.png`, `${dir}/probes/000000/001.png`);
    const mixed = await call("./_evaluate_entry.ts", [...self, `${dir}/probes`]);
    assert.match(
      mixed.out,
      /^2 probes are in the gallery themselves; none was compared with itself; 1 of them are there/m,
    );
    await writePeople(`${dir}/single`, [[2, 0]]);
    const single = await call("./_evaluate_entry.ts", [...self, `${dir}/single`]);
    assert.equal(single.code, 2);
    assert.match(single.err, /1 of 1 probes are images of the gallery themselves.*give other images/);
  }));

Deno.test("evaluate tells the spread over the groups of RFW", () =>
  withDir(async (dir) => {
    for (const name of ["African_test", "Asian_test"]) {
      await writeVerificationBin(`${dir}/${name}.bin`, await pairSet(20));
    }
    const { out, err } = await call("./_evaluate_entry.ts", [
      ...[`${dir}/African_test.bin`, `${dir}/Asian_test.bin`, "--bootstrap", "0", "--folds", "5", "--no-published"],
    ]);
    assert.match(out, /^VAL at FAR 1e-3, 5 folds /m);
    assert.match(out, /^2 groups of RFW: mean \d+\.\d\d %, standard deviation 0.00, skewed error ratio 1.00$/m, err);
    assert.doesNotMatch(out, /published rows/);
  }));

Deno.test.each<[string, (dir: string) => string[], RegExp]>([
  ["nothing to do", () => [], /SET, --embeddings, --genuine or --gallery is needed/],
  ["a set that is not there", (dir) => [`${dir}/none.bin`], /^Cannot find ".*none.bin": check the path$/m],
  ["a folder that is no set", (dir) => [dir], /expected .bin, .xz, .npy or a folder with issame.txt/],
  ["two sets of one name", (dir) => [`${dir}/lfw.bin`, `${dir}/lfw.xz`], /two are called lfw/],
  ["a damaged set", (dir) => [`${dir}/lfw.bin`], /lfw.bin/],
  ["an unknown way to flip", (dir) => [`${dir}/lfw.bin`, "--flip", "both"], /expected one of none, sum, norm/],
  ["answers without features", (dir) => [`${dir}/lfw.bin`, "--issame", "x"], /it goes with --embeddings/],
  ["features without answers", () => ["--embeddings", "f.npy"], /--issame is needed/],
  ["features with a model", () => ["--embeddings", "f.npy", "--issame", "x", "--model", "mini"], /features already/],
  ["features with sets", (dir) => [`${dir}/lfw.bin`, "--embeddings", "f.npy", "--issame", "x"], /or one IJB folder/],
  [
    "flipping features that are alone",
    () => ["--embeddings", "f.npy", "--issame", "x", "--flip", "sum"],
    /give features of the mirror images with --mirrored/,
  ],
  ["a gallery alone", (dir) => ["--gallery", dir], /--gallery and --probes go together/],
  ["genuine scores alone", () => ["--genuine", "g.npy"], /--genuine and --impostor go together/],
  ["one draw", (dir) => [`${dir}/lfw.bin`, "--bootstrap", "1"], /0, or at least 2 draws/],
  ["a model that is not known", (dir) => [`${dir}/lfw.bin`, "--model", "x"], /known recognisers are mini/],
])("evaluate refuses %s with exit code 2", (_what, options, message) =>
  withDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/lfw.bin`, "broken");
    await Deno.writeTextFile(`${dir}/lfw.xz`, "broken");
    const { code, err } = await evaluate(fakeLoader().load, ...options(dir));
    assert.match(err, message);
    assert.equal(code, 2);
  }));
