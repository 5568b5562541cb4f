/**
 * The end of a gradient's way.
 *
 * @module
 */
import type { Node, Value } from "../types.ts";

/**
 * Passes a value on and no gradient back, as torch.Tensor.detach.
 *
 * @param x Any value.
 * @returns The same elements, same shape and type.
 *
 * @example x * detach(x) grows as if one factor were constant
 * ```ts
 * import assert from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", []);
 * const [slope] = op.gradients(op.mul(x, op.detach(x)), [x]);
 * const { data } = await op.compute(slope!, new Map([[x, { data: Float32Array.of(3), shape: [] }]]));
 * assert.equal(data[0], 3);
 * ```
 */
export function detach(x: Value): Value {
  const outputs: Value[] = [];
  const node: Node = { op: "Identity", inputs: [x], outputs, attributes: {}, rule: () => [] };
  outputs.push({ dtype: x.dtype, shape: x.shape, node });
  return outputs[0]!;
}
