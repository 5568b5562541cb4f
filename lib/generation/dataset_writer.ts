/**
 * The writer that fits a recipe.
 */
import { type DatasetWriter, openFolderWriter, openLmdbWriter } from "@/datasets/mod.ts";
import type { DatasetPaths } from "./dataset_files.ts";
import type { Recipe } from "./recipe.ts";

/** Options of {@link openDatasetWriter}. */
export interface DatasetWriterOptions {
  /** Clock in milliseconds, so that a kill loses little work in LMDB where images take long; see `openLmdbWriter`. */
  readonly now?: () => number;
}

/**
 * Opens the data set of a recipe for writing; what is there is continued. Several processes may write
 * to one folder at once; an LMDB file has one writer at a time.
 *
 * In LMDB, image j of identity i of K images each has the key i K + j, whichever process writes it.
 *
 * Requires `--allow-read` and `--allow-write` permission, and `--allow-ffi` for LMDB.
 *
 * @param paths Where, see `datasetPaths`.
 * @param recipe What is written there.
 * @param options The clock.
 * @returns The writer; close it.
 *
 * @example A folder
 * ```ts
 * import { datasetPaths, openDatasetWriter, type Recipe } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const directory = await Deno.makeTempDir();
 * const recipe = { images: 5, output: { format: "folder" } } as Recipe;
 * const writer = await openDatasetWriter(datasetPaths(directory, "faces", "folder"), recipe);
 * await writer.write({ label: 3, image: 2, bytes: Uint8Array.of(1) });
 * await writer.close();
 * assert.ok(await Deno.stat(`${directory}/faces/000003/002.jpg`));
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export function openDatasetWriter(
  paths: DatasetPaths,
  recipe: Recipe,
  options: DatasetWriterOptions = {},
): Promise<DatasetWriter> {
  if (recipe.output.format === "folder") return openFolderWriter(paths.data);
  const first = recipe.identities?.firstLabel ?? 0;
  return openLmdbWriter(paths.data, {
    indexOf: (label, image) => (label - first) * recipe.images + image,
    ...options,
  });
}
