/**
 * A data set written anew for training: class by class, labels without gaps, nothing that a training code chokes on.
 *
 * Replaces scripts/prepare_training_set.py and scripts/identity_label_collection.py of
 * https://github.com/HaiyuWu/Vec2Face, and utils/imagelist2lmdb.py and utils/lmdb2dataset.py of
 * https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test, which encodes every JPEG again; here bytes move as
 * they are. The images of a class lie together, because lmdb2dataset.py writes files over one another where they do not.
 */

import { type ImageCheck, imageFault } from "./check_image.ts";
import { classRuns } from "./class_runs.ts";
import type { DatasetItem, DatasetReader, DatasetWriter, LeftOut } from "./dataset.ts";
import { inOrder } from "./_in_order.ts";
import { itemFault } from "./_item_fault.ts";

/** Options of `convertDataset`. */
export interface ConvertOptions {
  /** How closely each image is looked at. @default "full" */
  check?: ImageCheck;
  /** Leaves out items without a feature, for a writer that needs them. @default false */
  needFeature?: boolean;
  /** Images read ahead. @default 16 */
  ahead?: number;
  /** Called after each item. */
  onProgress?: (progress: { done: number; total: number; leftOut: number }) => void;
  /** Stops the work between two items. */
  signal?: AbortSignal;
}

/** A class as it was written; its label is its place in the list. */
export interface ConvertedClass {
  /** Name in the source: of its folder, or its label there. */
  readonly name: string;
  /** Label in the source. */
  readonly from: number;
  /** Images written. */
  readonly images: number;
}

/** What became of a data set. */
export interface ConvertResult {
  /** Images written. */
  readonly images: number;
  /** Classes by their new label. */
  readonly classes: readonly ConvertedClass[];
  /** Items, and classes left without an image, that were not written. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * Writes a data set anew; labels are 0, 1, ... by first appearance among the items that can be used.
 *
 * @param reader Where from; stays open.
 * @param writer Where to, empty; stays open.
 * @param options Checks, progress and stopping.
 * @returns Classes, and what was left out and why.
 * @throws {RangeError} When no item can be used.
 * @throws {SyntaxError} When the source's labels cannot be read.
 *
 * @example A broken image is left out, and its class with it
 * ```ts
 * import { arrayDataset, convertDataset, openFolder, openFolderWriter } from "@/datasets/mod.ts";
 * import { encodePng, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const png = await encodePng(filled(2, 2, [1, 2, 3]));
 * const dir = await Deno.makeTempDir();
 * await using writer = await openFolderWriter(dir, { extension: "auto" });
 * const from = arrayDataset([{ label: 5, bytes: png.subarray(0, 50) }, { label: 8, bytes: png }]);
 * const { images, classes, leftOut } = await convertDataset(from, writer);
 * assert.deepEqual([images, classes], [1, [{ name: "8", from: 8, images: 1 }]]);
 * assert.deepEqual(leftOut.map(({ name }) => name), ["0", "class 5"]);
 * assert.deepEqual((await (await openFolder(dir)).get(0)).bytes, new Uint8Array(png));
 * await writer.close();
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function convertDataset(
  reader: DatasetReader,
  writer: DatasetWriter,
  options: ConvertOptions = {},
): Promise<ConvertResult> {
  const { check = "full", needFeature = false, ahead = 16, onProgress, signal } = options;
  const runs = classRuns(reader.labels);
  const classes: ConvertedClass[] = [];
  const leftOut: LeftOut[] = [];
  let [done, images, run, written] = [0, 0, 0, 0];
  const endClass = () => {
    const from = runs.labels[run++]!, name = reader.className(from);
    if (written > 0) classes.push({ name, from, images: written });
    else leftOut.push({ name: `class ${name}`, reason: "it has no image that can be used" });
    written = 0;
  };
  for await (const { index, item, fault } of inOrder(runs.order, ahead, readItem)) {
    signal?.throwIfAborted();
    if (fault !== undefined) leftOut.push({ name: reader.itemName(index), reason: fault });
    else {
      await writer.write({ ...item!, label: classes.length, image: written++ });
      images++;
    }
    done++;
    if (done === runs.starts[run + 1]) endClass();
    onProgress?.({ done, total: reader.length, leftOut: leftOut.length });
  }
  if (images === 0) {
    const why = leftOut[0] === undefined ? "it is empty" : `"${leftOut[0].name}": ${leftOut[0].reason}`;
    throw new RangeError(`Cannot convert the data set: none of its ${reader.length} items can be used (${why})`);
  }
  return { images, classes, leftOut };

  async function readItem(index: number): Promise<{ index: number; item?: DatasetItem; fault?: string }> {
    try {
      const item = await reader.get(index);
      const fault = needFeature && item.feature === undefined
        ? "it has no feature"
        : await imageFault(item.bytes, check);
      return fault === undefined ? { index, item } : { index, fault };
    } catch (error) {
      const fault = itemFault(error);
      if (fault === undefined) throw error;
      return { index, fault };
    }
  }
}
