/**
 * The angle between rotations, as a loss.
 *
 * The loss of 6DRepNet (https://github.com/thohemp/6DRepNet/blob/master/sixdrepnet/loss.py). That takes the arc cosine of the
 * trace and clamps it, so it has no gradient close to the truth and few digits there; here the angle comes from the distance of
 * the matrices, |A - B| = 2 sqrt(2) sin(angle / 2), which is the same number with a gradient at every angle but 0.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";

/**
 * Angles of the turns that take one rotation to another.
 *
 * @param a Rotations `[N, 3, 3]`.
 * @param b Rotations `[N, 3, 3]`.
 * @returns Angles `[N]` in radians, 0..pi.
 * @throws {TypeError} If the shapes are not these.
 *
 * @example A quarter turn
 * ```ts
 * import assert from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { geodesicAngle } from "@/training/mod.ts";
 *
 * const still = op.constant(Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), [1, 3, 3]);
 * const turned = op.constant(Float32Array.of(0, -1, 0, 1, 0, 0, 0, 0, 1), [1, 3, 3]);
 * const { data } = await op.compute(geodesicAngle(still, turned));
 * assert.ok(Math.abs(data[0] as number - Math.PI / 2) < 1e-6);
 * ```
 */
export function geodesicAngle(a: Value, b: Value): Value {
  if (a.shape.slice(1).join() !== "3,3" || b.shape.slice(1).join() !== "3,3") {
    throw new TypeError(`Cannot compare rotations: shapes are [${a.shape}] and [${b.shape}], expected [N,3,3] twice`);
  }
  const n = a.shape[0]!;
  const chord = op.l2norm(op.reshape(op.sub(a, b), [n, 9]), 1); // N,1
  const rest = op.sqrt(op.max2(op.sub(8, op.mul(chord, chord)), 1e-6)); // 2 sqrt(2) cos(angle / 2)
  return op.reshape(op.mul(op.atan(op.div(chord, rest)), 2), [n]);
}
