/** @file Writing a .npy array row by row, when the number of rows is known only at the end. */

import { AtomicFile } from "./_atomic.ts";
import { encode } from "./_bytes.ts";
import { itemBytes, type TypedArrayData } from "./dtype.ts";
import type { NpyDType } from "./npy_array.ts";
import { makeNpyHeader } from "./_npy_header.ts";
import { elementCount } from "./_shape.ts";

/** What every row of an {@link NpyWriter} is. */
export interface NpyWriterOptions {
  /** Element type in the file. @default {"float32"} */
  readonly dtype?: NpyDType;
  /** Dimensions of one row, such as [512]; `[]` makes a one-dimensional array. */
  readonly rowShape: readonly number[];
}

/**
 * Writes [N, ...rowShape] in pieces; the file takes its name at {@link NpyWriter.close}, and is dropped by `using` if
 * an error comes first.
 *
 * @example Append rows
 * ```ts
 * import assert from "node:assert/strict";
 * import { NpyWriter, readNpy } from "@/weights/mod.ts";
 * const path = Deno.makeTempFileSync({ suffix: ".npy" });
 * {
 *   using writer = new NpyWriter(path, { rowShape: [2] });
 *   writer.write(new Float32Array([1, 2]));
 *   writer.write(new Float32Array([3, 4, 5, 6]));
 *   writer.close();
 * }
 * assert.deepEqual(readNpy(path).shape, [3, 2]);
 * Deno.removeSync(path);
 * ```
 */
export class NpyWriter implements Disposable {
  /** Path that the file will have. */
  readonly path: string;
  readonly #dtype: NpyDType;
  readonly #rowShape: readonly number[];
  readonly #rowBytes: number;
  readonly #file: AtomicFile;
  #rows = 0;
  #closed = false;

  /**
   * Begins the file beside its final place. Requires write permission.
   *
   * @param path The file; its folder must exist.
   * @param options Element type and shape of a row.
   * @throws {RangeError} If a row has no elements.
   */
  constructor(path: string, options: NpyWriterOptions) {
    this.path = path;
    this.#dtype = options.dtype ?? "float32";
    this.#rowShape = [...options.rowShape];
    const what = `Cannot write "${path}"`;
    this.#rowBytes = elementCount(this.#rowShape, what) *
      itemBytes(this.#dtype);
    if (this.#rowBytes === 0) {
      throw new RangeError(
        `${what}: rows of shape [${this.#rowShape}] have no elements`,
      );
    }
    const header = makeNpyHeader(this.#dtype, [0, ...this.#rowShape], true);
    this.#file = new AtomicFile(path);
    this.#file.write(header);
  }

  /** Rows written so far. */
  get length(): number {
    return this.#rows;
  }

  /**
   * Appends one row or several.
   *
   * @param rows Elements, row-major, a whole number of rows.
   * @throws {RangeError} If the elements are not a whole number of rows.
   * @throws {TypeError} If the data is not of the element type, or the writer is closed.
   */
  write(rows: TypedArrayData): void {
    const what = `Cannot write rows to "${this.path}"`;
    if (this.#closed) throw new TypeError(`${what}: it is closed`);
    const bytes = encode(this.#dtype, rows, what);
    if (bytes.length % this.#rowBytes !== 0) {
      throw new RangeError(
        `${what}: ${bytes.length / itemBytes(this.#dtype)} elements are not a whole number of rows [${this.#rowShape}]`,
      );
    }
    this.#file.write(bytes);
    this.#rows += bytes.length / this.#rowBytes;
  }

  /** Writes the number of rows into the header and gives the file its name. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#file.writeAt(
      0,
      makeNpyHeader(this.#dtype, [this.#rows, ...this.#rowShape], true),
    );
    this.#file.commit();
  }

  /** Drops the file unless it was closed. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#file[Symbol.dispose]();
  }
}
