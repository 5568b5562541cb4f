/**
 * @file Reading and writing whole .npy arrays. For files too large for memory see {@link openNpy} and {@link NpyWriter}.
 */

import { AtomicFile } from "./_atomic.ts";
import { bytesOf, toFloat32 } from "./_bytes.ts";
import type { NpyArray, NpyInput } from "./npy_array.ts";
import { encodeNpy, readNpyData } from "./_npy_data.ts";
import { readNpyHeader } from "./_npy_header.ts";
import { FileSource } from "./_source.ts";

/**
 * Reads a .npy file whole: versions 1 to 3, either byte order, C or Fortran order (given in C order).
 *
 * Requires read permission.
 *
 * @example Write and read
 * ```ts
 * import assert from "node:assert/strict";
 * import { readNpy, writeNpy } from "@/weights/mod.ts";
 * const path = Deno.makeTempFileSync({ suffix: ".npy" });
 * writeNpy(path, { dtype: "int64", shape: [2], data: new BigInt64Array([1n, -2n]) });
 * const array = readNpy(path);
 * assert.deepEqual(array.shape, [2]);
 * assert.equal(array.data[1], -2n);
 * Deno.removeSync(path);
 * ```
 *
 * @param path The file.
 * @returns Element type, shape and elements.
 * @throws {SyntaxError} If the file is not .npy, is truncated, or has bytes left over.
 * @throws {RangeError} If its header declares more than the limits allow.
 * @throws {TypeError} If its elements are text, records, objects, complex or wider unsigned integers.
 */
export function readNpy(path: string): NpyArray {
  using source = new FileSource(path);
  return readNpyData(source, readNpyHeader(source));
}

/**
 * Reads a .npy file of floats or small integers as float32, as identity vectors [N, D] need it.
 *
 * Requires read permission.
 *
 * @example Read vectors and check their width
 * ```ts
 * import assert from "node:assert/strict";
 * import { readNpyFloat32, writeNpy } from "@/weights/mod.ts";
 * const path = Deno.makeTempFileSync({ suffix: ".npy" });
 * writeNpy(path, { dtype: "float16", shape: [1, 2], data: new Float32Array([1, 0.5]) });
 * assert.deepEqual(readNpyFloat32(path, { shape: [null, 2] }), { shape: [1, 2], data: new Float32Array([1, 0.5]) });
 * Deno.removeSync(path);
 * ```
 *
 * @param path The file.
 * @param options `shape`: dimensions that are expected, null for any size; default any shape.
 * @returns Shape and elements, row-major.
 * @throws {TypeError} If the elements are int64 or not numbers, or the shape is not the expected one.
 * @throws {SyntaxError} If the file is not .npy or is truncated.
 * @throws {RangeError} If its header declares more than the limits allow.
 */
export function readNpyFloat32(
  path: string,
  options: { shape?: readonly (number | null)[] } = {},
): { shape: readonly number[]; data: Float32Array } {
  using source = new FileSource(path);
  const header = readNpyHeader(source); // checked before the elements are read
  const { shape } = header;
  const expected = options.shape;
  if (
    expected !== undefined &&
    !(expected.length === shape.length &&
      expected.every((d, i) => d === null || d === shape[i]))
  ) {
    throw new TypeError(
      `Cannot read "${path}": expected shape [${expected.map((d) => d ?? "any").join(", ")}], found [${
        shape.join(", ")
      }]`,
    );
  }
  if (header.dtype === "int64") {
    throw new TypeError(
      `Cannot read "${path}" as float32: its elements are int64, use readNpy`,
    );
  }
  const array = readNpyData(source, header);
  return { shape, data: toFloat32(header.dtype!, bytesOf(array.data)) };
}

/**
 * Writes a .npy file (version 1.0, C order): into a temporary file beside it, which is then renamed.
 *
 * Requires read and write permission.
 *
 * @example Write float32 rows
 * ```ts
 * import assert from "node:assert/strict";
 * import { readNpy, writeNpy } from "@/weights/mod.ts";
 * const path = Deno.makeTempFileSync({ suffix: ".npy" });
 * writeNpy(path, { dtype: "float32", shape: [2, 2], data: new Float32Array([1, 2, 3, 4]) });
 * assert.deepEqual(readNpy(path).shape, [2, 2]);
 * Deno.removeSync(path);
 * ```
 *
 * @param path The file; its folder must exist.
 * @param array Element type, shape and elements.
 * @throws {TypeError} If the data is not of the element type, or .npy does not have the type.
 * @throws {RangeError} If the number of elements is not the product of the shape.
 */
export function writeNpy(path: string, array: NpyInput): void {
  const { header, bytes } = encodeNpy(`Cannot write "${path}"`, array);
  using file = new AtomicFile(path);
  file.write(header);
  file.write(bytes);
  file.commit();
}
