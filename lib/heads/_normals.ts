/** Normals of a mesh. */

/** Adds the area-weighted normal of a triangle to its three vertices. */
export function addFaceNormal(
  p: Float32Array,
  a: number,
  b: number,
  c: number,
  normal: Float32Array,
): void {
  a *= 3, b *= 3, c *= 3;
  const ux = p[b]! - p[a]!,
    uy = p[b + 1]! - p[a + 1]!,
    uz = p[b + 2]! - p[a + 2]!;
  const vx = p[c]! - p[a]!,
    vy = p[c + 1]! - p[a + 1]!,
    vz = p[c + 2]! - p[a + 2]!;
  const x = uy * vz - uz * vy, y = uz * vx - ux * vz, z = ux * vy - uy * vx;
  normal[a]! += x, normal[a + 1]! += y, normal[a + 2]! += z;
  normal[b]! += x, normal[b + 1]! += y, normal[b + 2]! += z;
  normal[c]! += x, normal[c + 1]! += y, normal[c + 2]! += z;
}
