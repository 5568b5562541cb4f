import assert from "node:assert/strict";
import { join } from "node:path";
import {
  cosine,
  fitMoments,
  gatherVectors,
  gaussianVectors,
  loadMoments,
  norm,
  openVectors,
  saveMoments,
  SPHERE_WARNING,
  walk,
} from "@/identity/mod.ts";
import { locateIdentities } from "@/generation/mod.ts";
import { readNpy, readNpyFloat32, writeNpy } from "@/weights/mod.ts";
import { readArguments } from "../../tasks/_arguments.ts";
import { sampleMain, SPEC } from "../../tasks/sample.ts";
import { normalRows } from "../identity/_statistics.ts";
import { call, callHere, type Outcome } from "./_sandbox.ts";

const D = 16;

/** A folder with centers.npy (30 x 16) and moments.safetensors fitted to it, and the task to call in it. */
class Box implements AsyncDisposable {
  readonly directory = Deno.makeTempDirSync();
  readonly centers = this.path("centers.npy");
  readonly moments = this.path("moments.safetensors");

  constructor() {
    this.write("centers.npy", normalRows(30, D));
    saveMoments(this.moments, fitMoments(normalRows(30, D), D));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, data: Float32Array, width = D): string {
    writeNpy(this.path(name), { dtype: "float32", shape: [data.length / width, width], data });
    return this.path(name);
  }

  /** Calls the task; what it says is in the outcome. */
  async call(...argv: string[]): Promise<Outcome> {
    let [out, err] = ["", ""];
    const main = sampleMain({
      say: (line) => out += `${line}\n`,
      note: (line) => err += `${line}\n`,
      progress: (text) => err += text,
    });
    const outcome = await callHere(SPEC, main, argv);
    return { code: outcome.code, out: out + outcome.out, err: err + outcome.err };
  }

  /** Calls the task, which must succeed, with NAME as output. */
  async make(name: string, ...argv: string[]): Promise<Outcome> {
    const outcome = await this.call(...argv, "--output", this.path(name));
    assert.equal(outcome.code, 0, outcome.err);
    return outcome;
  }

  rows(name: string): { shape: readonly number[]; data: Float32Array } {
    return readNpyFloat32(this.path(name));
  }

  row(name: string, row: number): Float32Array {
    return this.rows(name).data.slice(row * D, (row + 1) * D);
  }

  bytes(name: string): Uint8Array {
    return Deno.readFileSync(this.path(name));
  }

  // deno-lint-ignore no-explicit-any -- JSON
  recipe(name: string): any {
    return JSON.parse(Deno.readTextFileSync(this.path(`${name}.recipe.json`)));
  }

  names(): string[] {
    return [...Deno.readDirSync(this.directory)].map(({ name }) => name).toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Largest cosine between two rows. */
function largestCosine({ shape, data }: { shape: readonly number[]; data: Float32Array }): number {
  const row = (i: number) => data.subarray(i * shape[1]!, (i + 1) * shape[1]!);
  let largest = -1;
  for (let i = 0; i < shape[0]!; i++) {
    for (let j = 0; j < i; j++) largest = Math.max(largest, cosine(row(i), row(j)));
  }
  return largest;
}

Deno.test("sample gaussian writes the fitted Gaussian's rows and a recipe", async () => {
  await using box = new Box();
  const { out } = await box.make("new.npy", "gaussian", "--moments", box.moments, "--ids", "20", "--seed", "7");
  assert.match(out, /new.npy: 20 rows of 16\nrecipe: .*new.recipe.json/);
  const expected = gatherVectors(gaussianVectors(loadMoments(box.moments), 7, 20));
  assert.deepEqual(box.rows("new.npy"), { shape: [20, D], data: expected });
  const { schema, sampler, rows, result, versions } = box.recipe("new");
  assert.equal(schema, "vec2face-sample/1");
  assert.deepEqual([sampler.kind, sampler.seed, sampler.source.kind], ["gaussian", "7", "moments"]);
  assert.equal(sampler.source.file, "moments.safetensors");
  assert.deepEqual(rows, { start: 0, end: 20 });
  assert.match(result.sha256, /^[0-9a-f]{64}$/);
  assert.equal(typeof versions.vec2face, "string");
  assert.ok(!JSON.stringify(box.recipe("new")).includes(box.directory));
  assert.deepEqual(box.names(), ["centers.npy", "moments.safetensors", "new.npy", "new.recipe.json"]);
});

Deno.test("sample gaussian fits --source, and falls back to mini's Gaussian", async () => {
  await using box = new Box();
  await box.make("fitted.npy", "gaussian", "--source", box.centers, "--ids", "3");
  const moments = fitMoments(normalRows(30, D), D);
  assert.deepEqual(box.rows("fitted.npy").data, gatherVectors(gaussianVectors(moments, 0, 3)));
  await box.make("mini.npy", "gaussian", "--ids", "2");
  const bundled = loadMoments(locateIdentities({ model: "mini" }).path);
  assert.deepEqual(box.rows("mini.npy").data, gatherVectors(gaussianVectors(bundled, 0, 2)));
});

Deno.test("sample gives shards that together are the whole", async () => {
  await using box = new Box();
  const kinds = [
    ["gaussian", "--moments", box.moments, "--components", "5", "--norm", box.centers],
    ["sphere", "--width", "16", "--norm", "20"],
    ["centers", "--source", box.centers, "--shuffle"],
    ["rotate", "--source", box.centers, "--cosine", "0.5"],
    ["interpolate", "--source", box.centers, "--steps", "3"],
  ];
  for (const [i, options] of kinds.entries()) {
    await box.make(`${i}.npy`, ...options, "--ids", "12", "--seed", "3");
    await box.make(`${i}a.npy`, ...options, "--start-end", "0:5", "--seed", "3");
    await box.make(`${i}b.npy`, ...options, "--start-end", "5:12", "--seed", "3");
    const joined = [...box.rows(`${i}a.npy`).data, ...box.rows(`${i}b.npy`).data];
    assert.deepEqual([...box.rows(`${i}.npy`).data], joined, options[0]);
  }
});

Deno.test("sample --recipe makes every kind again byte for byte", async () => {
  await using box = new Box();
  const kinds = [
    ["gaussian", "--moments", box.moments, "--components", "5", "--norm", box.centers, "--ids", "9"],
    ["gaussian", "--ids", "3"],
    ["gaussian", "--moments", box.moments, "--start-end", "4:9"],
    ["sphere", "--moments", box.moments, "--ids", "9"],
    ["centers", "--source", box.centers, "--shuffle", "--norm", "21.5"],
    ["rotate", "--source", box.centers, "--cosine", "0.5", "--per-parent", "2", "--keep-parents"],
    ["interpolate", "--source", box.centers, "--steps", "3", "--pairs", "0:1,7:3"],
    ["interpolate", "--source", box.centers, "--inner", "--steps", "1", "--ids", "9"],
    ["gaussian", "--moments", box.moments, "--ids", "9", "--max-cosine", "0.4", "--against", box.centers],
    ["packing", "--moments", box.moments, "--ids", "9", "--steps", "5", "--near", box.centers, "--threads", "1"],
    [
      "packing",
      "--moments",
      box.moments,
      "--ids",
      "9",
      "--max-cosine",
      "0.4",
      "--against",
      box.centers,
      "--threads",
      "1",
    ],
  ];
  for (const [i, options] of kinds.entries()) {
    await box.make(`${i}.npy`, ...options, "--seed", "18446744073709551615");
    await box.make(`${i}-again.npy`, "--recipe", box.path(`${i}.recipe.json`), "--threads", "1");
    assert.deepEqual(box.bytes(`${i}-again.npy`), box.bytes(`${i}.npy`), options.join(" "));
    assert.deepEqual(box.recipe(`${i}-again`), box.recipe(String(i)));
  }
});

Deno.test("sample --recipe refuses other files, other results and other settings", async () => {
  await using box = new Box();
  await box.make("a.npy", "centers", "--source", box.centers);
  const recipe = box.path("a.recipe.json"), again = ["--recipe", recipe, "--output", box.path("b.npy")];
  const other = box.write("other.npy", normalRows(30, D, 2));
  const outcomes: [Outcome, number, RegExp][] = [
    [await box.call(...again, "--source", other), 2, /other.npy: its SHA-256 is .* made with centers.npy of/],
    [await box.call(...again, "--seed", "3"), 2, /--seed cannot be given with a recipe/],
    [await box.call("centers", ...again), 2, /--recipe says the kind/],
    [await box.call("--recipe", box.path("no.json")), 2, /there is no recipe/],
  ];
  await Deno.writeTextFile(recipe, JSON.stringify({ ...box.recipe("a"), result: { sha256: "0".repeat(64) } }));
  outcomes.push([await box.call(...again), 1, /Cannot make .*b.npy again: its rows have the SHA-256/]);
  await Deno.remove(box.centers);
  outcomes.push([await box.call(...again), 2, /needs centers.npy; give it by --source/]);
  for (const spoil of ["{", '{"schema":"other"}']) {
    await Deno.writeTextFile(recipe, spoil);
    outcomes.push([await box.call(...again), 2, /Cannot read recipe .*a.recipe.json: (it is not JSON|schema is)/]);
  }
  for (const [{ code, err }, expected, message] of outcomes) {
    assert.match(err, message);
    assert.equal(code, expected, err);
  }
  assert.ok(!box.names().some((name) => name.startsWith("b.")));
});

Deno.test("sample sphere warns, and takes width and norms of the fitted set", async () => {
  await using box = new Box();
  const { err } = await box.call("sphere", "--source", box.centers, "--ids", "40", "--output", box.path("s.npy"));
  assert.ok(err.includes(`Warning: ${SPHERE_WARNING}`));
  using centers = openVectors(box.centers);
  const lengths = Array.from({ length: 30 }, (_, row) => norm(centers.vector(row)));
  for (let row = 0; row < 40; row++) {
    const length = norm(box.row("s.npy", row));
    assert.ok(length > Math.min(...lengths) - 1e-5 && length < Math.max(...lengths) + 1e-5);
  }
  await box.make("n.npy", "sphere", "--norm", "natural", "--ids", "2");
  assert.deepEqual(box.rows("n.npy").shape, [2, 512]);
});

Deno.test("sample rotate writes look-alikes at the cosine and their groups", async () => {
  await using box = new Box();
  await box.make("r.npy", "rotate", "--source", box.centers, "--cosine", "0.6", "--per-parent", "2", "--keep-parents");
  const { shape, data } = readNpy(box.path("r.groups.npy"));
  assert.deepEqual(shape, [90]);
  using centers = openVectors(box.centers);
  for (let row = 0; row < 90; row++) {
    const parent = Number(data[row]);
    assert.equal(parent, Math.floor(row / 3));
    const wanted = row % 3 === 0 ? 1 : 0.6;
    assert.ok(Math.abs(cosine(box.row("r.npy", row), centers.vector(parent)) - wanted) < 1e-6);
  }
  await box.make("r.npy", "gaussian", "--source", box.centers, "--ids", "3", "--overwrite");
  assert.ok(!box.names().includes("r.groups.npy"));
});

Deno.test("sample centers --max-cosine keeps the rows that fit, and tells which", async () => {
  await using box = new Box();
  await box.make("c.npy", "centers", "--source", box.centers, "--shuffle", "--max-cosine", "0.3");
  const { shape, data } = box.rows("c.npy");
  assert.ok(shape[0]! > 3 && shape[0]! < 30 && largestCosine({ shape, data }) <= 0.3);
  assert.deepEqual(box.recipe("c").rows, { start: 0, end: shape[0] });
  assert.equal(box.recipe("c").result.refused, 30 - shape[0]!);
  using centers = openVectors(box.centers);
  const rows = [...readNpy(box.path("c.groups.npy")).data].map(Number);
  assert.deepEqual(gatherVectors(centers, rows), data);
  await box.make("again.npy", "--recipe", box.path("c.recipe.json"));
  assert.deepEqual(box.bytes("again.npy"), box.bytes("c.npy"));
  const { code, err } = await box.call("centers", "--source", box.centers, "--max-cosine", "0.3", "--ids", "30");
  assert.match(err, /rows end after \d+ that fit/);
  assert.equal(code, 1);
});

Deno.test("sample interpolate walks between pairs", async () => {
  await using box = new Box();
  await box.make("w.npy", "interpolate", "--source", box.centers, "--steps", "4", "--pairs", "0:1,7:3");
  using centers = openVectors(box.centers);
  const walks = [walk(centers.vector(0), centers.vector(1), 4), walk(centers.vector(7), centers.vector(3), 4)];
  assert.deepEqual([...box.rows("w.npy").data], walks.flatMap((rows) => [...rows]));
  assert.deepEqual([...readNpy(box.path("w.groups.npy")).data].map(Number), [0, 0, 0, 0, 1, 1, 1, 1]);
});

Deno.test("sample --max-cosine and --against keep every pair apart, and a set that grows is the set made at once", async () => {
  await using box = new Box();
  const rule = ["--max-cosine", "0.4", "--against", box.centers];
  const options = ["gaussian", "--moments", box.moments, "--seed", "5", ...rule];
  await box.make("whole.npy", ...options, "--ids", "24");
  const { refused } = box.recipe("whole").result;
  assert.ok(refused > 0, "the rule must have had work to do");
  assert.ok(largestCosine(box.rows("whole.npy")) <= 0.4);
  using centers = openVectors(box.centers);
  for (let row = 0; row < 24; row++) {
    for (let other = 0; other < 30; other++) {
      assert.ok(cosine(box.row("whole.npy", row), centers.vector(other)) <= 0.4);
    }
  }
  await box.make("part.npy", ...options, "--ids", "10");
  await box.make("grown.npy", ...options, "--ids", "24", "--extend", box.path("part.npy"));
  await box.make("more.npy", "--extend", box.path("part.npy"), "--ids", "24");
  for (const name of ["grown", "more"]) {
    assert.deepEqual(box.bytes(`${name}.npy`), box.bytes("whole.npy"));
    assert.deepEqual(box.recipe(name), box.recipe("whole"));
  }
  await box.make("part.npy", "--extend", box.path("part.npy"), "--ids", "24"); // in place
  assert.deepEqual(box.bytes("part.npy"), box.bytes("whole.npy"));
});

Deno.test("sample --extend keeps rows of another sampler, names them in the recipe, and can be made again", async () => {
  await using box = new Box();
  await box.make("both.npy", "gaussian", "--moments", box.moments, "--ids", "36", "--extend", box.centers);
  const { data } = box.rows("both.npy");
  assert.deepEqual(data.slice(0, 30 * D), normalRows(30, D));
  const drawn = gatherVectors(gaussianVectors(loadMoments(box.moments), 0, 36), [30, 31, 32, 33, 34, 35]);
  assert.deepEqual(data.slice(30 * D), drawn);
  const { rows, extends: first } = box.recipe("both");
  assert.deepEqual([rows, first.file, first.rows], [{ start: 30, end: 36 }, "centers.npy", 30]);
  await box.make("again.npy", "--recipe", box.path("both.recipe.json"));
  assert.deepEqual(box.bytes("again.npy"), box.bytes("both.npy"));
});

Deno.test("sample ends with exit code 1 and writes nothing when rows cannot be kept apart", async () => {
  await using box = new Box();
  const output = ["--output", box.path("no.npy")];
  const before = box.names();
  for (const kind of [["sphere", "--width", "16"], ["packing", "--moments", box.moments, "--steps", "3"]]) {
    const { code, err } = await box.call(...kind, "--ids", "100", "--max-cosine", "-0.5", "--threads", "1", ...output);
    assert.match(err, /Cannot keep 100 rows at cosine -0.5 or less: no more than 3 directions/);
    assert.equal(code, 1);
  }
  assert.deepEqual(box.names(), before);
});

Deno.test("sample packing spreads rows and says how far", async () => {
  await using box = new Box();
  const options = ["packing", "--moments", box.moments, "--ids", "12", "--near", "nothing", "--threads", "1"];
  await box.make("p.npy", ...options, "--steps", "60", "--norm", "20");
  const { largest } = box.recipe("p").result;
  assert.ok(largest.after < largest.before);
  assert.ok(Math.abs(largestCosine(box.rows("p.npy")) - largest.after) < 1e-12);
  assert.ok(Math.abs(norm(box.row("p.npy", 3)) / 20 - 1) < 1e-6);
});

Deno.test("sample packing keeps away from an enrolled gallery, or says that it cannot", async () => {
  await using box = new Box();
  const options = [
    "packing",
    "--moments",
    box.moments,
    "--max-cosine",
    "0.4",
    "--against",
    box.centers,
    "--threads",
    "1",
  ];
  await box.make("p.npy", ...options, "--ids", "12");
  assert.ok(largestCosine(box.rows("p.npy")) <= 0.4);
  using centers = openVectors(box.centers);
  let before = -1, after = -1;
  const start = gaussianVectors(loadMoments(box.moments), 0, 12);
  for (let i = 0; i < 12; i++) {
    for (let a = 0; a < 30; a++) {
      before = Math.max(before, cosine(start.vector(i), centers.vector(a)));
      after = Math.max(after, cosine(box.row("p.npy", i), centers.vector(a)));
    }
  }
  const { sampler, separation, result } = box.recipe("p");
  assert.ok(after <= 0.4 && before > 0.4 && Math.abs(result.largestAgainst.after - after) < 1e-12);
  assert.deepEqual([separation.maxCosine, separation.against.file, sampler.against], [0.4, "centers.npy", {
    maxCosine: 0.4,
  }]);
  const { code, err } = await box.call(...options, "--ids", "90", "--steps", "20", "--output", box.path("no.npy"));
  assert.match(err, /Cannot keep 90 rows at cosine 0.4 or less: after 20 steps of descent the largest is .* rows fit/);
  assert.equal(code, 1);
  assert.ok(!box.names().includes("no.npy"));
});

Deno.test("sample leaves nothing half-written when it is stopped", async () => {
  await using box = new Box();
  const before = box.names();
  for (const rule of [[], ["--max-cosine", "0.5", "--threads", "1"]]) {
    const stop = new AbortController();
    const argv = ["rotate", "--source", box.centers, "--cosine", "0.1", "--per-parent", "9", ...rule];
    const main = sampleMain({ say: () => {}, note: () => stop.abort(new Error("stopped")), progress: () => {} });
    const args = readArguments(SPEC, [...argv, "--output", box.path("no.npy")])!;
    await assert.rejects(async () => await main(args, stop.signal), /stopped/);
    assert.deepEqual(box.names(), before);
  }
});

Deno.test("sample runs as a process", async () => {
  await using box = new Box();
  const { code, out, err } = await call("../../tasks/sample.ts", [
    ...["sphere", "--norm", "20", "--ids", "2", "--output", box.path("s.npy")],
  ]);
  assert.equal(code, 0, err);
  assert.match(err, /Warning: Isotropic[\s\S]*Making rows 0 to 1 of the sphere/);
  assert.match(out, /s.npy: 2 rows of 512\nrecipe: .*s.recipe.json/);
});

Deno.test("sample refuses to replace a file unless told", async () => {
  await using box = new Box();
  const options = ["centers", "--source", box.centers];
  await box.make("c.npy", ...options);
  const { code, err } = await box.call(...options, "--output", box.path("c.npy"));
  assert.match(err, /c.npy is there already; give another --output, or --overwrite/);
  assert.equal(code, 2);
  await box.make("c.npy", ...options, "--overwrite", "--ids", "3");
  assert.deepEqual(box.rows("c.npy").shape, [3, D]);
});

const REFUSED: [string, (box: Box) => string[], RegExp][] = [
  ["no kind", () => [], /KIND is needed, one of centers, gaussian/],
  ["an unknown kind", () => ["pca"], /the kind is "pca", expected one of/],
  ["a kind without end and no number", (box) => ["gaussian", "--moments", box.moments], /--ids is needed/],
  ["more rows than there are", (box) => ["centers", "--source", box.centers, "--ids", "31"], /centers.npy: it has 30/],
  ["a missing source", () => ["rotate", "--cosine", "0.5"], /--source is needed, the vectors that rotate/],
  ["a source that is not there", () => ["centers", "--source", "no.npy"], /no.npy|No such file/],
  ["two sources", (box) => ["gaussian", "--source", box.centers, "--moments", box.moments], /exclude each other/],
  ["a model without a Gaussian", () => ["gaussian", "--model", "base", "--ids", "3"], /no Gaussian is bundled/],
  ["look-alikes without a cosine", (box) => ["rotate", "--source", box.centers], /--cosine is needed/],
  ["another kind's option", () => ["sphere", "--components", "3"], /--components is for gaussian, not for sphere/],
  [
    "too many components",
    (box) => ["gaussian", "--moments", box.moments, "--components", "17", "--ids", "3"],
    /17 comp/,
  ],
  ["separated walks", (box) => ["interpolate", "--source", box.centers, "--max-cosine", "0.3"], /not for interpolate/],
  ["pairs of another form", (box) => ["interpolate", "--source", box.centers, "--pairs", "1-2"], /as in 0:1,4:7/],
  ["a row that is not there", (box) => ["interpolate", "--source", box.centers, "--pairs", "0:30"], /row 30 of/],
  ["a norm of zero", () => ["sphere", "--norm", "0", "--ids", "3"], /--norm: expected a number/],
  ["--against alone", (box) => ["sphere", "--against", box.centers], /--against needs --max-cosine/],
  [
    "vectors of another width",
    (box) => ["sphere", "--width", "8", "--ids", "3", "--max-cosine", "0.3", "--against", box.centers],
    /centers.npy has width 16, the rows have 8/,
  ],
  [
    "to pack away from vectors of another width",
    (box) => [
      ...["packing", "--moments", box.moments, "--ids", "3", "--max-cosine", "0.3"],
      ...["--against", box.write("wide.npy", normalRows(2, 32), 32)],
    ],
    /wide.npy has width 32, the rows have 16/,
  ],
  [
    "shards of separated rows",
    () => ["sphere", "--max-cosine", "0.3", "--start-end", "3:6"],
    /depends on all earlier ones, so it cannot be made in shards/,
  ],
  ["ids and a range", () => ["sphere", "--ids", "9", "--start-end", "3:6"], /leave --ids and --extend out/],
  [
    "fewer rows than before",
    (box) => ["sphere", "--width", "16", "--extend", box.centers, "--ids", "30"],
    /to 30 rows: it has 30/,
  ],
  [
    "another width before",
    (box) => ["sphere", "--width", "8", "--extend", box.centers, "--ids", "40"],
    /rows have width 16/,
  ],
  ["to go on without a recipe", (box) => ["--extend", box.centers, "--ids", "40"], /no recipe .* to go on with/],
  ["another name", () => ["sphere", "--ids", "3", "--output", "x.txt"], /ends in .npy/],
  ["to stay near to a word", () => ["packing", "--ids", "3", "--near", "faces"], /--near: expected gaussian, nothing/],
  [
    "to fit a source with a hole",
    (box) => ["gaussian", "--ids", "3", "--source", box.write("nan.npy", normalRows(4, D).fill(NaN, 3 * D, 3 * D + 1))],
    /row 3 of .*nan.npy: column 0 is NaN/,
  ],
  [
    "a source with a hole",
    (box) => ["centers", "--source", box.write("hole.npy", normalRows(4, D).fill(0, 2 * D, 3 * D))],
    /row 2 of .*hole.npy: all values are zero/,
  ],
];

Deno.test.each(REFUSED)("sample refuses %s with exit code 2", async (_what, options, message) => {
  await using box = new Box();
  const argv = options(box);
  const before = box.names();
  const output = argv.includes("--output") ? [] : ["--output", box.path("no.npy")];
  const { code, err } = await box.call(...argv, ...output);
  assert.match(err, message);
  assert.equal(code, 2);
  assert.deepEqual(box.names(), before);
});
