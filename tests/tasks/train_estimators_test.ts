/** The training tasks of pose and quality estimators on a handful of noise images: files, log, validation, mistakes. */
import assert from "node:assert/strict";
import { poseEstimatorConfig, poseEstimatorSpecs } from "@/networks/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { withPacked } from "../training/_packed.ts";
import { call } from "./_sandbox.ts";

const POSE = "../../tasks/train_pose.ts", MAGFACE = "../../tasks/train_magface.ts";
const EVALUATE = "../../tasks/evaluate_estimators.ts";

const KNOWN = { blur: 0.1, shrink: 1, noise: 1, occlusion: "none", light: { key: 1, fill: 0.5 } };

Deno.test("train:pose, train:magface and evaluate:estimators, on held-out images", () =>
  withPacked(8, async (data) => {
    const lines = Array.from({ length: 8 }, (_, i) => JSON.stringify({ ...KNOWN, yaw: 5 * i, pitch: -i, roll: 0 }));
    await Deno.writeTextFile(`${data}/truth.jsonl`, `${lines.join("\n")}\n`);
    const common = ["--data", data, "--held", data, "--held-images", "1", "--batch-size", "2", "--threads", "1"];

    const first = ["--output", `${data}/pose`, "--epochs", "0.5", ...common];
    const pose = await call(POSE, first);
    assert.equal(pose.code, 0, pose.err);
    assert.equal(pose.out.trim(), `${data}/pose/pose.safetensors`);
    assert.match(pose.err, /step 2, held-out: heldYaw \d+\.\d+, heldPitch \d+\.\d+, heldRoll \d+/);
    const held = openWeights(pose.out.trim());
    assert.deepEqual(
      [...held.tensors.keys()].sort(),
      poseEstimatorSpecs(poseEstimatorConfig("mini")).map(({ name }) => name).sort(),
    );

    const magface = await call(MAGFACE, ["--output", `${data}/magface`, "--epochs", "0.25", ...common]);
    assert.equal(magface.code, 0, magface.err);
    assert.match(magface.err, /step 2, held-out: heldBlur -?[01]\.\d+/);
    const weights = `${data}/magface/magface.safetensors`;
    assert.equal(magface.out.trim(), weights);
    const again = await call(MAGFACE, ["--output", `${data}/more`, "--epochs", "0.12", "--start", weights, ...common]);
    assert.equal(again.code, 0, again.err);

    const json = `${data}/estimators.json`;
    const options = ["--pose", pose.out.trim(), "--magface", weights, "--data", data, "--images", "1", "--json", json];
    const { code, out, err } = await call(EVALUATE, options);
    assert.equal(code, 0, err);
    assert.match(out, /pose, 4 images within 60 degrees[\s\S]*yaw +error \d+\.\d+[\s\S]*occlusion Spearman/);
    assert.equal(JSON.parse(await Deno.readTextFile(json)).pose.count, 4);

    const other = await call(POSE, [...first, "--rate", "0.1"]);
    assert.equal(other.code, 2);
    assert.match(other.err, /use the same settings or another folder/);
  }));

Deno.test("train:magface refuses odd batches and images that nothing is known about", () =>
  withPacked(4, async (data) => {
    const odd = await call(MAGFACE, ["--data", data, "--batch-size", "3"]);
    assert.equal(odd.code, 2);
    assert.match(odd.err, /--batch-size 3: it must be even/);
    const unknown = [
      "--data",
      data,
      "--held",
      data,
      "--batch-size",
      "2",
      "--epochs",
      "0.25",
      "--output",
      `${data}/run`,
    ];
    const { code, err } = await call(MAGFACE, unknown);
    assert.equal(code, 1);
    assert.match(err, /truth\.jsonl" does not tell blur and light of image 0/);
  }));
