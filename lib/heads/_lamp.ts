/** Lights far away. */

const RADIANS = Math.PI / 180;

/** A light: where it is, the direction halfway to the camera, its colour. */
export interface Lamp {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly hx: number;
  readonly hy: number;
  readonly hz: number;
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

/** A light at degrees to the image right and up, seen from the head. */
export function lamp(
  azimuth: number,
  elevation: number,
  r: number,
  g: number,
  b: number,
): Lamp {
  const x = Math.sin(azimuth * RADIANS) * Math.cos(elevation * RADIANS);
  const y = Math.sin(elevation * RADIANS);
  const z = Math.cos(azimuth * RADIANS) * Math.cos(elevation * RADIANS);
  const l = Math.hypot(x, y, z + 1) || 1;
  return { x, y, z, hx: x / l, hy: y / l, hz: (z + 1) / l, r, g, b };
}
