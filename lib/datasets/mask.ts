/**
 * Masks: which items of a data set are used, as an .npy file of indices or of booleans.
 *
 * The reference's masks are indices (int64, scripts/small_portion_training_mask.py of
 * https://github.com/HaiyuWu/Vec2Face), and hsface100k_mask.npy is one over HSFace300K. Deviations: booleans, one an
 * item, are taken for what they mean (NumPy would read them as indices 0 and 1 there); negative indices are refused.
 */

import { openNpy, writeNpy } from "@/weights/mod.ts";

/**
 * Reads a mask.
 *
 * @param path The .npy file: integers [M], each 0..N-1, or booleans [N].
 * @param length Number N of items it is for.
 * @returns The indices that it stands for, in its order; an index that is there twice stays twice.
 * @throws {TypeError} When the file holds something else, or has more than one dimension.
 * @throws {RangeError} When an index is outside the data set, there are not N booleans, or nothing is chosen.
 * @throws {SyntaxError} When it is no .npy file or is cut short.
 *
 * @example Booleans
 * ```ts
 * import { readMask } from "@/datasets/mod.ts";
 * import { writeNpy } from "@/weights/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npy" });
 * writeNpy(path, { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) });
 * assert.deepEqual(readMask(path, 3), Int32Array.of(0, 2));
 * await Deno.remove(path);
 * ```
 */
export function readMask(path: string, length: number): Int32Array {
  using file = openNpy(path);
  const { dtype, shape } = file;
  if (shape.length !== 1 || /float/.test(dtype)) {
    throw new TypeError(
      `Cannot read mask "${path}": it holds ${dtype} of shape [${shape.join(", ")}], expected integers or booleans [N]`,
    );
  }
  if (dtype === "bool" && file.length !== length) {
    throw new RangeError(`Cannot read mask "${path}": ${file.length} booleans, the data set has ${length} items`);
  }
  const rows = file.rows(0, file.length);
  const indices = dtype === "bool"
    ? Int32Array.from({ length }, (_, i) => i).filter((i) => Number(rows[i]) !== 0)
    : Int32Array.from({ length: file.length }, (_, i) => {
      const index = Number(rows[i]);
      if (!(index >= 0 && index < length)) {
        throw new RangeError(
          `Cannot read mask "${path}": entry ${i} is ${rows[i]}, the data set has items 0 to ${length - 1}`,
        );
      }
      return index;
    });
  if (indices.length === 0) throw new RangeError(`Cannot read mask "${path}": it chooses nothing`);
  return indices;
}

/**
 * Writes a mask of indices, int64 as NumPy writes them.
 *
 * @param path The file; its folder must exist.
 * @param indices Indices of items.
 * @throws {RangeError} When one is not a whole number of at least 0.
 *
 * @example There and back
 * ```ts
 * import { readMask, writeMask } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npy" });
 * writeMask(path, [4, 2]);
 * assert.deepEqual(readMask(path, 5), Int32Array.of(4, 2));
 * await Deno.remove(path);
 * ```
 */
export function writeMask(path: string, indices: ArrayLike<number>): void {
  const data = BigInt64Array.from({ length: indices.length }, (_, i) => {
    const index = indices[i]!;
    if (!Number.isSafeInteger(index) || index < 0) {
      throw new RangeError(`Cannot write mask "${path}": entry ${i} is ${index}, expected a whole number`);
    }
    return BigInt(index);
  });
  writeNpy(path, { dtype: "int64", shape: [data.length], data });
}
