/**
 * Reads the part of Wavefront OBJ files that ICT-FaceKit uses: `v`, `f` with any number of corners, `usemtl`.
 *
 * Format: http://paulbourke.net/dataformats/obj/ . Deviations: texture coordinates, normals, groups and smoothing are
 * skipped; polygons are split into a fan of triangles; negative (relative) corner numbers are refused.
 */

/** Geometry of an OBJ file with V vertices and T triangles. */
export interface ObjMesh {
  /** [V,3] */
  readonly positions: Float64Array;
  /** [T,3], from 0. */
  readonly triangles: Int32Array;
  /** Index into `materials` of each triangle, [T]. */
  readonly triangleMaterial: Uint8Array;
  readonly materials: readonly string[];
}

/** Parses OBJ text; `what` names the file in errors; without `faces` only vertices are read. */
export function parseObj(text: string, what: string, faces = true): ObjMesh {
  const positions: number[] = [],
    triangles: number[] = [],
    triangleMaterial: number[] = [];
  const materials: string[] = [];
  let material = -1, line = 0;
  const fail = (why: string) => new SyntaxError(`Cannot read "${what}": line ${line} ${why}`);
  for (let start = 0; start < text.length;) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    line++;
    if (text[start] === "v" && text[start + 1] === " ") {
      const numbers = text.slice(start + 2, end).trim().split(/\s+/).map(
        Number,
      );
      if (numbers.length < 3 || !numbers.slice(0, 3).every(Number.isFinite)) {
        throw fail("is not a vertex of three numbers");
      }
      positions.push(numbers[0]!, numbers[1]!, numbers[2]!);
    } else if (faces && text[start] === "f" && text[start + 1] === " ") {
      const corners = text.slice(start + 2, end).trim().split(/\s+/).map((
        corner,
      ) => Number(corner.split("/", 1)[0]) - 1);
      if (
        corners.length < 3 ||
        !corners.every((c) => Number.isInteger(c) && c >= 0)
      ) {
        throw fail("is not a face of at least three vertex numbers from 1");
      }
      if (material < 0) material = materials.push("default") - 1;
      for (let i = 1; i + 1 < corners.length; i++) {
        triangles.push(corners[0]!, corners[i]!, corners[i + 1]!);
        triangleMaterial.push(material);
      }
    } else if (faces && text.startsWith("usemtl ", start)) {
      const name = text.slice(start + 7, end).trim();
      material = materials.indexOf(name);
      if (material < 0) material = materials.push(name) - 1;
      if (material > 255) throw fail("names more than 256 materials");
    }
    start = end + 1;
  }
  const count = positions.length / 3;
  const wrong = triangles.find((corner) => corner >= count);
  if (wrong !== undefined) {
    throw new SyntaxError(
      `Cannot read "${what}": a face uses vertex ${wrong + 1}, but there are ${count}`,
    );
  }
  return {
    positions: Float64Array.from(positions),
    triangles: Int32Array.from(triangles),
    triangleMaterial: Uint8Array.from(triangleMaterial),
    materials,
  };
}
