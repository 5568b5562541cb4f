/** Expression modes between their dense form, [V,3], and the list of vertices that they move. */

import type { ExpressionMode } from "./head_model.ts";
import { shareFloat32, shareInt32 } from "./_shared.ts";

/** Displacements below this sum of absolute values are left out, cm. */
const STILL = 5e-4;

/** Turns a dense mode, [V,3], into the list of vertices that it moves. */
export function sparseMode(
  name: string,
  dense: ArrayLike<number>,
): ExpressionMode {
  const vertices: number[] = [], offsets: number[] = [];
  for (let at = 0; at < dense.length; at += 3) {
    const x = dense[at]!, y = dense[at + 1]!, z = dense[at + 2]!;
    if (Math.abs(x) + Math.abs(y) + Math.abs(z) <= STILL) continue;
    vertices.push(at / 3);
    offsets.push(x, y, z);
  }
  return {
    name,
    vertices: shareInt32(vertices),
    offsets: shareFloat32(offsets),
  };
}

/** Turns a mode back into displacements of all `count` vertices, [V,3]. */
export function denseMode(mode: ExpressionMode, count: number): Float32Array {
  const out = new Float32Array(count * 3);
  mode.vertices.forEach((v, i) => out.set(mode.offsets.subarray(3 * i, 3 * i + 3), 3 * v));
  return out;
}
