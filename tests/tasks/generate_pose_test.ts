/** `deno task generate:pose`: images to targets of pose and quality. */
import { openLmdb } from "@/datasets/mod.ts";
import { type ImageRecord, readRecipe } from "@/generation/mod.ts";
import assert from "node:assert/strict";
import { SPEC } from "../../tasks/generate_pose.ts";
import { estimators, generateHere, poseHere, run } from "./_attrop.ts";
import { assertSameFiles, assertSuccess, imagesIn } from "./_generate.ts";
import { call, Sandbox, spawn } from "./_sandbox.ts";

/** Options every call needs here. */
function common(box: Sandbox, output = "out", images = 4): string[] {
  const files = [...estimators(box), "--pose-weights", box.weights];
  return [...box.common(output, images), ...files, "--image-quality", "14", "--name", "x"];
}

async function records(path: string): Promise<ImageRecord[]> {
  return (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** Paths of the images that a report says are there. */
function written(lines: ImageRecord[]): string[] {
  return lines.filter((line) => line.written).map(({ identity, image, label = identity }) =>
    `${String(label).padStart(6, "0")}/${String(image).padStart(3, "0")}.jpg`
  ).sort();
}

Deno.test("generate:pose writes what has the pose, and reports what was asked and achieved", async () => {
  await using box = await Sandbox.make();
  const result = await run("pose", [
    ...common(box),
    "--yaw",
    "-30",
    "--pitch",
    "10",
    "--iterations",
    "30",
    "--id-threshold",
    "0.3",
  ]);
  assertSuccess(result);
  const lines = await records(box.path("out", "x.images.jsonl"));
  assert.equal(lines.length, 24);
  const accepted = lines.filter((line) => line.accepted);
  assert.ok(accepted.length > 0 && accepted.length < 24, `${accepted.length} accepted`);
  assert.deepEqual([...(await imagesIn(box, "out/x")).keys()], written(lines));
  assert.ok(lines.every(({ accepted, written }) => accepted === written));
  for (const { asked, achieved } of accepted) {
    assert.deepEqual(asked, { yaw: -30, pitch: 10, quality: 14 });
    assert.ok(Math.abs(achieved["yaw"]! + 30) <= 5 && Math.abs(achieved["pitch"]! - 10) <= 5);
    assert.ok(achieved["cosine"] === 0.9 && achieved["quality"]! >= 13);
  }
  assert.match(
    result.out,
    new RegExp(`24 images asked for, ${accepted.length} new, ${accepted.length} of 24 tried were accepted`),
  );
  assert.match(result.out, /yaw off by \d\.\d degrees, pitch off by \d\.\d degrees, cosine 0\.900, quality \d+\.\d/);
  assert.match(result.err, /images were left out; .*x\.images\.jsonl says why/);
  const { targets, variation, achieved } = readRecipe(box.path("out", "x.recipe.json"))!;
  assert.deepEqual(targets!.angles, { yaw: { kind: "constant", angle: -30 }, pitch: { kind: "constant", angle: 10 } });
  assert.deepEqual([targets!.pose.unsigned, targets!.pose.threshold, targets!.pose.model.name], [false, 5, "mini"]);
  assert.deepEqual(variation, { kind: "sigma", sigmas: [0.7], mix: [1] });
  assert.deepEqual([achieved!.images!.accepted, achieved!.images!.settled], [accepted.length, 24]);
  assert.ok(achieved!.images!.missed["yaw"]! <= 5);
});

Deno.test("generate:pose makes the same bytes in one run, in shards, again, from its recipe and in LMDB", async () => {
  await using box = await Sandbox.make();
  const asked = ["--yaw-schedule", "uniform:-40:40", "--start_class_id", "7"];
  assertSuccess(await run("pose", [...common(box, "whole"), ...asked, "--batch-size", "7"]));
  const { iterations, identity } = readRecipe(box.path("whole", "x.recipe.json"))!.targets!;
  assert.deepEqual([iterations, identity.threshold, identity.hinge], [100, 0.5, 0.4], "what mini asks of turned faces");
  const whole = await imagesIn(box, "whole/x"), lines = await records(box.path("whole", "x.images.jsonl"));
  assert.deepEqual([...whole.keys()], written(lines));
  assert.equal(lines[0]!.label, 7);
  assert.equal(new Set(lines.map((line) => line.asked["yaw"])).size, 24);

  const shards = ["--start-end=2:6", "--only=1:2", "--start-end=0:2"];
  for (const part of shards) {
    assertSuccess(await run("pose", [...common(box, "parts"), ...asked, "--batch-size=2", part]));
  }
  assertSameFiles(await imagesIn(box, "parts/x"), whole);
  const sorted = (rows: ImageRecord[]) => rows.toSorted((a, b) => a.identity - b.identity || a.image - b.image);
  assert.deepEqual(sorted(await records(box.path("parts", "x.images.jsonl"))), lines);

  const again = await run("pose", [...common(box, "parts"), ...asked]);
  assertSuccess(again);
  assert.match(again.out, /24 images asked for, 0 new, 0 of 0 tried/);

  const files = [
    "--weights",
    box.weights,
    "--center-feature",
    box.ids,
    ...estimators(box),
    "--pose-weights",
    box.weights,
  ];
  const recipe = ["--recipe", box.path("whole", "x.recipe.json"), ...files];
  assertSuccess(await run("pose", [...recipe, "--output", box.path("same")]));
  assertSameFiles(await box.files("same"), await box.files("whole"));

  assertSuccess(await run("pose", [...recipe, "--output", box.path("db"), "--format", "lmdb"]));
  await using reader = await openLmdb(box.path("db", "x.lmdb"));
  assert.equal(reader.length, whole.size);
  for (const [index, [path, bytes]] of [...whole].entries()) {
    const item = await reader.get(index);
    assert.equal(item.label, Number(path.slice(0, 6)));
    assert.deepEqual(new Uint8Array(item.bytes), bytes, path);
  }
});

Deno.test("generate:pose follows a histogram, and keeps the best where nothing passed when asked", async () => {
  await using box = await Sandbox.make();
  const histogram = box.path("poses.json");
  await Deno.writeTextFile(histogram, JSON.stringify({ low: -60, high: 60, counts: [1, 0, 2, 0] }));
  const argv = [...common(box), "--yaw-schedule", histogram, "--rejected", "keep", "--iterations", "2"];
  const result = await run("pose", argv);
  assertSuccess(result);
  const lines = await records(box.path("out", "x.images.jsonl"));
  const asked = lines.map((line) => line.asked["yaw"]!);
  assert.ok(asked.every((yaw) => (yaw >= -60 && yaw < -30) || (yaw >= 0 && yaw < 30)), asked.join());
  assert.equal((await imagesIn(box, "out/x")).size, 24);
  assert.ok(lines.some(({ accepted, reason, written }) => !accepted && reason === "cap" && written));
  assert.match(result.err, /images are the best there were/);
  const { targets } = readRecipe(box.path("out", "x.recipe.json"))!;
  assert.deepEqual(targets!.angles.yaw, { kind: "histogram", edges: [-60, -30, 0, 30, 60], counts: [1, 0, 2, 0] });
});

Deno.test("generate:pose follows the poses of a data set, as deno task poses writes them", async () => {
  await using box = await Sandbox.make();
  const truth = box.path("truth.jsonl"), poses = box.path("poses.json");
  const turned = [-41.5, -40.5, 13, 14.5, 44.5].map((yaw) => JSON.stringify({ yaw, pitch: yaw / 10, roll: 0 }));
  await Deno.writeTextFile(truth, `${turned.join("\n")}\n`);
  assertSuccess(await call("../../tasks/poses.ts", [truth, "--json", poses]));
  const schedules = ["--yaw-schedule", poses, "--pitch-schedule", poses];
  assertSuccess(await run("pose", [...common(box), ...schedules, "--iterations", "1"]));
  const asked = (await records(box.path("out", "x.images.jsonl"))).map((line) => line.asked);
  const bin = (angle: number, width: number) => Math.floor(angle / width);
  const found = new Set(asked.map(({ yaw }) => bin(yaw!, 2)));
  assert.deepEqual([...found].sort((a, b) => a - b), [
    ...new Set([-41.5, -40.5, 13, 14.5, 44.5].map((yaw) => bin(yaw, 2))),
  ]);
  assert.ok(asked.every(({ pitch }) => Math.abs(pitch!) < 6), "pitch has its own histogram");
  const { targets } = readRecipe(box.path("out", "x.recipe.json"))!;
  assert.equal(targets!.angles.yaw!.kind, "histogram");
  const odd = box.path("none.json");
  await Deno.writeTextFile(odd, JSON.stringify({ kind: "poses", yaw: null }));
  const refused = await poseHere([...common(box, "other"), "--yaw-schedule", odd]);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /Cannot read yaw of .*none.json: it has no "counts"/);
});

Deno.test("generate:pose --pose takes yaw to either side, as the reference does", async () => {
  await using box = await Sandbox.make();
  const argv = [...common(box, "out", 8), "--pose", "40", "--start_end", "0:3", "--id-threshold", "0.6"];
  assertSuccess(await run("pose", argv));
  const accepted = (await records(box.path("out", "x.images.jsonl"))).filter((line) => line.accepted);
  assert.deepEqual([...new Set(accepted.map((line) => Math.sign(line.achieved["yaw"]!)))].sort(), [-1, 1]);
  assert.ok(accepted.every(({ achieved, asked }) => Math.abs(Math.abs(achieved["yaw"]!) - asked["yaw"]!) <= 5));
});

Deno.test("generate:pose refuses what does not fit, with exit code 2, and leaves nothing behind", async () => {
  await using box = await Sandbox.make();
  await Deno.writeTextFile(box.path("bad.json"), "[");
  await Deno.writeTextFile(box.path("odd.json"), '{"counts":[1,2],"edges":[0,1]}');
  const before = [...(await box.files()).keys()], none = box.path("none.safetensors");
  const usual = [...box.common(), ...estimators(box)];
  const mistakes: [string[], RegExp][] = [
    [[], /no angle is asked for; give --yaw, --pitch, --roll, --pose/],
    [["--pose", "45", "--yaw", "30"], /--yaw and --pose exclude each other, both say the yaw/],
    [["--yaw", "30", "--yaw-schedule", "uniform:0:9"], /--yaw and --yaw-schedule exclude each other/],
    [["--pose", "100"], /--pose: expected a number from 0 to 90/],
    [["--yaw", "200"], /--yaw: expected a number from -180 to 180/],
    [["--yaw-schedule", "uniform:60"], /Cannot read angle schedule "uniform:60"/],
    [["--yaw-schedule", "uniform:60:-60"], /\[60,-60\], expected rising numbers/],
    [["--pitch-schedule", "nowhere.json"], /Cannot read schedule "nowhere.json": .* there is no such file/],
    [["--pitch-schedule", box.path("bad.json")], /bad.json: it is not JSON/],
    [["--pitch-schedule", box.path("odd.json")], /odd.json: 2 counts need 3 numbers as "edges"/],
    [["--yaw", "1", "--pose-threshold", "0"], /--pose-threshold: expected a number above 0/],
    [["--yaw", "1", "--rejected", "replace"], /--rejected: expected one of skip, keep/],
    [["--yaw", "1", "--pose-weights", none], /Cannot load mini: weight file .*none.safetensors is not there/],
    [["--yaw", "1", "--pose-weights", box.weights, "--recipe", none], /there is no recipe/],
  ];
  for (const [argv, message] of mistakes) {
    const { code, err, out } = await poseHere([...usual, ...argv]);
    assert.match(err, message);
    assert.deepEqual([code, out], [2, ""], argv.join(" "));
  }
  assert.deepEqual([...(await box.files()).keys()], before);
});

Deno.test("generate:pose ends with 1 when it made no image, and says where the reasons are", async () => {
  await using box = await Sandbox.make();
  const { code, err, out } = await run("pose", [
    ...common(box, "out", 1),
    "--roll",
    "0",
    "--ids",
    "1",
    "--iterations",
    "9",
  ]);
  assert.equal(code, 1);
  assert.match(
    err,
    /Made no image: none was accepted, .*x\.images\.jsonl says what each lacked; ask for a pose nearer/,
  );
  assert.match(out, /0 of 1 accepted, 1 left out.*\nrecipe: /);
});

Deno.test("generate:pose and generate refuse each other's recipes", async () => {
  await using box = await Sandbox.make();
  assertSuccess(await run("pose", [...common(box, "out", 1), "--roll", "0", "--ids", "1", "--rejected", "keep"]));
  const files = ["--weights", box.weights, "--center-feature", box.ids];
  const posed = await generateHere(["--recipe", box.path("out", "x.recipe.json"), ...files]);
  assert.match(posed.err, /its images are made to targets; use deno task generate:pose/);
  assertSuccess(await run("generate", [...box.common("plain", 1), "--name", "x", "--ids", "1"]));
  const plain = await poseHere(["--recipe", box.path("plain", "x.recipe.json"), ...files]);
  assert.match(plain.err, /it asks for no pose; use deno task generate/);
  assert.deepEqual([posed.code, plain.code], [2, 2]);
});

Deno.test("generate:pose says what it would do, and names every option in its help", async () => {
  await using box = await Sandbox.make();
  const dry = await run("pose", [...common(box), "--pose", "45", "--dry-run"], { NO_NETWORKS: "1" });
  assertSuccess(dry);
  assert.match(dry.out, /Would make 24 images .* into .*x \(new\)/);
  await assert.rejects(Deno.stat(box.path("out")), Deno.errors.NotFound);
  const { code, out } = await poseHere(["--help"]);
  assert.equal(code, 0);
  for (const { flag } of SPEC.options) assert.ok(out.includes(`--${flag}`), flag);
});

Deno.test("generate:pose finishes what SIGINT left half done", async () => {
  await using box = await Sandbox.make();
  const argv = (output: string) => [...common(box, output, 12), "--yaw", "20", "--batch-size", "3"];
  const child = spawn("./_attrop_entry.ts", ["pose", ...argv("out")], { SLOW: "1" });
  const report = box.path("out", "x.images.jsonl");
  for (let i = 0; i < 600; i++) {
    if ((await Deno.readTextFile(report).catch(() => "")).split("\n").length > 5) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGINT");
  const first = await child.output();
  assert.equal(first.code, 130);
  assert.match(new TextDecoder().decode(first.stderr), /the same command makes the rest\.\nStopped\./);
  const half = (await records(report)).length;
  assert.ok(half >= 4 && half < 72, `${half} lines after the stop`);
  assertSuccess(await run("pose", argv("out")));
  assertSuccess(await run("pose", argv("whole")));
  assertSameFiles(await imagesIn(box, "out/x"), await imagesIn(box, "whole/x"));
  assert.equal((await records(report)).length, 72);
});
