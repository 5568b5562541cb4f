/** Puts one image's geometry together: skin, expression, hair, wear; then normals. */

import { addFaceNormal } from "./_normals.ts";
import { geometryOf } from "./_geometry.ts";
import type { HeadIdentity } from "./head_identity.ts";
import type { Layer } from "./_layer.ts";
import { makeFaceMask } from "./_shell.ts";
import { Attribute } from "./_paint.ts";
import type { Scene } from "./scene.ts";
import { makeWorkspace, type Workspace } from "./_workspace.ts";

/** What {@linkcode assemble} put into the workspace. */
export interface Assembled {
  readonly workspace: Workspace;
  readonly vertices: number;
  readonly triangles: number;
  /** First triangle of each added layer, and whose layer it is. */
  readonly layers: readonly {
    readonly kind: number;
    readonly from: number;
    readonly to: number;
    readonly vertex: number;
  }[];
  /** Triangles before the first layer. */
  readonly own: number;
  /** The five alignment points in the head's frame: eyes, nose, mouth corners, [5,3]. */
  readonly marks: Float32Array;
}

/** The points that the alignment uses, as groups of the 68 landmarks. */
const MARKS: readonly (readonly number[])[] = [
  [36, 37, 38, 39, 40, 41],
  [42, 43, 44, 45, 46, 47],
  [30],
  [48],
  [54],
];

/** Assembles an image's geometry in the workspace, which grows where it is too small. */
export function assemble(
  identity: HeadIdentity,
  scene: Scene,
  workspace: Workspace | undefined,
): Assembled {
  const geometry = geometryOf(identity);
  const { anatomy } = geometry;
  const layers: Layer[] = [];
  let hanging = geometry.hanging;
  let remaining: Float32Array | undefined;
  let flatEars = false;
  if (scene.wear.hat) {
    const hat = geometry.hat();
    layers.push(...hat.layers);
    hanging = hat.hanging;
    remaining = hat.remaining;
    flatEars = hat.flatEars;
  }
  layers.push(...hanging);
  if (scene.wear.glasses !== "none") {
    layers.push(...geometry.glasses(scene.wear.glasses === "dark"));
  }
  if (scene.occlusion.kind === "mask") {
    layers.push(makeFaceMask(anatomy, scene.occlusion.colour));
  }
  const base = identity.positions.length / 3;
  const own = anatomy.kinds.length;
  let vertices = base, triangles = own;
  for (const layer of layers) {
    vertices += layer.count;
    triangles += layer.triangles.length / 3;
  }
  let w = workspace;
  if (
    w === undefined || w.position.length < vertices * 3 ||
    w.kinds.length < triangles
  ) {
    w = makeWorkspace(vertices + 12000, triangles + 20000);
  }
  const { position, attributes } = w;
  position.set(identity.positions);
  attributes.set(geometry.attributes);
  for (const mode of anatomy.model.expressions) {
    const weight = scene.expression[mode.name] ?? 0;
    if (weight === 0) continue;
    const { vertices: moved, offsets } = mode;
    for (let i = 0; i < moved.length; i++) {
      const at = moved[i]! * 3;
      position[at]! += weight * offsets[3 * i]!;
      position[at + 1]! += weight * offsets[3 * i + 1]!;
      position[at + 2]! += weight * offsets[3 * i + 2]!;
    }
  }
  if (flatEars) {
    for (const v of anatomy.skinVertices) {
      const out = Math.abs(position[3 * v]!) - 7.7;
      if (out > 0 && anatomy.ear[v]! > 0) {
        position[3 * v]! -= Math.sign(position[3 * v]!) * out * 0.85 *
          anatomy.ear[v]!;
      }
    }
  }
  const marks = findMarks(position, anatomy.model.landmarks);
  const bare = layers.some((l) => l.ride !== null) ? position.slice(0, base * 3) : position;
  const growth = anatomy.growth;
  for (const v of anatomy.skinVertices) {
    let lift = geometry.lift[v]!;
    if (lift <= 0) continue;
    if (remaining !== undefined) lift *= remaining[v]!;
    position[3 * v]! += lift * growth[3 * v]!;
    position[3 * v + 1]! += lift * growth[3 * v + 1]!;
    position[3 * v + 2]! += lift * growth[3 * v + 2]!;
  }
  w.triangles.set(anatomy.triangles);
  w.kinds.set(anatomy.kinds);
  const placed: { kind: number; from: number; to: number; vertex: number }[] = [];
  let vertex = base, triangle = own;
  for (const layer of layers) {
    attributes.set(layer.attributes, vertex * Attribute.size);
    if (layer.ride === null) position.set(layer.positions, vertex * 3);
    else {
      const { vertices: on, lift } = layer.ride;
      for (let i = 0; i < on.length; i++) {
        const v = on[i]! * 3, at = (vertex + i) * 3;
        for (let c = 0; c < 3; c++) {
          position[at + c] = bare[v + c]! + lift[i]! * growth[v + c]!;
        }
      }
    }
    const n = layer.triangles.length / 3;
    for (let i = 0; i < 3 * n; i++) {
      w.triangles[3 * triangle + i] = layer.triangles[i]! + vertex;
    }
    w.kinds.fill(layer.kind, triangle, triangle + n);
    placed.push({ kind: layer.kind, from: triangle, to: triangle + n, vertex });
    vertex += layer.count;
    triangle += n;
  }
  computeNormals(w, vertices, triangles);
  return { workspace: w, vertices, triangles, layers: placed, own, marks };
}

function findMarks(
  position: Float32Array,
  landmarks: Int32Array,
): Float32Array {
  const out = new Float32Array(15);
  MARKS.forEach((group, i) => {
    for (const k of group) {
      const v = landmarks[k]!;
      for (let c = 0; c < 3; c++) {
        out[3 * i + c]! += position[3 * v + c]! / group.length;
      }
    }
  });
  return out;
}

function computeNormals(
  w: Workspace,
  vertices: number,
  triangles: number,
): void {
  const { normal, position } = w;
  normal.fill(0, 0, vertices * 3);
  const t3 = w.triangles;
  for (let t = 0; t < triangles; t++) {
    addFaceNormal(position, t3[3 * t]!, t3[3 * t + 1]!, t3[3 * t + 2]!, normal);
  }
}
