/**
 * Feature files of the reference: an .npy file for each image, in a folder for each identity.
 *
 * Written by feature_extractor.py of https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test, read by
 * scripts/center_features.py of https://github.com/HaiyuWu/Vec2Face.
 */

import { featureFromBytes } from "./_feature_bytes.ts";
import type { DatasetItem, DatasetReader } from "./dataset.ts";
import { openFolder } from "./folder_reader.ts";
import { openList } from "./list_reader.ts";

/**
 * Opens feature files as a data set whose items have features; their bytes are those of the .npy file.
 *
 * @param path A folder with a folder of .npy files for each identity, or a .txt list of such files.
 * @returns The reader.
 * @throws {RangeError} When there is no .npy file.
 * @throws {SyntaxError} When a line of the list is no path.
 *
 * @example One file
 * ```ts
 * import { openFeatureFiles } from "@/datasets/mod.ts";
 * import { writeNpy } from "@/weights/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const dir = await Deno.makeTempDir();
 * await Deno.mkdir(`${dir}/ada`);
 * writeNpy(`${dir}/ada/1.npy`, { dtype: "float32", shape: [2], data: Float32Array.of(1, 2) });
 * await using features = await openFeatureFiles(dir);
 * assert.deepEqual((await features.get(0)).feature, Float32Array.of(1, 2));
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function openFeatureFiles(path: string): Promise<DatasetReader> {
  const isFolder = (await Deno.stat(path)).isDirectory;
  const files = isFolder ? await openFolder(path, { endings: ["npy"] }) : openList(path);
  const get = async (index: number): Promise<DatasetItem> => {
    const item = await files.get(index);
    return { ...item, feature: featureFromBytes(item.bytes, `"${files.itemName(index)}"`) };
  };
  return {
    length: files.length,
    labels: files.labels,
    classes: files.classes,
    className: (label) => files.className(label),
    itemName: (index) => files.itemName(index),
    get,
    async *[Symbol.asyncIterator]() {
      for (let index = 0; index < files.length; index++) yield await get(index);
    },
    close: () => files.close(),
    [Symbol.asyncDispose]: () => files.close(),
  };
}
