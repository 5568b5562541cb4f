/**
 * Opens a data set whatever its form is.
 */

import type { DatasetReader } from "./dataset.ts";
import { openFolder } from "./folder_reader.ts";
import { type ListOptions, openList } from "./list_reader.ts";
import { openLmdb } from "./lmdb_reader.ts";
import { readMask } from "./mask.ts";
import { selectItems } from "./select_items.ts";

/** Options of `openDataset`. */
export interface OpenDatasetOptions extends ListOptions {
  /** .npy file that says which items are used, or their indices. */
  mask?: string | ArrayLike<number>;
}

/** Forms of a data set on disk. */
export type DatasetForm = "folder" | "lmdb" | "list";

/**
 * Tells the form of a data set by what is there.
 *
 * @param path A folder or file.
 * @returns "lmdb" for an LMDB file or folder, "list" for a .txt, "folder" for another folder.
 * @throws {Deno.errors.NotFound} When there is nothing.
 * @throws {TypeError} When it is something else; the message says what to do with the known ones.
 *
 * @example A list
 * ```ts
 * import { datasetForm } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".txt" });
 * assert.equal(datasetForm(path), "list");
 * await Deno.remove(path);
 * ```
 */
export function datasetForm(path: string): DatasetForm {
  if (Deno.statSync(path).isDirectory) {
    try {
      return Deno.statSync(`${path}/data.mdb`).isFile ? "lmdb" : "folder";
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "folder";
      throw error;
    }
  }
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  if (ending === "txt") return "list";
  if (ending === "lmdb" || ending === "mdb" || isLmdb(path)) return "lmdb";
  const advice: Record<string, string> = {
    bin: "it is a verification set: open it with openVerificationSet",
    xz: "it is a verification set: open it with openVerificationSet",
    npy: "a mask or features are given beside a data set",
    rec: "MXNet's record files are not read: unpack it with insightface's own rec2image script first",
  };
  throw new TypeError(
    `Cannot open data set "${path}": ${
      advice[ending] ?? "expected a folder of class folders, an LMDB file, or a .txt list of images"
    }`,
  );
}

/** Whether a file begins with LMDB's magic number. */
function isLmdb(path: string): boolean {
  using file = Deno.openSync(path);
  const head = new Uint8Array(20);
  return file.readSync(head) === 20 && new DataView(head.buffer).getUint32(16, true) === 0xbeefc0de;
}

/**
 * Opens an image folder, an LMDB file or folder, or a list of images, as a whole or through a mask.
 *
 * @param path Where it is.
 * @param options Mask, and the options of lists.
 * @returns The reader; through a mask, labels stay those of the whole.
 * @throws {Deno.errors.NotFound} When there is nothing.
 * @throws {TypeError} When it is no data set, or options of lists are given for another form.
 * @throws {RangeError} When the mask does not fit.
 * @throws {SyntaxError} When the file is damaged.
 *
 * @example A folder through a mask
 * ```ts
 * import { openDataset, openFolderWriter } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const dir = await Deno.makeTempDir();
 * const writer = await openFolderWriter(dir);
 * for (const label of [0, 1, 2]) await writer.write({ label, image: 0, bytes: Uint8Array.of(label) });
 * await writer.close();
 *
 * await using part = await openDataset(dir, { mask: [2, 1] });
 * assert.deepEqual([...part.labels], [2, 1]);
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function openDataset(path: string, options: OpenDatasetOptions = {}): Promise<DatasetReader> {
  const { mask, ...list } = options;
  const form = datasetForm(path);
  const given = Object.entries(list).filter(([, value]) => value !== undefined).map(([name]) => name);
  if (form !== "list" && given.length > 0) {
    throw new TypeError(`Cannot open "${path}" with ${given.join(" and ")}: that goes with a .txt list of images only`);
  }
  const whole = form === "folder"
    ? await openFolder(path)
    : form === "lmdb"
    ? await openLmdb(path)
    : openList(path, list);
  if (mask === undefined) return whole;
  try {
    return selectItems(whole, typeof mask === "string" ? readMask(mask, whole.length) : mask);
  } catch (error) {
    await whole.close();
    throw error;
  }
}
