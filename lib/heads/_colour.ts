/** Colour helpers: sRGB bytes to linear light and back, and small mixing functions. */

/** A colour in linear light, about 0..1 a channel. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Linear light of one sRGB byte value (0..255). */
export function toLinear(byte: number): number {
  const v = byte / 255;
  return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
}

/** A linear colour from three sRGB bytes. */
export function srgb(red: number, green: number, blue: number): Rgb {
  return [toLinear(red), toLinear(green), toLinear(blue)];
}

/** `a` at t = 0, `b` at t = 1, channel by channel in linear light. */
export function mixRgb(a: Rgb, b: Rgb, t: number): Rgb {
  return [
    a[0] + (b[0] - a[0]) * t,
    a[1] + (b[1] - a[1]) * t,
    a[2] + (b[2] - a[2]) * t,
  ];
}

/** The colour with every channel multiplied. */
export function scaleRgb(a: Rgb, k: number): Rgb {
  return [a[0] * k, a[1] * k, a[2] * k];
}

/** Piecewise-linear colour through `stops` at equal steps, t in [0,1]. */
export function rampRgb(stops: readonly Rgb[], t: number): Rgb {
  const x = Math.min(Math.max(t, 0), 1) * (stops.length - 1);
  const i = Math.min(Math.floor(x), stops.length - 2);
  return mixRgb(stops[i]!, stops[i + 1]!, x - i);
}

/** Relative luminance of a linear colour. */
export function luminance(c: Rgb): number {
  return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
}

const STEPS = 4096;
const table = new Float32Array(STEPS + 2);
for (let i = 0; i < table.length; i++) {
  const v = i / STEPS;
  table[i] = 255 *
    (v <= 0.0031308 ? v * 12.92 : 1.055 * Math.pow(v, 1 / 2.4) - 0.055);
}

/** sRGB value 0..255 (not rounded) of a linear value; values outside [0,1] are clipped. */
export function fromLinear(v: number): number {
  if (!(v > 0)) return 0;
  if (v >= 1) return 255;
  const x = v * STEPS;
  const i = x | 0;
  const a = table[i]!;
  return a + (table[i + 1]! - a) * (x - i);
}
