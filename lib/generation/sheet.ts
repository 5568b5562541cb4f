/**
 * A contact sheet of a data set: one row for each of the first identities.
 */
import { join } from "node:path";
import { type DatasetItem, openLmdb } from "@/datasets/mod.ts";
import { contactSheet, decodeImage, filled, type Pixels } from "@/images/mod.ts";
import type { DatasetPaths } from "./dataset_files.ts";
import type { Recipe } from "./recipe.ts";

/** Options of {@link datasetSheet}. */
export interface DatasetSheetOptions {
  /** Most identities shown. @default {10} */
  readonly rows?: number;
  /** Most images of each shown. @default {10} */
  readonly columns?: number;
}

/**
 * Draws the sheet from the images as they are stored; images that are not there yet are left blank.
 *
 * Requires `--allow-read` permission, and `--allow-ffi` for LMDB.
 *
 * @param paths Where the data set is.
 * @param recipe Its recipe.
 * @param options Size of the sheet.
 * @returns The sheet, or undefined when none of these images is there.
 *
 * @example Nothing to show
 * ```ts
 * import { datasetPaths, datasetSheet, type Recipe } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const recipe = { identities: { count: 2 }, images: 3, output: { format: "folder" } } as Recipe;
 * assert.equal(await datasetSheet(datasetPaths("no such folder", "faces", "folder"), recipe), undefined);
 * ```
 */
export async function datasetSheet(
  paths: DatasetPaths,
  recipe: Recipe,
  options: DatasetSheetOptions = {},
): Promise<Pixels | undefined> {
  const rows = Math.min(options.rows ?? 10, recipe.identities.count);
  const columns = Math.min(options.columns ?? 10, recipe.images);
  const first = recipe.identities.firstLabel ?? 0;
  const items = recipe.output.format === "folder"
    ? folderItems(paths.data, first, rows, columns)
    : lmdbItems(paths.data, first);
  const cells = new Map<number, Pixels>(); // row * columns + column -> image
  let [label, column] = [-1, 0];
  for await (const item of items) {
    [label, column] = item.label === label ? [label, column + 1] : [item.label, 0];
    if (label >= rows) break;
    if (column < columns) {
      cells.set(label * columns + column, await decodeImage(item.bytes));
    }
  }
  const shown = cells.values().next().value;
  if (shown === undefined) return undefined;
  const blank = filled(shown.width, shown.height, [255, 255, 255]);
  const images = Array.from(
    { length: rows * columns },
    (_, i) => cells.get(i) ?? blank,
  );
  return contactSheet(images, { columns });
}

async function* folderItems(
  directory: string,
  first: number,
  rows: number,
  columns: number,
): AsyncGenerator<DatasetItem> {
  for (let label = 0; label < rows; label++) {
    for (let image = 0; image < columns; image++) {
      const file = join(
        directory,
        String(first + label).padStart(6, "0"),
        `${String(image).padStart(3, "0")}.jpg`,
      );
      try {
        const bytes = await Deno.readFile(file);
        if (bytes.length > 0) yield { label, bytes };
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }
}

async function* lmdbItems(path: string, first: number): AsyncGenerator<DatasetItem> {
  await using reader = await openLmdb(path);
  for await (const item of reader) yield { ...item, label: item.label - first };
}
