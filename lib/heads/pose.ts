/**
 * Head pose angles in the convention of 300W-LP, which 6DRepNet is trained on.
 *
 * Camera frame: x to the image right, y up, z towards the viewer. R = Rx(pitch) Ry(yaw) Rz(roll), with
 * - yaw > 0: the face turns to the image LEFT (to the subject's own right),
 * - pitch > 0: the face looks UP,
 * - roll > 0: the head tilts CLOCKWISE in the image.
 *
 * Source of the convention: 300W-LP / 3DDFA parameter files as drawn by `draw_axis` in
 * https://github.com/thohemp/6DRepNet (sixdrepnet/utils.py).
 */

/** Head pose in degrees; the module header states the signs. */
export interface Pose {
  /** Positive turns the face to the image left. */
  readonly yaw: number;
  /** Positive looks up. */
  readonly pitch: number;
  /** Positive tilts the head clockwise in the image. */
  readonly roll: number;
}

const RADIANS = Math.PI / 180;

/**
 * Gives the rotation matrix of a head pose.
 *
 * @param pose Angles in degrees.
 * @returns 9 numbers, row-major, head frame to camera frame (x right, y up, z to the viewer).
 *
 * @example A positive yaw turns the face to the image left
 * ```ts
 * import assert from "node:assert/strict";
 * import { rotationFromPose } from "@/heads/mod.ts";
 * const r = rotationFromPose({ yaw: 30, pitch: 0, roll: 0 });
 * assert.ok(Math.abs(r[2]! + 0.5) < 1e-12); // the x of the direction in which the nose points
 * ```
 */
export function rotationFromPose(pose: Pose): Float64Array {
  const cy = Math.cos(pose.yaw * RADIANS), sy = Math.sin(pose.yaw * RADIANS);
  const cp = Math.cos(pose.pitch * RADIANS),
    sp = Math.sin(pose.pitch * RADIANS);
  const cr = Math.cos(pose.roll * RADIANS), sr = Math.sin(pose.roll * RADIANS);
  return Float64Array.of(
    cy * cr,
    cy * sr,
    -sy,
    -cp * sr + sp * sy * cr,
    cp * cr + sp * sy * sr,
    sp * cy,
    sp * sr + cp * sy * cr,
    -sp * cr + cp * sy * sr,
    cp * cy,
  );
}

/**
 * Gives the head pose of a rotation matrix; the inverse of {@linkcode rotationFromPose}.
 *
 * @param matrix 9 numbers, row-major, head frame to camera frame.
 * @returns Angles in degrees, yaw in [-90, 90].
 *
 * @example Angles survive the round trip
 * ```ts
 * import assert from "node:assert/strict";
 * import { poseFromRotation, rotationFromPose } from "@/heads/mod.ts";
 * const pose = poseFromRotation(rotationFromPose({ yaw: -40, pitch: 12, roll: 5 }));
 * assert.ok(Math.abs(pose.yaw + 40) < 1e-9 && Math.abs(pose.roll - 5) < 1e-9);
 * ```
 */
export function poseFromRotation(matrix: ArrayLike<number>): Pose {
  const yaw = Math.asin(Math.min(1, Math.max(-1, -matrix[2]!))) / RADIANS;
  const pitch = Math.atan2(matrix[5]!, matrix[8]!) / RADIANS;
  const roll = Math.atan2(matrix[1]!, matrix[0]!) / RADIANS;
  return { yaw, pitch, roll };
}
