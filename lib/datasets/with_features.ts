/**
 * A data set whose items have features that lie in a matrix.
 */

import { openNpy } from "@/weights/mod.ts";
import type { DatasetItem, DatasetReader } from "./dataset.ts";

/**
 * Gives the items of a data set the rows of an .npy file as their features.
 *
 * @param dataset N items; closing the result closes it.
 * @param path Floats [N, D], row i for item i, as `deno task features` writes them.
 * @returns The data set with features; a row of NaN stands for an image without one.
 * @throws {TypeError} When the file holds no floats of two dimensions.
 * @throws {RangeError} When it has not as many rows as the data set has items.
 * @throws {SyntaxError} When it is no .npy file or is cut short.
 *
 * @example One item
 * ```ts
 * import { arrayDataset, withFeatures } from "@/datasets/mod.ts";
 * import { writeNpy } from "@/weights/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npy" });
 * writeNpy(path, { dtype: "float32", shape: [1, 2], data: Float32Array.of(3, 4) });
 * await using faces = withFeatures(arrayDataset([{ label: 0, bytes: Uint8Array.of(1) }]), path);
 * assert.deepEqual((await faces.get(0)).feature, Float32Array.of(3, 4));
 * await Deno.remove(path);
 * ```
 */
export function withFeatures(dataset: DatasetReader, path: string): DatasetReader {
  const file = openNpy(path);
  const { dtype, shape } = file;
  try {
    if (shape.length !== 2 || !/float/.test(dtype)) {
      throw new TypeError(
        `Cannot use features "${path}": it holds ${dtype} of shape [${shape.join(", ")}], expected floats [N, D]`,
      );
    }
    if (file.length !== dataset.length) {
      throw new RangeError(
        `Cannot use features "${path}": it has ${file.length} rows, the data set ${dataset.length} items; ` +
          "make them from the same data set, before a mask or a limit",
      );
    }
  } catch (error) {
    file.close();
    throw error;
  }
  let closed = false;
  const get = async (index: number): Promise<DatasetItem> => {
    const item = await dataset.get(index);
    const row = file.rowsFloat32(index, index + 1);
    const { feature: _, ...rest } = item;
    return row.some((value) => !Number.isNaN(value)) ? { ...rest, feature: row } : rest;
  };
  return {
    length: dataset.length,
    get labels() {
      return dataset.labels;
    },
    get classes() {
      return dataset.classes;
    },
    className: (label) => dataset.className(label),
    itemName: (index) => dataset.itemName(index),
    get,
    async *[Symbol.asyncIterator]() {
      for (let index = 0; index < dataset.length; index++) yield await get(index);
    },
    async close() {
      if (!closed) file.close();
      closed = true;
      await dataset.close();
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}
