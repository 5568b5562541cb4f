/**
 * Rotations of heads: from six numbers to a matrix, from a matrix to angles, and back.
 *
 * The six numbers are the first two columns before they are made orthonormal (Zhou et al., "On the Continuity of Rotation
 * Representations in Neural Networks", https://arxiv.org/abs/1812.07035), as
 * https://github.com/thohemp/6DRepNet/blob/master/sixdrepnet/utils.py does it.
 * Convention of 6DRepNet and 300W-LP: R = Rz(roll) Ry(yaw) Rx(pitch), angles in degrees; positive yaw turns the face to the
 * image left, positive pitch looks up, positive roll tilts clockwise. R is the transpose of `rotationFromPose` of lib/heads.
 * Deviation: gradients stay finite where the reference's are not (vectors of length 0, points on an axis).
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";

/** Least length that a vector is divided by, as in the reference. */
const TINY = 1e-8;
/** Below this cosine of the yaw, pitch and roll turn about one axis, and the reference gives all of the turn to pitch. */
const SINGULAR = 1e-6;

/** Angles of a batch of heads, degrees. */
export interface PoseAngles {
  /** Positive turns the face to the image left, [N], -90..90. */
  readonly yaw: Value;
  /** Positive looks up, [N], -180..180. */
  readonly pitch: Value;
  /** Positive tilts the head clockwise in the image, [N], -180..180. */
  readonly roll: Value;
}

/**
 * Makes rotations of six numbers each, by Gram and Schmidt's method.
 *
 * @param six Values [N,6]: a vector along the first column, and one in the plane of the first two.
 * @returns Rotations [N,3,3]; zeros where the first vector has no length.
 * @throws {TypeError} If the shape is not [N,6].
 *
 * @example Lengths do not matter
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { rotationFrom6d } from "@/networks/mod.ts";
 *
 * const six = op.constant(Float32Array.of(2, 0, 0, 5, 3, 0), [1, 6]);
 * const { data, shape } = await op.compute(rotationFrom6d(six));
 * deepStrictEqual([[...data], shape], [[1, 0, 0, 0, 1, 0, 0, 0, 1], [1, 3, 3]]);
 * ```
 */
export function rotationFrom6d(six: Value): Value {
  if (six.shape.length !== 2 || six.shape[1] !== 6) {
    throw new TypeError(`Cannot make rotations: values are [${six.shape}], expected [N,6]`);
  }
  const [first, second] = op.split(six, [3, 3], 1); // N,3 each
  const x = op.normalize(first!, 1, TINY);
  const z = op.normalize(cross(x, second!), 1, TINY);
  const columns = op.reshape(op.concat([x, cross(z, x), z], 1), [six.shape[0]!, 3, 3]);
  return op.transpose(columns, [0, 2, 1]);
}

/**
 * Reads yaw, pitch and roll off rotations.
 *
 * @param rotation Rotations [N,3,3].
 * @returns Degrees [N] each; where the yaw is a right angle, the roll is 0.
 * @throws {TypeError} If the shape is not [N,3,3].
 *
 * @example A quarter turn about the axis of sight
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { anglesFromRotation } from "@/networks/mod.ts";
 *
 * const { roll } = anglesFromRotation(op.constant(Float32Array.of(0, -1, 0, 1, 0, 0, 0, 0, 1), [1, 3, 3]));
 * deepStrictEqual([...(await op.compute(roll)).data], [90]);
 * ```
 */
export function anglesFromRotation(rotation: Value): PoseAngles {
  if (rotation.shape.slice(1).join() !== "3,3") {
    throw new TypeError(`Cannot read angles: rotations are [${rotation.shape}], expected [N,3,3]`);
  }
  const n = rotation.shape[0]!;
  const m = op.split(op.reshape(rotation, [n, 9]), Array(9).fill(1), 1); // N,1 each, row-major
  const level = op.l2norm(op.concat([m[0]!, m[3]!], 1), 1); // N,1: cosine of the yaw
  const singular = op.less(level, SINGULAR);
  const pitch = op.where(singular, op.atan2(op.neg(m[5]!), m[4]!), op.atan2(m[7]!, m[8]!));
  const yaw = op.atan2(op.neg(m[6]!), level);
  const roll = op.where(singular, 0, op.atan2(m[3]!, m[0]!));
  const degrees = (angle: Value) => op.reshape(op.mul(angle, 180 / Math.PI), [n]);
  return { yaw: degrees(yaw), pitch: degrees(pitch), roll: degrees(roll) };
}

/**
 * The rotation of a head pose, as pose estimators are trained to give it.
 *
 * @param pose Angles in degrees.
 * @returns Nine numbers, row-major: Rz(roll) Ry(yaw) Rx(pitch).
 *
 * @example The nose of a face that turns to the image left
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { rotationMatrix } from "@/networks/mod.ts";
 *
 * ok(Math.abs(rotationMatrix({ yaw: 30, pitch: 0, roll: 0 })[6]! + 0.5) < 1e-12);
 * ```
 */
export function rotationMatrix(
  pose: { readonly yaw: number; readonly pitch: number; readonly roll: number },
): Float64Array<ArrayBuffer> {
  const cos = (degrees: number) => Math.cos(degrees * Math.PI / 180);
  const sin = (degrees: number) => Math.sin(degrees * Math.PI / 180);
  const cy = cos(pose.yaw), sy = sin(pose.yaw), cp = cos(pose.pitch), sp = sin(pose.pitch);
  const cr = cos(pose.roll), sr = sin(pose.roll);
  return Float64Array.of(
    ...[cr * cy, cr * sy * sp - sr * cp, cr * sy * cp + sr * sp],
    ...[sr * cy, sr * sy * sp + cr * cp, sr * sy * cp - cr * sp],
    ...[-sy, cy * sp, cy * cp],
  );
}

/** Cross products of rows [N,3]. */
function cross(a: Value, b: Value): Value {
  const [a0, a1, a2] = op.split(a, [1, 1, 1], 1) as [Value, Value, Value];
  const [b0, b1, b2] = op.split(b, [1, 1, 1], 1) as [Value, Value, Value];
  const part = (p: Value, q: Value, r: Value, s: Value) => op.sub(op.mul(p, q), op.mul(r, s));
  return op.concat([part(a1, b2, a2, b1), part(a2, b0, a0, b2), part(a0, b1, a1, b0)], 1);
}
