import assert from "node:assert/strict";
import { join } from "node:path";
import { rocCurve, scoreCurves } from "@/evaluation/mod.ts";
import { decodeImage } from "@/images/mod.ts";
import { distributionOf, PoseTally } from "@/metrics/mod.ts";
import { plotMain, SPEC } from "../../tasks/plot.ts";
import { bell, fallingSet, turnedSet } from "../plots/_sets.ts";
import { call, callHere } from "./_sandbox.ts";

/** A temporary folder with results. */
class Results implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async make(): Promise<Results> {
    const box = new Results(await Deno.makeTempDir());
    await box.write("mini.json", { kind: "separability", ...fallingSet("mini", 1e-5), histogram: bell(0.1, 0.1) });
    await box.write("heads.json", { kind: "separability", ...fallingSet("heads", 1e-4) });
    const { name, ...yaw } = turnedSet("mini");
    await box.write("attrop.json", { kind: "attrop", name, yaw });
    return box;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async write(name: string, value: unknown): Promise<string> {
    await Deno.writeTextFile(this.path(name), typeof value === "string" ? value : JSON.stringify(value));
    return this.path(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("plot separability writes HTML, SVG and PNG and says where", async () => {
  await using box = await Results.make();
  const output = box.path("new/figure");
  const { code, out, err } = await call("../../tasks/plot.ts", [
    ...["separability", box.path("mini.json"), box.path("heads.json"), "--reference", "--thresholds", "0.4"],
    ...["--output", output, "--scale", "2"],
  ]);
  assert.equal(code, 0, err);
  assert.deepEqual(out.trim().split("\n"), ["html", "svg", "png"].map((end) => `${output}.${end}`));
  const html = await Deno.readTextFile(`${output}.html`);
  assert.match(html, /at cosine 0.4; published values of 8 sets read off the figure<\/title>/);
  const svg = await Deno.readTextFile(`${output}.svg`);
  for (const text of ["mini", "heads", "Arc2Face"]) assert.ok(svg.includes(`>${text}<`), text);
  assert.equal((await decodeImage(`${output}.png`)).width, 672);
});

Deno.test("plot writes only the format that the name of the output ends in", async () => {
  await using box = await Results.make();
  const output = box.path("cosines.svg");
  const outcome = await callHere(SPEC, plotMain, ["cosines", box.path("mini.json"), "--log", "--output", output]);
  assert.equal(outcome.code, 0, outcome.err);
  const names = (await Array.fromAsync(Deno.readDir(box.folder), (entry) => entry.name)).sort();
  assert.deepEqual(names, ["attrop.json", "cosines.svg", "heads.json", "mini.json"]);
});

Deno.test.each([["yaw", /second estimator/], ["drift", /Cosine to the identity/]])(
  "plot %s draws a result of evaluate:attrop",
  async (figure, text) => {
    await using box = await Results.make();
    const output = box.path(`${figure}.svg`);
    const outcome = await callHere(SPEC, plotMain, [figure, box.path("attrop.json"), "--output", output]);
    assert.equal(outcome.code, 0, outcome.err);
    assert.match(await Deno.readTextFile(output), text);
  },
);

Deno.test.each([
  ["poses", [], /Density of faces/],
  ["poses", ["--angle", "pitch", "--log"], /Pitch \(degrees\)/],
  ["joint-poses", ["--width", "page"], /inside dashed ones 90 %/],
] as [string, string[], RegExp][])("plot %s %j draws results of poses", async (figure, options, text) => {
  await using box = await Results.make();
  const tally = new PoseTally();
  for (let i = 0; i < 500; i++) tally.add(40 * Math.sin(i), 20 * Math.cos(i), 0);
  const paths = [];
  for (const name of ["mini", "heads"]) {
    paths.push(await box.write(`${name}.json`, { kind: "poses", name, ...tally.report() }));
  }
  const output = box.path("poses.svg");
  const outcome = await callHere(SPEC, plotMain, [figure, ...paths, ...options, "--output", output]);
  assert.equal(outcome.code, 0, outcome.err);
  const svg = await Deno.readTextFile(output);
  assert.match(svg, text);
  assert.ok(svg.includes(">heads<"));
  const wrong = await callHere(SPEC, plotMain, [figure, box.path("attrop.json"), "--output", output]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /attrop.json: it is of kind "attrop"; expected a result of "deno task poses/);
});

Deno.test.each([
  ["scores", ["--log", "--thresholds", "0.3"], /t = 0.3/],
  ["roc", [], /True accept rate/],
  ["det", ["--width", "page"], /False non-match rate/],
] as [string, string[], RegExp][])("plot %s %j draws results of evaluate", async (figure, options, text) => {
  await using box = await Results.make();
  const report = (spread: number) => {
    const scores = (mean: number) => Float64Array.from({ length: 900 }, (_, i) => mean + spread * Math.sin(i * i));
    return reportOf(scores(0.6), scores(0.1));
  };
  const sets = [["lfw", 0.3], ["cfp_fp", 0.4]].map(([name, spread]) => ({
    name,
    kind: "pairs",
    report: report(spread as number),
  }));
  const one = await box.write("one.json", { kind: "evaluation", sets });
  const two = await box.write("two.json", { kind: "evaluation", sets: sets.slice(0, 1) });
  const output = box.path("figure.svg");
  const outcome = await callHere(SPEC, plotMain, [figure, one, two, ...options, "--output", output]);
  assert.equal(outcome.code, 0, outcome.err);
  const svg = await Deno.readTextFile(output);
  assert.match(svg, text);
  assert.match(svg, />one, cfp_fp/);
  for (
    const [files, message] of [[[], /give at least one/], [[box.path("attrop.json")], /of kind "attrop"/]] as const
  ) {
    const wrong = await callHere(SPEC, plotMain, [figure, ...files]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, message);
  }
});

/** The part of a verification report that figures are drawn from. */
function reportOf(genuine: Float64Array, impostor: Float64Array) {
  return { curves: scoreCurves(genuine, impostor, rocCurve(genuine, impostor)) };
}

Deno.test("plot quality draws the data sets of the doctor's reports", async () => {
  await using box = await Results.make();
  const set = (name: string, mean: number) => ({
    ...{ name, quality: distributionOf(() => Array.from({ length: 300 }, (_, i) => mean + 3 * Math.sin(i * i))) },
  });
  const report = (findings: unknown) => ({ kind: "doctor", version: 1, findings });
  const two = await box.write("two.json", report({ set: set("faces", 24), compare: set("renders", 27) }));
  const one = await box.write("one.json", report({ set: set("photographs", 30) }));
  const output = box.path("quality.svg");
  const outcome = await callHere(SPEC, plotMain, ["quality", two, one, "--output", output]);
  assert.equal(outcome.code, 0, outcome.err);
  const svg = await Deno.readTextFile(output);
  for (const text of [">Quality<", ">Density of images<", ">faces<", ">renders<", ">photographs<"]) {
    assert.ok(svg.includes(text), text);
  }
  const without = await box.write("without.json", report({ set: { name: "faces" } }));
  for (
    const [files, message] of [[[], /give at least one report.json/], [[without], /no quality was measured/]] as const
  ) {
    const refused = await callHere(SPEC, plotMain, ["quality", ...files, "--output", output]);
    assert.equal(refused.code, 2);
    assert.match(refused.err, message);
  }
});

Deno.test("plot accuracy draws published sets, those that grew as curves, and one's own", async () => {
  await using box = await Results.make();
  const output = box.path("accuracy.svg"), options = ["--own", "mine: too:0.5M:90.1", "--output", output];
  const outcome = await callHere(SPEC, plotMain, ["accuracy", ...options]);
  assert.equal(outcome.code, 0, outcome.err);
  const svg = await Deno.readTextFile(output);
  for (const text of ["HSFace (Vec2Face)", "VFace (Vec2Face+)", "DCFace", "mine: too", "CASIA-WebFace (real)"]) {
    assert.ok(svg.includes(`>${text}<`), text);
  }
  assert.ok(!svg.includes("HSFace10K"));
  for (const own of ["mine", "mine:many:90", "mine:5:most", ":5:90"]) {
    const wrong = await callHere(SPEC, plotMain, ["accuracy", "--own", own]);
    assert.equal(wrong.code, 2, own);
    assert.match(wrong.err, /expected NAME:IMAGES:PERCENT/);
  }
});

Deno.test({
  name: "plot says that a machine without fonts cannot write a PNG",
  ignore: Deno.build.os !== "linux", // elsewhere fonts are not fontconfig's
  fn: async () => {
    await using box = await Results.make();
    const fonts = await box.write("fonts.conf", '<?xml version="1.0"?><fontconfig></fontconfig>');
    const options = ["separability", "--reference", "--output", box.path("a"), "--format", "svg,png"];
    const { code, out, err } = await call("../../tasks/plot.ts", options, { FONTCONFIG_FILE: fonts });
    assert.equal(code, 1);
    assert.equal(out.trim(), `${box.path("a")}.svg`);
    assert.match(err, /Cannot write a PNG: this machine has no font; install one/);
  },
});

Deno.test.each<[string, (box: Results) => Promise<string[]> | string[], RegExp]>([
  ["no figure", () => [], /FIGURE FILE.json... is needed/],
  [
    "a figure that is not there",
    () => ["pie"],
    /Cannot draw "pie": expected one of separability, cosines, poses, joint-poses, scores, roc, det, accuracy, quality, yaw, drift, all/,
  ],
  ["a name of every object", () => ["toString"], /Cannot draw "toString"/],
  ["no file", () => ["separability"], /give at least one FILE.json, or --reference/],
  ["a file that is not there", (box) => ["separability", box.path("no.json")], /no.json: there is no such file/],
  [
    "a file that is no JSON",
    async (box) => ["separability", await box.write("a.npy", "\x93NUMPY")],
    /a.npy: it is no JSON file/,
  ],
  [
    "JSON of another kind",
    async (box) => ["separability", await box.write("r.json", { kind: "recipe" })],
    /r.json: it is of kind "recipe"; expected a result of "deno task separability/,
  ],
  [
    "two results in one figure",
    (box) => ["yaw", box.path("attrop.json"), box.path("attrop.json")],
    /Cannot draw yaw: give one FILE.json, 2 are given/,
  ],
  [
    "a result without yaw targets",
    async (box) => ["drift", await box.write("r.json", { kind: "attrop", name: "mini" })],
    /r.json: it has no yaw targets, they were left out by --parts/,
  ],
  [
    "a result without histogram",
    (box) => ["cosines", box.path("heads.json")],
    /cosines of heads: it was counted without a histogram/,
  ],
  [
    "a threshold that was not counted",
    (box) => ["separability", box.path("mini.json"), "--thresholds", "0.5"],
    /mini at threshold 0.5: it was counted at 0.3, 0.4/,
  ],
  [
    "an unknown format",
    (box) => ["separability", box.path("mini.json"), "--format", "svg,pdf"],
    /--format: expected any of html, svg, png, got "pdf"/,
  ],
  [
    "an option of another figure",
    (box) => ["cosines", box.path("mini.json"), "--reference"],
    /Cannot draw cosines with --reference/,
  ],
])("plot refuses %s with exit code 2", async (_what, options, message) => {
  await using box = await Results.make();
  const { code, err } = await callHere(SPEC, plotMain, await options(box));
  assert.match(err, message);
  assert.equal(code, 2);
});
