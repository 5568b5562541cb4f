import { ATTRIBUTE_PRESETS, type FeatureNetwork, type PoseNetwork, presetObjectives } from "@/attributes/mod.ts";
import * as op from "@/onnx/mod.ts";
import assert from "node:assert/strict";

// Features (0, 3): cosine 0 to the class vector (1, 0), norm 3.
const features: FeatureNetwork = () => op.constant(Float32Array.of(0, 3), [1, 2]);
const pose: PoseNetwork = () => ({ yaw: op.full([1], -50), pitch: op.full([1], 10), roll: op.full([1], 0) });
const image = op.full([1, 3, 1, 1], 0);
const targets = new Map([["identity", op.constant(Float32Array.of(1, 0), [1, 2])], ["quality", op.full([1], 13)]]);
const context = { image, vectors: image, target: (name: string) => targets.get(name) ?? op.full([1], 40) };

async function losses(objectives: ReturnType<typeof presetObjectives>): Promise<Record<string, number>> {
  const out: Record<string, number> = {};
  for (const objective of objectives) {
    out[objective.name] = Number((await op.compute(objective.build(context).loss)).data[0]);
  }
  return out;
}

Deno.test("presetObjectives() adds up the reference's loss with the preset vec2face", async () => {
  const networks = { recognise: features, quality: features, pose };
  const preset = ATTRIBUTE_PRESETS.vec2face;
  const unsigned = presetObjectives(preset, networks, { unsigned: true });
  assert.deepEqual(await losses(unsigned), { identity: 100, quality: 10, yaw: 10 });
  assert.deepEqual(unsigned.map(({ threshold }) => threshold), [0.3, 1, 5]);
  const signed = presetObjectives(preset, networks, { angles: ["yaw", "pitch"] });
  assert.deepEqual(await losses(signed), { identity: 100, quality: 10, yaw: 90, pitch: 30 });
});

Deno.test("presetObjectives() adds up the scaled loss of Vec2Face+ with its preset", async () => {
  const found = await losses(
    presetObjectives(ATTRIBUTE_PRESETS["vec2face-plus"], { recognise: features, quality: features, pose }),
  );
  const expected: Record<string, number> = { identity: 1, quality: 1 / 3, yaw: 1 };
  for (const [name, value] of Object.entries(expected)) assert.ok(Math.abs(found[name]! - value) < 1e-6, name);
});

Deno.test("presetObjectives() asks only for what there are networks for", () => {
  const only = presetObjectives(ATTRIBUTE_PRESETS.mini, { recognise: features });
  assert.deepEqual(only.map(({ name }) => name), ["identity"]);
});

Deno.test("presetObjectives() takes a number of its own for quality in the place of a norm", async () => {
  const preset = { ...ATTRIBUTE_PRESETS.vec2face, quality: { weight: 10, threshold: 0.1, target: -1 } };
  const objectives = presetObjectives(preset, { recognise: features, score: () => op.full([1], 12.5) });
  assert.deepEqual(objectives.map(({ name, threshold }) => [name, threshold]), [["identity", 0.3], ["quality", 0.1]]);
  assert.deepEqual(objectives[1]!.targets, [{ name: "quality", kind: "number", fallback: -1 }]);
  assert.deepEqual(await losses(objectives), { identity: 100, quality: 5 });
});
