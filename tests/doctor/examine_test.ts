import assert from "node:assert/strict";
import { openDataset } from "@/datasets/mod.ts";
import {
  type AgainstFindings,
  type DoctorSettings,
  examineAgainst,
  examineSet,
  measureSet,
  type SetFindings,
  writeImageFiles,
} from "@/doctor/mod.ts";
import { arrayVectors } from "@/identity/mod.ts";
import { type ImageJudges, imageProfiler } from "@/metrics/mod.ts";
import { unitRows } from "@/similarity/mod.ts";
import { readNpy } from "@/weights/mod.ts";
import { withDir } from "../datasets/_paths.ts";
import { CLEAN, DEFECTS, type Face, pose, quality, recogniser, WIDTH, writeFaces } from "./_faces.ts";

const SETTINGS: DoctorSettings = { threshold: 0.5, duplicate: 0.999 };
const ALL: ImageJudges = { recogniser, pose, quality };

/** Examines a folder. */
async function measured(dir: string, name: string, judges = ALL, settings = SETTINGS, work = `work-${name}`) {
  const folder = `${dir}/${work}`;
  await Deno.mkdir(folder, { recursive: true });
  const dataset = await openDataset(`${dir}/${name}`);
  const files = await writeImageFiles(folder, dataset, imageProfiler(judges), { model: "tiles" });
  return await measureSet(name, dataset, files, folder, settings);
}

async function examined(dir: string, faces: readonly Face[], broken?: string, judges?: ImageJudges) {
  await writeFaces(`${dir}/set`, faces, broken);
  using set = await measured(dir, "set", judges);
  return await examineSet(set, SETTINGS);
}

Deno.test("examineSet() finds nothing wrong with a clean set", () =>
  withDir(async (dir) => {
    const found = await examined(dir, CLEAN);
    assert.deepEqual([found.images, found.identities, found.singles], [120, 20, 0]);
    for (const kind of ["unreadable", "duplicates", "alike", "repeated", "mislabelled", "merged"] as const) {
      assert.equal(found[kind].count, 0, kind);
    }
    assert.deepEqual([found.consistency, found.uniqueness.separated], [1, 1]);
    assert.equal(found.scores!.equalErrorRate, 0);
    assert.equal(found.imagesEach.mean, 6);
    assert.ok(found.diversity.distance > 0.02 && found.diversity.vendi > 1);
    assert.equal(found.map.length, 20);
    assert.deepEqual(found.leftOut, []);
  }));

Deno.test("examineSet() finds each defect where it is", () =>
  withDir(async (dir) => {
    const found = await examined(dir, DEFECTS, "000007/003.png");
    assert.deepEqual([found.images, found.identities], [114, 20]);
    assert.deepEqual(found.unreadable.listed.map(({ image }) => image), ["000007/003.png"]);
    assert.match(found.unreadable.listed[0]!.reason, /expected a JPEG, PNG/);
    const [wrong] = found.mislabelled.listed.filter(({ identity }) => identity !== "000011" && identity !== "000012");
    assert.deepEqual([wrong!.image, wrong!.identity, wrong!.otherName], ["000003/002.png", "000003", "000008"]);
    assert.equal(found.outliers.listed[0]!.image, "000003/002.png");
    assert.deepEqual(found.merged.groups, [["000011", "000012"]]);
    assert.equal(found.merged.count, 2);
    assert.deepEqual(found.duplicates.listed.map(({ image, otherImage }) => [image, otherImage]), [
      ["000005/001.png", "000005/004.png"],
    ]);
    assert.deepEqual(found.repeated.listed, [["000005/001.png", "000005/004.png"]]);
    assert.equal(found.alike.count, 1);
    assert.equal(found.singles, 1 / 20);
    assert.equal(found.uniqueness.separated, 19 / 20);
    assert.ok(!found.shown.worst.includes(19), "a single image agrees with itself");
    assert.ok(found.shown.worst.includes(3));
  }));

Deno.test("examineSet() leaves pose and quality out when nobody judged them", () =>
  withDir(async (dir) => {
    const { pose: poses, quality: qualities } = await examined(dir, CLEAN, undefined, { recogniser });
    assert.deepEqual([poses, qualities], [undefined, undefined]);
    using set = await measured(dir, "set", { recogniser });
    const missing = [{ section: "Pose", reason: "no weights" }];
    assert.deepEqual((await examineSet(set, SETTINGS, missing)).leftOut, missing);
  }));

Deno.test("examineSet() sums up poses and drift", () =>
  withDir(async (dir) => {
    const { pose: poses, quality: qualities } = await examined(dir, CLEAN);
    assert.equal(poses!.yaw.count, 120);
    assert.equal(poses!.joint.counts.flat().reduce((a, b) => a + b), 120);
    assert.equal(poses!.drift.reduce((sum, { count }) => sum + count, 0), 120);
    assert.ok(poses!.yawWithin! > 1 && poses!.yawWithin! < poses!.yaw.sd!);
    assert.equal(qualities!.count, 120);
  }));

Deno.test("examineSet() copes with a single identity", () =>
  withDir(async (dir) => {
    const found = await examined(dir, CLEAN.slice(0, 6));
    assert.deepEqual([found.identities, found.uniqueness.separated, found.merged.count], [1, 1, 0]);
    assert.equal(found.scores, undefined);
    assert.deepEqual(found.map, []);
  }));

Deno.test("writeImageFiles() and measureSet() go on where they were stopped, and take over what is complete", () =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/set`, DEFECTS, "000007/003.png");
    const folder = `${dir}/work`;
    await Deno.mkdir(folder);
    let calls = 0;
    const counting = (fail: number): ImageJudges => ({
      ...ALL,
      recogniser: {
        ...recogniser,
        embed: (images, count) => {
          if (++calls === fail) throw new Error("the machine stopped");
          return recogniser.embed(images, count);
        },
      },
    });
    await using dataset = await openDataset(`${dir}/set`);
    const write = (judges: ImageJudges, recipe: object) =>
      writeImageFiles(folder, dataset, imageProfiler(judges), { ...recipe }, { batchSize: 10 });
    await assert.rejects(write(counting(5), { a: 1 }), /the machine stopped/);
    calls = 0;
    const files = await write(counting(Infinity), { a: 1 });
    assert.ok(calls > 4 && calls < 12, `${calls} of 12 batches`);
    calls = 0;
    assert.deepEqual(await write(counting(Infinity), { a: 1 }), files);
    assert.equal(calls, 0);
    const find = async () => {
      using set = await measureSet("set", dataset, files, folder, SETTINGS);
      return await examineSet(set, SETTINGS);
    };
    const stop = new AbortController();
    const onProgress = (step: string, done: number) => {
      if (step === "identities of set" && done > 50) stop.abort(new Error("enough"));
    };
    const stopping = { ...SETTINGS, signal: stop.signal, onProgress };
    await assert.rejects(measureSet("set", dataset, files, folder, stopping), /enough/);
    const found = await find(), again = await find();
    assert.deepEqual(again, found);
    const whole = `${dir}/whole`;
    await Deno.mkdir(whole);
    const fresh = await writeImageFiles(whole, dataset, imageProfiler(ALL), { a: 1 });
    using set = await measureSet("set", dataset, fresh, whole, SETTINGS);
    assert.deepEqual(await examineSet(set, SETTINGS), found);
    calls = 0;
    await write(counting(Infinity), { a: 2 });
    assert.equal(calls, 12, "another recipe, everything anew");
  }));

/** Steps that were told, each with how far it was when it was told first. */
function progressOf(told: Map<string, number>, name: string, stopAt?: string) {
  const stop = new AbortController();
  const onProgress = (step: string, done: number, total: number) => {
    const short = step.replace(` of ${name}`, "");
    if (!told.has(short)) told.set(short, done);
    if (short === stopAt && done > total / 2) stop.abort(new Error(`stopped in ${stopAt}`));
  };
  return { ...SETTINGS, signal: stop.signal, onProgress };
}

Deno.test("examineSet() stopped in any pass goes on there, and does none before it again", () =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/set`, DEFECTS);
    const passes = ["separability", "merged identities", "labels", "thumbnails"];
    const begin = async (folder: string) => {
      using set = await measured(dir, "set", ALL, SETTINGS, folder);
      return await examineSet(set, SETTINGS);
    };
    const whole = await begin("whole");
    using set = await measured(dir, "set", ALL, SETTINGS, "stopped");
    for (const [k, pass] of passes.entries()) {
      const told = new Map<string, number>();
      await assert.rejects(examineSet(set, progressOf(told, "set", pass)), { message: `stopped in ${pass}` });
      // Small sets are one block of each pass but the thumbnails, so a pass stopped after its last block may be complete.
      assert.deepEqual([...told.keys()].filter((step) => passes.indexOf(step) < k - 1), [], `${pass}: told again`);
    }
    const told = new Map<string, number>();
    assert.deepEqual(await examineSet(set, progressOf(told, "set")), whole);
    assert.deepEqual([...told.keys()], ["thumbnails"]);
    assert.ok(told.get("thumbnails")! > 57, `went on at image ${told.get("thumbnails")} of 115`);
    told.clear();
    assert.deepEqual(await examineSet(set, progressOf(told, "set")), whole);
    assert.deepEqual([...told.keys()], [], "nothing is left to do");
  }));

Deno.test("examineSet() begins anew when the images are others", () =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/set`, DEFECTS);
    using before = await measured(dir, "set", ALL, SETTINGS, "work");
    await examineSet(before, SETTINGS);
    await writeFaces(`${dir}/clean`, CLEAN);
    const dataset = await openDataset(`${dir}/clean`);
    const files = await writeImageFiles(`${dir}/work`, dataset, imageProfiler(ALL), { model: "other tiles" });
    using after = await measureSet("set", dataset, files, `${dir}/work`, SETTINGS);
    const told = new Map<string, number>(), found = await examineSet(after, progressOf(told, "set"));
    assert.deepEqual([found.merged.count, found.alike.count, found.uniqueness.separated], [0, 0, 1]);
    assert.deepEqual([...told.keys()], ["separability", "merged identities", "labels", "thumbnails"]);
  }));

/** The clean set with two images and one whole identity of the reference. */
const LEAKING: readonly Face[] = CLEAN.map((each, i) =>
  i === 7 ? { ...each, person: 103, image: 30 } : each.label === 4 ? { ...each, person: 101 } : each
);
/** Persons 100 to 109. */
const REFERENCE: readonly Face[] = Array.from({ length: 50 }, (_, i) => ({
  ...{ label: Math.floor(i / 5), person: 100 + Math.floor(i / 5), image: 10 + i % 5 },
}));

async function against(dir: string, faces: readonly Face[], options: object): Promise<AgainstFindings> {
  await writeFaces(`${dir}/set`, faces);
  await writeFaces(`${dir}/real`, REFERENCE);
  using set = await measured(dir, "set");
  using real = await measured(dir, "real");
  return await examineAgainst(set, real, { ...SETTINGS, ...options });
}

Deno.test("examineAgainst() finds who leaked, by images and by centres", () =>
  withDir(async (dir) => {
    const found = await against(dir, LEAKING, { images: true });
    assert.equal(found.centreToCentre.share, 1 / 20);
    assert.deepEqual([found.centreToCentre.closest[0]!.name, found.centreToCentre.closest[0]!.referenceName], [
      "000004",
      "000001",
    ]);
    assert.equal(found.imageToCentre.share, 7 / 120);
    const names = found.imageToCentre.closest.slice(0, 7).map(({ name }) => name).sort();
    assert.deepEqual(names, [
      "000001/001.png (000001)",
      ...[0, 1, 2, 3, 4, 5].map((k) => `000004/00${k}.png (000004)`),
    ]);
    assert.equal(found.imageToImage!.share, 7 / 120);
    assert.deepEqual(found.imageToCentre.thresholds, [0.3, 0.4, 0.5]);
    assert.ok(found.distances!.frechet! > 0 && found.distances!.kernel!.mean > 0);
    assert.equal(found.distances!.classRecall, undefined);
  }));

Deno.test("examineAgainst() writes the nearest reference of every row, with the numbers of identities and items", () =>
  withDir(async (dir) => {
    const found = await against(dir, LEAKING, { images: true, nearest: dir });
    const kinds = [[found.centreToCentre, 20, "identities"], [found.imageToCentre, 120, "images"]] as const;
    for (const [leak, rows, name] of [...kinds, [found.imageToImage!, 120, "all-images"] as const]) {
      assert.equal(leak.nearestFile, `nearest-${name}.npy`);
      const { shape, dtype, data } = readNpy(`${dir}/${leak.nearestFile}`), values = data as Float64Array;
      assert.deepEqual([shape, dtype], [[rows, 3], "float64"]);
      const at = Array.from({ length: rows }, (_, row) => values[3 * row + 2]!);
      assert.ok(Math.abs(at.reduce((a, b) => a + b) / rows - leak.nearest.mean!) < 1e-12);
      for (const { row, reference, cosine } of leak.closest) {
        assert.deepEqual([...values.subarray(3 * row, 3 * row + 3)], [row, reference, cosine], `${name} ${row}`);
      }
    }
    const names = JSON.parse(await Deno.readTextFile(`${dir}/nearest-names.json`));
    assert.deepEqual([names.identities.length, names.identities[4], names.references.length], [20, "000004", 10]);
  }));

Deno.test("examineAgainst() writes the items of a data set whose identities are scattered and images broken", () =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/set`, CLEAN.slice(0, 18), "000000/001.png");
    using set = await measured(dir, "set");
    const centres = unitRows(arrayVectors(Float32Array.from({ length: 3 * WIDTH }, (_, k) => Math.sin(k)), WIDTH, "c"));
    const find = () => examineAgainst(set, { name: "c", input: "c", centres }, { ...SETTINGS, nearest: dir });
    const { imageToCentre } = await find();
    const values = readNpy(`${dir}/${imageToCentre.nearestFile}`).data as Float64Array;
    assert.deepEqual([0, 1, 2].map((row) => values[3 * row]), [0, 2, 3], "the broken image has no row");
    assert.equal(JSON.parse(await Deno.readTextFile(`${dir}/nearest-names.json`)).references, null);
    await Deno.remove(`${dir}/${imageToCentre.nearestFile}`);
    assert.deepEqual(await find(), await find());
    assert.deepEqual(readNpy(`${dir}/${imageToCentre.nearestFile}`).data, values, "a file that was lost is made anew");
  }));

Deno.test("examineAgainst() stopped in any pass goes on there, and does none before it again", () =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/set`, LEAKING);
    await writeFaces(`${dir}/real`, REFERENCE);
    using set = await measured(dir, "set");
    using real = await measured(dir, "real");
    const passes = ["centres", "images", "all images"].map((what) => `${what} against real`);
    passes.push("moments of the reference", "moments");
    const find = (told: Map<string, number>, stopAt?: string) =>
      examineAgainst(set, real, { ...progressOf(told, "set", stopAt), images: true, nearest: dir });
    for (const [k, pass] of passes.entries()) {
      const told = new Map<string, number>();
      await find(told, pass).catch((error) => assert.equal(error.message, `stopped in ${pass}`));
      // Small sets are one block of each pass, which is complete when it is stopped.
      assert.deepEqual([...told.keys()].filter((step) => passes.indexOf(step) < k - 1), [], `${pass}: told again`);
    }
    const told = new Map<string, number>(), found = await find(told);
    assert.deepEqual([...told.keys()], [], "nothing is left to do");
    for (const name of ["set", "real"]) await Deno.remove(`${dir}/work-${name}`, { recursive: true });
    const files = ["identities", "images", "all-images"].map((name) => `${dir}/nearest-${name}.npy`);
    const before = files.map((file) => readNpy(file).data);
    using fresh = await measured(dir, "set");
    using anew = await measured(dir, "real");
    assert.deepEqual(await examineAgainst(fresh, anew, { ...SETTINGS, images: true, nearest: dir }), found);
    assert.deepEqual(files.map((file) => readNpy(file).data), before);
  }));

Deno.test("examineAgainst() compares persons of one name when they are paired", () =>
  withDir(async (dir) => {
    const same = REFERENCE.map((each) => ({ ...each, image: each.image + 100 }));
    const found = await against(dir, same, { paired: true });
    assert.equal(found.distances!.classRecall!.identities, 10);
    assert.ok(found.distances!.classRecall!.mean! > 0.5);
    assert.ok(found.distances!.precision! > 0.5 && found.distances!.recall! > 0.5);
    assert.equal(found.centreToCentre.share, 1);
  }));

Deno.test("examineAgainst() takes a file of centres, and only one of the same width", () =>
  withDir(async (dir) => {
    await writeFaces(`${dir}/set`, CLEAN);
    using set = await measured(dir, "set");
    const centres = (width: number) => unitRows(arrayVectors(new Float32Array(3 * width).fill(1), width, "centres"));
    const found = await examineAgainst(set, { name: "centres", input: "a", centres: centres(WIDTH) }, SETTINGS);
    assert.deepEqual([found.images, found.identities, found.distances], [null, 3, undefined]);
    assert.equal(found.imageToCentre.closest[0]!.referenceName, "row 0");
    await assert.rejects(examineAgainst(set, { name: "centres", input: "b", centres: centres(7) }, SETTINGS), {
      name: "TypeError",
      message: /widths/,
    });
  }));

/** Makes sure that findings are plain data. */
Deno.test("examineSet() gives plain data", () =>
  withDir(async (dir) => {
    const found = await examined(dir, DEFECTS, "000007/003.png");
    assert.deepEqual(
      JSON.parse(JSON.stringify(found)) as SetFindings,
      JSON.parse(JSON.stringify(structuredClone(found))),
    );
    assert.ok(JSON.stringify(found).length < 200_000);
  }));
