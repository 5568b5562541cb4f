/**
 * Structural similarity as graph operations.
 *
 * Wang et al. 2004 with the window of https://github.com/VainF/pytorch-msssim (11 pixels, sigma 1.5, no border), which the
 * reference uses with data range 1.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";

const WINDOW = 11;
const SIGMA = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/** Gaussian weights that add up to 1. */
function gaussian(): Float32Array<ArrayBuffer> {
  const raw = Array.from({ length: WINDOW }, (_, i) => Math.exp(-((i - (WINDOW - 1) / 2) ** 2) / (2 * SIGMA ** 2)));
  const total = raw.reduce((a, b) => a + b, 0);
  return Float32Array.from(raw, (w) => w / total);
}

/** The blur along one axis as a matrix `[n - 10, n]`; ONNX Runtime would pad a convolution with one channel to 16. */
function band(n: number): Value {
  const weights = gaussian(), rows = n - WINDOW + 1;
  const data = new Float32Array(rows * n);
  for (let i = 0; i < rows; i++) data.set(weights, i * n + i);
  return op.constant(data, [rows, n]);
}

/**
 * Mean structural similarity of two batches of images.
 *
 * @param a Images `[N, C, H, W]` in 0..1, H and W at least 11.
 * @param b The images to compare with, same shape.
 * @returns A scalar, 1 for equal images.
 *
 * @example An image is like itself
 * ```ts
 * import assert from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { ssim } from "@/training/mod.ts";
 *
 * const x = op.input("x", "float32", [1, 3, 16, 16]);
 * const model = op.buildModel({ inputs: [x], outputs: { y: ssim(x, x) } });
 * await using session = await op.createSession(model);
 * const data = Float32Array.from({ length: 768 }, (_, i) => (i % 7) / 7);
 * const { y } = await session.run({ x: { data, shape: [1, 3, 16, 16] } });
 * assert.ok(Math.abs(Number(y!.data[0]) - 1) < 1e-6);
 * ```
 */
export function ssim(a: Value, b: Value): Value {
  const [n, c, h, w] = a.shape as readonly number[];
  const [down, across] = [band(h!), op.transpose(band(w!), [1, 0])];
  const blur = (v: Value) => op.matmul(op.matmul(down, v), across);
  const [x, y] = [op.reshape(a, [n! * c!, h!, w!]), op.reshape(b, [n! * c!, h!, w!])];
  const [mx, my] = [blur(x), blur(y)];
  const [mxx, myy, mxy] = [op.mul(mx, mx), op.mul(my, my), op.mul(mx, my)];
  const sxx = op.sub(blur(op.mul(x, x)), mxx);
  const syy = op.sub(blur(op.mul(y, y)), myy);
  const sxy = op.sub(blur(op.mul(x, y)), mxy);
  const structure = op.div(op.add(op.mul(sxy, 2), C2), op.add(op.add(sxx, syy), C2));
  const luminance = op.div(op.add(op.mul(mxy, 2), C1), op.add(op.add(mxx, myy), C1));
  return op.mean(op.mul(luminance, structure));
}
