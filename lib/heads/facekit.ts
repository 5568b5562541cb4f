/**
 * Reads ICT-FaceKit as it is published: `generic_neutral_mesh.obj`, `identity000.obj` ..., one OBJ file an expression,
 * and `vertex_indices.json`, all in its folder FaceXModel.
 *
 * Source: https://github.com/ICT-VGL/ICT-FaceKit (MIT). As there, the files hold displaced heads, so a mode is the
 * file's positions less the neutral head's. Deviation: every other OBJ file counts as an expression, also those that
 * vertex_indices.json does not list (such as PupilDilate_L).
 */

import { checkModel } from "./_check_model.ts";
import type { ExpressionMode, HeadModel } from "./head_model.ts";
import { readJson } from "./_json.ts";
import { sparseMode } from "./_modes.ts";
import { parseObj } from "./_obj.ts";
import { sharedFloat32, shareFloat32, shareInt32, shareUint8 } from "./_shared.ts";

const NEUTRAL = "generic_neutral_mesh.obj";

/** How {@linkcode loadFaceKit} reads. */
export interface FaceKitOptions {
  /** Called after each file with the number read and the number in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Reads ICT-FaceKit's OBJ files.
 *
 * Requires read permission.
 *
 * @param directory The folder FaceXModel of ICT-FaceKit.
 * @param options A callback for progress.
 * @returns The model, as {@linkcode loadHeads} returns it.
 * @throws {Deno.errors.NotFound} When the neutral head, `identity000.obj` or `vertex_indices.json` is missing.
 * @throws {SyntaxError} When a file does not parse.
 * @throws {TypeError} When a file has another number of vertices than the neutral head.
 *
 * @example The folder must hold the neutral head
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadFaceKit } from "@/heads/mod.ts";
 * assert.throws(() => loadFaceKit("no-such-folder"), Deno.errors.NotFound);
 * ```
 */
export function loadFaceKit(
  directory: string,
  options: FaceKitOptions = {},
): HeadModel {
  const names = Array.from(Deno.readDirSync(directory), (entry) => entry.name)
    .filter((name) => name.endsWith(".obj"));
  const identities = names.filter((name) => /^identity\d+\.obj$/.test(name))
    .sort();
  const expressions = names.filter((name) => name !== NEUTRAL && !identities.includes(name)).sort();
  if (identities.length === 0) {
    throw new Deno.errors.NotFound(
      `Cannot load the head model: "${directory}" has no identity000.obj; give ICT-FaceKit's folder FaceXModel`,
    );
  }
  const total = 1 + identities.length + expressions.length;
  let done = 0;
  const read = (name: string, faces = false) => {
    const path = `${directory}/${name}`;
    const mesh = parseObj(Deno.readTextFileSync(path), path, faces);
    options.onProgress?.(++done, total);
    return mesh;
  };
  const neutral = read(NEUTRAL, true);
  const size = neutral.positions.length;
  const difference = (name: string): Float64Array => {
    const { positions } = read(name);
    if (positions.length !== size) {
      throw new TypeError(
        `Cannot load the head model: "${directory}/${name}" has ${positions.length / 3} vertices, the neutral head ` +
          `${size / 3}; take all files from one version of ICT-FaceKit`,
      );
    }
    return positions.map((value, i) => value - neutral.positions[i]!);
  };
  const identityModes = sharedFloat32(identities.length * size);
  identities.forEach((name, k) => identityModes.set(difference(name), k * size));
  const modes: ExpressionMode[] = expressions.map((name) => sparseMode(name.slice(0, -4), difference(name)));
  return checkModel(directory, {
    neutral: shareFloat32(neutral.positions),
    identityModes,
    identityCount: identities.length,
    expressions: modes,
    triangles: shareInt32(neutral.triangles),
    triangleMaterial: shareUint8(neutral.triangleMaterial),
    materials: neutral.materials,
    landmarks: shareInt32(readLandmarks(`${directory}/vertex_indices.json`)),
  });
}

function readLandmarks(path: string): number[] {
  const landmarks = readJson(path)["idx_to_landmark_verts"];
  if (Array.isArray(landmarks) && landmarks.every(Number.isInteger)) {
    return landmarks;
  }
  throw new SyntaxError(
    `Cannot read "${path}": it has no list of whole numbers "idx_to_landmark_verts"`,
  );
}
