/** From shaded samples to the picture's bytes: background, occluders, exposure, blur, noise, JPEG damage. */

import { backgroundAt } from "./_background.ts";
import { blur, shrink } from "./_blur.ts";
import { fromLinear, luminance } from "./_colour.ts";
import { jpegDamage } from "./_jpeg.ts";
import { Grain } from "./_noise.ts";
import { occlude } from "./_occluders.ts";
import type { Scene } from "./scene.ts";
import type { Traits } from "./traits.ts";
import { SAMPLES, SIZE, type Workspace } from "./_workspace.ts";

/** Bytes of the picture and its mask. */
export interface Finished {
  /** RGB, 112x112x3. */
  readonly data: Uint8Array;
  /** 255 on the head and what it wears, 0 on background and occluders, 112x112. */
  readonly mask: Uint8Array;
}

/** Develops the picture from `workspace.shade`. */
export function finish(w: Workspace, scene: Scene, traits: Traits): Finished {
  const { triangle, size } = w.visible;
  const pixels = SIZE * SIZE;
  const picture = w.picture;
  const mask = new Uint8Array(pixels);
  const under = new Float32Array(3);
  const exposure = exposureOf(scene, traits);
  const share = 1 / (SAMPLES * SAMPLES);
  const gain = scene.camera.balance.map((v) => v * exposure);
  for (let y = 0, p = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, p++) {
      let r = 0, g = 0, b = 0, covered = 0;
      for (let j = 0; j < SAMPLES; j++) {
        for (let i = 0; i < SAMPLES; i++) {
          const at = (y * SAMPLES + j) * size + x * SAMPLES + i;
          if (triangle[at]! < 0) continue;
          covered++;
          r += w.shade[3 * at]!, g += w.shade[3 * at + 1]!, b += w.shade[3 * at + 2]!;
        }
      }
      const k = covered * share;
      r *= share * gain[0]!, g *= share * gain[1]!, b *= share * gain[2]!;
      if (k < 1) {
        backgroundAt(scene.background, x, y, under);
        r += under[0]! * (1 - k), g += under[1]! * (1 - k), b += under[2]! * (1 - k);
      }
      picture[3 * p] = r, picture[3 * p + 1] = g, picture[3 * p + 2] = b;
      mask[p] = k >= 0.5 ? 255 : 0;
    }
  }
  occlude(picture, mask, scene, exposure);
  develop(picture, scene);
  if (scene.camera.blur > 0.25) blur(picture, w.scratch, scene.camera.blur);
  if (scene.camera.shrink > 1) shrink(picture, w.shade, scene.camera.shrink);
  const data = new Uint8Array(pixels * 3);
  const grain = new Grain(scene.seed);
  const sd = scene.camera.noise;
  for (let i = 0; i < data.length; i++) {
    const v = picture[i]! + sd * grain.next();
    data[i] = v < 0 ? 0 : v > 254.5 ? 255 : v + 0.5;
  }
  if (scene.camera.jpeg > 0) jpegDamage(data, SIZE, SIZE, scene.camera.jpeg);
  return { data, mask };
}

/** Automatic exposure looks mostly at the light and a little at the skin. */
function exposureOf(scene: Scene, traits: Traits): number {
  const { key, sky, ground } = scene.light;
  const irradiance = 0.55 * luminance(key) *
      Math.max(0.35, Math.cos(scene.light.azimuth * Math.PI / 180)) +
    0.5 * (luminance(sky) + luminance(ground));
  const skin = luminance(traits.skin.colour);
  return scene.camera.exposure * 1.0 / Math.max(irradiance, 0.2) *
    Math.pow(0.35 / skin, 0.25);
}

/** Linear light to levels 0..255, with the camera's contrast and saturation. */
function develop(picture: Float32Array, scene: Scene): void {
  const { contrast, saturation } = scene.camera;
  for (let p = 0; p < SIZE * SIZE * 3; p += 3) {
    const r = film(picture[p]!),
      g = film(picture[p + 1]!),
      b = film(picture[p + 2]!);
    const grey = 0.299 * r + 0.587 * g + 0.114 * b;
    picture[p] = (grey + (r - grey) * saturation - 118) * contrast + 118;
    picture[p + 1] = (grey + (g - grey) * saturation - 118) * contrast + 118;
    picture[p + 2] = (grey + (b - grey) * saturation - 118) * contrast + 118;
  }
}

/** Rolls highlights off instead of clipping them. */
function film(v: number): number {
  return fromLinear(v < 0.6 ? v : 0.6 + 0.4 * (1 - Math.exp(-(v - 0.6) / 0.4)));
}
