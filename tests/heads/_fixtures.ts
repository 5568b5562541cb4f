/** What the tests of lib/heads share: a calm scene, and the real head model where it is present. */

import { type HeadModel, loadHeads, sampleScene, type Scene } from "@/heads/mod.ts";

/** A frontal, evenly lit scene without damage; fields may be replaced. */
export function calmScene(changes: Partial<Scene> = {}): Scene {
  return {
    ...sampleScene(0, 0, 0),
    yaw: 0,
    pitch: 0,
    roll: 0,
    distance: 100,
    expression: {},
    gaze: { yaw: 0, pitch: 0 },
    light: {
      azimuth: 0,
      elevation: 20,
      key: [1, 1, 1],
      sky: [0.6, 0.6, 0.6],
      ground: [0.4, 0.4, 0.4],
      rim: 0,
    },
    background: {
      kind: "gradient",
      first: [0.2, 0.2, 0.2],
      second: [0.2, 0.2, 0.2],
      third: [0.2, 0.2, 0.2],
      angle: 0,
      seed: 1,
    },
    wear: { glasses: "none", hat: false },
    occlusion: { kind: "none" },
    camera: {
      exposure: 1,
      balance: [1, 1, 1],
      contrast: 1,
      saturation: 1,
      blur: 0,
      shrink: 1,
      noise: 0,
      jpeg: 0,
    },
    jitter: [],
    ...changes,
  };
}

/** A calm scene whose camera differs. */
export function calmCamera(camera: Partial<Scene["camera"]>): Scene {
  const scene = calmScene();
  return { ...scene, camera: { ...scene.camera, ...camera } };
}

const HEADS = new URL("../../../shared/heads", import.meta.url).pathname;

/** The packed ICT-FaceKit model, or undefined where this checkout has none. */
export function realHeads(): HeadModel | undefined {
  try {
    Deno.statSync(`${HEADS}/index.json`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  return loadHeads(HEADS);
}

/** Mean of some bytes of an image. */
export function mean(data: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]!;
  return sum / data.length;
}

/** Mean absolute difference. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}

/** Mean absolute step from each pixel to the next: a measure of sharpness. */
export function sharpness(data: Uint8Array): number {
  return difference(data.subarray(3), data.subarray(0, data.length - 3));
}
