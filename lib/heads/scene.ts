/** What changes from image to image: pose, expression, light, lens, background, wear and damage. */

import { RandomStream } from "@/random/mod.ts";
import { type Rgb, srgb } from "./_colour.ts";
import { sampleExpression } from "./_expression.ts";
import { clamp } from "./_noise.ts";
import type { Traits } from "./traits.ts";

/** Something between the camera and the face; places and sizes are pixels, angles degrees, colours linear. */
export type Occlusion =
  | { readonly kind: "none" }
  /** A face mask over nose and mouth; counts as wear in the head's mask. */
  | { readonly kind: "mask"; readonly colour: Rgb }
  /** A hand that reaches up from below. */
  | {
    readonly kind: "hand";
    readonly x: number;
    readonly y: number;
    readonly angle: number;
    readonly colour: Rgb;
  }
  /** A rectangle. */
  | {
    readonly kind: "patch";
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly angle: number;
    readonly colour: Rgb;
  };

/** Light on the head; colours are linear. */
export interface SceneLight {
  /** Where the key light stands: degrees to the image right. */
  readonly azimuth: number;
  /** The same: degrees up. */
  readonly elevation: number;
  /** Colour and strength of the key light. */
  readonly key: Rgb;
  /** Light from above, from everywhere. */
  readonly sky: Rgb;
  /** Light from below, from everywhere. */
  readonly ground: Rgb;
  /** Strength of a light behind the head at the other side, 0..1. */
  readonly rim: number;
}

/** What is behind the head; colours are linear. */
export interface SceneBackground {
  /** Pattern in which the colours meet. */
  readonly kind: "gradient" | "blobs" | "stripes";
  /** First colour. */
  readonly first: Rgb;
  /** Second colour. */
  readonly second: Rgb;
  /** Third colour, in smaller places; a gradient has none. */
  readonly third: Rgb;
  /** Direction of gradient and stripes, degrees. */
  readonly angle: number;
  /** Seed of the blobs, 32 bits. */
  readonly seed: number;
}

/** What lens, sensor and file do to the picture. */
export interface SceneCamera {
  /** Brightness factor on top of automatic exposure. */
  readonly exposure: number;
  /** Factors of red, green and blue. */
  readonly balance: Rgb;
  /** Factor around middle grey. */
  readonly contrast: number;
  /** Factor; 0 makes a grey picture. */
  readonly saturation: number;
  /** Standard deviation of the blur, pixels. */
  readonly blur: number;
  /** How many times smaller the picture once was; 1 = never. */
  readonly shrink: number;
  /** Standard deviation of the sensor's noise, levels of 255. */
  readonly noise: number;
  /** JPEG quality, 1..100; 0 for none. */
  readonly jpeg: number;
}

/** Where an aligned picture is moved to: enlarged and turned about its middle, then shifted. */
export interface SceneFrame {
  /** Factor of sizes; 0.5 shows twice as much around the face. */
  readonly zoom: number;
  /** Degrees, positive clockwise. */
  readonly turn: number;
  /** Pixels to the image right and down. */
  readonly shift: readonly [x: number, y: number];
}

/** One image's circumstances, plain data; any field may be replaced before rendering. */
export interface Scene {
  /** Degrees, signs as in {@linkcode Pose}: positive turns the face to the image left. */
  readonly yaw: number;
  /** Degrees, positive looks up. */
  readonly pitch: number;
  /** In-plane tilt that alignment left over, degrees, positive clockwise. */
  readonly roll: number;
  /** Distance of the camera, centimetres. */
  readonly distance: number;
  /** Weights 0..1 of expression modes by name; modes that the model lacks do nothing. */
  readonly expression: Readonly<Record<string, number>>;
  /** Direction of the eyes relative to the head, degrees: to the image left, up. */
  readonly gaze: { readonly yaw: number; readonly pitch: number };
  /** Light on the head. */
  readonly light: SceneLight;
  /** What is behind the head. */
  readonly background: SceneBackground;
  /** What the person wears, as {@linkcode Traits} describes it. */
  readonly wear: {
    readonly glasses: "none" | "clear" | "dark";
    readonly hat: boolean;
  };
  /** What is in front of the head. */
  readonly occlusion: Occlusion;
  /** What lens, sensor and file do. */
  readonly camera: SceneCamera;
  /** Errors of the landmark detector that aligns: five points x, y, pixels, [10]. */
  readonly jitter: readonly number[];
  /** Seed of the noise, 32 bits. */
  readonly seed: number;
  /** How the picture differs from an aligned one. @default {aligned} */
  readonly frame?: SceneFrame;
}

/**
 * Draws the circumstances of one image.
 *
 * @param seed Seed of the data set.
 * @param identity Number of the identity.
 * @param image Number of the image within the identity.
 * @param traits The person, for the chance of glasses and hats; without it there are no hats and hardly glasses.
 * @returns Plain data, a pure function of the arguments.
 * @throws {RangeError} When the seed or a number is outside its range.
 *
 * @example A scene can be changed before it is rendered
 * ```ts
 * import assert from "node:assert/strict";
 * import { sampleScene } from "@/heads/mod.ts";
 * const scene = { ...sampleScene(1, 0, 3), yaw: 45 };
 * assert.equal(scene.yaw, 45);
 * assert.deepEqual(sampleScene(1, 0, 3), sampleScene(1, 0, 3));
 * ```
 */
export function sampleScene(
  seed: number | bigint,
  identity: number,
  image: number,
  traits?: Traits,
): Scene {
  const r = new RandomStream(seed, "heads.scene", identity, image);
  const which = r.uniform();
  const yaw = which < 0.66
    ? clamp(r.normal() * 17, -40, 40)
    : which < 0.86
    ? r.uniformIn(-58, 58)
    : r.uniformIn(-75, 75);
  const pitch = clamp(r.normal() * 9, -26, 26);
  const roll = clamp(r.normal() * 2.2, -7, 7);
  const expression = sampleExpression(r);
  const gazeYaw = clamp(r.normal() * 9 - yaw * 0.18, -25, 25);
  const gazePitch = clamp(r.normal() * 5 - pitch * 0.15, -14, 12);
  if (gazePitch < 0) {
    expression["eyeLookDown_L"] = expression["eyeLookDown_R"] = clamp(
      -gazePitch / 30,
      0,
      0.7,
    );
  } else {expression["eyeLookUp_L"] = expression["eyeLookUp_R"] = clamp(
      gazePitch / 30,
      0,
      0.7,
    );}
  const warm = r.normal() * 0.5;
  const key: Rgb = [1 + 0.06 * warm, 1, 1 - 0.09 * warm];
  const power = clamp(0.95 + 0.3 * r.normal(), 0.2, 1.8);
  const fill = clamp(0.6 + 0.2 * r.normal(), 0.28, 1.1);
  const cold = warm + 0.5 * r.normal();
  const dim = (c: Rgb, k: number): Rgb => [c[0] * k, c[1] * k, c[2] * k];
  const grey = r.uniformIn(20, 225);
  const muted = (): Rgb => {
    const v = clamp(grey + 34 * r.normal(), 8, 245),
      c = 0.08 * r.normal(),
      d = 0.06 * r.normal();
    return srgb(
      clamp(v * (1 + c), 4, 250),
      clamp(v * (1 + d * 0.4), 4, 250),
      clamp(v * (1 - c + d), 4, 250),
    );
  };
  const glasses = traits !== undefined && r.uniform() < traits.glasses.chance
    ? (r.uniform() < 0.06 ? "dark" : "clear")
    : r.uniform() < 0.015
    ? "dark"
    : "none";
  const hat = traits !== undefined && r.uniform() < traits.hat.chance;
  return {
    yaw,
    pitch,
    roll,
    distance: Math.exp(r.uniformIn(Math.log(42), Math.log(220))),
    expression,
    gaze: { yaw: gazeYaw, pitch: gazePitch },
    light: {
      azimuth: clamp(r.normal() * 38, -85, 85),
      elevation: clamp(28 + 20 * r.normal(), -15, 75),
      key: dim(key, power),
      sky: dim([1 + 0.05 * cold, 1, 1 - 0.08 * cold], fill),
      ground: dim(
        [1 + 0.1 * cold, 0.96, 0.9 - 0.08 * cold],
        fill * r.uniformIn(0.35, 0.8),
      ),
      rim: r.uniform() < 0.35 ? r.uniformIn(0.1, 0.8) : 0,
    },
    background: {
      kind: r.uniform() < 0.45 ? "gradient" : r.uniform() < 0.8 ? "blobs" : "stripes",
      first: muted(),
      second: muted(),
      third: muted(),
      angle: r.uniformIn(0, 360),
      seed: r.nextUint32() | 0,
    },
    wear: { glasses, hat },
    occlusion: sampleOcclusion(r),
    camera: {
      exposure: Math.exp(clamp(0.17 * r.normal(), -0.45, 0.35)),
      balance: [1 + 0.035 * r.normal(), 1, 1 + 0.035 * r.normal()],
      contrast: clamp(1 + 0.1 * r.normal(), 0.75, 1.3),
      saturation: r.uniform() < 0.03 ? 0 : clamp(1 + 0.14 * r.normal(), 0.6, 1.4),
      blur: r.uniform() < 0.62 ? r.uniformIn(0, 0.4) : Math.min(Math.abs(r.normal()) * 0.7, 2),
      shrink: r.uniform() < 0.12 ? r.uniformIn(1.3, 2.8) : 1,
      noise: r.uniform() < 0.5 ? r.uniformIn(0, 2) : Math.min(Math.abs(r.normal()) * 4, 10),
      jpeg: r.uniform() < 0.35 ? Math.round(r.uniformIn(30, 95)) : 0,
    },
    jitter: Array.from({ length: 10 }, () => 0.55 * r.normal()),
    seed: r.nextUint32() | 0,
  };
}

function sampleOcclusion(r: RandomStream): Occlusion {
  const kind = r.uniform();
  if (kind < 0.93) return { kind: "none" };
  const shade = r.uniformIn(20, 220);
  const colour = srgb(
    shade,
    clamp(shade * (1 + 0.06 * r.normal()), 5, 250),
    clamp(shade * (1 + 0.1 * r.normal()), 5, 250),
  );
  if (kind < 0.95) return { kind: "mask", colour };
  if (kind < 0.97) {
    const tone = r.uniform();
    return {
      kind: "hand",
      x: 56 + 26 * r.normal(),
      y: r.uniformIn(84, 122),
      angle: r.uniformIn(-60, 60),
      colour: srgb(230 - 165 * tone, 190 - 145 * tone, 165 - 130 * tone),
    };
  }
  return {
    kind: "patch",
    x: r.uniform() < 0.5 ? r.uniformIn(0, 30) : r.uniformIn(82, 112),
    y: r.uniformIn(10, 112),
    width: r.uniformIn(18, 52),
    height: r.uniformIn(18, 60),
    angle: r.uniformIn(-45, 45),
    colour: [colour[0] * 0.5, colour[1] * 0.5, colour[2] * 0.5],
  };
}
