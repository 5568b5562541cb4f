/**
 * Pictures made worse by a known amount: what quality estimators are trained against and measured with.
 *
 * | kind | at strength t, 0..1 |
 * |---|---|
 * | `blur` | Gaussian blur, standard deviation 4 t pixels of 112 |
 * | `noise` | normal noise, standard deviation 50 t of 255, alike in no two channels |
 * | `darkness` | 5 t photographic stops less light |
 * | `occlusion` | a rectangle of one colour over 0.6 t of the picture's area, around a point near its middle |
 */

import type { RandomStream } from "@/random/mod.ts";
import { assertPixels, type Pixels } from "./pixels.ts";

/** How a picture is made worse. */
export type DegradationKind = "blur" | "noise" | "darkness" | "occlusion";

/** All kinds. */
export const DEGRADATION_KINDS: readonly DegradationKind[] = ["blur", "noise", "darkness", "occlusion"];

/** What is done to a picture, and how much of it. */
export interface Degradation {
  /** What is done. */
  readonly kind: DegradationKind;
  /** How much, 0 (nothing) to 1. */
  readonly strength: number;
}

/**
 * Makes a picture worse.
 *
 * The random numbers taken do not depend on the strength: with streams of one key, a larger strength covers what a
 * smaller one covered, and its noise is the same pattern, stronger.
 *
 * @param image The picture; not changed.
 * @param degradation Kind and strength.
 * @param stream Random numbers for noise, and for place and colour of an occlusion.
 * @returns The worse picture, of the same size.
 * @throws {TypeError} When the picture is malformed.
 * @throws {RangeError} When the strength is outside 0..1.
 *
 * @example Five stops less light
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { degrade } from "@/images/mod.ts";
 * import { RandomStream } from "@/random/mod.ts";
 *
 * const grey = { width: 1, height: 1, data: Uint8Array.of(128, 128, 128) };
 * const dark = degrade(grey, { kind: "darkness", strength: 1 }, new RandomStream(1, "degradation"));
 * ok(dark.data[0]! < 25);
 * ```
 */
export function degrade(image: Pixels, { kind, strength }: Degradation, stream: RandomStream): Pixels {
  assertPixels(image, "degrade picture");
  if (!(strength >= 0 && strength <= 1)) {
    throw new RangeError(`Cannot degrade picture: strength is ${strength}, expected 0..1`);
  }
  const copy = { ...image, data: image.data.slice() };
  if (strength === 0) return copy;
  switch (kind) {
    case "blur":
      blur(copy, 4 * strength * image.width / 112);
      break;
    case "noise":
      addNoise(copy.data, 50 * strength, stream);
      break;
    case "darkness":
      darken(copy.data, 2 ** (-5 * strength));
      break;
    case "occlusion":
      cover(copy, 0.6 * strength, stream);
      break;
  }
  return copy;
}

/** Separable Gaussian; edges repeat. */
function blur({ width, height, data }: Pixels, sd: number): void {
  const reach = Math.max(1, Math.ceil(2.6 * sd));
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sd) ** 2));
  const total = kernel.reduce((sum, k) => sum + k, 0);
  for (let i = 0; i < kernel.length; i++) kernel[i]! /= total;
  const between = new Float32Array(data.length);
  pass(data, between, { lines: height, line: 3 * width, length: width, step: 3, kernel });
  pass(between, data, { lines: width, line: 3, length: height, step: 3 * width, kernel });
}

interface Pass {
  readonly lines: number;
  /** Distance between the beginnings of lines. */
  readonly line: number;
  readonly length: number;
  /** Distance between pixels of a line. */
  readonly step: number;
  readonly kernel: Float64Array;
}

function pass(from: ArrayLike<number>, to: Float32Array | Uint8Array, { lines, line, length, step, kernel }: Pass) {
  const reach = kernel.length >> 1, rounding = to instanceof Uint8Array ? 0.5 : 0;
  for (let l = 0; l < lines; l++) {
    for (let p = 0; p < length; p++) {
      let red = 0, green = 0, blue = 0;
      for (let k = 0; k < kernel.length; k++) {
        const q = p + k - reach, at = l * line + step * (q < 0 ? 0 : q >= length ? length - 1 : q), weight = kernel[k]!;
        red += weight * from[at]!;
        green += weight * from[at + 1]!;
        blue += weight * from[at + 2]!;
      }
      const at = l * line + p * step;
      to[at] = red + rounding;
      to[at + 1] = green + rounding;
      to[at + 2] = blue + rounding;
    }
  }
}

function addNoise(data: Uint8Array, sd: number, stream: RandomStream): void {
  const noise = stream.fillNormal(new Float32Array(data.length));
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.max(0, Math.min(255, Math.round(data[i]! + sd * noise[i]!)));
  }
}

/** Less light: a factor between the two halves of the sRGB curve. */
function darken(data: Uint8Array, factor: number): void {
  const table = Uint8Array.from({ length: 256 }, (_, v) => {
    const s = v / 255, linear = factor * (s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4);
    return Math.round(255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055));
  });
  for (let i = 0; i < data.length; i++) data[i] = table[data[i]!]!;
}

function cover({ width, height, data }: Pixels, share: number, stream: RandomStream): void {
  const x = width * stream.uniformIn(0.3, 0.7), y = height * stream.uniformIn(0.35, 0.75);
  const aspect = Math.exp(stream.uniformIn(-0.5, 0.5));
  const colour = Array.from({ length: 3 }, () => stream.integer(256));
  const w = Math.sqrt(share * aspect) * width / 2, h = Math.sqrt(share / aspect) * height / 2;
  const clamp = (value: number, high: number) => Math.max(0, Math.min(high, Math.round(value)));
  const [left, right] = [clamp(x - w, width), clamp(x + w, width)];
  for (let row = clamp(y - h, height); row < clamp(y + h, height); row++) {
    for (let column = left; column < right; column++) data.set(colour, 3 * (row * width + column));
  }
}
