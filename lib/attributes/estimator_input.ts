/**
 * Making a generator's image fit for an estimator: crop, size, order of channels, range; all differentiable.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";

/** What an estimator wants to see. */
export interface EstimatorInput {
  /** Part of the image to show, in pixels; the whole image by default. */
  readonly crop?: { readonly top: number; readonly left: number; readonly height: number; readonly width: number };
  /** Height and width of its input, or one number for both; the image's (or crop's) own by default. */
  readonly size?: number | readonly [height: number, width: number];
  /** Order of the channels. @default {"rgb"} */
  readonly channels?: "rgb" | "bgr";
  /** Values of black and white. @default {[-1, 1]} */
  readonly range?: readonly [black: number, white: number];
  /** Taken off after `range`, one number a channel in the estimator's order. @default {[0, 0, 0]} */
  readonly mean?: readonly number[];
  /** Divides after `mean`, one number above 0 a channel. @default {[1, 1, 1]} */
  readonly std?: readonly number[];
}

/**
 * Prepares images for an estimator.
 *
 * Sizes change by a triangle filter, bilinear when enlarging and with the filter as wide as the step when shrinking: torch's
 * `interpolate(mode="bilinear", antialias=True)`.
 *
 * @param image Images [N,3,H,W], RGB in -1..1.
 * @param options What the estimator wants.
 * @returns Images [N,3,H',W'].
 * @throws {RangeError} If the crop lies outside the image, or a size, range or deviation cannot work.
 *
 * @example As 6DRepNet is fed: BGR from 0 to 1
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { estimatorInput } from "@/attributes/mod.ts";
 *
 * const pixel = op.constant(Float32Array.of(-1, 0, 1), [1, 3, 1, 1]);
 * const prepared = estimatorInput(pixel, { channels: "bgr", range: [0, 1] });
 * deepStrictEqual([...(await op.compute(prepared)).data], [1, 0.5, 0]);
 * ```
 */
export function estimatorInput(image: Value, options: EstimatorInput = {}): Value {
  const { crop, channels = "rgb", range = [-1, 1], mean = [0, 0, 0], std = [1, 1, 1] } = options;
  let x = image;
  if (crop !== undefined) x = cropped(x, crop);
  const [height, width] = extent(x);
  const wanted = options.size ?? [height, width];
  const [rows, columns] = typeof wanted === "number" ? [wanted, wanted] : wanted;
  x = resizedRows(x, height, rows);
  x = op.transpose(resizedRows(op.transpose(x, [0, 1, 3, 2]), width, columns), [0, 1, 3, 2]);
  if (channels === "bgr") x = op.concat(op.split(x, [1, 1, 1], 1).reverse(), 1);
  return scaled(x, range, mean, std);
}

function extent(x: Value): [number, number] {
  const [height, width] = x.shape.slice(2);
  if (x.shape.length !== 4 || x.shape[1] !== 3 || typeof height !== "number" || typeof width !== "number") {
    throw new TypeError(`Cannot prepare images for an estimator: they are [${x.shape}], expected [N,3,H,W]`);
  }
  return [height, width];
}

function cropped(x: Value, { top, left, height, width }: NonNullable<EstimatorInput["crop"]>): Value {
  const [rows, columns] = extent(x);
  const whole = [top, left, height, width].every(Number.isInteger);
  if (!whole || top < 0 || left < 0 || height < 1 || width < 1 || top + height > rows || left + width > columns) {
    throw new RangeError(
      `Cannot crop images of ${columns}x${rows} to ${width}x${height} at left ${left}, top ${top}: ` +
        "the part must be whole pixels inside the image",
    );
  }
  return op.slice(x, { axes: [2, 3], starts: [top, left], ends: [top + height, left + width] });
}

/** x [N,C,from,W] -> [N,C,to,W]: a product with the filter's weights. */
function resizedRows(x: Value, from: number, to: number): Value {
  if (!Number.isInteger(to) || to < 1) {
    throw new RangeError(`Cannot resize images to ${to} pixels: expected a whole number of at least 1`);
  }
  return from === to ? x : op.matmul(op.constant(resizeWeights(from, to), [to, from]), x);
}

/** Weights [to, from] of a triangle filter; each row sums to 1. */
function resizeWeights(from: number, to: number): Float32Array {
  const step = from / to, reach = Math.max(1, step), out = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * step;
    const weights = Array.from({ length: from }, (_, j) => Math.max(0, 1 - Math.abs(j + 0.5 - centre) / reach));
    const sum = weights.reduce((a, b) => a + b, 0);
    weights.forEach((weight, j) => out[i * from + j] = weight / sum);
  }
  return out;
}

/** One product and one sum a channel. */
function scaled(
  x: Value,
  [black, white]: readonly [number, number],
  mean: readonly number[],
  std: readonly number[],
): Value {
  if (mean.length !== 3 || std.length !== 3 || !std.every((s) => s > 0) || !(black < white)) {
    throw new RangeError(
      `Cannot prepare images for an estimator: range [${black}, ${white}], mean [${mean}], std [${std}]; ` +
        "expected black < white and three numbers each, deviations above 0",
    );
  }
  const half = (white - black) / 2, middle = (white + black) / 2;
  const perChannel = (f: (channel: number) => number) => op.constant(Float32Array.from([0, 1, 2], f), [1, 3, 1, 1]);
  const factor = perChannel((c) => half / std[c]!), shift = perChannel((c) => (middle - mean[c]!) / std[c]!);
  const same = [0, 1, 2].every((c) => half / std[c]! === 1 && middle === mean[c]);
  return same ? x : op.add(op.mul(x, factor), shift);
}
