/** Paints an identity's vertices: skin, lips, brow and beard coordinates, eyes, teeth. */

import type { Anatomy } from "./_anatomy.ts";
import { Kind } from "./_kind.ts";
import { mixRgb, type Rgb, scaleRgb, srgb } from "./_colour.ts";
import type { HairFields } from "./_hair.ts";
import { clamp, lerp, noise3, smoothstep } from "./_noise.ts";
import type { Traits } from "./traits.ts";

/** Numbers kept for each vertex, and where they lie in its row. */
export const Attribute = {
  red: 0,
  green: 1,
  blue: 2,
  /** Signed distance inside the hairline, cm. */
  hair: 3,
  /** Coordinate across the strands. */
  strand: 4,
  browAlong: 5,
  browAcross: 6,
  /** Signed distance inside the beard, cm. */
  beard: 7,
  gloss: 8,
  light: 9,
  /** Neutral position, or the direction from the eyeball's centre. */
  x: 10,
  y: 11,
  z: 12,
  /** Pixels where this is negative are not drawn. */
  cut: 13,
  size: 14,
} as const;

/** Signed distance inside the beard at a point of the neutral head. */
export function beardDistance(
  traits: Traits,
  x: number,
  y: number,
  z: number,
  lip: number,
): number {
  const style = traits.beard.style;
  if (style === "none" || z < -1) return -9;
  const side = Math.abs(x);
  const line = traits.beard.cheekLine;
  // below the line from the sideburn to the mouth's corner, above the throat
  const cheek = lerp(-2.2, 1.2, smoothstep(2.6, 7.4, side)) + line -
    0.8 * Math.exp(-(((side - 4.4) / 1.4) ** 2));
  const throat = -7.6 - 0.12 * (10 - z);
  const jaw = Math.min(cheek - y, y - throat + 1, (z - 1.6) * 1.2);
  const moustache = z < 8 ? -9 : Math.min(
    -1.35 - 0.22 * side - y + 0.12,
    y + 4.2 - 0.1 * side,
    (3.1 - side) * 0.8,
  );
  const chin = z < 6 ? -9 : Math.min(2.7 - side, -3.3 - y + 0.35 * side, y + 9);
  let d: number;
  switch (style) {
    case "moustache":
      d = Math.min(moustache, y + 3.3);
      break;
    case "goatee":
      d = Math.max(chin, moustache);
      break;
    case "chinstrap":
      d = Math.min(
        jaw,
        Math.max(-5.6 - y + 0.62 * Math.max(side - 3.2, 0) * 1.4, side - 5.7),
      );
      break;
    default:
      d = Math.max(jaw, moustache, chin);
  }
  if (lip > -0.5) d = Math.min(d, -lip - 0.08);
  return d;
}

/** Fills the attribute rows of the head's own vertices, [V, Attribute.size]. */
export function paint(
  anatomy: Anatomy,
  traits: Traits,
  hair: HairFields,
  beard: Float32Array,
): Float32Array {
  const p = anatomy.model.neutral;
  const count = p.length / 3;
  const A = Attribute.size;
  const out = new Float32Array(count * A);
  const kindOf = new Uint8Array(count).fill(Kind.hidden);
  for (let t = 0; t < anatomy.kinds.length; t++) {
    for (let c = 0; c < 3; c++) {
      kindOf[anatomy.triangles[3 * t + c]!] = anatomy.kinds[t]!;
    }
  }
  const moles = placeMoles(anatomy, traits);
  for (let v = 0; v < count; v++) {
    const kind = kindOf[v]!;
    if (kind === Kind.hidden) continue;
    const row = v * A;
    const x = p[3 * v]!, y = p[3 * v + 1]!, z = p[3 * v + 2]!;
    out[row + Attribute.light] = 1;
    out[row + Attribute.browAlong] = 99;
    out[row + Attribute.hair] = -9;
    out[row + Attribute.beard] = -9;
    out[row + Attribute.x] = x;
    out[row + Attribute.y] = y;
    out[row + Attribute.z] = z;
    let colour: Rgb;
    switch (kind) {
      case Kind.eye:
        out[row + Attribute.x] = anatomy.eyeDirection[3 * v]!;
        out[row + Attribute.y] = anatomy.eyeDirection[3 * v + 1]!;
        out[row + Attribute.z] = anatomy.eyeDirection[3 * v + 2]!;
        colour = srgb(204, 196, 192);
        break;
      case Kind.teeth:
        colour = scaleRgb(srgb(224, 214, 196), clamp((z - 6) / 4, 0.15, 1));
        break;
      case Kind.mouth:
        colour = scaleRgb(srgb(150, 74, 72), clamp((z - 5) / 5, 0.1, 0.9));
        break;
      case Kind.lash:
        colour = mixRgb(traits.brow.colour, srgb(14, 12, 12), 0.8);
        // upper lashes fall outside and above; lower ones are short
        out[row + Attribute.cut] = traits.lash * (y < anatomy.eyeCentres[1]! - 0.15 ? 0.22 : 1) -
          anatomy.lashLength[v]!;
        out[row + Attribute.strand] = x * 9;
        break;
      default: {
        colour = skinColour(anatomy, traits, v, x, y, z, moles);
        out[row + Attribute.hair] = hair.inside[v]!;
        out[row + Attribute.strand] = hair.strand[v]!;
        out[row + Attribute.browAlong] = anatomy.browAlong[v]!;
        out[row + Attribute.browAcross] = anatomy.browAcross[v]!;
        out[row + Attribute.beard] = beard[v]!;
        const lips = smoothstep(-0.12, 0.1, anatomy.lip[v]!);
        const zone = Math.exp(-((x / 2.2) ** 2)) * smoothstep(-3, 2, y);
        out[row + Attribute.gloss] = lerp(
          traits.skin.oil * (0.6 + 0.7 * zone),
          0.6 + 2 * traits.lips.gloss,
          lips,
        );
        const hairShade = 0.45 * smoothstep(0.1, -0.9, hair.inside[v]!) + 0.55;
        out[row + Attribute.light] = (1 - 0.75 * Math.max(anatomy.cavity[v]!, -0.1)) *
          (hair.inside[v]! > 0 ? 1 : hair.lift[v]! > 0 ? hairShade : 1) *
          (anatomy.interior[v]! > 0 ? 0.25 : 1);
      }
    }
    out[row] = colour[0];
    out[row + 1] = colour[1];
    out[row + 2] = colour[2];
  }
  return out;
}

interface Mole {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly size: number;
  readonly depth: number;
}

/** Moles lie on the front of the face, where an image shows them. */
function placeMoles(anatomy: Anatomy, traits: Traits): Mole[] {
  const p = anatomy.model.neutral;
  const places = anatomy.skinVertices.filter((v) =>
    anatomy.interior[v] === 0 && p[3 * v + 2]! > 3.5 && p[3 * v + 1]! > -6.5 &&
    p[3 * v + 1]! < 9.5 &&
    anatomy.lip[v]! < -0.3 &&
    Math.hypot(Math.abs(p[3 * v]!) - 3.1, p[3 * v + 1]! - 3.6) > 1.6
  );
  if (places.length === 0) return [];
  return traits.skin.moles.map(({ vertex, size, depth }) => {
    const v = places[vertex % places.length]!;
    return { x: p[3 * v]!, y: p[3 * v + 1]!, z: p[3 * v + 2]!, size, depth };
  });
}

function skinColour(
  anatomy: Anatomy,
  traits: Traits,
  v: number,
  x: number,
  y: number,
  z: number,
  moles: readonly Mole[],
): Rgb {
  const { skin, makeup } = traits;
  if (anatomy.interior[v]! > 0) {
    return scaleRgb(mixRgb(skin.colour, srgb(120, 46, 44), 0.7), 0.55);
  }
  const side = Math.abs(x);
  let [r, g, b] = skin.colour;
  const mottle = skin.mottle *
    (0.6 * noise3(x / 2.4, y / 2.4, z / 2.4, traits.noise ^ 21) +
      0.4 * noise3(x / 0.9, y / 0.9, z / 0.9, traits.noise ^ 22));
  r *= 1 + 0.05 * mottle;
  g *= 1 + 0.085 * mottle;
  b *= 1 + 0.09 * mottle;
  if (z > 0) {
    // blood shows on cheeks, nose tip, ears and chin
    const cheek = Math.exp(
      -(((side - 4.4) / 1.9) ** 2) - (((y - 0.6) / 1.9) ** 2),
    );
    const nose = Math.exp(-((side / 1.3) ** 2) - (((y - 0.4) / 1.1) ** 2));
    const chin = 0.5 * Math.exp(-((side / 1.6) ** 2) - (((y + 6) / 1.2) ** 2));
    const red = skin.blush *
      (0.9 * cheek + 0.9 * nose + chin + 0.6 * anatomy.ear[v]!) *
      (0.5 + 0.5 * (1 - skin.tone));
    r *= 1 + 0.06 * red;
    g *= 1 - 0.2 * red;
    b *= 1 - 0.17 * red;
    // tired skin under the eyes, shadow in the sockets
    const ex = (side - 3.1) / 1.7;
    const under = Math.exp(-(ex ** 2) - (((y - 2.3) / 0.55) ** 2));
    const socket = Math.exp(
      -(((side - 2.7) / 1.9) ** 2) - (((y - 4.4) / 0.8) ** 2),
    );
    const dim = skin.underEye * 0.34 * under +
      (0.14 + 0.1 * skin.underEye) * socket;
    r *= 1 - 0.8 * dim;
    g *= 1 - dim;
    b *= 1 - 0.85 * dim;
    // folds of age from nose to mouth and across the forehead
    const foldX = 1.5 + 0.42 * (0.4 - y);
    const fold = Math.exp(-(((side - foldX) / 0.22) ** 2)) *
      smoothstep(-3.4, -2.4, y) * smoothstep(0.8, -0.2, y);
    const brow = smoothstep(6.9, 7.6, y) * smoothstep(10.2, 9.2, y) *
      smoothstep(4.6, 2.8, side);
    const lines = brow *
      Math.pow(
        0.5 +
          0.5 * Math.cos((y + 0.12 * side * side * 0.3) * 2 * Math.PI / 0.95),
        6,
      );
    const aged = Math.max(0, traits.age - 0.35);
    const crease = aged * (0.42 * fold + 0.32 * lines);
    r *= 1 - 0.8 * crease;
    g *= 1 - crease;
    b *= 1 - crease;
    if (makeup.strength > 0 || makeup.liner > 0) {
      const lid = Math.exp(
        -(((side - 3.15) / 1.5) ** 2) - (((y - 4.25) / 0.5) ** 2),
      );
      const t = makeup.strength * lid;
      r = lerp(r, makeup.shadow[0], t), g = lerp(g, makeup.shadow[1], t), b = lerp(b, makeup.shadow[2], t);
    }
  }
  if (skin.freckles > 0 && z > 4) {
    const zone = Math.exp(
      -(((side - 2.6) / 2.8) ** 2) - (((y - 1.2) / 2.2) ** 2),
    );
    const spot = smoothstep(
      0.25,
      0.6,
      noise3(x * 2.6, y * 2.6, z * 2.6, traits.noise ^ 31),
    );
    const t = 0.5 * skin.freckles * zone * spot;
    r *= 1 - 0.45 * t, g *= 1 - 0.75 * t, b *= 1 - 0.85 * t;
  }
  for (const mole of moles) {
    const d = Math.hypot(x - mole.x, y - mole.y, z - mole.z);
    if (d > mole.size * 1.6) continue;
    const t = mole.depth * smoothstep(mole.size * 1.5, mole.size * 0.4, d);
    r = lerp(r, r * 0.28, t), g = lerp(g, g * 0.2, t), b = lerp(b, b * 0.2, t);
  }
  const lips = smoothstep(-0.1, 0.12, anatomy.lip[v]!) * traits.lips.strength;
  r = lerp(r, traits.lips.colour[0], lips);
  g = lerp(g, traits.lips.colour[1], lips);
  b = lerp(b, traits.lips.colour[2], lips);
  return [r, g, b];
}
