/** Geometry that is added to the head: hanging hair, glasses, hats, masks. */

import { Attribute } from "./_paint.ts";
import type { Rgb } from "./_colour.ts";

/** A piece of added geometry with N vertices. */
export interface Layer {
  readonly kind: number;
  readonly count: number;
  /** Vertex indices within the layer, [T,3]. */
  readonly triangles: Int32Array;
  /** Head vertices that the layer rides on, with the lift along their growth direction; null when placed freely. */
  readonly ride:
    | { readonly vertices: Int32Array; readonly lift: Float32Array }
    | null;
  /** Positions in the head's frame where placed freely, [N,3]. */
  readonly positions: Float32Array;
  /** Attribute rows, [N, Attribute.size]. */
  readonly attributes: Float32Array;
}

/** Attribute rows of one colour, drawn everywhere. */
export function plainRows(
  count: number,
  colour: Rgb,
  gloss: number,
): Float32Array {
  const A = Attribute.size;
  const rows = new Float32Array(count * A);
  for (let v = 0; v < count; v++) {
    rows.set(colour, v * A);
    rows[v * A + Attribute.gloss] = gloss;
    rows[v * A + Attribute.light] = 1;
    rows[v * A + Attribute.browAlong] = 99;
    rows[v * A + Attribute.hair] = -9;
    rows[v * A + Attribute.beard] = -9;
  }
  return rows;
}

/** Triangles of a grid of vertices stored row by row; `closed` joins the last column to the first. */
export function gridTriangles(
  rows: number,
  columns: number,
  closed = false,
): Int32Array {
  const out: number[] = [];
  for (let i = 0; i + 1 < rows; i++) {
    for (let j = 0; j + (closed ? 0 : 1) < columns; j++) {
      const k = (j + 1) % columns;
      const a = i * columns + j, b = i * columns + k;
      const c = a + columns, d = b + columns;
      out.push(a, c, b, b, c, d);
    }
  }
  return Int32Array.from(out);
}
