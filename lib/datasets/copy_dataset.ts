/**
 * From one form of data set to another, without decoding an image.
 *
 * utils/lmdb2dataset.py of https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test encodes every JPEG again
 * and loses quality; this moves the bytes.
 */

import type { DatasetReader, DatasetWriter } from "./dataset.ts";

/** Options of `copyDataset`. */
export interface CopyOptions {
  /** Leaves out items that the writer has. @default false */
  resume?: boolean;
  /** Called after each item. */
  onProgress?: (progress: { done: number; total: number }) => void;
  /** Stops the copying between two items. */
  signal?: AbortSignal;
}

/**
 * Copies all items; the images of a class are numbered as they come.
 *
 * @param reader Where from; stays open.
 * @param writer Where to; stays open.
 * @param options Resuming, progress and stopping.
 * @returns How many items were written and how many were there already.
 *
 * @example A database into a folder
 * ```ts
 * import { copyDataset, openFolder, openFolderWriter, openLmdb, openLmdbWriter } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const dir = await Deno.makeTempDir();
 * const lmdb = await openLmdbWriter(`${dir}/a.lmdb`);
 * await lmdb.write({ label: 3, image: 0, bytes: Uint8Array.of(42) });
 * await lmdb.close();
 *
 * await using from = await openLmdb(`${dir}/a.lmdb`);
 * await using to = await openFolderWriter(`${dir}/a`);
 * assert.deepEqual(await copyDataset(from, to), { written: 1, skipped: 0 });
 * assert.deepEqual((await (await openFolder(`${dir}/a`)).get(0)).bytes, Uint8Array.of(42));
 * await to.close();
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function copyDataset(
  reader: DatasetReader,
  writer: DatasetWriter,
  options: CopyOptions = {},
): Promise<{ written: number; skipped: number }> {
  const { resume = false, onProgress, signal } = options;
  const counts = new Map<number, number>();
  let [written, skipped] = [0, 0];
  for await (const item of reader) {
    signal?.throwIfAborted();
    const image = counts.get(item.label) ?? 0;
    counts.set(item.label, image + 1);
    if (resume && await writer.has(item.label, image)) {
      skipped++;
    } else {
      await writer.write({ ...item, image });
      written++;
    }
    onProgress?.({ done: written + skipped, total: reader.length });
  }
  return { written, skipped };
}
