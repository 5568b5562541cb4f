/** The training tasks on a handful of noise images: files, log, validation, going on after an end, mistakes. */
import assert from "node:assert/strict";
import { sha256File } from "@/generation/mod.ts";
import { loadMoments } from "@/identity/mod.ts";
import { CHECKPOINT_NAME, loadState, saveState } from "@/training/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { withPacked } from "../training/_packed.ts";
import { call } from "./_sandbox.ts";

const ARCFACE = "../../tasks/train_arcface.ts", GENERATOR = "../../tasks/train_generator.ts";

Deno.test("train:arcface, then train:generator on its weights, validated on held-out images", () =>
  withPacked(12, async (data) => {
    const common = ["--data", data, "--held", data, "--held-every", "20", "--batch-size", "2", "--threads", "1"];
    const first = ["--output", `${data}/recogniser`, "--epochs", "0.5", ...common];
    const { code, out, err } = await call(ARCFACE, first);
    assert.equal(code, 0, err);
    assert.equal(out.trim(), `${data}/recogniser/recogniser.safetensors`);
    assert.match(err, /step 3, held-out: heldAccuracy 0\.\d+/);
    const log = (await Deno.readTextFile(`${data}/recogniser/log.jsonl`)).trim().split("\n").map((l) => JSON.parse(l));
    assert.equal(log.length, 1);
    assert.ok(log[0].step === 3 && log[0].loss > 0 && log[0].heldAccuracy > 0);

    const again = ["--output", `${data}/second`, "--epochs", "0.34", ...common];
    const started = await call(ARCFACE, [...again, "--start", out.trim()]);
    assert.equal(started.code, 0, started.err);

    const second = ["--output", `${data}/generator`, "--recogniser", out.trim(), "--steps", "1", ...common];
    const made = await call(GENERATOR, second);
    assert.equal(made.code, 0, made.err);
    assert.match(made.err, /step 1, held-out: heldCosine -?0\.\d+/);
    assert.ok(openWeights(`${data}/generator/generator.safetensors`).tensors.size > 100);
    assert.equal(loadMoments(`${data}/generator/id_moments.safetensors`).width, 512);

    const wrong = ["--output", `${data}/wrong`, "--recogniser", `${data}/generator/generator.safetensors`];
    const refused = await call(GENERATOR, [...wrong, "--steps", "1", ...common]);
    assert.equal(refused.code, 2, refused.err);
    assert.match(refused.err, /Cannot use .*generator.safetensors for this network: it has no tensor conv1.weight/);

    const other = await call(GENERATOR, [...second, "--rate", "0.1"]);
    assert.equal(other.code, 2);
    assert.match(other.err, /use the same settings or another folder/);
  }));

Deno.test("train:generator goes on with the recogniser that it began with alone, and with checkpoints from before it was told", () =>
  withPacked(12, async (data) => {
    const common = ["--data", data, "--batch-size", "2", "--threads", "1"], hashes: string[] = [];
    for (const seed of ["1", "2"]) {
      const made = await call(ARCFACE, ["--output", `${data}/r${seed}`, "--epochs", "0.17", "--seed", seed, ...common]);
      assert.equal(made.code, 0, made.err);
      hashes.push(await sha256File(made.out.trim()));
    }
    const train = (recogniser: string) => {
      const weights = ["--recogniser", `${data}/${recogniser}/recogniser.safetensors`];
      return call(GENERATOR, ["--output", `${data}/g`, "--steps", "1", ...weights, ...common]);
    };
    assert.equal((await train("r1")).code, 0);
    assert.equal(openWeights(`${data}/g/generator.safetensors`).metadata.values["recogniser"], hashes[0]);
    const both = `its recogniser is ${hashes[0]}, this run's is ${hashes[1]}`;
    const refused = await train("r2");
    assert.deepEqual([refused.code, refused.out], [2, ""]);
    assert.ok(refused.err.includes(both), refused.err);

    const path = `${data}/g/${CHECKPOINT_NAME}`, { state, note: { recogniser: _, ...older } } = loadState(path);
    const checkpoint = await Deno.readFile(path);
    await Deno.remove(path);
    const fitted = await train("r2"); // the Gaussian of its vectors is still there
    assert.equal(fitted.code, 2);
    assert.ok(fitted.err.includes(both) && fitted.err.includes("id_moments.safetensors"), fitted.err);

    saveState(path, state, older);
    const taken = await train("r1");
    assert.equal(taken.code, 0, taken.err);
    assert.ok(taken.err.includes(`does not say which recogniser it was trained with`), taken.err);
    assert.equal(loadState(path).note["recogniser"], hashes[0]);
    assert.equal((await Deno.readFile(path)).length, checkpoint.length);
  }));

Deno.test("train:arcface names the folder that it cannot read", async () => {
  const { code, err } = await call(ARCFACE, ["--data", "no-such-folder"]);
  assert.equal(code, 2);
  assert.match(err, /no-such-folder/);
});
