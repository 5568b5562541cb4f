import assert from "node:assert/strict";
import { openLmdb } from "@/datasets/mod.ts";
import { readRecipe } from "@/generation/mod.ts";
import { fitMoments, saveMoments } from "@/identity/mod.ts";
import { decodeImage } from "@/images/mod.ts";
import { readNpy } from "@/weights/mod.ts";
import { assertSameFiles, assertSuccess, generate, generateHere, imagesIn } from "./_generate.ts";
import { Sandbox } from "./_sandbox.ts";

Deno.test("generate writes class folders, and recipe and sheet beside them", async () => {
  await using box = await Sandbox.make();
  const result = await generate([
    ...box.common(),
    "--name",
    "faces",
    "--ids",
    "3",
  ]);
  assertSuccess(result);
  const expected = [0, 1, 2].flatMap((row) => [0, 1, 2, 3].map((image) => `faces/00000${row}/00${image}.jpg`));
  assert.deepEqual(
    [...(await box.files("out")).keys()],
    ["faces.recipe.json", "faces.sheet.png", ...expected].sort(),
  );
  const recipe = readRecipe(box.path("out", "faces.recipe.json"))!;
  assert.deepEqual(recipe.identities.count, 3);
  assert.equal(recipe.identities.file, "ids.npy");
  assert.deepEqual(recipe.variation, {
    kind: "sigma",
    sigmas: [0.3, 0.5, 0.7],
    mix: [0.4, 0.4, 0.2],
  });
  assert.ok(
    !JSON.stringify(recipe).includes(box.directory),
    "the recipe says nothing about the machine",
  );
  const sheet = await decodeImage(box.path("out", "faces.sheet.png"));
  assert.ok(
    sheet.width > 4 * 112 && sheet.height > 3 * 112 && sheet.height < 4 * 112,
  );
  assert.match(
    result.out,
    /faces: 12 images, 12 new, [\d.]+ images\/s\nrecipe: .*faces.recipe.json\nsheet: .*png\n/,
  );
  assert.match(
    result.err,
    /Making 12 images \(identities 0 to 2, images 0 to 3\) into .*faces \(new\)/,
  );
});

Deno.test("generate gives the same bytes in one run, in shards, one image at a time and in LMDB", async () => {
  await using box = await Sandbox.make();
  assertSuccess(
    await generate([
      ...box.common("whole"),
      "--name",
      "x",
      "--batch-size",
      "5",
    ]),
  );
  const whole = await imagesIn(box, "whole/x");
  assert.equal(whole.size, 24);
  const parts = ["--start-end=3:6", "--only=1:2", "--start_end=0:3"]; // at once, as shards on several machines
  const runs = parts.map((part) => generate([...box.common("parts"), "--name", "x", "--batch_size=3", part]));
  (await Promise.all(runs)).forEach(assertSuccess);
  assertSameFiles(await imagesIn(box, "parts/x"), whole);
  const lmdb = await generate([
    ...box.common("db"),
    "--name",
    "x",
    "--format",
    "lmdb",
  ]);
  assertSuccess(lmdb);
  await using reader = await openLmdb(box.path("db", "x.lmdb"));
  assert.equal(reader.length, 24);
  for (const [index, [path, bytes]] of [...whole].entries()) {
    const item = await reader.get(index);
    assert.equal(item.label, Number(path.slice(0, 6)));
    assert.deepEqual(new Uint8Array(item.bytes), bytes, path);
  }
  const sheets = await Promise.all(
    ["whole", "db"].map((folder) => Deno.readFile(box.path(folder, "x.sheet.png"))),
  );
  assert.deepEqual(sheets[0], sheets[1]);
});

Deno.test("generate makes nothing twice, refuses another recipe by field, grows and overwrites when asked", async () => {
  await using box = await Sandbox.make();
  const base = [...box.common(), "--name", "x"];
  assertSuccess(await generate([...base, "--ids", "2"]));
  const before = await box.files("out");

  const again = await generate([...base, "--ids", "2"]);
  assertSuccess(again);
  assert.match(again.out, /8 images, 0 new\n/);
  assertSameFiles(await box.files("out"), before);

  for (
    const [change, field] of [
      [["--seed", "1"], /its recipe has seed "0", this run asks for "1"/],
      [
        ["--cosine", "0.75"],
        /variation.kind "sigma", this run asks for "cosine"/,
      ],
      [["--quality", "80"], /output.quality 95, this run asks for 80/],
      [["--format", "lmdb"], /output.format "folder"/],
      [["--mask-ratio-mu", "0.5"], /mask.mean 0.15, this run asks for 0.5/],
    ] as const
  ) {
    const refused = await generateHere([
      ...base,
      "--ids",
      "2",
      ...change,
    ]);
    assert.equal(refused.code, 2);
    assert.match(refused.err, field);
  }
  const larger = await generateHere([
    ...base,
    "--ids",
    "3",
  ]);
  assert.equal(larger.code, 2);
  assert.match(
    larger.err,
    /identities.count 2, this run asks for 3; .*let it grow/,
  );
  assertSameFiles(await box.files("out"), before);

  const grown = await generate([...base, "--ids", "3", "--grow"]);
  assertSuccess(grown);
  assert.match(grown.out, /12 images, 4 new/);
  const [after] = [await imagesIn(box, "out/x")];
  for (const [path, bytes] of before) {
    if (path.startsWith("x/")) {
      assert.deepEqual(after.get(path.slice(2)), bytes);
    }
  }

  const other = await generate([
    ...base,
    "--ids",
    "2",
    "--seed",
    "1",
    "--overwrite",
  ]);
  assertSuccess(other);
  assert.match(other.out, /8 images, 8 new/);
  const replaced = await imagesIn(box, "out/x");
  assert.equal(replaced.size, 8);
  assert.notDeepEqual(
    replaced.get("000000/000.jpg"),
    before.get("x/000000/000.jpg"),
  );

  await Deno.writeTextFile(
    box.path("out", "x", "000001", "002.jpg"),
    "spoiled",
  );
  assertSuccess(
    await generate([
      ...base,
      "--ids",
      "2",
      "--seed",
      "1",
      "--overwrite",
      "--only",
      "1:2",
    ]),
  );
  assertSameFiles(await imagesIn(box, "out/x"), replaced);
});

Deno.test("generate makes a data set again from its recipe alone, in either format", async () => {
  await using box = await Sandbox.make();
  assertSuccess(
    await generate([
      ...box.common(),
      "--name",
      "x",
      "--cosine",
      "0.7",
      "--seed",
      "0xffffffffffffffff",
    ]),
  );
  const recipe = box.path("out", "x.recipe.json");
  const files = ["--weights", box.weights, "--center-feature", box.ids];
  assertSuccess(
    await generate([
      "--recipe",
      recipe,
      ...files,
      "--output",
      box.path("again"),
    ]),
  );
  assertSameFiles(await imagesIn(box, "again/x"), await imagesIn(box, "out/x"));
  assert.deepEqual(
    readRecipe(box.path("again", "x.recipe.json")),
    readRecipe(recipe),
  );

  const inLmdb = [
    "--output",
    box.path("db"),
    "--name",
    "y",
    "--format",
    "lmdb",
  ];
  assertSuccess(await generate(["--recipe", recipe, ...files, ...inLmdb]));
  await using reader = await openLmdb(box.path("db", "y.lmdb"));
  const { bytes } = await reader.get(23);
  assert.deepEqual(
    new Uint8Array(bytes),
    (await imagesIn(box, "out/x")).get("000005/003.jpg"),
  );

  const refuse = async (argv: string[], message: RegExp) => {
    const { code, err } = await generateHere([
      "--recipe",
      recipe,
      ...argv,
    ]);
    assert.equal(code, 2);
    assert.match(err, message);
  };
  await refuse(
    [...files, "--seed", "3"],
    /--seed cannot be given with --recipe/,
  );
  await refuse(
    ["--weights", box.weights],
    /takes its identities from ids.npy; give it by --center-feature/,
  );
  const other = box.writeVectors("other.npy", 6, 512, (data) => data[0] = 5);
  await refuse(
    [
      "--weights",
      box.weights,
      "--center-feature",
      other,
      "--output",
      box.path("none"),
    ],
    /its identities are ids.npy with SHA-256 .*other.npy has/,
  );
  await refuse(
    [...files, "--weights=" + box.ids],
    /--weights: it is given 2 times/,
  );
  await assert.rejects(Deno.stat(box.path("none")), Deno.errors.NotFound);
});

Deno.test("generate draws identities from a Gaussian, row by row", async () => {
  await using box = await Sandbox.make();
  const moments = box.path("moments.safetensors");
  saveMoments(moments, fitMoments(readNpy(box.ids).data as Float32Array, 512));
  const argv = [
    "--weights",
    box.weights,
    "--moments",
    moments,
    "--output",
    box.path("out"),
  ];
  assertSuccess(await generate([...argv, "--name", "few", "--ids", "2"]));
  assertSuccess(
    await generate([
      ...argv,
      "--name",
      "many",
      "--ids",
      "4",
      "--start-end",
      "1:3",
    ]),
  );
  const [few, many] = [
    await imagesIn(box, "out/few"),
    await imagesIn(box, "out/many"),
  ];
  assert.equal(few.size, 10);
  assert.deepEqual(many.get("000001/004.jpg"), few.get("000001/004.jpg"));
  assert.equal(
    readRecipe(box.path("out", "few.recipe.json"))!.identities.source,
    "gaussian",
  );
});

Deno.test("generate --dry-run says what it would do and writes nothing", async () => {
  await using box = await Sandbox.make();
  const { code, out } = await generate([
    ...box.common(),
    "--dry-run",
    "--start-end",
    "2:5",
  ]);
  assert.equal(code, 0);
  assert.match(
    out,
    /Would make 12 images \(identities 2 to 4, images 0 to 3\) into .*ids-6x4 \(new\)/,
  );
  await assert.rejects(Deno.stat(box.path("out")), Deno.errors.NotFound);
});
