/** Draws styles of hair and beard, with the volumes, lengths and lines that go with them. */

import type { RandomStream } from "@/random/mod.ts";
import { mixRgb, type Rgb, srgb } from "./_colour.ts";
import { weighted } from "./_draws.ts";
import { clamp } from "./_noise.ts";
import type { BeardStyle, HairStyle, Traits } from "./traits.ts";

/** Thickness on top and at the sides in cm, unevenness, and its width in cm. */
const VOLUME: Readonly<
  Record<
    HairStyle,
    readonly [top: number, sides: number, lumps: number, size: number]
  >
> = {
  bald: [0, 0, 0, 1],
  buzz: [0.28, 0.18, 0.05, 1],
  short: [0.9, 0.5, 0.2, 1.2],
  crew: [1.2, 0.28, 0.15, 1],
  "side-part": [1.4, 0.6, 0.15, 2.5],
  quiff: [2.2, 0.35, 0.2, 1.6],
  curly: [1.9, 1.2, 0.45, 0.9],
  fringe: [1.3, 0.9, 0.15, 1.8],
  bob: [1.4, 1.3, 0.1, 3],
  long: [1.2, 1.1, 0.1, 3],
  "long-fringe": [1.3, 1.2, 0.1, 3],
  wavy: [1.6, 1.6, 0.3, 1.6],
  afro: [4.2, 3.6, 0.12, 1.2],
  bun: [0.5, 0.4, 0.08, 2],
  receding: [0.7, 0.5, 0.2, 1.2],
  horseshoe: [0.5, 0.5, 0.15, 1.2],
};

/** Draws a hair style; `dark` is 0 for light skin, 1 for dark. */
export function hairStyle(
  r: RandomStream,
  feminine: boolean,
  age: number,
  dark: number,
): HairStyle {
  const afro = 0.3 + 2.2 * dark;
  return feminine
    ? weighted<HairStyle>(r, [
      ["buzz", 0.25],
      ["short", 0.6],
      ["side-part", 0.8],
      ["curly", 0.5 + dark],
      ["fringe", 0.7],
      ["bob", 2],
      ["long", 3],
      ["long-fringe", 1.6],
      ["wavy", 2],
      ["afro", afro],
      ["bun", 1.5],
    ])
    : weighted<HairStyle>(r, [
      ["bald", 0.7 + age],
      ["buzz", 1.2 + 1.5 * dark],
      ["short", 2],
      ["crew", 1.8],
      ["side-part", 1.8],
      ["quiff", 1.4],
      ["curly", 1.2],
      ["fringe", 1.1],
      ["bob", 0.25],
      ["long", 0.5],
      ["wavy", 0.3],
      ["afro", afro * 0.6],
      ["bun", 0.3],
      ["receding", 0.5 + 2 * age],
      ["horseshoe", 1.5 * age],
    ]);
}

/** Draws the measures of a hair style. */
export function hairTraits(
  r: RandomStream,
  style: HairStyle,
  colour: Rgb,
  feminine: boolean,
  age: number,
): Traits["hair"] {
  const [top, sides, lumps, lumpSize] = VOLUME[style];
  const scale = Math.exp(0.22 * r.normal());
  const parted = style === "side-part" ||
    ((style === "bob" || style === "long" || style === "wavy") &&
      r.uniform() < 0.8);
  const partAt = r.uniform() < 0.3 ? 0.3 * r.normal() : (r.uniform() < 0.5 ? -1 : 1) * r.uniformIn(1.6, 3.6);
  const hems: Partial<Record<HairStyle, readonly [number, number]>> = {
    bob: [-7, -1.5],
    long: [-19, -9],
    "long-fringe": [-18, -5],
    wavy: [-17, -6],
  };
  const hem = hems[style];
  return {
    style,
    colour,
    streaks: r.uniformIn(0.15, 0.5),
    shine: clamp(0.45 + 0.25 * r.normal(), 0.05, 1),
    front: clamp(
      (feminine ? -0.1 : 0.2) + 0.6 * r.normal() + (feminine ? 0 : 0.6 * age),
      -1.2,
      1.8,
    ),
    temple: clamp(
      (feminine ? 0.1 : 0.5) + 0.5 * r.normal() + (feminine ? 0 : 0.5 * age),
      -0.4,
      2.2,
    ),
    peak: clamp(0.35 * r.normal(), -0.3, 0.9),
    sideburn: feminine ? r.uniformIn(-0.3, 0.8) : r.uniformIn(-0.3, 3.2),
    top: top * scale,
    sides: sides * scale,
    lumps: lumps * r.uniformIn(0.6, 1.4),
    lumpSize: lumpSize * r.uniformIn(0.8, 1.25),
    parting: parted ? partAt : null,
    hem: hem ? r.uniformIn(hem[0], hem[1]) : null,
    hang: r.uniformIn(0.5, 1.6),
    wave: style === "wavy" ? r.uniformIn(0.35, 0.8) : r.uniformIn(0, 0.22),
  };
}

/** Draws a beard; `grey` is the fraction of grey in the hair. */
export function beardTraits(
  r: RandomStream,
  feminine: boolean,
  hair: Rgb,
  natural: Rgb,
  grey: number,
): Traits["beard"] {
  const style: BeardStyle = feminine ? "none" : weighted<BeardStyle>(r, [
    ["none", 3.2],
    ["stubble", 2],
    ["moustache", 0.9],
    ["goatee", 1],
    ["chinstrap", 0.5],
    ["short", 1.6],
    ["full", 1.2],
  ]);
  const tint = mixRgb(
    mixRgb(natural, hair, grey),
    srgb(90, 50, 30),
    0.2 * r.uniform(),
  );
  return {
    style,
    colour: tint,
    density: r.uniformIn(0.6, 1),
    length: style === "full" ? r.uniformIn(0.7, 2) : style === "short" ? r.uniformIn(0.2, 0.6) : 0.25,
    cheekLine: 0.6 * r.normal(),
  };
}
