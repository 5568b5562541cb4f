/**
 * Sources of ID vectors: where row i of a data set comes from.
 *
 * A source is read row by row, so a file of millions of vectors is never in memory at once (the reference,
 * https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation.py, holds all rows times all images).
 * Vectors keep their natural norm; they are refused, by row, when they cannot stand for an identity.
 */
import { openNpy } from "@/weights/mod.ts";
import type { GaussianMoments } from "./moments.ts";
import { sampleGaussian } from "./moments.ts";
import { RandomStream } from "@/random/mod.ts";

/** Rows of ID vectors, read one at a time. */
export interface VectorSource {
  /** Where the rows come from, for messages: a file name or "Gaussian". */
  readonly name: string;
  /** Number of rows N. */
  readonly count: number;
  /** Width D of a row. */
  readonly width: number;
  /**
   * Reads one row.
   *
   * @param row Global row index, 0..count-1.
   * @returns A new array [D].
   */
  vector(row: number): Float32Array;
}

/**
 * Checks that a vector can stand for an identity: right width, all numbers finite, not zero.
 *
 * @param vector The vector [D].
 * @param row Its row, for the message.
 * @param source Where it comes from, for the message.
 * @param width Width expected, or undefined for any.
 * @throws {TypeError} When the width is wrong.
 * @throws {RangeError} When a value is NaN or infinite, or all are zero.
 *
 * @example A vector with a hole is refused
 * ```ts
 * import { checkVector } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * checkVector(Float32Array.of(1, 2), 0, "a.npy");
 * assert.throws(() => checkVector(Float32Array.of(1, NaN), 3, "a.npy"), /row 3 of a.npy: column 1 is NaN/);
 * ```
 */
export function checkVector(
  vector: Float32Array,
  row: number,
  source: string,
  width?: number,
): void {
  if (width !== undefined && vector.length !== width) {
    throw new TypeError(
      `Cannot use row ${row} of ${source}: it has ${vector.length} values, expected ${width}`,
    );
  }
  let sum = 0;
  for (let c = 0; c < vector.length; c++) {
    const value = vector[c]!;
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `Cannot use row ${row} of ${source}: column ${c} is ${value}; ID vectors must be finite, remove or repair the row`,
      );
    }
    sum += value * value;
  }
  if (sum === 0) {
    throw new RangeError(
      `Cannot use row ${row} of ${source}: all values are zero, so it has no direction; remove the row`,
    );
  }
}

/**
 * Checks every row of a source.
 *
 * @param source The rows.
 * @param width Width expected, or undefined for any.
 * @param from First row to check.
 * @param to Row after the last one.
 * @throws {TypeError} When the width is wrong.
 * @throws {RangeError} When a row holds NaN, an infinity, or only zeros.
 *
 * @example A good source passes
 * ```ts
 * import { arrayVectors, checkVectors } from "@/identity/mod.ts";
 *
 * checkVectors(arrayVectors(Float32Array.of(1, 2, 3, 4), 2, "two"), 2);
 * ```
 */
export function checkVectors(
  source: VectorSource,
  width?: number,
  from = 0,
  to = source.count,
): void {
  for (let row = from; row < to; row++) {
    checkVector(source.vector(row), row, source.name, width);
  }
}

/**
 * Makes a source of vectors that are in memory.
 *
 * @param data Values [N, D], row after row; not copied.
 * @param width D.
 * @param name What to call it in messages.
 * @returns The source.
 * @throws {TypeError} When the values do not make whole rows.
 *
 * @example Two rows of three
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const source = arrayVectors(Float32Array.of(1, 2, 3, 4, 5, 6), 3, "two");
 * assert.deepEqual([...source.vector(1)], [4, 5, 6]);
 * ```
 */
export function arrayVectors(
  data: Float32Array,
  width: number,
  name: string,
): VectorSource {
  const count = data.length / width;
  if (!Number.isInteger(count) || count < 1) {
    throw new TypeError(
      `Cannot use ${name} as ID vectors: ${data.length} values do not make rows of ${width}`,
    );
  }
  return {
    name,
    count,
    width,
    vector: (row) => {
      checkRow(row, count, name);
      return data.slice(row * width, (row + 1) * width);
    },
  };
}

/**
 * Makes a source whose row i is drawn from a fitted Gaussian by the stream (seed, "identity", i): the same
 * whatever the number of rows.
 *
 * @param moments The Gaussian, see `loadMoments`.
 * @param seed Seed of the data set, 0..2^64-1.
 * @param count Number of rows N.
 * @returns The source.
 *
 * @example Row 1 does not depend on how many rows there are
 * ```ts
 * import { fitMoments, gaussianVectors } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const moments = fitMoments(Float32Array.of(1, 2, 3, 1, 0, 5), 2);
 * assert.deepEqual(
 *   gaussianVectors(moments, 7, 2).vector(1),
 *   gaussianVectors(moments, 7, 9).vector(1),
 * );
 * ```
 */
export function gaussianVectors(
  moments: GaussianMoments,
  seed: number | bigint,
  count: number,
): VectorSource {
  const name = "the fitted Gaussian";
  return {
    name,
    count,
    width: moments.width,
    vector: (row) => {
      checkRow(row, count, name);
      return sampleGaussian(moments, new RandomStream(seed, "identity", row));
    },
  };
}

/**
 * Opens a .npy file of ID vectors; rows are read when asked for, and the file stays open until disposed.
 *
 * Requires `--allow-read` permission.
 *
 * @param path A .npy file of shape [N, D], or [D] for one vector; float32, float64 or float16.
 * @returns The source; close it with `using`.
 * @throws {TypeError} When the shape or the type of the numbers is another.
 * @throws {SyntaxError} When the file is not a .npy file.
 *
 * @example A file of two vectors
 * ```ts
 * import { openVectors } from "@/identity/mod.ts";
 * import { writeNpy } from "@/weights/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npy" });
 * writeNpy(path, { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
 * {
 *   using source = openVectors(path);
 *   assert.deepEqual([...source.vector(1)], [4, 5, 6]);
 * }
 * await Deno.remove(path);
 * ```
 */
export function openVectors(path: string): VectorSource & Disposable {
  const file = openNpy(path);
  const { shape, dtype } = file;
  const refuse = (found: string, expected: string): never => {
    file.close();
    throw new TypeError(
      `Cannot use ${path} as ID vectors: ${found}, expected ${expected}`,
    );
  };
  if (shape.length > 2 || shape.some((extent) => extent < 1)) {
    refuse(
      `its shape is [${shape.join(", ")}]`,
      "[N, D] (one row per identity) or [D]",
    );
  }
  if (!dtype.startsWith("float")) {
    refuse(`its numbers are ${dtype}`, "float32, float64 or float16");
  }
  const single = shape.length === 1;
  const [count, width] = single ? [1, shape[0]!] : [shape[0]!, shape[1]!];
  return {
    name: path,
    count,
    width,
    vector: (row) => {
      checkRow(row, count, path);
      return single ? file.rowsFloat32(0, width) : file.rowsFloat32(row, row + 1);
    },
    [Symbol.dispose]: () => file.close(),
  };
}

function checkRow(row: number, count: number, name: string): void {
  if (!Number.isInteger(row) || row < 0 || row >= count) {
    throw new RangeError(
      `Cannot read row ${row} of ${name}: it has rows 0 to ${count - 1}`,
    );
  }
}
