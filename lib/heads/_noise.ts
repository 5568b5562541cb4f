/**
 * Smooth value noise on an integer lattice, and a small fast generator for sensor noise.
 *
 * Both are pure functions of their seed. Value noise: Ken Perlin's and Steven Worley's lattice idea with a 32-bit
 * integer hash (public domain "lowbias32" constants by Chris Wellons, https://nullprogram.com/blog/2018/07/31/).
 */

function mix(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x7feb352d);
  h ^= h >>> 15;
  h = Math.imul(h, 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

const VALUES = new Float32Array(4096);
for (let i = 0; i < VALUES.length; i++) {
  VALUES[i] = mix(i + 1) * (2 / 4294967295) - 1;
}

function lattice(x: number, y: number, z: number, seed: number): number {
  const h = Math.imul(x, 0x27d4eb2f) + Math.imul(y, 0x165667b1) +
      Math.imul(z, 0x9e3779b1) ^ seed;
  return VALUES[(h ^ (h >>> 12) ^ (h >>> 23)) & 4095]!;
}

/** Smooth noise in [-1,1] at a point of space; features are about one unit wide. */
export function noise3(x: number, y: number, z: number, seed: number): number {
  const ix = Math.floor(x), iy = Math.floor(y), iz = Math.floor(z);
  let fx = x - ix, fy = y - iy, fz = z - iz;
  fx = fx * fx * (3 - 2 * fx);
  fy = fy * fy * (3 - 2 * fy);
  fz = fz * fz * (3 - 2 * fz);
  const a = lattice(ix, iy, iz, seed), b = lattice(ix + 1, iy, iz, seed);
  const c = lattice(ix, iy + 1, iz, seed),
    d = lattice(ix + 1, iy + 1, iz, seed);
  const e = lattice(ix, iy, iz + 1, seed),
    f = lattice(ix + 1, iy, iz + 1, seed);
  const g = lattice(ix, iy + 1, iz + 1, seed),
    h = lattice(ix + 1, iy + 1, iz + 1, seed);
  const low = (a + (b - a) * fx) * (1 - fy) + (c + (d - c) * fx) * fy;
  const high = (e + (f - e) * fx) * (1 - fy) + (g + (h - g) * fx) * fy;
  return low + (high - low) * fz;
}

/** Smooth noise in [-1,1] on a plane. */
export function noise2(x: number, y: number, seed: number): number {
  const ix = Math.floor(x), iy = Math.floor(y);
  let fx = x - ix, fy = y - iy;
  fx = fx * fx * (3 - 2 * fx);
  fy = fy * fy * (3 - 2 * fy);
  const a = lattice(ix, iy, 0, seed), b = lattice(ix + 1, iy, 0, seed);
  const c = lattice(ix, iy + 1, 0, seed), d = lattice(ix + 1, iy + 1, 0, seed);
  return (a + (b - a) * fx) * (1 - fy) + (c + (d - c) * fx) * fy;
}

/** Smooth noise in [-1,1] on a line. */
export function noise1(x: number, seed: number): number {
  const ix = Math.floor(x);
  let fx = x - ix;
  fx = fx * fx * (3 - 2 * fx);
  const a = lattice(ix, 0, 0, seed), b = lattice(ix + 1, 0, 0, seed);
  return a + (b - a) * fx;
}

/** A fast generator for per-pixel grain: xorshift32, near-normal values by the sum of four bytes. */
export class Grain {
  #state: number;

  constructor(seed: number) {
    this.#state = mix(seed | 0) || 1;
  }

  /** The next value, mean 0, standard deviation 1, within about +-3.5. */
  next(): number {
    let s = this.#state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.#state = s;
    const sum = (s & 255) + ((s >>> 8) & 255) + ((s >>> 16) & 255) + (s >>> 24);
    return (sum - 510) * (1 / 147.8);
  }
}

/** 0 below `low`, 1 above `high`, a smooth cubic between; also works with `low > high`. */
export function smoothstep(low: number, high: number, x: number): number {
  let t = (x - low) / (high - low);
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  return t * t * (3 - 2 * t);
}

/** `a` at t = 0, `b` at t = 1. */
export function lerp(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** `x` limited to [low, high]. */
export function clamp(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x;
}
