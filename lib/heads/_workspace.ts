/** Arrays that are used again for every image, so that rendering makes no garbage to speak of. */

import { makeVisible, type Visible } from "./_raster.ts";
import { Attribute } from "./_paint.ts";

/** Samples along each edge of a pixel. */
export const SAMPLES = 2;
/** Edge of the picture in pixels. */
export const SIZE = 112;

/** Scratch arrays for one image at a time. */
export interface Workspace {
  vertices: number;
  position: Float32Array;
  normal: Float32Array;
  screen: Float32Array;
  attributes: Float32Array;
  triangles: Int32Array;
  kinds: Uint8Array;
  readonly visible: Visible;
  readonly shade: Float32Array;
  readonly blurred: Float32Array;
  readonly scratch: Float32Array;
  readonly light: Float32Array;
  readonly picture: Float32Array;
}

/** Makes the scratch arrays for heads of about `vertices` vertices and `triangles` triangles. */
export function makeWorkspace(vertices: number, triangles: number): Workspace {
  const edge = SIZE * SAMPLES;
  return {
    vertices,
    position: new Float32Array(vertices * 3),
    normal: new Float32Array(vertices * 3),
    screen: new Float32Array(vertices * 3),
    attributes: new Float32Array(vertices * Attribute.size),
    triangles: new Int32Array(triangles * 3),
    kinds: new Uint8Array(triangles),
    visible: makeVisible(edge),
    shade: new Float32Array(edge * edge * 3),
    blurred: new Float32Array(edge * edge),
    scratch: new Float32Array(edge * edge),
    light: new Float32Array(edge * edge),
    picture: new Float32Array(SIZE * SIZE * 4),
  };
}
