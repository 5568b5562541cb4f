/** `deno task generate --attrop`: identities refined before they are varied. */
import { type IdentityRecord, readRecipe } from "@/generation/mod.ts";
import { fitMoments, saveMoments } from "@/identity/mod.ts";
import { readNpy } from "@/weights/mod.ts";
import assert from "node:assert/strict";
import { estimators, generateHere, run } from "./_attrop.ts";
import { assertSameFiles, assertSuccess, imagesIn } from "./_generate.ts";
import { Sandbox, spawn } from "./_sandbox.ts";

/** Options every call needs here; the fake networks start at quality 12 to 20. */
function common(box: Sandbox, output = "out", quality = 20): string[] {
  const asked = ["--attrop", "--image-quality", String(quality), "--name", "x"];
  return [...box.common(output, 2), ...estimators(box), ...asked];
}

async function records(path: string): Promise<IdentityRecord[]> {
  return (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** Rows of ids.npy that the fake networks can't bring to their identity. */
function hopelessRows(box: Sandbox): number[] {
  const data = readNpy(box.ids).data as Float32Array;
  return [0, 1, 2, 3, 4, 5].filter((row) => data[row * 512 + 2]! >= 0.8);
}

/** Two rows out of reach, whatever the random numbers are. */
function spoil(box: Sandbox): void {
  box.writeVectors("ids.npy", 6, 512, (data) => {
    for (let row = 0; row < 6; row++) data[row * 512 + 2] = row === 1 || row === 4 ? 1 : 0;
  });
}

Deno.test("generate --attrop refines identities, reports them, and makes the images of the refined vectors", async () => {
  await using box = await Sandbox.make();
  spoil(box);
  const result = await run("generate", common(box));
  assertSuccess(result);
  assert.match(
    result.err,
    /Refining 6 identities first: 1 - cosine at most 0.3, quality at least 20 - 1, 30 iterations/,
  );
  assert.match(
    result.err,
    /2 identities were not accepted: their best vectors are kept; .*x\.identities\.jsonl says why/,
  );
  assert.match(
    result.out,
    /x\.identities\.jsonl: 6 refined, 4 accepted, 0 replaced, 0 without images; mean cosine 0\.767/,
  );
  const names = [...(await box.files("out")).keys()].filter((path) => !path.startsWith("x/"));
  assert.deepEqual(names, ["x.identities.jsonl", "x.identities.npy", "x.recipe.json", "x.sheet.png"]);

  const lines = await records(box.path("out", "x.identities.jsonl"));
  assert.deepEqual(lines.map(({ identity }) => identity), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(lines.filter(({ accepted }) => !accepted).map(({ identity }) => identity), hopelessRows(box));
  for (const { accepted, reason, cosine, quality, used } of lines) {
    assert.deepEqual([reason, cosine, used], accepted ? ["accepted", 0.9, true] : ["cap", 0.5, true]);
    assert.ok(!accepted || quality! >= 19);
  }
  // The vectors alone give the same images.
  const refined = box.path("out", "x.identities.npy");
  assert.deepEqual(readNpy(refined).shape, [6, 512]);
  const plain = ["--center-feature", refined, "--weights", box.weights, "--images", "2", "--output", box.path("plain")];
  assertSuccess(await run("generate", [...plain, "--name", "x"], { NO_NETWORKS: "1" }));
  assertSameFiles(await imagesIn(box, "plain/x"), await imagesIn(box, "out/x"));

  const recipe = readRecipe(box.path("out", "x.recipe.json"))!;
  const { preset, iterations, identity, quality, rejected } = recipe.refinement!;
  assert.deepEqual([preset, iterations, rejected, identity.threshold, quality.target], ["mini", 30, "keep", 0.3, 20]);
  assert.deepEqual([identity.model.name, quality.model.name], ["mini", "mini-magface"]);
  assert.equal(identity.model.sha256, recipe.model.sha256);
  assert.deepEqual(recipe.achieved?.identities?.accepted, 4);
  assert.ok(!JSON.stringify(recipe).includes(box.directory));
});

Deno.test("generate --attrop gives the same bytes after a stop, in shards, alone, grown and from its recipe; refines once", async () => {
  await using box = await Sandbox.make();
  spoil(box);
  const skip = ["--rejected", "skip"];
  assertSuccess(await run("generate", [...common(box, "whole"), ...skip, "--batch-size", "5"]));
  const whole = await imagesIn(box, "whole/x");
  assert.deepEqual([...new Set([...whole.keys()].map((path) => Number(path.slice(0, 6))))], [0, 2, 3, 5]);
  const refined = await Deno.readFile(box.path("whole", "x.identities.npy"));

  // Shards at once, then an image that was lost, without networks to measure by.
  const shards = ["--start-end=3:6", "--start-end=0:3"];
  const outcomes = await Promise.all(
    shards.map((part) => run("generate", [...common(box, "parts"), ...skip, "--batch-size=2", part])),
  );
  outcomes.forEach(assertSuccess);
  assertSameFiles(await imagesIn(box, "parts/x"), whole);
  assert.deepEqual(await Deno.readFile(box.path("parts", "x.identities.npy")), refined);
  await Deno.remove(box.path("parts", "x", "000003", "001.jpg"));
  const none = { NO_NETWORKS: "1" };
  const again = await run("generate", [...common(box, "parts"), ...skip, "--only", "3:1"], none);
  assertSuccess(again);
  assert.match(again.out, /x: 1 images, 1 new/);
  assertSuccess(await run("generate", [...common(box, "parts"), ...skip], none));
  assertSameFiles(await imagesIn(box, "parts/x"), whole);

  // Grown from two identities; the first two are not refined again.
  assertSuccess(await run("generate", [...common(box, "grown"), ...skip, "--ids", "2"]));
  const before = await Deno.readTextFile(box.path("grown", "x.identities.jsonl"));
  assertSuccess(await run("generate", [...common(box, "grown"), ...skip, "--grow"]));
  assertSameFiles(await imagesIn(box, "grown/x"), whole);
  assert.ok((await Deno.readTextFile(box.path("grown", "x.identities.jsonl"))).startsWith(before));
  assert.deepEqual(await Deno.readFile(box.path("grown", "x.identities.npy")), refined);
  assert.deepEqual(
    await Deno.readTextFile(box.path("grown", "x.recipe.json")),
    await Deno.readTextFile(box.path("whole", "x.recipe.json")),
  );

  const files = ["--weights", box.weights, "--center-feature", box.ids, ...estimators(box)];
  const recipe = ["--recipe", box.path("whole", "x.recipe.json"), ...files, "--output", box.path("same")];
  assertSuccess(await run("generate", recipe));
  assertSameFiles(await box.files("same"), await box.files("whole"));
});

Deno.test("generate --attrop replaces rejected identities from the Gaussian, and lists what was refused", async () => {
  await using box = await Sandbox.make();
  const moments = box.path("moments.safetensors");
  saveMoments(moments, fitMoments(readNpy(box.ids).data as Float32Array, 512));
  const argv = ["--weights", box.weights, "--moments", moments, ...estimators(box), "--attrop", "--images", "1"];
  const out = ["--output", box.path("out"), "--name", "x", "--ids", "16"];
  const result = await run("generate", [...argv, ...out]);
  assertSuccess(result);
  const lines = await records(box.path("out", "x.identities.jsonl"));
  const replaced = lines.filter(({ attempt, used }) => attempt > 0 && used);
  assert.ok(replaced.length > 0, "some are replaced");
  assert.ok(replaced.every(({ refused, attempt, accepted }) => accepted && refused?.length === attempt));
  assert.match(
    result.out,
    new RegExp(`${lines.filter((line) => line.accepted).length} accepted, ${replaced.length} replaced`),
  );
  assert.deepEqual(readRecipe(box.path("out", "x.recipe.json"))!.refinement!.rejected, "replace");
});

Deno.test("generate --attrop refuses what does not fit, with exit code 2, and leaves nothing behind", async () => {
  await using box = await Sandbox.make();
  const before = [...(await box.files()).keys()];
  const none = box.path("none.safetensors");
  const mistakes: [string[], RegExp][] = [
    [["--id-threshold", "0.2"], /--id-threshold says how identities are refined; give --attrop too/],
    [["--fr-weights", none], /--fr-weights says how identities are refined; give --attrop too/],
    [["--attrop", "--rejected", "replace"], /rows of --center-feature have no others; --rejected keep or skip/],
    [["--attrop", "--attempts", "3"], /--attempts is for --rejected replace, and this call has keep/],
    [["--attrop", "--rejected", "burn"], /--rejected: expected one of replace, keep, skip/],
    [["--attrop", "--attrop-preset", "max"], /--attrop-preset: expected one of vec2face, vec2face-plus, mini/],
    [["--attrop", "--id-threshold", "0"], /--id-threshold: expected a number above 0/],
    [["--attrop", "--lr", "0"], /--lr: expected a number above 0/],
    [["--attrop", "--iterations", "0"], /--iterations: expected a whole number from 1/],
    [
      ["--attrop", "--fr-weights", none],
      /Cannot load mini: weight file .*none.safetensors is not there; check the path/,
    ],
    [
      ["--attrop", "--fr-weights", box.weights, "--quality-weights", none],
      /Cannot load mini-magface: .*none.safetensors/,
    ],
    [["--attrop", "--model", "large", "--quality-weights", none], /Cannot load arcface-r100|Cannot load magface-r100/],
  ];
  for (const [argv, message] of mistakes) {
    const offline = argv.includes("large") ? ["--fr-weights", box.weights] : [];
    const { code, err } = await generateHere([...box.common(), ...argv, ...offline]);
    assert.match(err, message);
    assert.equal(code, 2, argv.join(" "));
  }
  assert.deepEqual([...(await box.files()).keys()], before);
});

Deno.test("generate --attrop continues only what it began, and says by which field it is another", async () => {
  await using box = await Sandbox.make();
  const ids = ["--ids", "2"];
  assertSuccess(await run("generate", [...common(box), ...ids]));
  const refuse = async (argv: string[], message: RegExp) => {
    const { code, err } = await generateHere(argv);
    assert.match(err, message);
    assert.equal(code, 2);
  };
  await refuse([...common(box, "out", 18), ...ids], /refinement.quality.target 20, this run asks for 18/);
  await refuse([...common(box), ...ids, "--rejected", "skip"], /refinement.rejected "keep", this run asks for "skip"/);
  await refuse(
    [...box.common("out", 2), "--name", "x", ...ids],
    /refinement.preset "mini", this run asks for nothing;/,
  );
  const recipe = box.path("out", "x.recipe.json"), files = ["--weights", box.weights, "--center-feature", box.ids];
  await refuse(["--recipe", recipe, ...files, "--lr", "1"], /--lr cannot be given with --recipe, which says it/);
  await refuse(
    [
      "--recipe",
      recipe,
      ...files,
      "--fr-weights",
      box.ids,
      "--quality-weights",
      box.weights,
      "--output",
      box.path("o"),
    ],
    /its identity weights are weights.bin with SHA-256 .*ids.npy has/,
  );
  // Without its recipe, what is there belongs to nobody.
  await Deno.remove(recipe);
  await Deno.remove(box.path("out", "x"), { recursive: true });
  await refuse([...common(box), ...ids], /x.identities.npy: it is there without a recipe/);
  assertSuccess(await run("generate", [...common(box, "out", 15), ...ids, "--overwrite"]));
});

for (const [signal, code] of [["SIGINT", 130], ["SIGKILL", 137]] as const) {
  Deno.test(`generate --attrop finishes what ${signal} left half refined`, async () => {
    await using box = await Sandbox.make();
    box.writeVectors("ids.npy", 40);
    const argv = [...common(box), "--batch-size", "2"];
    const child = spawn("./_attrop_entry.ts", ["generate", ...argv], { SLOW: "1" });
    const report = box.path("out", "x.identities.jsonl");
    for (let i = 0; i < 600; i++) {
      if ((await Deno.readTextFile(report).catch(() => "")).split("\n").length > 4) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill(signal);
    const first = await child.output();
    assert.equal(first.code, code);
    if (signal === "SIGINT") {
      assert.match(new TextDecoder().decode(first.stderr), /refined so far are in .*identities.npy; .*\nStopped\./s);
    }
    const half = (await records(report)).length;
    assert.ok(half >= 3 && half < 40, `${half} rows after the stop`);
    await Deno.writeTextFile(report, '{"identity":39,"att', { append: true }); // as a kill may leave it
    const second = await run("generate", argv);
    assertSuccess(second);
    assert.match(second.err, new RegExp(`Refining ${40 - half} identities first`));
    assertSuccess(await run("generate", [...common(box, "whole"), "--batch-size", "2"]));
    assertSameFiles(await imagesIn(box, "out/x"), await imagesIn(box, "whole/x"));
    assert.deepEqual(
      await Deno.readFile(box.path("out", "x.identities.npy")),
      await Deno.readFile(box.path("whole", "x.identities.npy")),
    );
    const sorted = (rows: IdentityRecord[]) => rows.toSorted((a, b) => a.identity - b.identity);
    assert.deepEqual(
      sorted(await records(report)),
      sorted(await records(box.path("whole", "x.identities.jsonl"))),
    );
  });
}
