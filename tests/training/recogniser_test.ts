/** Training of a tiny recogniser. */
import assert from "node:assert/strict";
import { iresnetConfig } from "@/networks/mod.ts";
import { loadState, PackedImages, RecogniserTraining, saveState } from "@/training/mod.ts";
import { withPacked } from "./_packed.ts";

const CONFIG = { ...iresnetConfig(18, { quarter: true }), layers: [1, 1, 1, 1], widths: [4, 4, 4, 4], stem: 4 };

function options(data: PackedImages) {
  return { config: CONFIG, data, epochs: 3, batchSize: 2, rate: 0.05, session: { threads: 1 } };
}

async function reports(run: RecogniserTraining, steps: number): Promise<Record<string, number>[]> {
  const out = [];
  for (let i = 0; i < steps; i++) out.push(await run.step());
  return out;
}

Deno.test("RecogniserTraining resumes exactly, over the end of an epoch too", () =>
  withPacked(6, async (folder) => {
    using data = new PackedImages(folder);
    const path = `${folder}/state.safetensors`;
    await using whole = await RecogniserTraining.create(options(data));
    assert.equal(whole.steps, 9);
    const expected = await reports(whole, 9);
    const found = [];
    {
      await using run = await RecogniserTraining.create(options(data));
      found.push(...await reports(run, 2));
      saveState(path, run.state);
    }
    await using run = await RecogniserTraining.create(options(data), loadState(path).state);
    found.push(...await reports(run, 7));
    assert.deepEqual(found, expected);
    assert.deepEqual(run.tensors(), whole.tensors());
  }));

Deno.test("RecogniserTraining refuses to pass first weights off as trained ones", () =>
  withPacked(6, async (folder) => {
    using data = new PackedImages(folder);
    for (const change of [{ batchSize: 8 }, { epochs: 0.1 }]) {
      await assert.rejects(RecogniserTraining.create({ ...options(data), ...change }), {
        name: "RangeError",
        message: /of 6 images in batches of [28] are not one step; take smaller batches or more epochs/,
      });
    }
  }));
