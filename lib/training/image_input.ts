/**
 * From image bytes to network tensors, inside the graph: bytes are a quarter of the floats to copy.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";

/** Images uint8 `[N, H, W, 3]` in 0..255 -> float32 `[N, 3, H, W]` in -1..1. */
export function imagesFromBytes(bytes: Value): Value {
  const planes = op.transpose(op.cast(bytes, "float32"), [0, 3, 1, 2]);
  return op.sub(op.mul(planes, 1 / 127.5), 1);
}

/** Masks uint8 `[N, H, W]` -> float32 `[N, 1, H, W]` in 0..1. */
export function masksFromBytes(bytes: Value): Value {
  return op.unsqueeze(op.mul(op.cast(bytes, "float32"), 1 / 255), [1]);
}
