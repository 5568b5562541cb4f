/**
 * From image bytes to network tensors, inside the graph: bytes are a quarter of the floats to copy.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";

/**
 * Turns images of bytes into what networks take.
 *
 * @param bytes Images uint8 `[N, H, W, 3]`, RGB, 0..255.
 * @returns float32 `[N, 3, H, W]`, -1..1.
 *
 * @example One pixel
 * ```ts
 * import assert from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { imagesFromBytes } from "@/training/mod.ts";
 *
 * const bytes = op.input("bytes", "uint8", [1, 1, 1, 3]);
 * const feeds = new Map([[bytes, { data: Uint8Array.of(0, 255, 0), shape: [1, 1, 1, 3] }]]);
 * assert.deepEqual((await op.compute(imagesFromBytes(bytes), feeds)).data, Float32Array.of(-1, 1, -1));
 * ```
 */
export function imagesFromBytes(bytes: Value): Value {
  const planes = op.transpose(op.cast(bytes, "float32"), [0, 3, 1, 2]);
  return op.sub(op.mul(planes, 1 / 127.5), 1);
}

/**
 * Turns masks of bytes into weights of pixels.
 *
 * @param bytes Masks uint8 `[N, H, W]`, 0..255.
 * @returns float32 `[N, 1, H, W]`, 0..1.
 *
 * @example On and off
 * ```ts
 * import assert from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { masksFromBytes } from "@/training/mod.ts";
 *
 * const bytes = op.input("bytes", "uint8", [1, 1, 2]);
 * const feeds = new Map([[bytes, { data: Uint8Array.of(0, 255), shape: [1, 1, 2] }]]);
 * const { data, shape } = await op.compute(masksFromBytes(bytes), feeds);
 * assert.deepEqual([data, shape], [Float32Array.of(0, 1), [1, 1, 1, 2]]);
 * ```
 */
export function masksFromBytes(bytes: Value): Value {
  return op.unsqueeze(op.mul(op.cast(bytes, "float32"), 1 / 255), [1]);
}
