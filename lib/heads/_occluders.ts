/** Things between the camera and the face: a hand, a patch. */

import { luminance } from "./_colour.ts";
import { noise2, smoothstep } from "./_noise.ts";
import type { Scene } from "./scene.ts";
import { SIZE } from "./_workspace.ts";

/** Draws the scene's occluder over a linear picture, and takes it out of the mask. */
export function occlude(
  picture: Float32Array,
  mask: Uint8Array,
  scene: Scene,
  exposure: number,
): void {
  const o = scene.occlusion;
  if (o.kind === "none" || o.kind === "mask") return;
  const a = o.angle * Math.PI / 180, c = Math.cos(a), s = Math.sin(a);
  const k = Math.min(
    1.4,
    exposure * (luminance(scene.light.sky) + 0.4 * luminance(scene.light.key)),
  );
  for (let y = 0, p = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, p++) {
      const u = (x - o.x) * c + (y - o.y) * s,
        v = -(x - o.x) * s + (y - o.y) * c;
      let alpha: number, tone = 1;
      if (o.kind === "hand") {
        // four fingers pointing up from a palm
        const finger = Math.abs(((u + 100) % 8.6) - 4.3) / 4.3;
        const length = -26 + 0.05 * u * u;
        const onFinger = v < 4 ? smoothstep(1, 0.86, finger) * smoothstep(length - 2, length + 1, v) : 1;
        alpha = onFinger * smoothstep(18.5, 17, Math.abs(u));
        tone = v < 4 ? 1.05 - 0.35 * finger * finger : 0.95;
      } else {
        alpha = smoothstep(o.width / 2 + 1.5, o.width / 2 - 1.5, Math.abs(u)) *
          smoothstep(o.height / 2 + 1.5, o.height / 2 - 1.5, Math.abs(v));
        tone = 1 + 0.3 * noise2(x / 9, y / 9, scene.seed);
      }
      if (alpha <= 0) continue;
      for (let i = 0; i < 3; i++) {
        picture[3 * p + i]! += (o.colour[i]! * tone * k - picture[3 * p + i]!) *
          alpha;
      }
      if (alpha > 0.5) mask[p] = 0;
    }
  }
}
