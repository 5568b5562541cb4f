import assert from "node:assert/strict";
import { type HeadModel, headModelHash, loadHeads, saveHeads, toyHead } from "@/heads/mod.ts";
import { withDir } from "../datasets/_paths.ts";

Deno.test("headModelHash() differs when any part of the model does, and is the same for the same files", () =>
  withDir((dir) => {
    const model = toyHead(), [first, ...others] = model.expressions;
    const changes: Partial<HeadModel>[] = [
      { neutral: model.neutral.map((v) => v + 0.01) },
      { identityModes: model.identityModes.map((v) => -v) },
      { identityCount: model.identityCount - 1 },
      { triangles: model.triangles.toReversed() },
      { triangleMaterial: model.triangleMaterial.map(() => 0) },
      { materials: model.materials.map((name) => `${name}2`) },
      { landmarks: model.landmarks.toReversed() },
      { expressions: others },
      { expressions: [{ ...first!, name: "other" }, ...others] },
      { expressions: [{ ...first!, offsets: first!.offsets.map((v) => 2 * v) }, ...others] },
    ];
    const hashes = [model, ...changes.map((change) => ({ ...model, ...change }))].map(headModelHash);
    assert.equal(new Set(hashes).size, changes.length + 1);
    assert.ok(hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash)));
    saveHeads(model, dir);
    assert.equal(headModelHash(loadHeads(dir)), headModelHash(loadHeads(dir)));
    return Promise.resolve();
  }));
