import assert from "node:assert/strict";
import { openFolder, openLmdbWriter, writeMask } from "@/datasets/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import type { DoctorReport } from "@/doctor/mod.ts";
import { doctorMain, type DoctorOutside, SPEC } from "../../tasks/doctor.ts";
import { CLEAN, DEFECTS, type Face, recogniser, WIDTH, writeFaces } from "../doctor/_faces.ts";
import { withDir } from "../datasets/_paths.ts";
import { names, run } from "./_datasets.ts";

/** The recogniser of tiles in the place of mini's, and none beside it. */
function outside(): { outside: DoctorOutside; calls: () => number } {
  let calls = 0;
  const none = () => Promise.reject(new Error("must not be loaded"));
  return {
    calls: () => calls,
    outside: {
      recogniser: () =>
        Promise.resolve({
          ...recogniser,
          embed: (images, count) => {
            calls++;
            return recogniser.embed(images, count);
          },
          release: () => Promise.resolve(),
        }),
      pose: none,
      quality: none,
      now: () => "2026-01-02 03:04 UTC",
    },
  };
}

const OPTIONS = ["--threshold", "0.5", "--pose-model", "none", "--quality-model", "none"];
const few = (faces: readonly Face[]) => faces.filter(({ label }) => label < 8);

async function doctor(dir: string, ...argv: string[]) {
  const { outside: all, calls } = outside();
  const outcome = await run(SPEC, doctorMain(all), ...argv, ...OPTIONS, "--output", `${dir}/report`);
  const path = `${dir}/report/report.json`;
  const report = outcome.code === 2 ? undefined : JSON.parse(await Deno.readTextFile(path)) as DoctorReport;
  return { ...outcome, report, calls: calls() };
}

Deno.test("doctor writes a page and the same as JSON, and looks at images once", () =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/set`, few(CLEAN));
    const { code, err, report } = await doctor(dir, `${dir}/set`, "--fail-on", "consistency<0.9,mislabelled>0");
    assert.equal(code, 0, err);
    assert.deepEqual(await names(`${dir}/report`), ["report.html", "report.json", "work"]);
    const page = await Deno.readTextFile(`${dir}/report/report.html`);
    assert.ok(page.startsWith("<!doctype html>") && page.includes("2026-01-02 03:04 UTC"));
    assert.deepEqual([report!.findings.set.name, report!.findings.set.images], ["set", 48]);
    assert.deepEqual(report!.conditions.map(({ failed }) => failed), [false, false]);
    assert.deepEqual(report!.findings.set.leftOut.map(({ section }) => section), ["Pose", "Quality"]);
    const again = await doctor(dir, `${dir}/set`);
    assert.deepEqual([again.code, again.calls], [0, 0]);
    assert.deepEqual(again.report!.findings, report!.findings);
    assert.ok((await doctor(dir, `${dir}/set`, "--fresh")).calls > 0);
  }));

Deno.test("doctor ends with code 1 when a condition holds, and the report is there", () =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/set`, DEFECTS.filter(({ label }) => label < 9));
    const { code, report } = await doctor(dir, `${dir}/set`, "--fail-on", "consistency<0.5,mislabelled>0.1%");
    assert.equal(code, 1);
    assert.deepEqual(report!.conditions.map(({ failed }) => failed), [false, true]);
    assert.equal(report!.findings.set.mislabelled.listed[0]!.image, "000003/002.png");
  }));

Deno.test("doctor puts two sets side by side and against a reference", () =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/set`, few(DEFECTS));
    await writeFaces(`${dir}/other`, few(CLEAN));
    const { code, err, report } = await doctor(
      ...[dir, `${dir}/set`, "--compare", `${dir}/other`, "--against", `${dir}/other`, "--all-images"],
      ...["--paired", "--fail-on", "leakage-images<0.9,class-recall<0.5"],
    );
    assert.equal(code, 0, err);
    assert.equal(report!.findings.compare!.name, "other");
    assert.equal(report!.findings.against!.distances!.classRecall!.identities, 8);
    assert.deepEqual(await names(`${dir}/report/work`), ["against", "compare", "set"]);
    const files = ["all-images", "identities", "images"].map((name) => `nearest-${name}.npy`);
    assert.deepEqual(await names(`${dir}/report`), [
      ...files,
      "nearest-names.json",
      "report.html",
      "report.json",
      "work",
    ]);
    const { against } = report!.findings;
    assert.deepEqual(
      [against!.imageToImage, against!.centreToCentre].map((leak) => leak!.nearestFile),
      files.slice(0, 2),
    );
    const page = await Deno.readTextFile(`${dir}/report/report.html`);
    for (const file of files) assert.ok(page.includes(file), file);
  }));

Deno.test("doctor takes centres as a reference and sees a data set again that was changed", () =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/set`, few(CLEAN));
    const data = new Float32Array(2 * WIDTH).fill(1);
    writeNpy(`${dir}/centres.npy`, { dtype: "float32", shape: [2, WIDTH], data });
    const wrong = await doctor(dir, `${dir}/set`, "--against", `${dir}/centres.npy`);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /its rows have 48 values, mini gives 512; make them with the same recogniser/);
    await doctor(dir, `${dir}/set`);
    await Deno.remove(`${dir}/set/000000/000.png`);
    const { code, err, report, calls } = await doctor(dir, `${dir}/set`);
    assert.deepEqual([code, calls > 0], [0, true], err);
    assert.equal(report!.findings.set.images, 47);
  }));

Deno.test("doctor takes a database, through a mask", () =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/faces`, few(DEFECTS));
    {
      await using folder = await openFolder(`${dir}/faces`);
      // Every other image first, so that identities do not lie together.
      const order = Array.from({ length: folder.length }, (_, i) =>
        2 * i % folder.length + (2 * i >= folder.length ? 1 : 0));
      await using writer = await openLmdbWriter(`${dir}/faces.lmdb`, {
        indexOf: (_, place) =>
          place,
      });
      for (const [image, index] of order.entries()) await writer.write({ ...await folder.get(index), image });
    }
    const whole = await doctor(dir, `${dir}/faces.lmdb`);
    assert.equal(whole.code, 0, whole.err);
    const folder = await doctor(dir, `${dir}/faces`);
    for (const name of ["consistency", "eer", "diversity", "vendi", "variation", "uniqueness"]) {
      const [a, b] = [whole, folder].map(({ report }) => report!.measures[name]!);
      assert.ok(Math.abs(a! - b!) < 1e-9, `${name}: ${a} and ${b}`);
    }
    writeMask(`${dir}/mask.npy`, Array.from({ length: 20 }, (_, i) => i));
    const part = await doctor(dir, `${dir}/faces.lmdb`, "--mask", `${dir}/mask.npy`);
    assert.equal(part.report!.findings.set.images, 20);
  }));

Deno.test.each<[string, string[], RegExp]>([
  ["a data set that is not there", ["nothing"], /nothing/],
  ["no data set", [], /DATASET is needed/],
  ["a measure that is not known", ["set", "--fail-on", "beauty>1"], /no measure beauty/],
  ["a condition on a reference without one", ["set", "--fail-on", "leakage>0"], /it needs --against/],
  ["a condition on pose without an estimator", ["set", "--fail-on", "drift>1"], /"drift>1": it was not asked for/],
  ["a condition on all images without them", [
    ...["set", "--against", "set", "--fail-on", "leakage-images>0"],
  ], /it needs --all-images/],
  ["pairs without a reference", ["set", "--paired"], /goes with --against/],
  ["a reference that is not there", ["set", "--against", "nowhere"], /nowhere/],
  ["a recogniser that is not known", ["set", "--model", "x"], /known recognisers are mini/],
])("doctor refuses %s with exit code 2", (_what, argv, message) =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/set`, CLEAN.slice(0, 2));
    const paths = argv.map((word) => ["set", "nothing", "nowhere"].includes(word) ? `${dir}/${word}` : word);
    const { code, err } = await doctor(dir, ...paths);
    assert.match(err, message);
    assert.equal(code, 2);
    assert.deepEqual(await names(dir), ["set"]);
  }));

Deno.test("doctor refuses a threshold that is no cosine, and an estimator that is asked for but not there", () =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/set`, CLEAN.slice(0, 2));
    const { outside: all } = outside();
    const far = await run(SPEC, doctorMain(all), `${dir}/set`, "--threshold", "2");
    assert.deepEqual([far.code, /--threshold/.test(far.err)], [2, true]);
    const gone = await run(SPEC, doctorMain(all), `${dir}/set`, "--pose-weights", `${dir}/none.safetensors`);
    assert.deepEqual([gone.code, /none.safetensors is not there/.test(gone.err)], [2, true]);
  }));
