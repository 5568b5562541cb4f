/** A head made of an egg and two balls, so that everything can be tried without ICT-FaceKit's data. */

import type { HeadModel } from "./head_model.ts";
import { sparseMode } from "./_modes.ts";
import { shareFloat32, shareInt32, shareUint8 } from "./_shared.ts";

const ROWS = 40, COLUMNS = 48, BALL = 12;

/** Depth of the egg's front at a point of the face plane. */
function front(x: number, y: number): number {
  const egg = 9.4 *
    Math.sqrt(Math.max(0, 1 - (x / 7.8) ** 2 - ((y - 2.5) / 12) ** 2));
  return egg + 3 * Math.exp(-((x / 0.9) ** 2) - (((y - 0.6) / 1.3) ** 2));
}

/** The 68 landmarks in iBUG's order, roughly where ICT-FaceKit has them. */
function landmarkPositions(): [number, number, number][] {
  const flat: [number, number][] = [];
  for (let i = 0; i < 17; i++) { // jaw
    const a = Math.PI * (i / 16);
    flat.push([-7.2 * Math.cos(a), 3 - 10.5 * Math.sin(a)]);
  }
  for (let i = 0; i < 5; i++) {
    flat.push([-5.8 + 1.15 * i, 5.2 + Math.sin(i * 0.8)]);
  }
  for (let i = 0; i < 5; i++) {
    flat.push([1.2 + 1.15 * i, 5.2 + Math.sin((4 - i) * 0.8)]);
  }
  for (let i = 0; i < 4; i++) flat.push([0, 3.7 - 1.1 * i]); // bridge to tip
  for (let i = -2; i <= 2; i++) flat.push([0.6 * i, -1.1]);
  for (const centre of [-3.15, 3.15]) {
    for (
      const [x, y] of [[-1.3, 0], [-0.7, 0.45], [0.4, 0.5], [1.3, -0.1], [
        0.4,
        -0.4,
      ], [-0.7, -0.4]] as const
    ) {
      flat.push([centre + x, 3.45 + y]);
    }
  }
  for (let i = 0; i < 12; i++) {
    flat.push([
      -2.5 * Math.cos(i * Math.PI / 6),
      -3.4 + 0.95 * Math.sin(i * Math.PI / 6),
    ]);
  }
  for (let i = 0; i < 8; i++) {
    flat.push([
      -2.1 * Math.cos(i * Math.PI / 4),
      -3.4 + 0.2 * Math.sin(i * Math.PI / 4),
    ]);
  }
  return flat.map(([x, y]) => [x, y, front(x, y)]);
}

/**
 * Makes a small head model out of formulas: about 2,300 vertices, four identity modes, three expressions.
 *
 * It has the proportions and landmarks of a head, so the whole renderer works on it; its faces are dolls.
 *
 * @returns A model that is the same at every call.
 *
 * @example Render a doll
 * ```ts
 * import assert from "node:assert/strict";
 * import { HeadRenderer, sampleIdentity, sampleScene, toyHead } from "@/heads/mod.ts";
 * const doll = sampleIdentity(toyHead(), 1, 0);
 * const { pixels } = new HeadRenderer().render(doll, sampleScene(1, 0, 0));
 * assert.equal(pixels.data.length, 112 * 112 * 3);
 * ```
 */
export function toyHead(): HeadModel {
  const positions: number[] = [],
    triangles: number[] = [],
    materials: number[] = [];
  sphere(ROWS, COLUMNS, (u, v) => {
    const x = 7.8 * Math.sin(u) * Math.sin(v),
      y = 2.5 + 12 * Math.cos(u),
      z = 9.4 * Math.sin(u) * Math.cos(v);
    return [x, y, z > 0 ? front(x, y) : z];
  }, (z) => z > -0.5 ? 0 : 1);
  for (const [centre, material] of [[3.1, 2], [-3.1, 3]] as const) {
    sphere(BALL, BALL, (u, v) => [
      centre + 1.5 * Math.sin(u) * Math.sin(v),
      3.6 + 1.5 * Math.cos(u),
      8 + 1.5 * Math.sin(u) * Math.cos(v),
    ], () => material);
  }
  const marks = landmarkPositions().map((point) => positions.push(...point) / 3 - 1);
  return {
    neutral: shareFloat32(positions),
    identityModes: shareFloat32([
      ...field((x) => [0.05 * x, 0, 0]),
      ...field((_x, y) => [0, 0.04 * (y - 2), 0]),
      ...field((x, y) => [0, 0, 0.5 * Math.exp(-x * x - (y - 0.6) ** 2)]),
      ...field((x, y) => [y < -2 ? 0.08 * x : 0, 0, 0]),
    ]),
    identityCount: 4,
    expressions: [
      sparseMode(
        "jawOpen",
        field((_x, y, z) => [0, y < -3.4 && z > 0 ? -2 : 0, 0]),
      ),
      sparseMode(
        "mouthSmile_L",
        field((
          x,
          y,
          z,
        ) => [x > 1.5 && y < -2 && y > -5 && z > 0 ? 0.7 : 0, 0, 0]),
      ),
      sparseMode(
        "mouthSmile_R",
        field((
          x,
          y,
          z,
        ) => [x < -1.5 && y < -2 && y > -5 && z > 0 ? -0.7 : 0, 0, 0]),
      ),
    ],
    triangles: shareInt32(triangles),
    triangleMaterial: shareUint8(materials),
    materials: ["M_Face", "M_BackHead", "M_ScleraLeft", "M_ScleraRight"],
    landmarks: shareInt32(marks),
  };

  function sphere(
    rows: number,
    columns: number,
    place: (u: number, v: number) => [number, number, number],
    material: (z: number) => number,
  ): void {
    const first = positions.length / 3;
    for (let i = 0; i <= rows; i++) {
      for (let j = 0; j < columns; j++) {
        positions.push(
          ...place(Math.PI * i / rows, 2 * Math.PI * j / columns - Math.PI),
        );
      }
    }
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const a = first + i * columns + j,
          b = first + i * columns + (j + 1) % columns;
        const m = material(positions[3 * a + 2]!);
        triangles.push(a, a + columns, b, b, a + columns, b + columns);
        materials.push(m, m);
      }
    }
  }

  function field(
    displace: (x: number, y: number, z: number) => [number, number, number],
  ): number[] {
    const out: number[] = [];
    for (let at = 0; at < positions.length; at += 3) {
      out.push(
        ...displace(positions[at]!, positions[at + 1]!, positions[at + 2]!),
      );
    }
    return out;
  }
}
