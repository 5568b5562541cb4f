/** Hats: beanie, cap with a visor, head band, scarf. */

import type { Anatomy } from "./_anatomy.ts";
import { Kind } from "./_kind.ts";
import { type Rgb, scaleRgb } from "./_colour.ts";
import { gridTriangles, type Layer, plainRows } from "./_layer.ts";
import { lerp, noise3, smoothstep } from "./_noise.ts";
import { shell } from "./_shell.ts";
import type { Traits } from "./traits.ts";

/** A hat, and how much of the hair's lift remains under it, [V]. */
export interface Hat {
  readonly layers: Layer[];
  readonly remaining: Float32Array;
  /** Whether the ears lie flat under it. */
  readonly flatEars: boolean;
  /** Height at which hanging hair comes out; null when none does. */
  readonly hangTop: number | null;
}

/** Makes an identity's hat. */
export function makeHat(
  anatomy: Anatomy,
  traits: Traits,
  skin: Float32Array,
): Hat {
  const { style, colour, second } = traits.hat;
  const seed = traits.noise ^ 61;
  // the hat's edge: low at the back, above the brows at the front
  const edge = (azimuth: number): number => {
    switch (style) {
      case "beanie":
        return lerp(8.3, 1.5, smoothstep(20, 150, azimuth));
      case "band":
        return lerp(8.6, 3, smoothstep(20, 150, azimuth));
      case "scarf":
        return azimuth < 62 ? lerp(9.6, -1, smoothstep(20, 70, azimuth)) : lerp(-1, -16, smoothstep(62, 74, azimuth));
      default:
        return lerp(8.8, 3.5, smoothstep(20, 150, azimuth));
    }
  };
  const inside = (
    _x: number,
    y: number,
    z: number,
    azimuth: number,
  ): number => {
    const d = (y - edge(azimuth)) * 0.75;
    if (style === "band") return Math.min(d, 2.2 - d);
    if (style === "scarf") {
      return Math.max(d, Math.min((-7.2 - y) * 0.9, 13 - z));
    }
    return d;
  };
  const lift = (x: number, y: number, z: number, d: number): number => {
    const fold = style === "scarf" ? 0.18 * noise3(x * 0.5, y * 0.35, z * 0.5, seed) : 0;
    const brim = style === "beanie" && d < 2 ? 0.25 : 0;
    const tall = style === "cap" || style === "beanie" ? 1.2 * smoothstep(8, 14, y) : 0;
    return 0.75 + brim + tall + fold + 0.4 * smoothstep(0, 1, d);
  };
  const tint = (_x: number, y: number, _z: number, d: number): Rgb => {
    if (style === "beanie") {
      return d < 1.9 ? scaleRgb(colour, 0.8) : Math.floor(y * 0.9) % 3 === 0 ? second : colour;
    }
    return colour;
  };
  const layers = [shell(anatomy, inside, lift, tint)];
  if (style === "cap") layers.push(visor(anatomy, skin, edge, second));
  const remaining = new Float32Array(anatomy.azimuth.length).fill(1);
  const p = anatomy.model.neutral;
  for (const v of anatomy.skinVertices) {
    const d = inside(
      p[3 * v]!,
      p[3 * v + 1]!,
      p[3 * v + 2]!,
      anatomy.azimuth[v]!,
    );
    remaining[v] = lerp(1, 0.12, smoothstep(-1.6, 0.3, d));
  }
  return {
    layers,
    remaining,
    flatEars: style === "scarf",
    hangTop: style === "scarf" ? null : style === "band" ? 5 : 4.2,
  };
}

/** A cap's visor, grown from the skin under the cap's edge. */
function visor(
  anatomy: Anatomy,
  skin: Float32Array,
  edge: (azimuth: number) => number,
  colour: Rgb,
): Layer {
  const rows = 5, columns = 21;
  const count = rows * columns;
  const positions = new Float32Array(count * 3);
  const p = anatomy.model.neutral;
  const root = new Float64Array(columns * 3);
  for (let j = 0; j < columns; j++) {
    const u = j / (columns - 1) * 2 - 1;
    const azimuth = Math.abs(u) * 64;
    let total = 0;
    for (const v of anatomy.skinVertices) {
      if (p[3 * v]! * u < 0 || p[3 * v + 2]! < 0) continue;
      const miss = ((anatomy.azimuth[v]! - azimuth) / 5) ** 2 +
        ((p[3 * v + 1]! - edge(azimuth) - 0.4) / 0.5) ** 2;
      if (miss > 9) continue;
      const k = Math.exp(-miss);
      total += k;
      for (let c = 0; c < 3; c++) {
        root[3 * j + c]! += k *
          (skin[3 * v + c]! + 0.9 * anatomy.growth[3 * v + c]!);
      }
    }
    for (let c = 0; c < 3; c++) root[3 * j + c]! /= total || 1;
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const u = j / (columns - 1) * 2 - 1;
      const w = i / (rows - 1);
      const reach = w * 6.2 * Math.cos(u * Math.PI / 2 * 0.95);
      positions.set([
        root[3 * j]! * (1 - 0.06 * w),
        root[3 * j + 1]! + 0.1 - 0.1 * w - 0.9 * u * u * w,
        root[3 * j + 2]! + reach,
      ], (i * columns + j) * 3);
    }
  }
  return {
    kind: Kind.cloth,
    count,
    triangles: gridTriangles(rows, columns),
    ride: null,
    positions,
    attributes: plainRows(count, scaleRgb(colour, 0.9), 0.1),
  };
}
