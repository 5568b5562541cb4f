/** `deno task generate` called wrongly: a message, exit code 2, and nothing left behind. */
import assert from "node:assert/strict";
import { SPEC } from "../../tasks/generate.ts";
import { generateHere } from "./_generate.ts";
import { call, Sandbox } from "./_sandbox.ts";

/** What is wrong, the options that say so, and what the message must say. */
const MISTAKES: [string, (box: Sandbox) => string[], RegExp][] = [
  [
    "an unknown model",
    () => ["--model", "maxi"],
    /Cannot find model "maxi": known generators are mini/,
  ],
  [
    "missing weights",
    (box) => ["--weights", box.path("none.pth")],
    /none.pth is not there; check the path/,
  ],
  [
    "a folder as weights",
    (box) => ["--weights", box.directory],
    /is not a file/,
  ],
  [
    "a missing file of vectors",
    (box) => ["--center-feature", box.path("none.npy")],
    /none.npy/,
  ],
  [
    "something else as vectors",
    (box) => ["--center-feature", box.weights],
    /weights.bin/,
  ],
  [
    "vectors of another width",
    (box) => ["--center-feature", box.writeVectors("w.npy", 3, 256)],
    /row 0 of .*w.npy: it has 256 values, expected 512/,
  ],
  [
    "NaN in a vector",
    (box) => [
      "--center-feature",
      box.writeVectors("n.npy", 3, 512, (d) => d[1025] = NaN),
    ],
    /row 2 of .*n.npy: column 1 is NaN/,
  ],
  [
    "a vector of zeros",
    (box) => [
      "--center-feature",
      box.writeVectors("z.npy", 2, 512, (d) => d.fill(0, 512)),
    ],
    /row 1 of .*z.npy: all values are zero/,
  ],
  [
    "more identities than rows",
    () => ["--ids", "7"],
    /Cannot use 7 identities of .*ids.npy: it has 6 rows/,
  ],
  [
    "no identities",
    () => ["--ids", "0"],
    /--ids: expected a whole number of at least 1, got "0"/,
  ],
  ["no images", () => ["--images", "0"], /--images/],
  ["a negative sigma", () => ["--sigma=-0.3,0.5,0.7"], /--sigma/],
  [
    "shares without sigmas",
    () => ["--mix", "0.5,0.5"],
    /--mix 0.5,0.5 must give one share for each of --sigma 0.3,0.5,0.7/,
  ],
  ["shares of zero", () => ["--mix", "0,0,0"], /not all 0/],
  [
    "cosine and sigma",
    () => ["--cosine", "0.7", "--sigma", "0.3"],
    /--cosine and --sigma exclude each other/,
  ],
  [
    "a cosine above 1",
    () => ["--cosine", "1.2"],
    /--cosine: expected a number from -1 to 1, got "1.2"/,
  ],
  ["a negative seed", () => ["--seed", "-1"], /--seed/],
  [
    "quality 0",
    () => ["--quality", "0"],
    /--quality: expected a whole number from 1 to 100/,
  ],
  [
    "an unknown format",
    () => ["--format", "zip"],
    /--format: expected one of folder, lmdb/,
  ],
  [
    "an unknown device",
    () => ["--device", "abacus"],
    /Cannot use device "abacus"/,
  ],
  ["batches of none", () => ["--batch-size", "0"], /--batch-size/],
  [
    "a shard the wrong way round",
    () => ["--start-end", "5:2"],
    /--start-end: expected two whole numbers a:b with a < b/,
  ],
  [
    "a shard beyond the end",
    () => ["--start-end", "5:7"],
    /identities 5 to 6: the data set has identities 0 to 5/,
  ],
  ["an identity beyond the end", () => ["--only", "6"], /identities 6 to 6/],
  ["an image beyond the end", () => ["--only", "0:50"], /image 50/],
  ["an image without a number", () => ["--only", "x"], /--only/],
  ["a name with a slash", () => ["--name", "a/b"], /name of a data set/],
  ["a mask above 1", () => ["--mask-ratio-min", "1.5"], /--mask-ratio-min/],
  ["a mask of no width", () => ["--mask-ratio-std", "0"], /Cannot draw masks/],
  [
    "a missing recipe",
    (box) => ["--recipe", box.path("none.json")],
    /there is no recipe .*none.json/,
  ],
  [
    "a recipe that is none",
    (box) => ["--recipe", box.weights],
    /weights.bin: it is not JSON/,
  ],
  ["two kinds of identities", (box) => ["--moments", box.ids], /both vectors/],
  ["a file as folder of data sets", (box) => ["--output", box.weights], /weights.bin is a file, expected a folder/],
  ["an empty option", () => ["--name", ""], /--name: it needs a value/],
  ["a typing error", () => ["--idz", "3"], /unknown option --idz/],
];

Deno.test.each(MISTAKES)(
  "generate refuses %s with exit code 2 and leaves nothing behind",
  async (_what, options, message) => {
    await using box = await Sandbox.make();
    const extra = options(box);
    const usual = [
      ["--weights", box.weights],
      ["--center-feature", box.ids],
      ["--output", box.path("out")],
    ];
    const argv = usual.filter(([flag]) => !extra.includes(flag!)).flat();
    const before = [...(await box.files()).keys()];
    const { code, out, err } = await generateHere([
      ...argv,
      ...extra,
    ]);
    assert.match(err, message);
    assert.equal(code, 2);
    assert.equal(out, "");
    assert.deepEqual([...(await box.files()).keys()], before);
  },
);

Deno.test("generate needs vectors for a model that has no Gaussian", async () => {
  await using box = await Sandbox.make();
  const { code, err } = await generateHere([
    "--model",
    "base",
    "--weights",
    box.weights,
  ]);
  assert.equal(code, 2);
  assert.match(err, /no Gaussian is bundled for model "base"/);
});

Deno.test("generate leaves nothing behind when the weights do not fit", async () => {
  await using box = await Sandbox.make();
  const { code, err } = await call("../../tasks/generate.ts", box.common());
  assert.equal(code, 2, err);
  assert.match(err, /weights.bin/);
  await assert.rejects(Deno.stat(box.path("out")), Deno.errors.NotFound);
});

Deno.test("generate refuses a device that this machine lacks with exit code 2 and leaves nothing behind", async () => {
  await using box = await Sandbox.make();
  const device = Deno.build.os === "windows" ? "coreml" : "dml"; // never both on one system
  const { code, err } = await call("../../tasks/generate.ts", ["--output", box.path("out"), "--device", device]);
  assert.equal(code, 2, err);
  assert.match(err, new RegExp(`Cannot use device "${device}": it needs .*; use "cpu" or "auto" instead`));
  await assert.rejects(Deno.stat(box.path("out")), Deno.errors.NotFound);
});

Deno.test("generate --help names every option with its default", async () => {
  const { code, out } = await generateHere([
    "--help",
  ]);
  assert.equal(code, 0);
  for (const { flag } of SPEC.options) {
    assert.ok(out.includes(`--${flag}`), flag);
  }
  assert.match(out, /--seed N +.*\(0\.\.2\^64-1; default 0\)/);
});
