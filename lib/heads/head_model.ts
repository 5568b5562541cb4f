/**
 * The morphable head that training faces are rendered from.
 *
 * The model is ICT-FaceKit (MIT licence, USC Institute for Creative Technologies),
 * https://github.com/ICT-VGL/ICT-FaceKit : a neutral head, 100 identity modes (principal components of scans) and
 * expression modes. It is read from its OBJ files or from a packed folder of `.npy` arrays with an `index.json`.
 * Deviations in memory: polygons are split into triangles, and modes are differences to the neutral head.
 */

import { readNpy, readNpyFloat32 } from "@/weights/mod.ts";
import { checkModel } from "./_check_model.ts";
import { loadFaceKit } from "./facekit.ts";
import { readJson } from "./_json.ts";
import { sparseMode } from "./_modes.ts";
import { shareFloat32, shareInt32, shareUint8 } from "./_shared.ts";

/** Where anyone can get the head model. */
export const HEADS_HOME = "https://github.com/ICT-VGL/ICT-FaceKit";

/** One expression mode: the vertices that it moves. */
export interface ExpressionMode {
  /** Name such as `jawOpen`. */
  readonly name: string;
  /** Moved vertices, ascending, [M]. */
  readonly vertices: Int32Array;
  /** Their displacements at weight 1, centimetres, [M,3]. */
  readonly offsets: Float32Array;
}

/** A morphable head of V vertices, T triangles and K identity modes. Centimetres; x to the image right, y up, z forward. */
export interface HeadModel {
  /** Rest positions, [V,3]. */
  readonly neutral: Float32Array;
  /** Displacements of the identity modes at weight 1, [K,V,3]. */
  readonly identityModes: Float32Array;
  /** Number of identity modes, K. */
  readonly identityCount: number;
  /** Expression modes; weights are 0..1. */
  readonly expressions: readonly ExpressionMode[];
  /** Vertex indices, [T,3], counter-clockwise seen from outside. */
  readonly triangles: Int32Array;
  /** Index into {@linkcode HeadModel.materials} of each triangle, [T]. */
  readonly triangleMaterial: Uint8Array;
  /** Names such as `M_Face`, `M_ScleraLeft`. */
  readonly materials: readonly string[];
  /** Vertices of the 68 facial landmarks in the order of iBUG 300-W, [68]. */
  readonly landmarks: Int32Array;
}

interface Index {
  readonly materials: readonly string[];
  readonly expressions: readonly string[];
  readonly landmarks: readonly number[];
}

/**
 * Reads a head model: a packed folder, or the `FaceXModel` folder of ICT-FaceKit.
 *
 * Requires read permission. The OBJ files take about five seconds; {@linkcode saveHeads} packs them once for all.
 *
 * @param directory Folder with `index.json` and its `.npy` files, or with `generic_neutral_mesh.obj`.
 * @returns The model; its arrays lie in memory that workers share.
 * @throws {Deno.errors.NotFound} When the folder or one of its files is missing; the message names the model's home.
 * @throws {SyntaxError} When a file does not parse.
 * @throws {TypeError} When the arrays do not fit each other.
 *
 * @example A missing model is explained
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadHeads } from "@/heads/mod.ts";
 * assert.throws(() => loadHeads("no-such-folder"), /ICT-FaceKit/);
 * ```
 */
export function loadHeads(directory: string): HeadModel {
  if (exists(`${directory}/index.json`)) return loadPacked(directory);
  if (exists(`${directory}/generic_neutral_mesh.obj`)) {
    return loadFaceKit(directory);
  }
  throw new Deno.errors.NotFound(
    `Cannot load the head model: "${directory}" has neither index.json (a packed model) nor generic_neutral_mesh.obj; ` +
      `get ICT-FaceKit from ${HEADS_HOME} and give its FaceXModel folder, with --heads DIR in tasks`,
  );
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return false;
    throw error;
  }
}

function loadPacked(directory: string): HeadModel {
  const index = readIndex(`${directory}/index.json`);
  const at = (file: string) => `${directory}/${file}.npy`;
  const neutral = readNpyFloat32(at("neutral"));
  const identity = readNpyFloat32(at("identity_modes"));
  const expression = readNpyFloat32(at("expression_modes"));
  const triangles = readWhole(at("triangles"));
  const material = readWhole(at("triangle_material"));
  const expect = (name: string, found: readonly number[], want: string) => {
    if (found.join() === want) return;
    throw new TypeError(
      `Cannot load the head model: "${
        at(name)
      }" has shape [${found}], expected [${want}]; take all files from one packing`,
    );
  };
  const vertices = neutral.shape[0] ?? 0,
    modes = identity.shape[0] ?? 0,
    count = triangles.shape[0] ?? 0;
  expect("neutral", neutral.shape, `${vertices},3`);
  expect("identity_modes", identity.shape, `${modes},${vertices},3`);
  expect(
    "expression_modes",
    expression.shape,
    `${index.expressions.length},${vertices},3`,
  );
  expect("triangles", triangles.shape, `${count},3`);
  expect("triangle_material", material.shape, `${count}`);
  const size = vertices * 3;
  return checkModel(directory, {
    neutral: shareFloat32(neutral.data),
    identityModes: shareFloat32(identity.data),
    identityCount: modes,
    expressions: index.expressions.map((name, k) =>
      sparseMode(name, expression.data.subarray(k * size, (k + 1) * size))
    ),
    triangles: shareInt32(triangles.data),
    triangleMaterial: shareUint8(material.data),
    materials: index.materials,
    landmarks: shareInt32(index.landmarks),
  });
}

function readIndex(path: string): Index {
  const index = readJson(path);
  const list = (
    holder: unknown,
    key: string,
    type: "string" | "number",
  ): unknown[] => {
    const found = (holder as Record<string, unknown> | undefined)?.[key];
    if (Array.isArray(found) && found.every((item) => typeof item === type)) {
      return found;
    }
    throw new SyntaxError(
      `Cannot load the head model: "${path}" has no list "${key}" of ${type}s`,
    );
  };
  return {
    materials: list(index, "materials", "string") as string[],
    expressions: list(index, "expressions", "string") as string[],
    landmarks: list(
      index["vertex_indices"],
      "idx_to_landmark_verts",
      "number",
    ) as number[],
  };
}

/** Reads an array of whole numbers of at most 32 bits. */
function readWhole(
  path: string,
): { readonly shape: readonly number[]; readonly data: ArrayLike<number> } {
  const { dtype, shape, data } = readNpy(path);
  if (!["int32", "int16", "int8", "uint8"].includes(dtype)) {
    throw new TypeError(
      `Cannot load the head model: "${path}" holds ${dtype}, expected int32 or uint8`,
    );
  }
  return { shape, data: data as ArrayLike<number> };
}
