/** Hair that hangs beside and behind the head (bob, long, wavy) and buns, as surfaces around the head. */

import type { Anatomy } from "./_anatomy.ts";
import { Kind } from "./_kind.ts";
import { clamp, lerp, noise1, noise2, smoothstep } from "./_noise.ts";
import { gridTriangles, type Layer, plainRows } from "./_layer.ts";
import { Attribute } from "./_paint.ts";
import type { Traits } from "./traits.ts";

const COLUMNS = 64;
const ROWS = 18;

/** Half widths, depth behind and height of an identity's skull. */
export interface Skull {
  readonly width: number;
  /** Half width over the ears. */
  readonly ears: number;
  readonly back: number;
  readonly top: number;
}

/** Measures the skull above the ears on an identity's skin, [V,3]. */
export function measureSkull(anatomy: Anatomy, skin: Float32Array): Skull {
  const p = anatomy.model.neutral;
  let width = 0, back = 0, top = 0, ears = 0;
  for (const v of anatomy.skinVertices) {
    const y = p[3 * v + 1]!;
    if (y > 9) top = Math.max(top, skin[3 * v + 1]!);
    if (y > -3 && y < 5.6) ears = Math.max(ears, Math.abs(skin[3 * v]!));
    if (y < 5.6 || y > 8.5) continue;
    width = Math.max(width, Math.abs(skin[3 * v]!));
    back = Math.max(back, -skin[3 * v + 2]!);
  }
  return { width, back, top, ears };
}

/** The hanging hair of an identity, or nothing; `top` is the height at which it begins. */
export function hangingHair(
  traits: Traits,
  skull: Skull,
  top: number,
): Layer[] {
  const hair = traits.hair;
  const layers: Layer[] = [];
  if (hair.style === "bun") layers.push(bun(traits, skull));
  if (hair.hem === null) return layers;
  const count = COLUMNS * ROWS;
  const positions = new Float32Array(count * 3);
  const attributes = plainRows(count, hair.colour, hair.shine);
  // either tucked behind the ears or falling over them
  const over = hair.hang > 0.8;
  const front = over ? 102 + 14 * hair.hang : 84;
  for (let i = 0; i < ROWS; i++) {
    const y = lerp(top, hair.hem - 1.2, i / (ROWS - 1));
    const fall = smoothstep(8.6, 2.6, y);
    for (let j = 0; j < COLUMNS; j++) {
      const u = j / (COLUMNS - 1) * 2 - 1;
      const angle = u *
        (front + 5 * noise1(y * 0.35 + Math.sign(u) * 9, traits.noise ^ 41)) *
        Math.PI / 180;
      const clump = 0.28 * noise1(u * 16, traits.noise ^ 42) +
        0.14 * noise1(u * 40, traits.noise ^ 43);
      const waving = hair.wave * (0.35 + fall) *
        Math.sin(
          y * 1.05 + 2.2 * noise1(u * 5, traits.noise ^ 44) + traits.noise % 7,
        );
      const out = clump + waving +
        0.5 * noise2(u * 4, y * 0.15, traits.noise ^ 45) * smoothstep(4, -6, y);
      const width = lerp(
        skull.width + 0.55 * hair.sides,
        Math.max(
          skull.width + 0.75 * hair.sides + 0.35 * hair.hang,
          over ? skull.ears + 0.45 : skull.width + 0.9,
        ),
        fall,
      ) + out;
      const back = skull.back + lerp(0.6, 0.9, fall) * hair.sides + out -
        1.5 * smoothstep(0, -6, y) + 1.5 * smoothstep(-7, -12, y);
      const c = Math.cos(angle);
      const at = (i * COLUMNS + j) * 3;
      positions[at] = width * Math.sin(angle);
      positions[at + 1] = y;
      positions[at + 2] = c > 0 ? -0.4 - (back - 0.4) * c : -0.4 - 7.2 * c;
      const row = (i * COLUMNS + j) * Attribute.size;
      attributes[row + Attribute.strand] = u * 30;
      attributes[row + Attribute.hair] = 2;
      attributes[row + Attribute.cut] = y - hair.hem +
        0.7 * noise1(u * 22, traits.noise ^ 46);
      attributes[row + Attribute.light] = lerp(0.75, 1, smoothstep(-14, 2, y)) *
        (1 - 0.25 * clamp(-clump * 3, 0, 1));
      attributes[row + Attribute.x] = u * 14;
      attributes[row + Attribute.y] = y;
      attributes[row + Attribute.z] = 0;
    }
  }
  layers.push({
    kind: Kind.hair,
    count,
    triangles: gridTriangles(ROWS, COLUMNS),
    ride: null,
    positions,
    attributes,
  });
  return layers;
}

function bun(traits: Traits, skull: Skull): Layer {
  const hair = traits.hair;
  const rows = 10, columns = 18;
  const radius = 2.4 + 0.9 * hair.hang;
  const count = rows * columns;
  const positions = new Float32Array(count * 3);
  const attributes = plainRows(count, hair.colour, hair.shine);
  const high = hair.wave > 0.1;
  const cy = high ? skull.top + radius * 0.45 : 7,
    cz = high ? -2.5 : -skull.back - radius * 0.4;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const a = i / (rows - 1) * Math.PI, b = j / columns * 2 * Math.PI;
      const at = (i * columns + j) * 3;
      positions[at] = radius * Math.sin(a) * Math.sin(b);
      positions[at + 1] = cy + radius * 0.85 * Math.cos(a);
      positions[at + 2] = cz + radius * Math.sin(a) * Math.cos(b);
      const row = (i * columns + j) * Attribute.size;
      attributes[row + Attribute.strand] = a * 8 + Math.sin(b) * 2;
      attributes[row + Attribute.hair] = 2;
      attributes[row + Attribute.x] = positions[at]!;
      attributes[row + Attribute.y] = positions[at + 1]!;
      attributes[row + Attribute.z] = positions[at + 2]!;
    }
  }
  return {
    kind: Kind.hair,
    count,
    triangles: gridTriangles(rows, columns, true),
    ride: null,
    positions,
    attributes,
  };
}
