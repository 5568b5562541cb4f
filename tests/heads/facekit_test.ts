import assert from "node:assert/strict";
import { loadFaceKit, loadHeads } from "@/heads/mod.ts";

/** A box of eight vertices in ICT-FaceKit's file layout; landmarks point at them in turn. */
const VERTICES = [
  [-1, -1, 1],
  [1, -1, 1],
  [1, 1, 1],
  [-1, 1, 1],
  [-1, -1, -1],
  [1, -1, -1],
  [1, 1, -1],
  [-1, 1, -1],
];
const FACES = `vt 0 0
usemtl M_Face
f 1/1 2/1 3/1 4/1
usemtl M_BackHead
f 6/1 5/1 8/1 7/1
f 1 5 6
usemtl M_Face
f 4/1/1 3/1/1 7/1/1 8/1/1
`;

function obj(move: (v: number[], i: number) => number[], faces = ""): string {
  const lines = VERTICES.map((v, i) => `v ${move(v, i).map((x) => x.toFixed(15)).join(" ")}`);
  return `mtllib ICTFaceModelMaterial.mtl\r\n${lines.join("\r\n")}\n${faces}`;
}

async function withKit(body: (folder: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const write = (name: string, text: string) => Deno.writeTextFileSync(`${folder}/${name}`, text);
    write("generic_neutral_mesh.obj", obj((v) => v, FACES));
    write("identity000.obj", obj(([x, y, z]) => [2 * x!, y!, z!]));
    write("identity001.obj", obj(([x, y, z]) => [x!, y! + 0.5, z!]));
    write(
      "jawOpen.obj",
      obj(([x, y, z], i) => [x!, i === 1 ? y! - 3 : y!, z!]),
    );
    write(
      "vertex_indices.json",
      JSON.stringify({
        expressions: ["jawOpen"],
        ["idx_to_landmark_verts"]: Array.from({ length: 68 }, (_, i) => i % 8),
      }),
    );
    write("ICTFaceModelMaterial.mtl", "newmtl M_Face\n");
    body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("loadFaceKit() splits polygons into triangles of their material", () =>
  withKit((folder) => {
    const model = loadFaceKit(folder);
    assert.deepEqual(model.materials, ["M_Face", "M_BackHead"]);
    assert.deepEqual(
      Array.from(model.triangles),
      [[0, 1, 2], [0, 2, 3], [5, 4, 7], [5, 7, 6], [0, 4, 5], [3, 2, 6], [
        3,
        6,
        7,
      ]].flat(),
    );
    assert.deepEqual(Array.from(model.triangleMaterial), [0, 0, 1, 1, 1, 0, 0]);
  }));

Deno.test("loadFaceKit() gives modes as differences to the neutral head", () =>
  withKit((folder) => {
    const model = loadFaceKit(folder);
    assert.deepEqual(Array.from(model.neutral), VERTICES.flat());
    assert.equal(model.identityCount, 2);
    assert.deepEqual(Array.from(model.identityModes.subarray(0, 6)), [
      -1,
      0,
      0,
      1,
      0,
      0,
    ]);
    assert.deepEqual(Array.from(model.identityModes.subarray(24, 27)), [
      0,
      0.5,
      0,
    ]);
    assert.deepEqual(model.expressions.map((mode) => mode.name), ["jawOpen"]);
    assert.deepEqual(Array.from(model.expressions[0]!.vertices), [1]);
    assert.deepEqual(Array.from(model.expressions[0]!.offsets), [0, -3, 0]);
    assert.deepEqual(Array.from(model.landmarks.subarray(6, 10)), [6, 7, 0, 1]);
  }));

Deno.test("loadFaceKit() reports every file", () =>
  withKit((folder) => {
    const seen: [number, number][] = [];
    loadFaceKit(folder, {
      onProgress: (done, total) => seen.push([done, total]),
    });
    assert.deepEqual(seen, [[1, 4], [2, 4], [3, 4], [4, 4]]);
  }));

Deno.test("loadHeads() reads a FaceXModel folder", () =>
  withKit((folder) => assert.deepEqual(loadHeads(folder), loadFaceKit(folder))));

Deno.test("loadFaceKit() throws TypeError when a file has another number of vertices", () =>
  withKit((folder) => {
    Deno.writeTextFileSync(`${folder}/identity001.obj`, "v 0 0 0\n");
    assert.throws(() => loadFaceKit(folder), {
      name: "TypeError",
      message: /identity001.obj" has 1 vertices, the neutral head 8/,
    });
  }));

Deno.test("loadFaceKit() throws SyntaxError naming file and line when a line does not parse", () =>
  withKit((folder) => {
    Deno.writeTextFileSync(`${folder}/jawOpen.obj`, "v 0 0 0\nv 1 x 2\n");
    assert.throws(() => loadFaceKit(folder), {
      name: "SyntaxError",
      message: /jawOpen.obj": line 2 is not a vertex/,
    });
  }));

Deno.test("loadFaceKit() throws SyntaxError when a face uses a missing vertex or a relative one", () =>
  withKit((folder) => {
    Deno.writeTextFileSync(
      `${folder}/generic_neutral_mesh.obj`,
      obj((v) => v, "f 1 2 9\n"),
    );
    assert.throws(() => loadFaceKit(folder), {
      name: "SyntaxError",
      message: /uses vertex 9, but there are 8/,
    });
    Deno.writeTextFileSync(
      `${folder}/generic_neutral_mesh.obj`,
      obj((v) => v, "f 1 2 -1\n"),
    );
    assert.throws(() => loadFaceKit(folder), {
      name: "SyntaxError",
      message: /line 10 is not a face/,
    });
  }));

Deno.test("loadFaceKit() throws NotFound when there are no identities", () =>
  withKit((folder) => {
    Deno.removeSync(`${folder}/identity000.obj`);
    Deno.removeSync(`${folder}/identity001.obj`);
    assert.throws(() => loadFaceKit(folder), Deno.errors.NotFound);
  }));
