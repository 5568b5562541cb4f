/** Where hair grows on the head and how thick it lies: smooth fields over the neutral head's vertices. */

import type { Anatomy } from "./_anatomy.ts";
import { clamp, lerp, noise1, noise3, smoothstep } from "./_noise.ts";
import type { Traits } from "./traits.ts";

/** Hair fields of one identity. */
export interface HairFields {
  /** Signed distance inside the hairline, cm, positive where hair grows, [V]. */
  readonly inside: Float32Array;
  /** How far the surface is lifted along the growth direction, cm, [V]. */
  readonly lift: Float32Array;
  /** Coordinate across the strands, [V]; noise along it draws strands. */
  readonly strand: Float32Array;
}

/** Control points of the neutral hairline: azimuth in degrees, height y in cm. */
const LINE: readonly (readonly [azimuth: number, y: number])[] = [
  [0, 10.6],
  [18, 10.5],
  [34, 9.6],
  [46, 8.3],
  [56, 6.6],
  [64, 5.2],
  [70, 3.0],
  [77, 1.6],
  [86, 4.0],
  [104, 3.5],
  [116, -1.6],
  [140, -4.4],
  [180, -5.2],
];

function lineHeight(traits: Traits, side: number, azimuth: number): number {
  const hair = traits.hair;
  let i = 0;
  while (i < LINE.length - 2 && azimuth > LINE[i + 1]![0]) i++;
  const [a0, y0] = LINE[i]!, [a1, y1] = LINE[i + 1]!;
  let y = lerp(
    y0,
    y1,
    smoothstep(a0, a1, azimuth) * 0.5 +
      0.5 * clamp((azimuth - a0) / (a1 - a0), 0, 1),
  );
  const forehead = 1 - smoothstep(30, 62, azimuth);
  y += hair.front * forehead;
  y += hair.temple * Math.exp(-(((azimuth - 36) / 15) ** 2));
  y -= hair.peak * Math.exp(-((side / 1.3) ** 2)) * (azimuth < 90 ? 1 : 0);
  y -= hair.sideburn * Math.exp(-(((azimuth - 74) / 8) ** 2));
  switch (hair.style) {
    case "fringe":
    case "long-fringe":
      y -= (2.9 + 0.6 * noise1(azimuth / 20 + 7, traits.noise)) *
        (1 - smoothstep(38, 66, azimuth));
      break;
    case "receding":
      y += (1.2 + 1.4 * traits.age) * forehead +
        2.2 * Math.exp(-(((azimuth - 34) / 17) ** 2));
      break;
    case "horseshoe":
      y += 9 * (1 - smoothstep(56, 80, azimuth));
      break;
    case "bun":
      y += 0.2 * forehead;
      break;
    default:
  }
  return y;
}

/** Works out the hair of an identity. */
export function hairFields(anatomy: Anatomy, traits: Traits): HairFields {
  const p = anatomy.model.neutral;
  const count = p.length / 3;
  const fields: HairFields = {
    inside: new Float32Array(count).fill(-9),
    lift: new Float32Array(count),
    strand: new Float32Array(count),
  };
  const hair = traits.hair;
  for (const v of anatomy.skinVertices) {
    const x = p[3 * v]!, y = p[3 * v + 1]!, z = p[3 * v + 2]!;
    if (y < -9 || anatomy.interior[v]! > 0) continue;
    const side = Math.abs(x);
    const azimuth = anatomy.azimuth[v]!;
    const radius = Math.hypot(x, z);
    // slope of the line, so that the height difference becomes a distance
    const step = 4;
    const here = lineHeight(traits, side, azimuth);
    const slope = (lineHeight(traits, side, azimuth + step) - here) /
      Math.max(radius * step * Math.PI / 180, 0.2);
    let d = (y - here) / Math.sqrt(1 + slope * slope);
    if (hair.style === "bald") d = -9;
    if (hair.style === "horseshoe") d = Math.min(d, (7.4 - y - 0.3 * z) * 0.9);
    d += 0.22 * noise3(x * 0.9, y * 0.9, z * 0.9, traits.noise ^ 11);
    if (anatomy.ear[v]! > 0) d = Math.min(d, 0.3 - 2.2 * anatomy.ear[v]!);
    fields.inside[v] = d;
    fields.strand[v] = strandOf(traits, x, y, z);
    if (d <= 0) continue;
    fields.lift[v] = volume(traits, x, y, z, d);
  }
  return fields;
}

function volume(
  traits: Traits,
  x: number,
  y: number,
  z: number,
  d: number,
): number {
  const hair = traits.hair;
  const high = smoothstep(4.5, 11, y);
  let t = lerp(hair.sides, hair.top, high);
  const nape = smoothstep(-6, 1.5, y);
  t *= lerp(0.35, 1, nape);
  t *= 1 +
    hair.lumps *
      noise3(
        x / hair.lumpSize,
        y / hair.lumpSize,
        z / hair.lumpSize,
        traits.noise,
      );
  t *= 1 + 0.12 * noise3(x / 5, y / 5, z / 5, traits.noise ^ 5);
  if (hair.style !== "buzz" && hair.style !== "afro") {
    t *= 1 + 0.14 * noise1(strandOf(traits, x, y, z) * 1.1, traits.noise ^ 6);
  }
  if (hair.style === "quiff") {
    t *= 1 + 0.55 * smoothstep(1, 8, z) * high -
      0.25 * smoothstep(3, 6.5, Math.abs(x)) * high;
  }
  if (hair.parting !== null && y > 7 && z > -4) {
    const off = x - hair.parting;
    t *= 1 - 0.75 * Math.exp(-((off / 0.45) ** 2)) * smoothstep(-4, 0, z);
    const bigger = Math.sign(hair.parting) * off < 0 ? 1 : -1;
    if (Math.abs(hair.parting) > 1) {
      t *= 1 + 0.18 * bigger * smoothstep(0, 2.5, Math.abs(off));
    }
  }
  const edge = hair.style === "afro" ? 2.4 : clamp(0.45 + 0.8 * t, 0.4, 2.2);
  return t * Math.pow(smoothstep(-0.35, edge, d), 0.8);
}

/** A coordinate that is constant along the strands and changes across them. */
function strandOf(traits: Traits, x: number, y: number, z: number): number {
  const hair = traits.hair;
  switch (hair.style) {
    case "bun":
    case "quiff":
      return Math.atan2(x, Math.max(y - 3, 0.5)) * 7; // combed back
    case "fringe":
    case "long-fringe":
      return Math.atan2(x, z + 3) * 7; // from the crown down
    case "buzz":
    case "afro":
    case "curly":
      return x * 2 + y * 1.3 + z * 0.7;
    default:
      if (hair.parting !== null) {
        return Math.atan2(z, Math.max(y - 4, 0.5)) * 7 +
          (x > hair.parting ? 50 : 0);
      }
      return Math.atan2(x, z + 4) * 7;
  }
}
