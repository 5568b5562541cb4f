/**
 * Bicubic resizing as Pillow's default (https://github.com/python-pillow/Pillow, Resample.c): the Catmull-Rom kernel,
 * widened to the step when shrinking, across first, with a rounding to 8 bits between the two passes.
 *
 * Deviation: sums in float64 where Pillow has fixed-point weights: results differ by one level at most.
 */
import type { Pixels } from "@/images/mod.ts";

/** Half the kernel's width, in samples of the coarser side. */
const SUPPORT = 2;

function kernel(distance: number): number {
  const x = Math.abs(distance);
  return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/** First input sample and weights of each output sample. */
function taps(inputs: number, outputs: number): { first: number; weights: Float64Array }[] {
  const step = inputs / outputs, scale = Math.max(1, step), reach = SUPPORT * scale;
  return Array.from({ length: outputs }, (_, index) => {
    const centre = (index + 0.5) * step;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const last = Math.min(inputs, Math.floor(centre + reach + 0.5));
    const weights = Float64Array.from({ length: last - first }, (_, i) => kernel((first + i + 0.5 - centre) / scale));
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** Resizes lines of `inputs` samples to `outputs`; the sample at (line, i) lies at line * lineStep + i * step. */
function pass(
  from: Uint8Array,
  to: Uint8Array,
  along: { inputs: number; outputs: number; fromStep: number; toStep: number },
  lines: { count: number; fromStep: number; toStep: number },
): void {
  for (const [index, { first, weights }] of taps(along.inputs, along.outputs).entries()) {
    for (let line = 0; line < lines.count; line++) {
      const start = line * lines.fromStep + first * along.fromStep;
      const at = line * lines.toStep + index * along.toStep;
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0.5;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * from[start + i * along.fromStep + channel]!;
        to[at + channel] = Math.max(0, Math.min(255, Math.floor(sum)));
      }
    }
  }
}

/** Resizes an image of whole pixels to `width` x `height`; the aspect ratio is not kept. */
export function resizeBicubic(image: Pixels, width: number, height: number): Pixels {
  if (image.width === width && image.height === height) return image;
  const row = 3 * width;
  const across = new Uint8Array(row * image.height);
  pass(
    image.data,
    across,
    { inputs: image.width, outputs: width, fromStep: 3, toStep: 3 },
    { count: image.height, fromStep: 3 * image.width, toStep: row },
  );
  const data = new Uint8Array(row * height);
  pass(
    across,
    data,
    { inputs: image.height, outputs: height, fromStep: row, toStep: row },
    { count: width, fromStep: 3, toStep: 3 },
  );
  return { width, height, data };
}
