/** What tells a data set from another without reading its images. */
import { createHash } from "node:crypto";
import type { DatasetReader } from "@/datasets/mod.ts";

/** Hash of the names of all items. */
export function namesHash(dataset: Pick<DatasetReader, "length" | "itemName">): string {
  const hash = createHash("sha256");
  for (let index = 0; index < dataset.length; index++) hash.update(`${dataset.itemName(index)}\n`);
  return hash.digest("hex");
}

/**
 * Size and time of a file; of a folder those of all folders below it, which change when an image in them is replaced by
 * renaming, as every writer here does.
 */
export async function sourceStamp(path: string): Promise<string> {
  const { isDirectory, size, mtime } = await Deno.stat(path);
  const hash = createHash("sha256").update(`${size} ${mtime?.getTime()}`);
  if (isDirectory) {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(path)) names.push(name);
    for (const name of names.sort()) {
      const below = await Deno.stat(`${path}/${name}`);
      hash.update(`${name} ${below.size} ${below.mtime?.getTime()}\n`);
    }
  }
  return hash.digest("hex");
}
