/** Cloth that lies on the head: copies of the skin lifted off it. */

import type { Anatomy } from "./_anatomy.ts";
import { Kind } from "./_kind.ts";
import { type Rgb, scaleRgb } from "./_colour.ts";
import { type Layer, plainRows } from "./_layer.ts";
import { lerp, noise3, smoothstep } from "./_noise.ts";
import { Attribute } from "./_paint.ts";

/** A lifted copy of the skin where `inside` is positive, in one colour. */
export function shell(
  anatomy: Anatomy,
  inside: (x: number, y: number, z: number, azimuth: number) => number,
  lift: (x: number, y: number, z: number, d: number) => number,
  colour: (x: number, y: number, z: number, d: number) => Rgb,
): Layer {
  const p = anatomy.model.neutral;
  const number = new Int32Array(p.length / 3).fill(-1);
  const distance = new Float32Array(p.length / 3).fill(-9);
  for (const v of anatomy.skinVertices) {
    if (anatomy.interior[v]! > 0) continue;
    distance[v] = inside(
      p[3 * v]!,
      p[3 * v + 1]!,
      p[3 * v + 2]!,
      anatomy.azimuth[v]!,
    );
  }
  const vertices: number[] = [], triangles: number[] = [];
  for (let t = 0; t < anatomy.kinds.length; t++) {
    if (anatomy.kinds[t] !== Kind.skin) continue;
    const a = anatomy.triangles[3 * t]!,
      b = anatomy.triangles[3 * t + 1]!,
      c = anatomy.triangles[3 * t + 2]!;
    if (Math.max(distance[a]!, distance[b]!, distance[c]!) < 0) continue;
    if (Math.min(distance[a]!, distance[b]!, distance[c]!) < -5) continue;
    for (const v of [a, b, c]) {
      if (number[v]! < 0) {
        number[v] = vertices.length;
        vertices.push(v);
      }
      triangles.push(number[v]!);
    }
  }
  const count = vertices.length;
  const attributes = plainRows(count, [0, 0, 0], 0.05);
  const lifts = new Float32Array(count);
  vertices.forEach((v, i) => {
    const x = p[3 * v]!, y = p[3 * v + 1]!, z = p[3 * v + 2]!, d = distance[v]!;
    lifts[i] = lift(x, y, z, d);
    const row = i * Attribute.size;
    attributes.set(colour(x, y, z, d), row);
    attributes[row + Attribute.cut] = d;
    attributes.set([x, y, z], row + Attribute.x);
  });
  return {
    kind: Kind.cloth,
    count,
    triangles: Int32Array.from(triangles),
    ride: { vertices: Int32Array.from(vertices), lift: lifts },
    positions: new Float32Array(0),
    attributes,
  };
}

/** A face mask over nose, mouth and chin. */
export function makeFaceMask(anatomy: Anatomy, colour: Rgb): Layer {
  return shell(
    anatomy,
    (x, y, z) => {
      const side = Math.abs(x);
      if (z < 0.5) return -9;
      const top = lerp(2.0, -0.6, smoothstep(0.6, 6.5, side));
      const bottom = lerp(-8.6, -3.6, smoothstep(2, 7.2, side));
      return Math.min(top - y, y - bottom, (z - 2.2) * 0.8);
    },
    (x, y, z, d) => 0.35 + 0.12 * noise3(x, y * 1.6, z, 5) + 0.35 * smoothstep(0, 2, d),
    (_x, y) => scaleRgb(colour, Math.abs(y % 1.5) < 0.2 ? 0.85 : 1),
  );
}
