/** Loop, checkpoints and data order. */
import assert from "node:assert/strict";
import { writeNpy } from "@/weights/mod.ts";
import {
  batchIndices,
  CHECKPOINT_NAME,
  PackedImages,
  resume,
  saveState,
  trainingLoop,
  type TrainingRun,
  type TrainingState,
  warmupCosine,
} from "@/training/mod.ts";

function countingRun(steps: number, state: TrainingState): TrainingRun {
  return { state, steps, step: () => Promise.resolve({ loss: 1 / ++state.step }) };
}

const empty = (): TrainingState => ({ step: 0, values: new Map([["w", Float32Array.of(1)]]), slots: new Map() });

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("trainingLoop() logs means, saves, and says whether it finished", () =>
  inFolder(async (folder) => {
    const note = { kind: "test" };
    const stop = new AbortController();
    const options = { folder, note, now: () => 0, logEvery: 2 };
    const first = countingRun(6, empty());
    const onStep = (step: number) => step === 3 && stop.abort();
    assert.equal(await trainingLoop(first, { ...options, signal: stop.signal, onStep }), false);
    assert.equal(resume(folder, note)!.step, 3);
    assert.equal(await trainingLoop(countingRun(6, resume(folder, note)!), options), true);
    const lines = (await Deno.readTextFile(`${folder}/log.jsonl`)).trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(lines.map((line) => line.step), [2, 4, 6]);
    assert.deepEqual(lines.map((line) => line.loss), [(1 + 1 / 2) / 2, (1 / 3 + 1 / 4) / 2, (1 / 5 + 1 / 6) / 2]);
    assert.equal(resume(folder, note)!.step, 6);
  }));

Deno.test("trainingLoop() takes log lines out that a killed run wrote behind its checkpoint", () =>
  inFolder(async (folder) => {
    const options = { folder, note: {}, logEvery: 1 };
    let time = 0;
    const state = empty();
    const killed: TrainingRun = {
      state,
      steps: 9,
      step: () => {
        time += 1000;
        return state.step < 5 ? Promise.resolve({ loss: ++state.step }) : Promise.reject(new Error("killed"));
      },
    };
    const now = () => time;
    await assert.rejects(trainingLoop(killed, { ...options, now, checkpointSeconds: 2.5 }), /killed/);
    assert.equal(resume(folder, {})!.step, 3);
    await Deno.writeTextFile(`${folder}/log.jsonl`, '{"step":6,"lo', { append: true }); // cut off in the middle
    const rest = resume(folder, {})!;
    const run = { state: rest, steps: 9, step: () => Promise.resolve({ loss: ++rest.step }) };
    await trainingLoop(run, { ...options, now: () => 0 });
    const lines = (await Deno.readTextFile(`${folder}/log.jsonl`)).trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ step, loss }) => [step, loss]), [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => [n, n]));
    const files = await Array.fromAsync(Deno.readDir(folder));
    assert.deepEqual(files.map(({ name }) => name).sort(), [CHECKPOINT_NAME, "log.jsonl"]);
  }));

Deno.test("resume() finds nothing in a new folder and refuses another run's checkpoint", () =>
  inFolder(async (folder) => {
    assert.equal(resume(folder, {}), undefined);
    await trainingLoop(countingRun(1, empty()), { folder, note: { rate: "0.1" }, now: () => 0 });
    assert.throws(() => resume(folder, { rate: "0.2" }), /its rate is 0.1, this run's is 0.2/);
  }));

Deno.test("resume() takes a checkpoint from before a text was stored, tells of it, and refuses another text", () =>
  inFolder((folder) => {
    const state = { ...empty(), step: 1 }, path = `${folder}/${CHECKPOINT_NAME}`;
    const lacking: string[] = [], options = { mayLack: ["of"], onLack: (key: string) => lacking.push(key) };
    saveState(path, state, { rate: "0.1" });
    assert.equal(resume(folder, { rate: "0.1", of: "a" }, options)!.step, 1);
    assert.deepEqual(lacking, ["of"]);
    assert.throws(() => resume(folder, { rate: "0.1", of: "a" }), /its of is undefined, this run's is a/);
    assert.throws(() => resume(folder, { rate: "0.2", of: "a" }, options), /its rate is 0.1/);
    saveState(path, state, { rate: "0.1", of: "b" });
    assert.throws(() => resume(folder, { rate: "0.1", of: "a" }, options), /its of is b, this run's is a/);
    return Promise.resolve();
  }));

Deno.test("resume() refuses a checkpoint that is cut off", () =>
  inFolder(async (folder) => {
    await trainingLoop(countingRun(1, empty()), { folder, note: {}, now: () => 0 });
    await Deno.truncate(`${folder}/${CHECKPOINT_NAME}`, 40);
    assert.throws(() => resume(folder, {}), SyntaxError);
  }));

Deno.test("batchIndices() uses each image once an epoch, in an order that depends on seed and epoch", () => {
  const epoch = (seed: number, e: number) =>
    [0, 1, 2, 3].flatMap((step) => [...batchIndices(8, 2, 4 * e + step, seed).indices]);
  const first = epoch(1, 0);
  assert.deepEqual(first.toSorted((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.notDeepEqual(epoch(1, 1), first);
  assert.notDeepEqual(epoch(2, 0), first);
  assert.deepEqual(epoch(1, 0), first);
  assert.throws(() => batchIndices(3, 4, 0, 1), RangeError);
});

Deno.test("warmupCosine() rises, peaks and falls to the floor", () => {
  const options = { peak: 2, steps: 20, warmup: 4, floor: 0.2 };
  assert.equal(warmupCosine(0, options), 0.5);
  assert.equal(warmupCosine(4, options), 2);
  assert.ok(Math.abs(warmupCosine(20, options) - 0.2) < 1e-12);
});

Deno.test("PackedImages reads, mirrors and renumbers, and refuses files that do not belong together", () =>
  inFolder(async (folder) => {
    const images = Uint8Array.from({ length: 2 * 112 * 112 * 3 }, (_, i) => i % 251);
    writeNpy(`${folder}/images.npy`, { dtype: "uint8", shape: [2, 112, 112, 3], data: images });
    writeNpy(`${folder}/masks.npy`, { dtype: "uint8", shape: [2, 112, 112], data: new Uint8Array(2 * 112 * 112) });
    writeNpy(`${folder}/labels.npy`, { dtype: "int32", shape: [2], data: Int32Array.of(70, 12) });
    const line = JSON.stringify({ yaw: 10, pitch: -2, roll: 0, identity: 70 });
    await Deno.writeTextFile(`${folder}/truth.jsonl`, `${line}\n${line}\n`);
    {
      using data = new PackedImages(folder);
      assert.deepEqual([...data.labels], [0, 1]);
      assert.deepEqual(data.firstImages(1), [0, 1]);
      assert.deepEqual(data.firstImages(0), []);
      assert.deepEqual(data.poses[0], { yaw: 10, pitch: -2, roll: 0 });
      const plain = new Uint8Array(112 * 112 * 3), mirrored = new Uint8Array(112 * 112 * 3);
      data.image(1, plain);
      data.image(1, mirrored, true);
      assert.deepEqual(plain, images.subarray(112 * 112 * 3));
      assert.deepEqual(mirrored.subarray(0, 3), plain.subarray(111 * 3, 112 * 3));
    }
    await Deno.writeTextFile(`${folder}/truth.jsonl`, `${line}\n`);
    assert.throws(() => new PackedImages(folder), /2 images but 1 truth/);
    assert.throws(() => new PackedImages(`${folder}/none`), {
      name: "NotFound",
      message: /none\/images.npy is not there; deno task render/,
    });
  }));
