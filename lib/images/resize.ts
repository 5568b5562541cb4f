/**
 * Resizing with the filter widened to the step when shrinking, as Pillow does
 * (https://github.com/python-pillow/Pillow, Resample.c).
 *
 * Deviations: sums in float64 with one rounding between the two passes and one at the end, where Pillow has
 * fixed-point weights: results differ by one level at most. The bilinear and bicubic filters are plain arithmetic,
 * so their results are the same on every machine.
 */

import { assertPixels, type Pixels } from "./pixels.ts";

/** Options of `resize`. */
export interface ResizeOptions {
  /** "bilinear" (triangle), "bicubic" (Catmull-Rom, Pillow's default), or "lanczos" (three lobes). @default "bilinear" */
  filter?: "bilinear" | "bicubic" | "lanczos";
}

const FILTERS = {
  bilinear: { support: 1, at: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, at: catmullRom },
  lanczos: {
    support: 3,
    at: (x: number) => Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0,
  },
};

function catmullRom(signed: number): number {
  const x = Math.abs(signed);
  return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/**
 * Resizes an image; the aspect ratio is not kept unless the sizes say so.
 *
 * @param image The image.
 * @param width New width in pixels.
 * @param height New height in pixels.
 * @param options Which filter.
 * @returns A new image.
 * @throws {TypeError} When the image is malformed.
 * @throws {RangeError} When a size is not an integer in 1..65535.
 *
 * @example Halving averages
 * ```ts
 * import { resize } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = { width: 2, height: 1, data: Uint8Array.of(0, 0, 0, 100, 100, 100) };
 * assert.deepEqual([...resize(image, 1, 1).data], [50, 50, 50]);
 * ```
 */
export function resize(
  image: Pixels,
  width: number,
  height: number,
  options: ResizeOptions = {},
): Pixels {
  assertPixels(image, "resize");
  for (const size of [width, height]) {
    if (!Number.isInteger(size) || size < 1 || size > 65535) {
      throw new RangeError(
        `Cannot resize: new size is ${width}x${height}, expected integers in 1..65535`,
      );
    }
  }
  const filter = FILTERS[options.filter ?? "bilinear"];
  const across = new Uint8Array(width * image.height * 3);
  for (let x = 0; x < width; x++) {
    const { first, weights } = taps(filter, image.width, width, x);
    for (let y = 0; y < image.height; y++) {
      blend(
        image.data,
        3 * (y * image.width + first),
        3,
        weights,
        across,
        3 * (y * width + x),
      );
    }
  }
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const { first, weights } = taps(filter, image.height, height, y);
    for (let x = 0; x < width; x++) {
      blend(
        across,
        3 * (first * width + x),
        3 * width,
        weights,
        data,
        3 * (y * width + x),
      );
    }
  }
  return { width, height, data };
}

/** Which input samples make an output sample, and with which weights. */
function taps(
  filter: { support: number; at: (x: number) => number },
  inputs: number,
  outputs: number,
  index: number,
): { first: number; weights: Float64Array } {
  const step = inputs / outputs;
  const scale = Math.max(1, step);
  const centre = (index + 0.5) * step;
  const first = Math.max(0, Math.floor(centre - filter.support * scale + 0.5));
  const last = Math.min(
    inputs,
    Math.floor(centre + filter.support * scale + 0.5),
  );
  const weights = new Float64Array(last - first);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    weights[i] = filter.at((first + i + 0.5 - centre) / scale);
    sum += weights[i]!;
  }
  for (let i = 0; i < weights.length; i++) weights[i]! /= sum;
  return { first, weights };
}

/** Sums three channels over strided samples and stores them rounded and clipped. */
function blend(
  from: Uint8Array,
  start: number,
  stride: number,
  weights: Float64Array,
  to: Uint8Array,
  at: number,
): void {
  let red = 0.5, green = 0.5, blue = 0.5;
  for (let i = 0, p = start; i < weights.length; i++, p += stride) {
    const weight = weights[i]!;
    red += weight * from[p]!;
    green += weight * from[p + 1]!;
    blue += weight * from[p + 2]!;
  }
  to[at] = clip(red);
  to[at + 1] = clip(green);
  to[at + 2] = clip(blue);
}

function clip(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value);
}
