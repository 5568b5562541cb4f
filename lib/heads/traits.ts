/**
 * The traits of a made-up person: everything that stays the same from image to image, drawn from random numbers.
 *
 * Colours are linear RGB, lengths centimetres on the neutral head.
 */

import { RandomStream } from "@/random/mod.ts";
import { mixRgb, rampRgb, type Rgb, scaleRgb, srgb } from "./_colour.ts";
import { jitter, weighted } from "./_draws.ts";
import { beardTraits, hairStyle, hairTraits } from "./_hair_traits.ts";
import { clamp } from "./_noise.ts";
import { CLOTH, DYES, FRAMES, HAIR, IRIS, LIPSTICKS, SKIN } from "./_palette.ts";

export type { Rgb } from "./_colour.ts";

/** Names of the hair styles. */
export const HAIR_STYLES = [
  "bald",
  "buzz",
  "short",
  "crew",
  "side-part",
  "quiff",
  "curly",
  "fringe",
  "bob",
  "long",
  "long-fringe",
  "wavy",
  "afro",
  "bun",
  "receding",
  "horseshoe",
] as const;
/** Name of a hair style. */
export type HairStyle = typeof HAIR_STYLES[number];

/** Names of the beard styles. */
export const BEARD_STYLES = [
  "none",
  "stubble",
  "moustache",
  "goatee",
  "chinstrap",
  "short",
  "full",
] as const;
/** Name of a beard style. */
export type BeardStyle = typeof BEARD_STYLES[number];

/** Skin of the whole head. */
export interface SkinTraits {
  /** 0 lightest .. 1 darkest. */
  readonly tone: number;
  /** Colour of the face without blush. */
  readonly colour: Rgb;
  /** Redness of cheeks, nose and ears, 0..1.4. */
  readonly blush: number;
  /** Shine, 0..1. */
  readonly oil: number;
  /** Unevenness of the colour, 0..1.2. */
  readonly mottle: number;
  /** Darkness under the eyes, 0..1. */
  readonly underEye: number;
  /** Strength of freckles, 0..1. */
  readonly freckles: number;
  /** Moles: a number that picks the place, a radius in cm, a darkness 0..1. */
  readonly moles: readonly {
    readonly vertex: number;
    readonly size: number;
    readonly depth: number;
  }[];
}

/** Hair of the head. */
export interface HairTraits {
  /** Cut. */
  readonly style: HairStyle;
  /** Mean colour. */
  readonly colour: Rgb;
  /** Contrast between strands, 0..1. */
  readonly streaks: number;
  /** 0..1 */
  readonly shine: number;
  /** How far the hairline lies higher than usual at the middle of the forehead. */
  readonly front: number;
  /** The same at the temples. */
  readonly temple: number;
  /** Depth of the widow's peak. */
  readonly peak: number;
  /** Length of the sideburns. */
  readonly sideburn: number;
  /** Thickness of the hair on top. */
  readonly top: number;
  /** Thickness of the hair at the sides. */
  readonly sides: number;
  /** Unevenness of the thickness, as a fraction. */
  readonly lumps: number;
  /** Width of that unevenness. */
  readonly lumpSize: number;
  /** Where the parting lies, from the middle to the image right; null without one. */
  readonly parting: number | null;
  /** Height y down to which hair hangs; null when none does. */
  readonly hem: number | null;
  /** How far hanging hair comes forward, 0.5..1.6; above 0.8 it covers the ears. */
  readonly hang: number;
  /** Height of the waves of hanging hair. */
  readonly wave: number;
}

/** Brows. */
export interface BrowTraits {
  /** Colour of the hairs. */
  readonly colour: Rgb;
  /** 0..1 */
  readonly density: number;
  /** Half the height. */
  readonly thickness: number;
  /** How much higher than usual they lie. */
  readonly lift: number;
  /** How much higher the middle lies than the ends. */
  readonly arch: number;
  /** Distance of the inner end from the middle of the face. */
  readonly start: number;
  /** Distance of the outer end from the middle of the face. */
  readonly end: number;
}

/** Beard, moustache, stubble. */
export interface BeardTraits {
  /** Cut. */
  readonly style: BeardStyle;
  /** Mean colour. */
  readonly colour: Rgb;
  /** 0..1 */
  readonly density: number;
  /** Thickness on the chin. */
  readonly length: number;
  /** How much higher than usual it begins on the cheeks. */
  readonly cheekLine: number;
}

/** Everything that makes a person, as plain data. */
export interface Traits {
  /** Weights of the identity modes, about N(0,1). */
  readonly shape: readonly number[];
  /** Steers which hair, beard, brows and make-up are likely. */
  readonly feminine: boolean;
  /** 0 young .. 1 old. */
  readonly age: number;
  /** Seed of the person's smooth noise fields, 32 bits. */
  readonly noise: number;
  /** Skin. */
  readonly skin: SkinTraits;
  /** Hair of the head. */
  readonly hair: HairTraits;
  /** Brows. */
  readonly brow: BrowTraits;
  /** Length of the lashes, 0..1 of the longest. */
  readonly lash: number;
  /** Colours of iris and its rim; radius of the iris in cm. */
  readonly eye: {
    readonly colour: Rgb;
    readonly rim: Rgb;
    readonly size: number;
  };
  /** Colour of the lips, how strongly it covers (0..1), shine (0..1). */
  readonly lips: {
    readonly colour: Rgb;
    readonly strength: number;
    readonly gloss: number;
  };
  /** Beard. */
  readonly beard: BeardTraits;
  /** Eye shadow's colour and strength (0..1), eye liner's strength (0..1). */
  readonly makeup: {
    readonly shadow: Rgb;
    readonly strength: number;
    readonly liner: number;
  };
  /** Glasses and the chance that an image shows them; half width and height, roundness (2 = ellipse), rim. */
  readonly glasses: {
    readonly chance: number;
    readonly width: number;
    readonly height: number;
    readonly round: number;
    readonly rim: number;
    readonly colour: Rgb;
  };
  /** Head-wear and the chance that an image shows it. */
  readonly hat: {
    readonly chance: number;
    readonly style: "beanie" | "cap" | "band" | "scarf";
    readonly colour: Rgb;
    readonly second: Rgb;
  };
}

/**
 * Draws the traits of an identity.
 *
 * @param seed Seed of the data set.
 * @param identity Number of the identity, 0..2^32-1.
 * @param modes How many identity modes the head model has.
 * @returns Plain data, a pure function of the arguments.
 * @throws {RangeError} When the seed or the number is outside its range.
 *
 * @example Traits depend on the identity's number alone
 * ```ts
 * import assert from "node:assert/strict";
 * import { sampleTraits } from "@/heads/mod.ts";
 * assert.deepEqual(sampleTraits(1, 7, 100), sampleTraits(1, 7, 100));
 * assert.notDeepEqual(sampleTraits(1, 7, 100).shape, sampleTraits(1, 8, 100).shape);
 * ```
 */
export function sampleTraits(
  seed: number | bigint,
  identity: number,
  modes: number,
): Traits {
  const r = new RandomStream(seed, "heads.identity", identity);
  const shape = Array.from(
    { length: modes },
    () => clamp(r.normal() * 1.15, -2.5, 2.5),
  );
  const feminine = r.uniform() < 0.5;
  const age = r.uniform();
  const tone = clamp(r.uniform() * 1.04 - 0.02 + 0.03 * r.normal(), 0, 1);
  const under = r.normal(), ruddy = r.normal();
  const base = rampRgb(SKIN, tone);
  const colour: Rgb = [
    base[0] * Math.exp(0.03 * ruddy),
    base[1] * Math.exp(-0.035 * ruddy + 0.02 * under),
    base[2] * Math.exp(-0.03 * ruddy - 0.1 * under),
  ];
  const dark = clamp((tone - 0.35) / 0.3, 0, 1);
  const pick = (rows: readonly (readonly [Rgb, number, number])[]) =>
    weighted(
      r,
      rows.map(([c, onLight, onDark]) => [c, onLight + (onDark - onLight) * dark] as const),
    );
  const natural = jitter(r, pick(HAIR), 0.15);
  const grey = age > 0.6 && r.uniform() < 0.65 ? clamp((age - 0.55) * 2.6 * r.uniform() + 0.15, 0, 1) : 0;
  const greyed = mixRgb(natural, jitter(r, srgb(196, 194, 190), 0.15), grey);
  const dyed = r.uniform() < (feminine ? 0.06 : 0.02);
  const dye = jitter(r, DYES[r.integer(DYES.length)]!, 0.2);
  const hairColour = dyed ? dye : greyed;
  const style = hairStyle(r, feminine, age, dark);
  const irisColour = jitter(r, pick(IRIS), 0.15);
  const lipTone = mixRgb(scaleRgb(colour, 0.8), [
    colour[0] * 0.85,
    colour[1] * 0.42,
    colour[2] * 0.48,
  ], 0.75);
  const lipstick = feminine && r.uniform() < 0.4;
  const stick = jitter(r, LIPSTICKS[r.integer(LIPSTICKS.length)]!, 0.2);
  const moles = Array.from({
    length: Math.max(0, Math.round(r.normal() * 1.6 + 0.8)),
  }, () => ({
    vertex: r.nextUint32(),
    size: r.uniformIn(0.16, 0.34),
    depth: r.uniformIn(0.5, 0.95),
  }));
  const browTint = mixRgb(
    mixRgb(natural, srgb(30, 22, 18), r.uniformIn(0.15, 0.75)),
    srgb(190, 188, 184),
    grey * r.uniformIn(0, 0.7),
  );
  return {
    shape,
    feminine,
    age,
    noise: r.nextUint32() | 0,
    skin: {
      tone,
      colour,
      blush: clamp(0.5 + 0.35 * r.normal(), 0, 1.4),
      oil: clamp(0.45 + 0.25 * r.normal(), 0.05, 1),
      mottle: clamp(0.5 + 0.3 * r.normal(), 0.1, 1.2),
      underEye: clamp(0.25 + 0.35 * age + 0.25 * r.normal(), 0, 1),
      freckles: tone < 0.5 && r.uniform() < 0.16 ? r.uniformIn(0.35, 1) : 0,
      moles,
    },
    hair: hairTraits(r, style, hairColour, feminine, age),
    brow: {
      colour: browTint,
      density: r.uniformIn(0.55, 1),
      thickness: clamp((feminine ? 0.36 : 0.5) + 0.13 * r.normal(), 0.2, 0.85),
      lift: 0.16 * r.normal(),
      arch: (feminine ? 0.15 : 0) + 0.2 * r.normal(),
      start: clamp(1.25 + 0.28 * r.normal(), 0.5, 1.9),
      end: clamp(5.5 + 0.35 * r.normal(), 4.6, 6.2),
    },
    lash: clamp((feminine ? 0.5 : 0.28) + 0.12 * r.normal(), 0.12, 0.8),
    eye: {
      colour: irisColour,
      rim: scaleRgb(irisColour, r.uniformIn(0.2, 0.5)),
      size: clamp(0.6 + 0.03 * r.normal(), 0.52, 0.68),
    },
    lips: {
      colour: lipstick ? stick : jitter(r, lipTone, 0.12),
      strength: lipstick ? r.uniformIn(0.7, 0.95) : r.uniformIn(0.45, 0.9),
      gloss: lipstick ? r.uniformIn(0.3, 0.9) : r.uniformIn(0.05, 0.35),
    },
    beard: beardTraits(r, feminine, greyed, natural, grey),
    makeup: {
      shadow: jitter(r, srgb(90, 60, 70), 0.3),
      strength: feminine && r.uniform() < 0.35 ? r.uniformIn(0.2, 0.6) : 0,
      liner: feminine && r.uniform() < 0.5 ? r.uniformIn(0.3, 0.9) : 0,
    },
    glasses: {
      chance: r.uniform() < 0.27 ? r.uniformIn(0.55, 1) : 0,
      width: r.uniformIn(2.3, 3.0),
      height: r.uniformIn(1.5, 2.5),
      round: r.uniformIn(2, 6),
      rim: r.uniformIn(0.14, 0.42),
      colour: jitter(r, FRAMES[r.integer(FRAMES.length)]!, 0.2),
    },
    hat: {
      chance: r.uniform() < 0.1 ? r.uniformIn(0.4, 1) : 0.02,
      style: (["beanie", "cap", "band", "scarf"] as const)[
        weighted(r, [[0, 3], [1, 3], [2, 1.2], [3, feminine ? 1.5 : 0]])
      ]!,
      colour: jitter(r, CLOTH[r.integer(CLOTH.length)]!, 0.25),
      second: jitter(r, CLOTH[r.integer(CLOTH.length)]!, 0.25),
    },
  };
}
