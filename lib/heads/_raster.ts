/** A z-buffer rasteriser that remembers, for every sample, which triangle is seen and where on it. */

/** What is seen at each sample of an S x S picture. */
export interface Visible {
  readonly size: number;
  /** Triangle number, -1 for nothing, [S*S]. */
  readonly triangle: Int32Array;
  /** Inverse depth, larger is nearer, [S*S]. */
  readonly nearness: Float32Array;
  /** Weights of the triangle's first two vertices, [S*S]. */
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** Makes an empty picture. */
export function makeVisible(size: number): Visible {
  const n = size * size;
  return {
    size,
    triangle: new Int32Array(n),
    nearness: new Float32Array(n),
    first: new Float32Array(n),
    second: new Float32Array(n),
  };
}

/** Forgets what was seen. */
export function clearVisible(v: Visible): void {
  v.triangle.fill(-1);
  v.nearness.fill(0);
}

/** How triangles of a batch are drawn. */
export interface DrawOptions {
  /** Draw triangles seen from behind too. */
  readonly twoSided: boolean;
  /** Per-vertex values; samples where the interpolated value is negative are left out. */
  readonly cut?: {
    readonly values: Float32Array;
    readonly stride: number;
    readonly offset: number;
  };
}

/**
 * Draws triangles `from`..`to`.
 *
 * @param out The picture.
 * @param screen x, y in samples and inverse depth of each vertex, [V,3].
 * @param triangles Vertex indices, [T,3].
 */
export function draw(
  out: Visible,
  screen: Float32Array,
  triangles: Int32Array,
  from: number,
  to: number,
  options: DrawOptions,
): void {
  const { size, triangle, nearness, first, second } = out;
  const { twoSided, cut } = options;
  for (let t = from; t < to; t++) {
    const a = triangles[3 * t]!,
      b = triangles[3 * t + 1]!,
      c = triangles[3 * t + 2]!;
    const ax = screen[3 * a]!, ay = screen[3 * a + 1]!;
    const bx = screen[3 * b]!, by = screen[3 * b + 1]!;
    const cx = screen[3 * c]!, cy = screen[3 * c + 1]!;
    // y points down, so triangles seen from outside have negative area
    const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (area >= 0 && (!twoSided || area === 0)) continue;
    let x0 = ax < bx ? ax : bx, x1 = ax > bx ? ax : bx;
    if (cx < x0) x0 = cx;
    if (cx > x1) x1 = cx;
    let y0 = ay < by ? ay : by, y1 = ay > by ? ay : by;
    if (cy < y0) y0 = cy;
    if (cy > y1) y1 = cy;
    if (x1 < 0 || y1 < 0 || x0 > size - 1 || y0 > size - 1) continue;
    const left = x0 <= 0 ? 0 : Math.ceil(x0),
      right = x1 >= size - 1 ? size - 1 : Math.floor(x1);
    const top = y0 <= 0 ? 0 : Math.ceil(y0),
      bottom = y1 >= size - 1 ? size - 1 : Math.floor(y1);
    if (left > right || top > bottom) continue;
    const az = screen[3 * a + 2]!,
      bz = screen[3 * b + 2]!,
      cz = screen[3 * c + 2]!;
    if (az <= 0 || bz <= 0 || cz <= 0) continue;
    const inverse = 1 / area;
    const ca = cut === undefined ? 0 : cut.values[a * cut.stride + cut.offset]!;
    const cb = cut === undefined ? 0 : cut.values[b * cut.stride + cut.offset]!;
    const cc = cut === undefined ? 0 : cut.values[c * cut.stride + cut.offset]!;
    const dax = (by - cy) * inverse, dbx = (cy - ay) * inverse;
    for (let y = top; y <= bottom; y++) {
      let wa = (bx - left) * (cy - y) - (by - y) * (cx - left);
      let wb = (cx - left) * (ay - y) - (cy - y) * (ax - left);
      wa *= inverse;
      wb *= inverse;
      let at = y * size + left;
      for (let x = left; x <= right; x++, at++, wa += dax, wb += dbx) {
        const wc = 1 - wa - wb;
        if (wa < 0 || wb < 0 || wc < 0) continue;
        const z = wa * az + wb * bz + wc * cz;
        if (z <= nearness[at]!) continue;
        if (cut !== undefined && wa * ca + wb * cb + wc * cc < 0) continue;
        nearness[at] = z;
        triangle[at] = t;
        first[at] = wa;
        second[at] = wb;
      }
    }
  }
}
