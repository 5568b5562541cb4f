/**
 * ID vectors of a .npy file, many rows a read.
 */
import { openVectors } from "@/identity/mod.ts";
import { openNpy } from "@/weights/mod.ts";
import type { RowSource } from "./unit_rows.ts";

/**
 * Opens a .npy file of vectors; like `openVectors`, with one read for many rows.
 *
 * Rows are float32 from here on, as ID vectors are everywhere in this project: of a float64 file what is compared, however
 * exactly, are its values rounded to float32, which moves a cosine by up to 1.2e-7.
 *
 * Requires `--allow-read` permission.
 *
 * @param path A .npy file of shape [N, D], or [D] for one vector; float32, float64 or float16.
 * @returns The source; close it with `using`.
 * @throws {TypeError} When the shape or the type of the numbers is another.
 * @throws {SyntaxError} When the file is not a .npy file.
 *
 * @example Two rows at once
 * ```ts
 * import { openRows } from "@/similarity/mod.ts";
 * import { writeNpy } from "@/weights/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npy" });
 * writeNpy(path, { dtype: "float32", shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
 * {
 *   using source = openRows(path);
 *   assert.deepEqual(source.rows!(1, 3), Float32Array.of(3, 4, 5, 6));
 * }
 * await Deno.remove(path);
 * ```
 */
export function openRows(path: string): RowSource & Disposable {
  const vectors = openVectors(path);
  const file = openNpy(path);
  return {
    name: vectors.name,
    count: vectors.count,
    width: vectors.width,
    vector: vectors.vector,
    // A single vector [D] has D rows of one number as a file, and D numbers of one row here.
    rows: file.shape.length === 1
      ? (from) => from === 0 ? vectors.vector(0) : new Float32Array(0)
      : (from, to) => file.rowsFloat32(from, to),
    [Symbol.dispose]: () => {
      vectors[Symbol.dispose]();
      file.close();
    },
  };
}
