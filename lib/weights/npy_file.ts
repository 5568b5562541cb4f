/** @file Rows of a large .npy file on demand. */

import { swapBytes, toFloat32, viewAs } from "./_bytes.ts";
import { itemBytes, type TypedArrays } from "./dtype.ts";
import type { NpyDType } from "./npy_array.ts";
import { supportedDType } from "./_npy_data.ts";
import { type NpyHeader, readNpyHeader } from "./_npy_header.ts";
import { FileSource } from "./_source.ts";

/**
 * A .npy array of shape [N, ...] that stays on disk; `using` or {@link NpyFile.close} closes it.
 *
 * @example Read the last row
 * ```ts
 * import assert from "node:assert/strict";
 * import { openNpy, writeNpy } from "@/weights/mod.ts";
 * const path = Deno.makeTempFileSync({ suffix: ".npy" });
 * writeNpy(path, { dtype: "float32", shape: [3, 2], data: new Float32Array([1, 2, 3, 4, 5, 6]) });
 * {
 *   using vectors = openNpy(path);
 *   assert.equal(vectors.length, 3);
 *   assert.deepEqual(vectors.rowsFloat32(2, 3), new Float32Array([5, 6]));
 * }
 * Deno.removeSync(path);
 * ```
 */
export class NpyFile implements Disposable {
  /** Path as it was given. */
  readonly path: string;
  /** Element type. */
  readonly dtype: NpyDType;
  /** Dimensions [N, ...]. */
  readonly shape: readonly number[];
  /** Elements of one row: the product of all dimensions but the first. */
  readonly rowLength: number;
  readonly #source: FileSource;
  readonly #header: NpyHeader;

  /**
   * Opens the file and reads its header; see {@link openNpy}.
   *
   * @param path The file.
   */
  constructor(path: string) {
    const source = new FileSource(path);
    try {
      const header = readNpyHeader(source);
      this.path = path;
      this.dtype = supportedDType(header, path);
      this.shape = header.shape;
      if (header.shape.length === 0) {
        throw new TypeError(
          `Cannot read rows of "${path}": it holds a single value, use readNpy`,
        );
      }
      if (header.fortranOrder && header.shape.length > 1) {
        throw new TypeError(
          `Cannot read rows of "${path}": it is in Fortran order, where rows are scattered; ` +
            `use readNpy, or save it again with numpy.ascontiguousarray`,
        );
      }
      if (header.dataOffset + header.byteLength !== source.size) {
        throw new SyntaxError(
          `Cannot read "${path}" as .npy: shape [${header.shape}] needs ${header.dataOffset + header.byteLength} ` +
            `bytes, the file has ${source.size}; it is truncated or damaged`,
        );
      }
      this.rowLength = header.shape.slice(1).reduce((a, b) => a * b, 1);
      this.#source = source;
      this.#header = header;
    } catch (error) {
      source[Symbol.dispose]();
      throw error;
    }
  }

  /** Number of rows N. */
  get length(): number {
    return this.shape[0]!;
  }

  /**
   * Reads rows `start` to `end`.
   *
   * @param start First row, 0..N.
   * @param end Row after the last, start..N.
   * @returns Elements [(end - start) * rowLength] as the typed array of `dtype`.
   * @throws {RangeError} If the rows are not in the file.
   */
  rows(start: number, end: number): TypedArrays[NpyDType] {
    return viewAs(this.dtype, this.#bytes(start, end));
  }

  /**
   * Reads rows `start` to `end` as float32.
   *
   * @param start First row, 0..N.
   * @param end Row after the last, start..N.
   * @returns Elements [(end - start) * rowLength].
   * @throws {RangeError} If the rows are not in the file.
   * @throws {TypeError} If the elements are int64.
   */
  rowsFloat32(start: number, end: number): Float32Array {
    if (this.dtype === "int64") {
      throw new TypeError(
        `Cannot read "${this.path}" as float32: its elements are int64, use rows`,
      );
    }
    return toFloat32(this.dtype, this.#bytes(start, end));
  }

  #bytes(start: number, end: number): Uint8Array {
    if (
      !(Number.isInteger(start) && Number.isInteger(end) && 0 <= start &&
        start <= end && end <= this.length)
    ) {
      throw new RangeError(
        `Cannot read rows ${start} to ${end} of "${this.path}": it has ${this.length} rows`,
      );
    }
    const size = itemBytes(this.dtype);
    const rowBytes = this.rowLength * size;
    const offset = this.#header.dataOffset + start * rowBytes;
    const bytes = this.#source.read(
      offset,
      (end - start) * rowBytes,
      `rows ${start} to ${end}`,
    );
    return this.#header.bigEndian ? swapBytes(bytes, size) : bytes;
  }

  /** Closes the file; reading rows fails from then on. */
  close(): void {
    this.#source[Symbol.dispose]();
  }

  /** Same as {@link NpyFile.close}, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Opens a .npy file whose rows are read on demand, for arrays too large for memory.
 *
 * Requires read permission.
 *
 * @example Count rows without reading them
 * ```ts
 * import assert from "node:assert/strict";
 * import { openNpy, writeNpy } from "@/weights/mod.ts";
 * const path = Deno.makeTempFileSync({ suffix: ".npy" });
 * writeNpy(path, { dtype: "uint8", shape: [4, 3], data: new Uint8Array(12) });
 * {
 *   using file = openNpy(path);
 *   assert.deepEqual(file.shape, [4, 3]);
 * }
 * Deno.removeSync(path);
 * ```
 *
 * @param path The file.
 * @returns The open file.
 * @throws {SyntaxError} If the file is not .npy, or its size is not what its shape needs.
 * @throws {TypeError} If it holds a single value, is in Fortran order, or has elements that are not read here.
 * @throws {RangeError} If its header declares more than the limits allow.
 */
export function openNpy(path: string): NpyFile {
  return new NpyFile(path);
}
