/** `deno task train:landmarks` and `evaluate:landmarks` on a handful of noise images: files, log, validation, mistakes. */
import assert from "node:assert/strict";
import { ARC_TEMPLATE } from "@/images/mod.ts";
import { landmarkEstimatorConfig, landmarkEstimatorSpecs } from "@/networks/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { withPacked } from "../training/_packed.ts";
import { call } from "./_sandbox.ts";

const TRAIN = "../../tasks/train_landmarks.ts", EVALUATE = "../../tasks/evaluate_landmarks.ts";

Deno.test("train:landmarks and evaluate:landmarks, on held-out images, also from afar", () =>
  withPacked(4, async (data) => {
    const line = JSON.stringify({ yaw: 5, pitch: 0, roll: 0, landmarks: ARC_TEMPLATE });
    await Deno.writeTextFile(`${data}/truth.jsonl`, `${line}\n`.repeat(4));
    const first = ["--data", data, "--afar", data, "--held", data, "--held-images", "1", "--batch-size", "4"];
    const run = [...first, "--steps", "2", "--threads", "1", "--output", `${data}/run`];
    const trained = await call(TRAIN, run);
    assert.equal(trained.code, 0, trained.err);
    const weights = `${data}/run/landmarks.safetensors`;
    assert.equal(trained.out.trim(), weights);
    assert.match(trained.err, /step 2, held-out: heldPixels \d+\.\d+, heldAuc [01]\.\d+/);
    const names = landmarkEstimatorSpecs(landmarkEstimatorConfig("mini")).map(({ name }) => name);
    assert.deepEqual([...openWeights(weights).tensors.keys()].sort(), names.sort());

    const json = `${data}/landmarks.json`;
    const options = ["--data", data, "--afar", data, "--weights", weights, "--images", "1", "--json", json];
    const { code, out, err } = await call(EVALUATE, options);
    assert.equal(code, 0, err);
    assert.match(out, /^ {2}aligned +2 views: refused \d+\.\d\d %, off/m);
    assert.match(out, /aligned faces refused by \|yaw\|: to 15: \d of 2,/);
    assert.equal(JSON.parse(await Deno.readTextFile(json)).views.length, 21);

    const other = await call(TRAIN, [...run, "--rate", "0.1"]);
    assert.equal(other.code, 2);
    assert.match(other.err, /use the same settings or another folder/);
  }));

Deno.test("train:landmarks and evaluate:landmarks refuse images without landmarks, and say what to do", () =>
  withPacked(4, async (data) => {
    const trained = await call(TRAIN, ["--data", data, "--batch-size", "2", "--output", `${data}/run`]);
    assert.equal(trained.code, 2);
    assert.match(trained.err, /does not tell landmarks of image 0; render the folder again/);
    const measured = await call(EVALUATE, ["--data", data]);
    assert.equal(measured.code, 2);
    assert.match(measured.err, /truth\.jsonl" has none of image 0; render the folder again/);
  }));
