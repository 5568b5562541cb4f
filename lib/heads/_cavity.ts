/** Darkening of hollows, from the mesh alone. */

import type { HeadModel } from "./head_model.ts";
import { Kind } from "./_kind.ts";
import { clamp } from "./_noise.ts";
import { addFaceNormal } from "./_normals.ts";

/** How far each vertex lies below its smoothed surroundings, at two scales, as a darkening 0..1. */
export function cavities(
  model: HeadModel,
  triangles: Int32Array,
  kinds: Uint8Array,
): Float32Array {
  const p = model.neutral;
  const count = p.length / 3;
  const normal = new Float32Array(count * 3);
  const degree = new Float32Array(count);
  const pairs: number[] = [];
  for (let t = 0; t < kinds.length; t++) {
    if (kinds[t] !== Kind.skin) continue;
    const a = triangles[3 * t]!,
      b = triangles[3 * t + 1]!,
      c = triangles[3 * t + 2]!;
    pairs.push(a, b, b, c, c, a);
    addFaceNormal(p, a, b, c, normal);
  }
  for (const v of pairs) degree[v]!++;
  const out = new Float32Array(count);
  let smooth = Float32Array.from(p);
  for (let round = 1; round <= 24; round++) {
    const next = new Float32Array(count * 3);
    for (let i = 0; i < pairs.length; i += 2) {
      const a = pairs[i]! * 3, b = pairs[i + 1]! * 3;
      for (let c = 0; c < 3; c++) {
        next[a + c]! += smooth[b + c]!;
        next[b + c]! += smooth[a + c]!;
      }
    }
    for (let v = 0; v < count; v++) {
      const d = degree[v]! || 1;
      for (let c = 0; c < 3; c++) {
        const k = 3 * v + c;
        next[k] = degree[v] === 0 ? p[k]! : 0.5 * smooth[k]! + 0.5 * next[k]! / d;
      }
    }
    smooth = next;
    if (round !== 4 && round !== 24) continue;
    const gain = round === 4 ? 3.5 : 1.3;
    for (let v = 0; v < count; v++) {
      let depth = 0, length = 0;
      for (let c = 0; c < 3; c++) {
        const k = 3 * v + c;
        depth += (smooth[k]! - p[k]!) * normal[k]!;
        length += normal[k]! ** 2;
      }
      out[v]! += clamp(gain * depth / (Math.sqrt(length) || 1), -0.15, 0.5);
    }
  }
  return out.map((v) => clamp(v, -0.2, 0.8));
}
