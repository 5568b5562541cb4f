/** Glasses: rims, bridge, arms, and dark lenses for sunglasses. */

import type { Anatomy } from "./_anatomy.ts";
import { Kind } from "./_kind.ts";
import { type Rgb, scaleRgb, srgb } from "./_colour.ts";
import { gridTriangles, type Layer, plainRows } from "./_layer.ts";
import type { Traits } from "./traits.ts";

/** Frames of glasses on an identity's face; sunglasses get dark lenses. */
export function makeGlasses(
  anatomy: Anatomy,
  traits: Traits,
  positions: Float32Array,
  dark: boolean,
): Layer[] {
  const { eyes, brow, ears } = measureFace(anatomy, positions);
  const g = traits.glasses;
  const layers: Layer[] = [];
  const half = (eyes[3]! - eyes[0]!) / 2;
  const middle = (eyes[3]! + eyes[0]!) / 2;
  const width = Math.min(g.width, half - 0.35),
    height = dark ? Math.max(g.height, 1.9) : g.height;
  const colour = dark ? scaleRgb(g.colour, 0.5) : g.colour;
  const bend = (x: number) => -0.045 * (x - middle) ** 2;
  const zOf = (x: number, y: number) => brow + bend(x) + 0.05 * y;
  const rim = g.rim * (dark ? 1.1 : 1);
  for (let side = 0; side < 2; side++) {
    const cx = eyes[3 * side]! + (side === 0 ? -0.08 : 0.08),
      cy = eyes[3 * side + 1]! - 0.25;
    layers.push(ring(cx, cy, width, height, g.round, rim, colour, zOf));
    if (dark) layers.push(lens(cx, cy, width, height, g.round, zOf));
    const sign = side === 0 ? -1 : 1;
    layers.push(bar(
      [
        [
          cx + sign * (width + rim * 0.5),
          cy + height * 0.55,
          zOf(cx + sign * width, 0) - 0.05,
        ],
        [
          cx + sign * (width + 0.75),
          cy + height * 0.55,
          zOf(cx + sign * width, 0) - 0.8,
        ],
        [sign * ears * 0.985, cy + 0.75, 4.6],
        [sign * (ears + 0.25), cy + 0.85, 1.2],
        [sign * (ears + 0.3), cy + 0.4, -1.2],
      ],
      rim * 0.9 + 0.1,
      colour,
    ));
  }
  const inner = half - width;
  layers.push(bar(
    [
      [middle - inner - 0.05, eyes[1]! + 0.3, zOf(middle - inner, 0)],
      [middle, eyes[1]! + 0.5, zOf(middle, 0) + 0.1],
      [middle + inner + 0.05, eyes[1]! + 0.3, zOf(middle + inner, 0)],
    ],
    rim * 0.8 + 0.08,
    colour,
  ));
  return layers;
}

function corner(a: number, round: number): [number, number] {
  const c = Math.cos(a), s = Math.sin(a);
  return [
    Math.sign(c) * Math.pow(Math.abs(c), 2 / round),
    Math.sign(s) * Math.pow(Math.abs(s), 2 / round),
  ];
}

function ring(
  cx: number,
  cy: number,
  w: number,
  h: number,
  round: number,
  rim: number,
  colour: Rgb,
  zOf: (x: number, y: number) => number,
): Layer {
  const columns = 36, rows = 4;
  const count = columns * rows;
  const positions = new Float32Array(count * 3);
  const section = [[-0.5, 0], [-0.5, 0.22], [0.5, 0.22], [0.5, 0]] as const;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const [c, s] = corner(j / columns * 2 * Math.PI, round);
      const [out, up] = section[i]!;
      const x = cx + c * (w + out * rim), y = cy + s * (h + out * rim);
      positions.set([x, y, zOf(x, y - cy) + up], (i * columns + j) * 3);
    }
  }
  return {
    kind: Kind.frame,
    count,
    triangles: gridTriangles(rows, columns, true),
    ride: null,
    positions,
    attributes: plainRows(count, colour, 0.8),
  };
}

function lens(
  cx: number,
  cy: number,
  w: number,
  h: number,
  round: number,
  zOf: (x: number, y: number) => number,
): Layer {
  const columns = 24, rows = 3;
  const count = columns * rows;
  const positions = new Float32Array(count * 3);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const [c, s] = corner(j / columns * 2 * Math.PI, round);
      const k = i / (rows - 1);
      const x = cx + c * w * k, y = cy + s * h * k;
      positions.set([x, y, zOf(x, y - cy) + 0.1], (i * columns + j) * 3);
    }
  }
  return {
    kind: Kind.lens,
    count,
    triangles: gridTriangles(rows, columns, true),
    ride: null,
    positions,
    attributes: plainRows(count, srgb(30, 28, 30), 1),
  };
}

/** A bar of square section through points. */
function bar(
  points: readonly (readonly [number, number, number])[],
  thick: number,
  colour: Rgb,
): Layer {
  const columns = 4, rows = points.length;
  const count = rows * columns;
  const positions = new Float32Array(count * 3);
  points.forEach(([x, y, z], i) => {
    const along = points[Math.min(i + 1, rows - 1)]!,
      before = points[Math.max(i - 1, 0)]!;
    const dx = along[0] - before[0], dz = along[2] - before[2];
    const l = Math.hypot(dx, dz) || 1;
    const nx = dz / l, nz = -dx / l; // sideways in the horizontal plane
    [[1, 1], [-1, 1], [-1, -1], [1, -1]].forEach(([a, b], j) => {
      positions.set([
        x + nx * a! * thick * 0.4,
        y + b! * thick * 0.5,
        z + nz * a! * thick * 0.4,
      ], (i * columns + j) * 3);
    });
  });
  return {
    kind: Kind.frame,
    count,
    triangles: gridTriangles(rows, columns, true),
    ride: null,
    positions,
    attributes: plainRows(count, colour, 0.8),
  };
}

/** Middles of the eye openings, depth of the brows with room for glasses, half width above the ears. */
function measureFace(anatomy: Anatomy, positions: Float32Array) {
  const p = anatomy.model.neutral;
  let brow = 0, ears = 0;
  for (const v of anatomy.skinVertices) {
    const side = Math.abs(p[3 * v]!), y = p[3 * v + 1]!, z = p[3 * v + 2]!;
    if (y > 2 && y < 6 && side < 4 && side > 1) {
      brow = Math.max(brow, positions[3 * v + 2]!);
    }
    if (y > 4 && y < 6.5 && z > -1 && z < 3 && anatomy.ear[v]! < 0.5) {
      ears = Math.max(ears, Math.abs(positions[3 * v]!));
    }
  }
  const eyes = new Float32Array(6);
  for (let k = 0; k < 12; k++) {
    const v = anatomy.model.landmarks[36 + k]!;
    for (let c = 0; c < 3; c++) {
      eyes[3 * Math.floor(k / 6) + c]! += positions[3 * v + c]! / 6;
    }
  }
  return { eyes, brow: brow + 0.35, ears };
}
