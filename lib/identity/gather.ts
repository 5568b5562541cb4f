/**
 * ID vectors put together for a batch: rows of a source, or one vector with one dimension moved.
 */
import type { VectorSource } from "./vectors.ts";

/**
 * Reads rows of a source into one array.
 *
 * @param source The rows.
 * @param rows Which ones, in order; all of them when left out.
 * @returns Vectors [N, D], row after row.
 * @throws {RangeError} When the source has no such row.
 *
 * @example The last row and the first
 * ```ts
 * import { arrayVectors, gatherVectors } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const source = arrayVectors(Float32Array.of(1, 2, 3, 4, 5, 6), 2, "three");
 * assert.deepEqual([...gatherVectors(source, [2, 0])], [5, 6, 1, 2]);
 * ```
 */
export function gatherVectors(source: VectorSource, rows?: readonly number[]): Float32Array {
  const wanted = rows ?? Array.from({ length: source.count }, (_, row) => row);
  const out = new Float32Array(wanted.length * source.width);
  wanted.forEach((row, i) => out.set(source.vector(row), i * source.width));
  return out;
}

/**
 * Copies a vector once for each value, with one of its dimensions set to that value.
 *
 * @param vector The vector [D]; not changed.
 * @param dimension Which dimension, 0..D-1.
 * @param values Its S values.
 * @returns Vectors [S, D], row after row.
 * @throws {RangeError} When the vector has no such dimension, or a value is not finite.
 *
 * @example Dimension 1 from -1 to 1
 * ```ts
 * import { varyDimension } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...varyDimension(Float32Array.of(7, 8), 1, [-1, 0, 1])], [7, -1, 7, 0, 7, 1]);
 * ```
 */
export function varyDimension(vector: Float32Array, dimension: number, values: readonly number[]): Float32Array {
  const width = vector.length;
  if (!Number.isSafeInteger(dimension) || dimension < 0 || dimension >= width) {
    throw new RangeError(
      `Cannot vary dimension ${dimension}: the vector has ${width}, expected a whole number from 0 to ${width - 1}`,
    );
  }
  const out = new Float32Array(values.length * width);
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      throw new RangeError(`Cannot vary dimension ${dimension}: value ${i} is ${value}, expected a finite number`);
    }
    out.set(vector, i * width);
    out[i * width + dimension] = value;
  });
  return out;
}
