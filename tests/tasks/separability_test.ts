import assert from "node:assert/strict";
import { openFolderWriter } from "@/datasets/mod.ts";
import { encodePng, filled } from "@/images/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { readNpy, readNpz, writeNpy } from "@/weights/mod.ts";
import { readArguments } from "../../tasks/_arguments.ts";
import { separabilityMain, SPEC } from "../../tasks/separability.ts";
import { bruteForce } from "../separability/_oracle.ts";
import { fakeRecogniser } from "./_separability_entry.ts";
import { call, callHere, Sandbox, spawn } from "./_sandbox.ts";

const ENTRY = "./_separability_entry.ts";
const main = separabilityMain(() => Promise.resolve(fakeRecogniser));

Deno.test("separability counts vectors, writes figures and goes on from its state", async () => {
  await using box = await Sandbox.make();
  const path = box.writeVectors("many.npy", 130, 16);
  const json = box.path("new", "many.json"),
    nearest = box.path("new", "nearest.npz"),
    state = box.path("s", "state.npz");
  const options = ["--thresholds", "0.5,0.3", "--prefix-step", "50", "--block", "32", "--workers", "1"];
  const files = ["--json", json, "--nearest", nearest, "--resume", state];
  const { code, out, err } = await call(ENTRY, [path, ...options, ...files]);
  assert.equal(code, 0, err);
  const data = readNpy(path).data as Float32Array;
  const wanted = bruteForce(data, 16, [0.3, 0.5]);
  const separated = [1, 2].map((bit) => wanted.above.filter((mask) => (mask & bit) === 0).length);
  const kept = [1, 2].map((bit) => wanted.dead.filter((mask) => (mask & bit) === 0).length);
  const last = ["130", String(separated[0]), String(kept[0]), String(separated[1]), String(kept[1])];
  assert.match(out, /many: 130 identities\nidentities {2}separated 0.3 {2}kept 0.3 {2}separated 0.5 {2}kept 0.5\n/);
  assert.match(out, new RegExp(`\n +${last.join(" +")}\nnearest other identity, cosine: median 0\\.\\d+`));

  const report = JSON.parse(await Deno.readTextFile(json));
  assert.deepEqual([report.kind, report.name, report.prefixes], ["separability", "many", [50, 100, 130]]);
  assert.deepEqual([report.separated[0].at(-1), report.greedy[1].at(-1)], [separated[0], kept[1]]);
  assert.deepEqual(readNpz(nearest).get("index")!.data, wanted.nearest);

  const again = await call(ENTRY, [path, ...options, "--resume", state]);
  assert.equal(again.code, 0, again.err);
  assert.ok(out.startsWith(again.out));
  const other = await call(ENTRY, [box.ids, ...options, "--resume", state]);
  assert.equal(other.code, 2);
  assert.match(other.err, /Cannot resume from .*state.npz: it belongs to/);
});

Deno.test("separability that is killed, then stopped, goes on from its state to the same counts", async () => {
  await using box = await Sandbox.make();
  const path = box.writeVectors("many.npy", 6000, 8), state = box.path("state.npz");
  const options = [path, "--thresholds", "0.8,0.9", "--block", "32", "--workers", "0"];
  const whole = await call(ENTRY, [...options, "--json", box.path("whole.json")]);
  assert.equal(whole.code, 0, whole.err);
  const written = () => Deno.stat(state).then(({ mtime }) => mtime!.getTime(), () => 0);
  for (const [signal, code] of [["SIGKILL", 137], ["SIGINT", 130]] as const) {
    const before = await written();
    const process = spawn(ENTRY, [...options, "--resume", state]);
    while (await written() === before) await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(signal);
    const outcome = await process.output();
    assert.equal(outcome.code, code);
    const said = new TextDecoder().decode(outcome.stderr);
    if (signal === "SIGINT") assert.match(said, /The same command goes on from .*state.npz/);
  }
  const rest = await call(ENTRY, [...options, "--resume", state, "--json", box.path("rest.json")]);
  assert.equal(rest.code, 0, rest.err);
  const report = (name: string) => Deno.readTextFile(box.path(name));
  assert.equal(await report("rest.json"), await report("whole.json"));
});

Deno.test("separability counts the centres of a data set, and several sets at once", async () => {
  await using box = await Sandbox.make();
  const writer = await openFolderWriter(box.path("faces"));
  const colours = [[255, 0, 0], [0, 255, 0], [250, 10, 0], [0, 0, 255]] as const;
  for (const [label, [r, g, b]] of colours.entries()) {
    for (const image of [0, 1]) {
      const shade = image === 0 ? 1 : 0.9;
      const pixels = filled(8, 8, [r * shade, g * shade, b * shade].map(Math.round) as [number, number, number]);
      await writer.write({ label, image, bytes: await encodePng(pixels) });
    }
  }
  await writer.close();
  const centres = box.path("kept", "centres.npy"), json = box.path("out.json");
  const options = ["--centres", centres, "--json", json, "--workers", "0", "--no-histogram"];
  const { code, out, err } = await call(ENTRY, [
    box.path("faces"),
    box.ids,
    "--name",
    "made",
    "--name",
    "given",
    ...options,
  ]);
  assert.equal(code, 0, err);
  assert.match(out, /made: 4 identities\n.*\n +4 +3 +3\n/);
  assert.match(out, /given: 6 identities\n/);
  assert.deepEqual(readNpy(box.path("kept", "centres-made.npy")).shape, [4, 12]);
  const report = JSON.parse(await Deno.readTextFile(box.path("out-made.json")));
  assert.deepEqual([report.name, report.separated, report.histogram], ["made", [[3]], undefined]);
  assert.equal(JSON.parse(await Deno.readTextFile(box.path("out-given.json"))).rows, 6);
});

/** A folder of `people` x `each` images of chance colours, one of which cannot be read. */
async function imageFolder(path: string, people: number, each: number): Promise<void> {
  const writer = await openFolderWriter(path), chance = new RandomStream(1, "identity");
  for (let label = 0; label < people; label++) {
    const colour = [0, 1, 2].map(() => 255 * chance.uniform());
    for (let image = 0; image < each; image++) {
      const pixels = filled(8, 8, colour.map((x) => Math.round(x * (1 - 0.02 * image))) as [number, number, number]);
      await writer.write({ label, image, bytes: await encodePng(pixels) });
    }
  }
  await writer.close();
  await Deno.writeTextFile(`${path}/000003/001.jpg`, "broken");
}

/** The recogniser that needs no weights, with a count of the batches it was given; `onBatch` may throw. */
function countingRecogniser(onBatch: (calls: number) => void = () => {}) {
  let calls = 0;
  const embed = async (images: Float32Array, count: number) => {
    onBatch(++calls);
    return await fakeRecogniser.embed(images, count);
  };
  return { main: separabilityMain(() => Promise.resolve({ ...fakeRecogniser, embed })), calls: () => calls };
}

Deno.test("separability goes on with images where it was stopped, to the same centres as without a stop", async () => {
  await using box = await Sandbox.make();
  const faces = box.path("faces");
  await imageFolder(faces, 12, 5);
  const kept = async (folder: string) => [...(await box.files(folder)).keys()];
  const options = (folder: string) => [
    ...[faces, "--batch-size", "6", "--workers", "0", "--no-histogram"],
    ...["--resume", box.path(folder, "state.npz"), "--json", box.path(folder, "counts.json")],
  ];
  const whole = countingRecogniser();
  assert.equal((await callHere(SPEC, whole.main, options("whole"))).code, 0);
  assert.equal(whole.calls(), 10);
  assert.deepEqual(await kept("whole"), ["counts.json", "state.centres.npy", "state.centres.npy.json", "state.npz"]);

  const fails = countingRecogniser((calls) => {
    if (calls === 5) throw new Error("the machine stopped");
  });
  const first = await callHere(SPEC, fails.main, options("parts"));
  assert.equal(first.code, 1);
  assert.match(first.err, /the machine stopped/);
  const stop = new AbortController();
  const stops = countingRecogniser((calls) => calls === 3 && stop.abort());
  const args = readArguments(SPEC, options("parts"))!;
  await assert.rejects(async () => await stops.main(args, stop.signal), { name: "AbortError" });
  const part = "state.centres.features.npy.part";
  assert.deepEqual(await kept("parts"), [part, `${part}.faults`, `${part}.json`]);
  const rest = countingRecogniser();
  assert.equal((await callHere(SPEC, rest.main, options("parts"))).code, 0);
  assert.ok(rest.calls() <= 4, `${rest.calls()} batches`);
  assert.deepEqual(await box.files("parts"), await box.files("whole"));
  const { leftOut, images } = JSON.parse(await Deno.readTextFile(box.path("parts", "state.centres.npy.json")));
  assert.deepEqual([images, leftOut.length], [60, 1]);
  assert.equal(leftOut[0].name, "000003/001.jpg");
});

Deno.test("separability embeds images once, and again when they or the weights are others", async () => {
  await using box = await Sandbox.make();
  const faces = box.path("faces"), centres = box.path("centres.npy");
  await imageFolder(faces, 5, 3);
  const options = [faces, "--centres", centres, "--batch-size", "20", "--workers", "0", "--no-histogram"];
  const embeds = async (...more: string[]) => {
    const { main, calls } = countingRecogniser();
    const { code, err } = await callHere(SPEC, main, [...options, ...more]);
    assert.equal(code, 0, err);
    return calls();
  };
  assert.equal(await embeds(), 1);
  const before = await Deno.readFile(centres);
  assert.equal(await embeds("--thresholds", "0.9"), 0);
  assert.equal(await embeds("--recogniser-weights", box.weights), 1);
  assert.equal(await embeds(), 1);
  assert.deepEqual(await Deno.readFile(centres), before);
  await Deno.remove(centres);
  assert.equal(await embeds(), 1);
  await Deno.remove(`${faces}/000000/000.jpg`);
  assert.equal(await embeds(), 1);
  assert.notDeepEqual(await Deno.readFile(centres), before);
  const names = [...(await box.files()).keys()].filter((name) => !name.startsWith("faces/"));
  assert.deepEqual(names, ["centres.npy", "centres.npy.json", "ids.npy", "weights.bin"]);
});

Deno.test("separability counts the centres of packed renders", async () => {
  await using box = await Sandbox.make();
  const folder = box.path("packed"), labels = [7, 2, 7, 5], pixels = 112 * 112;
  await Deno.mkdir(folder);
  const images = new Uint8Array(labels.length * pixels * 3);
  for (const [i, channel] of [0, 1, 0, 2].entries()) { // red, green, darker red, blue
    for (let p = 0; p < pixels; p++) images[(i * pixels + p) * 3 + channel] = 255 - 20 * i;
  }
  writeNpy(`${folder}/images.npy`, { dtype: "uint8", shape: [4, 112, 112, 3], data: images });
  writeNpy(`${folder}/masks.npy`, { dtype: "uint8", shape: [4, 112, 112], data: new Uint8Array(4 * pixels) });
  writeNpy(`${folder}/labels.npy`, { dtype: "int32", shape: [4], data: Int32Array.from(labels) });
  await Deno.writeTextFile(`${folder}/truth.jsonl`, '{"yaw":0,"pitch":0,"roll":0}\n'.repeat(4));
  const colours = {
    ...{ vectorSize: 3, imageSize: 112, [Symbol.asyncDispose]: () => Promise.resolve() },
    embed: (x: Float32Array, count: number) =>
      Promise.resolve(Float32Array.from({ length: 3 * count }, (_, at) => (x[at * pixels]! + 1) / 2)),
  };
  const centres = box.path("centres.npy");
  const { code, err } = await callHere(SPEC, separabilityMain(() => Promise.resolve(colours)), [
    ...[folder, "--centres", centres, "--json", box.path("packed.json"), "--workers", "0"],
  ]);
  assert.equal(code, 0, err);
  const { shape, data } = readNpy(centres);
  assert.deepEqual(shape, [3, 3]);
  const wanted = [[(255 + 215) / 2, 0, 0], [0, 235, 0], [0, 0, 195]].flat();
  wanted.forEach((value, at) => assert.ok(Math.abs(Number(data[at]) - value / 255) < 1e-6, `value ${at}: ${data[at]}`));
  assert.deepEqual(JSON.parse(await Deno.readTextFile(box.path("packed.json"))).separated, [[3]]);
});

Deno.test.each<[string, (box: Sandbox) => string[], RegExp]>([
  ["no file", () => [], /FILE... is needed/],
  ["a file that is not there", (box) => [box.path("absent.npy")], /absent.npy/],
  ["a kind of file it does not know", (box) => [box.weights], /Cannot open data set ".*weights.bin"/],
  ["two sets of one name", (box) => [box.ids, box.path("faces", "ids.npy")], /names are ids, ids; give each a --name/],
  [
    "names that give one file's name",
    (box) => [box.ids, box.ids, "--name", "a b", "--name", "a/b", "--json", box.path("x.json")],
    /a b, a\/b are too much alike/,
  ],
  ["names for other sets", (box) => [box.ids, "--name", "a", "--name", "b"], /2 times --name for 1 sets/],
  [
    "a threshold above 1",
    (box) => [box.ids, "--thresholds", "0.3,1.4"],
    /--thresholds: expected a number from -1 to 1/,
  ],
  ["a block of 100", (box) => [box.ids, "--block", "100"], /multiple of 32/],
  ["another arithmetic", (box) => [box.ids, "--precision", "bf16"], /expected one of auto, int8, float32/],
  ["a row of zeros", (box) => [box.writeVectors("z.npy", 6, 4, (data) => data.fill(0, 8, 12))], /row 2 of .*z.npy/],
  ["a folder in the place of its counts", (box) => [box.ids, "--json", box.directory], /a folder has this name/],
  [
    "a file in the place of a folder, before it counts",
    (box) => [box.ids, "--nearest", box.path("weights.bin", "n.npz")],
    /weights\.bin/,
  ],
  [
    "a place for centres when there are only vectors",
    (box) => [box.ids, "--centres", box.path("c.npy")],
    /--centres is for images/,
  ],
  ["one vector", (box) => [box.writeVectors("one.npy", 1, 4)], /1 rows, expected 2/],
])("separability refuses %s with exit code 2", async (_what, options, message) => {
  await using box = await Sandbox.make();
  const { code, out, err } = await callHere(SPEC, main, [...options(box), "--workers", "0"]);
  assert.match(err, message);
  assert.deepEqual([code, out], [2, ""]);
});
