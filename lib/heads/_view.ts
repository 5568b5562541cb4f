/** From the head's frame to the aligned 112x112 picture: rotation, perspective, five-point alignment. */

import { ARC_TEMPLATE } from "@/images/similarity_transform.ts"; // not mod.ts, which would start sharp in every worker
import type { Scene } from "./scene.ts";
import { type Pose, poseFromRotation, rotationFromPose } from "./pose.ts";
import { clamp } from "./_noise.ts";
import { SAMPLES, SIZE } from "./_workspace.ts";

/** Where the five points lie in the aligned picture, [5,2] pixels. */
const TEMPLATE = Float64Array.from(ARC_TEMPLATE.flat());

/** The frame of an aligned picture, and the point about which frames enlarge and turn. */
const ALIGNED = { zoom: 1, turn: 0, shift: [0, 0] } as const, MIDDLE = (SIZE - 1) / 2;

/** The point about which the head turns, in the head's frame, cm. */
const PIVOT = [0, 1, 5] as const;

/** A camera looking at a head. */
export interface View {
  /** Head frame to camera frame, with the picture's turn in it, row-major. */
  readonly rotation: Float64Array;
  readonly distance: number;
  /** Pixel = scale * (x/depth, -y/depth) + shift. */
  readonly scale: number;
  readonly shiftX: number;
  readonly shiftY: number;
  /** Pose after alignment. */
  readonly pose: Pose;
  /** The five points in pixels of the picture, without the detector's error, [5,2]. */
  readonly landmarks: Float64Array;
}

function project(
  rotation: Float64Array,
  distance: number,
  x: number,
  y: number,
  z: number,
): [number, number] {
  const px = x - PIVOT[0], py = y - PIVOT[1], pz = z - PIVOT[2];
  const depth = distance -
    (rotation[6]! * px + rotation[7]! * py + rotation[8]! * pz);
  return [
    (rotation[0]! * px + rotation[1]! * py + rotation[2]! * pz) / depth,
    -(rotation[3]! * px + rotation[4]! * py + rotation[5]! * pz) / depth,
  ];
}

/**
 * Finds the view of a scene. The similarity is the least-squares one of the five points (Umeyama, 1991), with its
 * turn limited to 12 degrees and its scale to 0.8..1.25 of the frontal head's, since near profile the five points
 * hardly fix either. The scene's frame, if it has one, moves the aligned picture.
 */
export function findView(scene: Scene, marks: Float32Array): View {
  const rotation = rotationFromPose({
    yaw: scene.yaw,
    pitch: scene.pitch,
    roll: 0,
  });
  const source = new Float64Array(10);
  for (let i = 0; i < 5; i++) {
    const [x, y] = project(
      rotation,
      scene.distance,
      marks[3 * i]!,
      marks[3 * i + 1]!,
      marks[3 * i + 2]!,
    );
    source[2 * i] = x;
    source[2 * i + 1] = y;
  }
  const span = Math.hypot(
    marks[3]! - marks[0]!,
    marks[4]! - marks[1]!,
    marks[5]! - marks[2]!,
  );
  const frontal = 35.24 * scene.distance / span;
  const noisy = source.map((v, i) => v + (scene.jitter[i] ?? 0) / frontal);
  let sx = 0, sy = 0, tx = 0, ty = 0;
  for (let i = 0; i < 5; i++) {
    sx += noisy[2 * i]! / 5, sy += noisy[2 * i + 1]! / 5;
    tx += TEMPLATE[2 * i]! / 5, ty += TEMPLATE[2 * i + 1]! / 5;
  }
  let dot = 0, cross = 0, spread = 0;
  for (let i = 0; i < 5; i++) {
    const ux = noisy[2 * i]! - sx, uy = noisy[2 * i + 1]! - sy;
    const vx = TEMPLATE[2 * i]! - tx, vy = TEMPLATE[2 * i + 1]! - ty;
    dot += ux * vx + uy * vy;
    cross += ux * vy - uy * vx;
    spread += ux * ux + uy * uy;
  }
  const aligned = clamp(Math.atan2(cross, dot), -12 * Math.PI / 180, 12 * Math.PI / 180) +
    scene.roll * Math.PI / 180;
  const { zoom, turn: away, shift } = scene.frame ?? ALIGNED;
  const turn = aligned + away * Math.PI / 180;
  const scale = zoom * clamp(
    Math.hypot(dot, cross) / spread,
    0.8 * frontal,
    1.25 * frontal,
  );
  const c = scale * Math.cos(turn), s = scale * Math.sin(turn);
  // the template's middle goes with the frame
  const fc = zoom * Math.cos(away * Math.PI / 180), fs = zoom * Math.sin(away * Math.PI / 180);
  [tx, ty] = [
    MIDDLE + fc * (tx - MIDDLE) - fs * (ty - MIDDLE) + shift[0],
    MIDDLE + fs * (tx - MIDDLE) + fc * (ty - MIDDLE) + shift[1],
  ];
  const matrix = Float64Array.of(
    c,
    -s,
    tx - c * sx + s * sy,
    s,
    c,
    ty - s * sx - c * sy,
  );
  const landmarks = new Float64Array(10);
  for (let i = 0; i < 5; i++) {
    const x = source[2 * i]!, y = source[2 * i + 1]!;
    landmarks[2 * i] = matrix[0]! * x + matrix[1]! * y + matrix[2]!;
    landmarks[2 * i + 1] = matrix[3]! * x + matrix[4]! * y + matrix[5]!;
  }
  // a clockwise turn of the picture turns the camera frame (y up) by the opposite angle
  const ct = Math.cos(turn), st = Math.sin(turn);
  const turned = Float64Array.from(rotation);
  for (let k = 0; k < 3; k++) {
    turned[k] = ct * rotation[k]! + st * rotation[3 + k]!;
    turned[3 + k] = -st * rotation[k]! + ct * rotation[3 + k]!;
  }
  return {
    rotation: turned,
    distance: scene.distance,
    scale,
    shiftX: matrix[2]!,
    shiftY: matrix[5]!,
    pose: poseFromRotation(turned),
    landmarks,
  };
}

/** Projects all vertices: x, y in samples of the picture and inverse depth, [V,3]; turns normals to camera frame. */
export function applyView(
  view: View,
  position: Float32Array,
  normal: Float32Array,
  screen: Float32Array,
  count: number,
): void {
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = view.rotation as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const k = view.scale * SAMPLES;
  const ox = view.shiftX * SAMPLES + (SAMPLES - 1) / 2,
    oy = view.shiftY * SAMPLES + (SAMPLES - 1) / 2;
  for (let v = 0; v < count; v++) {
    const at = 3 * v;
    const x = position[at]! - PIVOT[0],
      y = position[at + 1]! - PIVOT[1],
      z = position[at + 2]! - PIVOT[2];
    const inverse = 1 / (view.distance - (r6 * x + r7 * y + r8 * z));
    screen[at] = ox + k * inverse * (r0 * x + r1 * y + r2 * z);
    screen[at + 1] = oy - k * inverse * (r3 * x + r4 * y + r5 * z);
    screen[at + 2] = inverse;
    const nx = normal[at]!, ny = normal[at + 1]!, nz = normal[at + 2]!;
    const l = 1 / (Math.sqrt(nx * nx + ny * ny + nz * nz) || 1);
    normal[at] = (r0 * nx + r1 * ny + r2 * nz) * l;
    normal[at + 1] = (r3 * nx + r4 * ny + r5 * nz) * l;
    normal[at + 2] = (r6 * nx + r7 * ny + r8 * nz) * l;
  }
}
