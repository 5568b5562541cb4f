import assert from "node:assert/strict";
import { loadHeads, saveHeads, toyHead } from "@/heads/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import { realHeads } from "./_fixtures.ts";

async function withFolder(body: (folder: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("loadHeads() names the model's home when the folder has no model", () =>
  withFolder((folder) => {
    assert.throws(
      () => loadHeads(folder),
      (error) =>
        error instanceof Deno.errors.NotFound &&
        error.message.includes("https://github.com/ICT-VGL/ICT-FaceKit") &&
        error.message.includes("--heads"),
    );
  }));

Deno.test("loadHeads() reads what saveHeads() wrote", () =>
  withFolder((folder) => {
    const model = toyHead();
    saveHeads(model, folder);
    const read = loadHeads(folder);
    assert.deepEqual(read.neutral, model.neutral);
    assert.deepEqual(read.triangles, model.triangles);
    assert.deepEqual(read.triangleMaterial, model.triangleMaterial);
    assert.deepEqual(read.landmarks, model.landmarks);
    assert.deepEqual(read.materials, model.materials);
    assert.equal(read.identityCount, 4);
    read.identityModes.forEach((v, i) => assert.ok(Math.abs(v - model.identityModes[i]!) < 2e-3));
    assert.deepEqual(
      read.expressions.map((mode) => [mode.name, mode.vertices]),
      model.expressions.map((mode) => [mode.name, mode.vertices]),
    );
  }));

Deno.test("loadHeads() keeps its arrays in shared memory", () =>
  withFolder((folder) => {
    saveHeads(toyHead(), folder);
    assert.ok(
      loadHeads(folder).identityModes.buffer instanceof SharedArrayBuffer,
    );
  }));

Deno.test("loadHeads() throws TypeError when the arrays do not fit", () =>
  withFolder((folder) => {
    saveHeads(toyHead(), folder);
    writeNpy(`${folder}/neutral.npy`, {
      dtype: "float32",
      shape: [2, 3],
      data: new Float32Array(6),
    });
    assert.throws(() => loadHeads(folder), {
      name: "TypeError",
      message: /identity_modes.npy" has shape \[4,2348,3\], expected \[4,2,3\]/,
    });
  }));

Deno.test("loadHeads() throws TypeError when a triangle points outside", () =>
  withFolder((folder) => {
    const model = toyHead();
    const triangles = Int32Array.from(model.triangles);
    triangles[5] = 1_000_000;
    saveHeads({ ...model, triangles }, folder);
    assert.throws(() => loadHeads(folder), {
      name: "TypeError",
      message: /triangle corner 5 points at 1000000/,
    });
  }));

Deno.test("loadHeads() throws TypeError when landmarks are missing", () =>
  withFolder((folder) => {
    const model = toyHead();
    saveHeads({ ...model, landmarks: model.landmarks.slice(0, 5) }, folder);
    assert.throws(() => loadHeads(folder), {
      name: "TypeError",
      message: /5 landmarks, expected 68/,
    });
  }));

Deno.test("loadHeads() throws SyntaxError when index.json lacks its lists", () =>
  withFolder((folder) => {
    saveHeads(toyHead(), folder);
    Deno.writeTextFileSync(`${folder}/index.json`, `{"materials": ["a"]}`);
    assert.throws(() => loadHeads(folder), {
      name: "SyntaxError",
      message: /no list "expressions" of strings/,
    });
    Deno.writeTextFileSync(`${folder}/index.json`, `{"materials": [`);
    assert.throws(() => loadHeads(folder), {
      name: "SyntaxError",
      message: /not JSON/,
    });
  }));

Deno.test("loadHeads() reads the real model where it is present", async (t) => {
  const model = realHeads();
  if (model === undefined) {
    await t.step("the real model is absent: nothing to check", () => {});
    return;
  }
  await t.step("the real model is present", () => {
    assert.equal(model.neutral.length, 26719 * 3);
    assert.equal(model.identityCount, 100);
    assert.equal(model.expressions.length, 57);
    assert.ok(model.materials.includes("M_ScleraLeft"));
    const jaw = model.expressions.find((mode) => mode.name === "jawOpen")!;
    assert.ok(jaw.vertices.length > 5000);
    assert.equal(jaw.offsets.length, 3 * jaw.vertices.length);
  });
});
