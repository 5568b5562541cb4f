import assert from "node:assert/strict";
import { posesMain, SPEC } from "../../tasks/poses.ts";
import { writeFiles } from "../datasets/_images.ts";
import { withDir } from "../datasets/_paths.ts";
import { imageFolder, names, run } from "./_datasets.ts";

/** An estimator that reads the yaw off the first value of an image, 40 + 20 * class in grey levels of -1..1. */
const load = () =>
  Promise.resolve({
    imageSize: 2,
    estimate(images: Float32Array, count: number) {
      const yaw = Float32Array.from({ length: count }, (_, i) => Math.round(images[i * 12]! * 127.5 + 127.5));
      return Promise.resolve({ yaw, pitch: yaw.map((angle) => -angle / 2), roll: new Float32Array(count) });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
const failing = () => Promise.reject(new Error("a network was loaded"));

Deno.test("poses counts every face once, leaves out what cannot be read and says so", () =>
  withDir(async (dir) => {
    const from = await imageFolder(`${dir}/from`);
    await writeFiles(from, { "000002/003.jpg": "broken" });
    const json = `${dir}/poses.json`;
    const { code, err } = await run(SPEC, posesMain(load), from, "--batch-size", "5", "--json", json, "--name", "set");
    assert.equal(code, 0, err);
    const { kind, name, model, images, unread, yaw, pitch, joint } = JSON.parse(await Deno.readTextFile(json));
    assert.deepEqual([kind, name, model, images, unread], ["poses", "set", "mini", 12, 1]);
    assert.deepEqual([yaw.count, yaw.missing, pitch.count], [11, 1, 11]);
    assert.ok(Math.abs(yaw.mean + 2 * pitch.mean) < 1e-6);
    const sum = (rows: number[][]) => rows.flat().reduce((a, b) => a + b);
    assert.equal(sum(joint.counts), 11);
    assert.deepEqual(await names(dir), ["from", "poses.json"]);
  }));

Deno.test("poses takes a renderer's truth without a network", () =>
  withDir(async (dir) => {
    const truth = `${dir}/truth.jsonl`, json = `${dir}/heads.json`;
    await Deno.writeTextFile(truth, '{"yaw":30,"pitch":-5,"roll":1}\n{"yaw":-10,"pitch":5,"roll":1}\n');
    const { code, err } = await run(SPEC, posesMain(failing), truth, "--json", json);
    assert.equal(code, 0, err);
    const { name, yaw, pitch, truth: from } = JSON.parse(await Deno.readTextFile(json));
    assert.deepEqual([name, from, yaw.mean, pitch.mean], ["truth", "truth.jsonl", 10, 0]);
  }));

Deno.test("poses names what is wrong and leaves nothing behind", () =>
  withDir(async (dir) => {
    const truth = `${dir}/truth.jsonl`, json = `${dir}/poses.json`;
    await Deno.writeTextFile(truth, '{"yaw":30,"pitch":-5,"roll":1}\n{"yaw":"left"}\n');
    for (
      const [argv, message] of [
        [[truth], /truth\.jsonl: line 2 has no yaw, pitch and roll/],
        [[`${dir}/none.jsonl`], /none\.jsonl/],
        [[`${dir}/none`], /none/],
        [[dir, "--model", "other"], /estimator "other": known are mini, 6drepnet/],
        [[], /IMAGES/],
      ] as [string[], RegExp][]
    ) {
      const { code, err } = await run(SPEC, posesMain(failing), ...argv, "--json", json);
      assert.equal(code, 2, err);
      assert.match(err, message);
    }
    assert.deepEqual(await names(dir), ["truth.jsonl"]);
    const broken = `${dir}/broken`;
    await writeFiles(broken, { "0/0.jpg": "broken" });
    const { code, err } = await run(SPEC, posesMain(load), broken, "--json", json);
    assert.equal(code, 1, err);
    assert.match(err, /no image could be read/);
    assert.deepEqual(await names(dir), ["broken", "truth.jsonl"]);
  }));
