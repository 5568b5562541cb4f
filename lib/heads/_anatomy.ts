/**
 * What is where on the head, worked out once from the neutral mesh: every vertex gets coordinates that the painter
 * of hair, brows, beard, lips and eyes can use. All lengths are centimetres on the neutral head.
 */

import type { HeadModel } from "./head_model.ts";
import { cavities } from "./_cavity.ts";
import { browCurve, lipOutline, outlineDistance } from "./_face_curves.ts";
import { Kind } from "./_kind.ts";
import { smoothstep } from "./_noise.ts";

/** Per-vertex coordinates and the triangles worth drawing; V vertices. */
export interface Anatomy {
  readonly model: HeadModel;
  /** Triangles that can be seen, [T',3], and their {@linkcode Kind}, [T']. */
  readonly triangles: Int32Array;
  readonly kinds: Uint8Array;
  /** Unit direction in which hair and hats grow, [V,3]. */
  readonly growth: Float32Array;
  /** Angle around the vertical axis: 0 at the face, 180 at the back of the head, [V]. */
  readonly azimuth: Float32Array;
  /** 1 on skin that hair can never cover (ears), [V]. */
  readonly ear: Float32Array;
  /** Position along the brow, cm from the middle line; 99 far from the brows, [V]. */
  readonly browAlong: Float32Array;
  /** Height above the brow's middle curve, [V]. */
  readonly browAcross: Float32Array;
  /** Signed distance inside the lips' outline, positive inside, [V]. */
  readonly lip: Float32Array;
  /** Concavity, 0 open .. 1 hidden, [V]. */
  readonly cavity: Float32Array;
  /** 1 inside the mouth, eye sockets and nostrils, [V]. */
  readonly interior: Float32Array;
  /** Root 0 to tip 1 on lashes, [V]. */
  readonly lashLength: Float32Array;
  /** Direction from the eyeball's centre on eye vertices, [V,3]. */
  readonly eyeDirection: Float32Array;
  /** Centres of the neutral eyeballs: image left, image right, [2,3]. */
  readonly eyeCentres: Float32Array;
  /** Skin vertices (face, head, neck). */
  readonly skinVertices: Int32Array;
}

/** ICT-FaceKit's materials that are drawn; its irises lie within the eyeballs and are painted on them instead. */
const DRAWN: ReadonlyMap<string, number> = new Map([
  ["M_Face", Kind.skin],
  ["M_BackHead", Kind.skin],
  ["M_GumsTongue", Kind.mouth],
  ["M_Teeth", Kind.teeth],
  ["M_ScleraLeft", Kind.eye],
  ["M_ScleraRight", Kind.eye],
  ["M_EyeLashes", Kind.lash],
]);

const cache = new WeakMap<HeadModel, Anatomy>();

/** Works out the anatomy of a model, once. */
export function anatomyOf(model: HeadModel): Anatomy {
  const known = cache.get(model);
  if (known !== undefined) return known;
  const made = makeAnatomy(model);
  cache.set(model, made);
  return made;
}

function makeAnatomy(model: HeadModel): Anatomy {
  const p = model.neutral;
  const count = p.length / 3;
  const { triangles, kinds } = drawnTriangles(model);
  const kindOf = new Uint8Array(count).fill(Kind.hidden);
  const materialOf = new Uint8Array(count).fill(255);
  for (let t = 0; t < kinds.length; t++) {
    for (let c = 0; c < 3; c++) kindOf[triangles[3 * t + c]!] = kinds[t]!;
  }
  for (let t = 0; t < model.triangleMaterial.length; t++) {
    for (let c = 0; c < 3; c++) {
      const v = model.triangles[3 * t + c]!;
      materialOf[v] = Math.min(materialOf[v]!, model.triangleMaterial[t]!);
    }
  }
  const back = model.materials.indexOf("M_BackHead");
  const anatomy = {
    model,
    triangles,
    kinds,
    growth: new Float32Array(count * 3),
    azimuth: new Float32Array(count),
    ear: new Float32Array(count),
    browAlong: new Float32Array(count).fill(99),
    browAcross: new Float32Array(count),
    lip: new Float32Array(count).fill(-9),
    cavity: cavities(model, triangles, kinds),
    interior: new Float32Array(count),
    lashLength: new Float32Array(count),
    eyeDirection: new Float32Array(count * 3),
    eyeCentres: eyeCentres(model),
    skinVertices: Int32Array.from(
      Array.from(kindOf.keys()).filter((v) => kindOf[v] === Kind.skin),
    ),
  };
  const brow = browCurve(model);
  const lips = lipOutline(model);
  for (let v = 0; v < count; v++) {
    const x = p[3 * v]!, y = p[3 * v + 1]!, z = p[3 * v + 2]!;
    const side = Math.abs(x);
    grow(anatomy.growth, v, x, y, z);
    anatomy.azimuth[v] = Math.atan2(side, z) * 180 / Math.PI;
    if (kindOf[v] === Kind.eye) {
      const eye = x < 0 ? 0 : 3;
      const dx = x - anatomy.eyeCentres[eye]!,
        dy = y - anatomy.eyeCentres[eye + 1]!,
        dz = z - anatomy.eyeCentres[eye + 2]!;
      const r = Math.hypot(dx, dy, dz);
      anatomy.eyeDirection.set([dx / r, dy / r, dz / r], 3 * v);
    }
    if (kindOf[v] !== Kind.skin) continue;
    const e = Math.hypot((z + 0.6) / 2.35, (y - 1.4) / 3.95);
    anatomy.ear[v] = side > 6.2 ? 1 - smoothstep(0.92, 1.06, e) : 0;
    if (z > 5 && y > 3.5 && y < 9) {
      anatomy.browAlong[v] = side;
      anatomy.browAcross[v] = y - brow(side);
    }
    if (z > 8 && y < -1.5 && y > -6.5 && side < 4) {
      anatomy.lip[v] = outlineDistance(lips, x, y);
    }
    if (materialOf[v] === back) {
      const mouth = z > 2.5 && side < 4.6 && y < 0 && y > -8 &&
        z < 11 && !(y < -6.2 && z > 6.5);
      const eye = z > 5.5 && y > 1 && y < 6.5 && side < 5.6;
      anatomy.interior[v] = mouth || eye ? 1 : 0;
    }
  }
  lashes(anatomy, kindOf);
  return anatomy;
}

function drawnTriangles(model: HeadModel) {
  const keep: number[] = [];
  const kinds: number[] = [];
  for (let t = 0; t < model.triangleMaterial.length; t++) {
    const kind = DRAWN.get(model.materials[model.triangleMaterial[t]!]!);
    if (kind === undefined) continue;
    keep.push(
      model.triangles[3 * t]!,
      model.triangles[3 * t + 1]!,
      model.triangles[3 * t + 2]!,
    );
    kinds.push(kind);
  }
  return { triangles: Int32Array.from(keep), kinds: Uint8Array.from(kinds) };
}

/** Hair grows away from a vertical line within the head, upwards at the top. */
function grow(out: Float32Array, v: number, x: number, y: number, z: number) {
  const dx = x, dy = Math.max(y - 5, 0) + Math.min(y - 5, 0) * 0.15, dz = z;
  const r = Math.hypot(dx, dy, dz) || 1;
  out[3 * v] = dx / r;
  out[3 * v + 1] = dy / r;
  out[3 * v + 2] = dz / r;
}

function eyeCentres(model: HeadModel): Float32Array {
  const out = new Float32Array(6);
  const number = [0, 0];
  const eye = ["M_ScleraLeft", "M_ScleraRight"].map((m) => model.materials.indexOf(m));
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  const seen = new Uint8Array(model.neutral.length / 3);
  for (let t = 0; t < model.triangleMaterial.length; t++) {
    if (!eye.includes(model.triangleMaterial[t]!)) continue;
    for (let c = 0; c < 3; c++) {
      const v = model.triangles[3 * t + c]!;
      if (seen[v] === 1) continue;
      seen[v] = 1;
      const i = model.neutral[3 * v]! < 0 ? 0 : 1;
      number[i]!++;
      for (let k = 0; k < 2; k++) out[3 * i + k]! += model.neutral[3 * v + k]!;
      low[i] = Math.min(low[i]!, model.neutral[3 * v + 2]!);
      high[i] = Math.max(high[i]!, model.neutral[3 * v + 2]!);
    }
  }
  for (let i = 0; i < 2; i++) {
    for (let k = 0; k < 2; k++) out[3 * i + k]! /= number[i] || 1;
    out[3 * i + 2] = low[i]! + 1.5;
  }
  return out;
}

/** Measures each lash vertex's distance to the skin, as a fraction of the longest. */
function lashes(anatomy: Anatomy, kindOf: Uint8Array): void {
  const p = anatomy.model.neutral;
  const near = anatomy.skinVertices.filter((v) => p[3 * v + 2]! > 7 && p[3 * v + 1]! > 1.5 && p[3 * v + 1]! < 6);
  let longest = 0;
  const lash: number[] = [];
  kindOf.forEach((kind, v) => {
    if (kind !== Kind.lash) return;
    lash.push(v);
    let best = Infinity;
    for (const s of near) {
      const d = (p[3 * s]! - p[3 * v]!) ** 2 +
        (p[3 * s + 1]! - p[3 * v + 1]!) ** 2 +
        (p[3 * s + 2]! - p[3 * v + 2]!) ** 2;
      if (d < best) best = d;
    }
    anatomy.lashLength[v] = Math.sqrt(best);
    longest = Math.max(longest, anatomy.lashLength[v]!);
  });
  for (const v of lash) anatomy.lashLength[v]! /= longest || 1;
}
