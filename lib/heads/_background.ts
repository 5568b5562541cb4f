/** Muted backgrounds: soft gradients, blurred blobs, soft stripes. Linear light. */

import { noise2, smoothstep } from "./_noise.ts";
import type { SceneBackground } from "./scene.ts";

/** Writes the background's colour at a pixel of the 112x112 picture into `out`. */
export function backgroundAt(
  scene: SceneBackground,
  x: number,
  y: number,
  out: Float32Array,
): void {
  const a = scene.angle * Math.PI / 180;
  const u = ((x - 56) * Math.cos(a) + (y - 56) * Math.sin(a)) / 80;
  let t: number, s = 0;
  switch (scene.kind) {
    case "gradient":
      t = smoothstep(-1, 1, u);
      break;
    case "blobs":
      t = smoothstep(-0.45, 0.45, noise2(x / 34, y / 34, scene.seed));
      s = smoothstep(0.05, 0.6, noise2(x / 22 + 50, y / 22, scene.seed ^ 3)) *
        0.8;
      break;
    default:
      t = smoothstep(-0.35, 0.35, Math.sin(u * 5 + scene.seed % 6));
      s = smoothstep(-0.3, 0.9, u) * 0.5;
  }
  for (let c = 0; c < 3; c++) {
    const v = scene.first[c]! + (scene.second[c]! - scene.first[c]!) * t;
    out[c] = v + (scene.third[c]! - v) * s;
  }
}
