/** Colours every sample of the picture: skin with painted hair, brows and beard, eyes, teeth, cloth, glass. */

import { Kind } from "./_kind.ts";
import type { Assembled } from "./_assemble.ts";
import type { HeadIdentity } from "./head_identity.ts";
import { lamp } from "./_lamp.ts";
import { noise1, noise2, noise3, smoothstep } from "./_noise.ts";
import { Attribute } from "./_paint.ts";
import type { Scene } from "./scene.ts";
import { SAMPLES } from "./_workspace.ts";

const RADIANS = Math.PI / 180;

/** Whether the four samples of a pixel lie on one smooth piece of skin, hair or cloth, so that two of them will do. */
function evenBlock(
  triangle: Int32Array,
  near: Float32Array,
  kinds: Uint8Array,
  i: number,
  size: number,
): boolean {
  const a = triangle[i]!,
    b = triangle[i + 1]!,
    c = triangle[i + size]!,
    d = triangle[i + size + 1]!;
  if (a < 0 || b < 0 || c < 0 || d < 0) return false;
  const kind = kinds[a]!;
  if (kind !== Kind.skin && kind !== Kind.hair && kind !== Kind.cloth) {
    return false;
  }
  if (kinds[b] !== kind || kinds[c] !== kind || kinds[d] !== kind) return false;
  const n = near[i]!, limit = 0.006 * n;
  return Math.abs(near[i + 1]! - n) < limit &&
    Math.abs(near[i + size]! - n) < limit &&
    Math.abs(near[i + size + 1]! - n) < limit;
}

/** Shades into `workspace.shade`, linear light, [S*S,3]. Normals must be in the camera's frame. */
export function shade(
  a: Assembled,
  identity: HeadIdentity,
  scene: Scene,
): void {
  const w = a.workspace;
  const { triangle, first, second, size } = w.visible;
  const { traits } = identity;
  const { light } = scene;
  const at = w.attributes, normal = w.normal, out = w.shade;
  const A = Attribute.size;
  const key = lamp(light.azimuth, light.elevation, ...light.key);
  const back = lamp(
    light.azimuth > 0 ? -130 : 130,
    15,
    light.rim,
    light.rim,
    light.rim,
  );
  const seed = traits.noise;
  const hair = traits.hair.colour, streaks = traits.hair.streaks;
  const soft = traits.hair.style === "buzz" ? 0.45 : 0.2;
  const brow = traits.brow;
  const beard = traits.beard;
  const curly = ["afro", "curly", "buzz"].includes(traits.hair.style);
  const stubble = beard.style === "stubble" ? 0.5 : 1;
  const iris = traits.eye;
  const irisCos = Math.cos(Math.asin(iris.size / 1.5)),
    pupilCos = Math.cos(Math.asin(0.24 / 1.5));
  const gx = -Math.sin(scene.gaze.yaw * RADIANS),
    gy = Math.sin(scene.gaze.pitch * RADIANS);
  const gz = Math.sqrt(Math.max(0, 1 - gx * gx - gy * gy));
  const near = w.visible.nearness, kinds = w.kinds;
  const blocks = size / SAMPLES;
  const samples = blocks * blocks * 4;
  let even = false;
  for (let s = 0; s < samples; s++) {
    const block = s >> 2, corner = s & 3;
    const i = (((block / blocks) | 0) * SAMPLES + (corner >> 1)) * size +
      (block % blocks) * SAMPLES + (corner & 1);
    const t = triangle[i]!;
    if (corner === 0) even = evenBlock(triangle, near, kinds, i, size);
    else if (even && corner !== 3) continue;
    if (t < 0) continue;
    const va = w.triangles[3 * t]!,
      vb = w.triangles[3 * t + 1]!,
      vc = w.triangles[3 * t + 2]!;
    const ka = first[i]!, kb = second[i]!, kc = 1 - ka - kb;
    let nx = ka * normal[3 * va]! + kb * normal[3 * vb]! + kc * normal[3 * vc]!;
    let ny = ka * normal[3 * va + 1]! + kb * normal[3 * vb + 1]! +
      kc * normal[3 * vc + 1]!;
    let nz = ka * normal[3 * va + 2]! + kb * normal[3 * vb + 2]! +
      kc * normal[3 * vc + 2]!;
    const kind = w.kinds[t]!;
    let flip = 1 / (Math.sqrt(nx * nx + ny * ny + nz * nz) || 1);
    if (nz < 0 && kind >= Kind.lash) flip = -flip;
    nx *= flip, ny *= flip, nz *= flip;
    const ra = va * A, rb = vb * A, rc = vc * A;
    let r = ka * at[ra]! + kb * at[rb]! + kc * at[rc]!;
    let g = ka * at[ra + 1]! + kb * at[rb + 1]! + kc * at[rc + 1]!;
    let b = ka * at[ra + 2]! + kb * at[rb + 2]! + kc * at[rc + 2]!;
    let gloss = ka * at[ra + 8]! + kb * at[rb + 8]! + kc * at[rc + 8]!;
    let open = (ka * at[ra + 9]! + kb * at[rb + 9]! + kc * at[rc + 9]!) *
      w.light[i]!;
    let sharp = 14; // exponent of the highlight
    let shine = 0.05; // its strength
    let wrapR = 0.32, wrapG = 0.16, wrapB = 0.1; // light bleeding round corners in skin
    let hairy = kind === Kind.hair ? 1 : 0;
    if (kind === Kind.skin) {
      const d = ka * at[ra + 3]! + kb * at[rb + 3]! + kc * at[rc + 3]!;
      const beardIn = ka * at[ra + 7]! + kb * at[rb + 7]! + kc * at[rc + 7]!;
      const along = ka * at[ra + 5]! + kb * at[rb + 5]! + kc * at[rc + 5]!;
      shine = 0.05 + 0.12 * gloss;
      sharp = 10 + 16 * gloss;
      if (along < 7) {
        const across = ka * at[ra + 6]! + kb * at[rb + 6]! + kc * at[rc + 6]!;
        const u = (along - brow.start) / (brow.end - brow.start);
        const arch = brow.arch * (1 - (2.2 * u - 1.3) ** 2) + brow.lift;
        const half = brow.thickness * (1 - 0.72 * smoothstep(0.45, 1.05, u));
        const strand = noise1(along * 7 + across * 5, seed ^ 71);
        const side = Math.abs(across - arch) + 0.06 * strand;
        let m = smoothstep(half, half * 0.45, side) *
          smoothstep(-0.14, 0.12, u) * smoothstep(1.08, 0.92, u);
        m *= brow.density * (0.85 + 0.15 * strand);
        r += (brow.colour[0] - r) * m, g += (brow.colour[1] - g) * m, b += (brow.colour[2] - b) * m;
        shine *= 1 - 0.7 * m;
      }
      if (beardIn > -0.4) {
        const x = ka * at[ra + 10]! + kb * at[rb + 10]! + kc * at[rc + 10]!;
        const y = ka * at[ra + 11]! + kb * at[rb + 11]! + kc * at[rc + 11]!;
        const z = ka * at[ra + 12]! + kb * at[rb + 12]! + kc * at[rc + 12]!;
        const speck = noise3(x * 5, y * 3, z * 5, seed ^ 72);
        const m = smoothstep(-0.25, 0.5, beardIn + 0.22 * speck) *
          beard.density * stubble * (0.84 + 0.16 * speck);
        const tone = 1 + 0.45 * speck;
        r += (beard.colour[0] * tone - r) * m,
          g += (beard.colour[1] * tone - g) * m,
          b += (beard.colour[2] * tone - b) * m;
        shine *= 1 - 0.9 * m;
        open *= 1 - m * 0.22 * (0.5 - 0.5 * speck);
        wrapR -= 0.15 * m;
      }
      if (d > -0.6) {
        const strand = ka * at[ra + 4]! + kb * at[rb + 4]! + kc * at[rc + 4]!;
        hairy = smoothstep(
          -soft,
          soft,
          d + 0.18 * noise1(strand * 2.3, seed ^ 73),
        );
        if (traits.hair.style === "buzz") hairy *= 0.82;
      }
    }
    if (hairy > 0) {
      const strand = ka * at[ra + 4]! + kb * at[rb + 4]! + kc * at[rc + 4]!;
      const x = ka * at[ra + 10]! + kb * at[rb + 10]! + kc * at[rc + 10]!;
      const y = ka * at[ra + 11]! + kb * at[rb + 11]! + kc * at[rc + 11]!;
      const z = ka * at[ra + 12]! + kb * at[rb + 12]! + kc * at[rc + 12]!;
      const fine = curly
        ? noise3(x * 2.6, y * 2.6, z * 2.6, seed ^ 74)
        : noise2(strand * 3.1, y * 0.35 + x * 0.2 + z * 0.2, seed ^ 74);
      const wide = noise2(
        curly ? x * 0.5 : strand * 0.9,
        y * (curly ? 0.5 : 0.2) + z * 0.3,
        seed ^ 75,
      );
      const tone = 1 + streaks * (0.75 * fine + 0.7 * wide);
      r += (hair[0] * tone - r) * hairy, g += (hair[1] * tone - g) * hairy, b += (hair[2] * tone - b) * hairy;
      gloss = traits.hair.shine;
      shine += (0.03 + 0.16 * gloss * (0.5 + 0.5 * fine) - shine) * hairy;
      sharp += (18 - sharp) * hairy;
      wrapR += (0.1 - wrapR) * hairy, wrapG += (0.1 - wrapG) * hairy, wrapB += (0.1 - wrapB) * hairy;
    } else if (kind === Kind.eye) {
      const x = ka * at[ra + 10]! + kb * at[rb + 10]! + kc * at[rc + 10]!;
      const y = ka * at[ra + 11]! + kb * at[rb + 11]! + kc * at[rc + 11]!;
      const z = ka * at[ra + 12]! + kb * at[rb + 12]! + kc * at[rc + 12]!;
      const c = (x * gx + y * gy + z * gz) / Math.sqrt(x * x + y * y + z * z);
      const inIris = smoothstep(irisCos - 0.018, irisCos + 0.012, c);
      if (inIris > 0) {
        const k = smoothstep(irisCos, pupilCos, c);
        const ray = 1 +
          0.25 * noise1(Math.atan2(y - gy, x - gx) * 5, seed ^ 76);
        const limb = smoothstep(0, 0.35, k);
        const ir = iris.rim[0] + (iris.colour[0] * ray - iris.rim[0]) * limb;
        const ig = iris.rim[1] + (iris.colour[1] * ray - iris.rim[1]) * limb;
        const ib = iris.rim[2] + (iris.colour[2] * ray - iris.rim[2]) * limb;
        const hole = smoothstep(pupilCos - 0.006, pupilCos + 0.004, c);
        r += (ir * (1 - hole) + 0.004 * hole - r) * inIris;
        g += (ig * (1 - hole) + 0.004 * hole - g) * inIris;
        b += (ib * (1 - hole) + 0.004 * hole - b) * inIris;
      } else {
        const corner = Math.abs(x) * 0.35;
        r *= 1 - 0.1 * corner, g *= 1 - 0.3 * corner, b *= 1 - 0.3 * corner;
      }
      open *= 0.62 + 0.38 * smoothstep(0.34, -0.1, y); // the upper lid's shadow
      shine = 0.9;
      sharp = 90;
      wrapR = wrapG = wrapB = 0.25;
    } else if (kind === Kind.teeth || kind === Kind.mouth) {
      shine = 0.12, sharp = 40;
    } else if (kind === Kind.cloth) {
      const x = ka * at[ra + 10]! + kb * at[rb + 10]! + kc * at[rc + 10]!;
      const y = ka * at[ra + 11]! + kb * at[rb + 11]! + kc * at[rc + 11]!;
      const weave = 1 + 0.1 * noise3(x * 4, y * 4, 0, seed ^ 77);
      r *= weave, g *= weave, b *= weave;
      shine = 0.01;
      wrapR = wrapG = wrapB = 0.15;
    } else if (kind === Kind.frame) {
      shine = 0.35, sharp = 40;
    } else if (kind === Kind.lens) {
      shine = 0.6, sharp = 60;
    } else if (kind === Kind.lash) {
      shine = 0;
    }
    if (open < 0) open = 0;
    const up = ny * 0.5 + 0.5;
    const ndl = nx * key.x + ny * key.y + nz * key.z;
    const wr = ndl + wrapR, wg = ndl + wrapG, wb = ndl + wrapB;
    const dr = wr > 0 ? wr / (1 + wrapR) : 0,
      dg = wg > 0 ? wg / (1 + wrapG) : 0,
      db = wb > 0 ? wb / (1 + wrapB) : 0;
    const keyOpen = 0.45 + 0.55 * open;
    let er = key.r * dr * keyOpen +
      (light.ground[0] + (light.sky[0] - light.ground[0]) * up) * open;
    let eg = key.g * dg * keyOpen +
      (light.ground[1] + (light.sky[1] - light.ground[1]) * up) * open;
    let eb = key.b * db * keyOpen +
      (light.ground[2] + (light.sky[2] - light.ground[2]) * up) * open;
    const rim = nx * back.x + ny * back.y + nz * back.z;
    if (rim > 0) {
      er += back.r * rim * open, eg += back.g * rim * open, eb += back.b * rim * open;
    }
    let spec = 0;
    if (ndl > 0) {
      const h = nx * key.hx + ny * key.hy + nz * key.hz;
      if (h > 0.55) spec = Math.pow(h, sharp) * shine * keyOpen;
    }
    const edge = 1 - (nz > 0 ? nz : 0);
    const sheen = edge * edge * edge *
      (kind === Kind.skin || kind === Kind.hair ? 0.06 : 0.02) * open;
    const o = 3 * i;
    out[o] = r * er + spec * key.r + sheen * light.sky[0];
    out[o + 1] = g * eg + spec * key.g + sheen * light.sky[1];
    out[o + 2] = b * eb + spec * key.b + sheen * light.sky[2];
    if (even) { // the sample beside it
      const twin = corner === 0 ? o + 3 : o - 3;
      out[twin] = out[o]!, out[twin + 1] = out[o + 1]!, out[twin + 2] = out[o + 2]!;
    }
  }
}
