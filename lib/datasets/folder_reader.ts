/**
 * Reads a folder of image files with one folder for each class, as torchvision's ImageFolder does
 * (https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.ImageFolder.html).
 *
 * Deviations: folders named by numbers only have these numbers as labels, so a data set with gaps keeps its labels;
 * names of digits are sorted as numbers; hidden files and folders, empty files and files that are no images by
 * their ending are left out.
 */

import { assertIndex } from "./_assert.ts";
import type { DatasetItem, DatasetReader } from "./dataset.ts";

const IMAGE = /\.(jpe?g|png|webp)$/i;

/** A folder of images open for reading. */
export interface FolderReader extends DatasetReader {
  /** Names of the class folders, in the order of their labels. */
  readonly classNames: readonly string[];

  /**
   * Path of an item's file.
   *
   * @param index Which one, 0..length-1.
   * @returns The path, below the folder as it was given.
   * @throws {RangeError} When `index` is outside its range.
   */
  path(index: number): string;
}

/**
 * Opens a folder of images for reading; lists it once, reads files as they are asked for.
 *
 * @param dir The folder that holds the class folders.
 * @returns The reader; items are sorted by class, then by file name.
 * @throws {Deno.errors.NotFound} When there is no such folder.
 * @throws {RangeError} When there is no image in it.
 *
 * @example What was written
 * ```ts
 * import { openFolder, openFolderWriter } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const dir = await Deno.makeTempDir();
 * const writer = await openFolderWriter(dir);
 * for (const image of [1, 0]) await writer.write({ label: 7, image, bytes: Uint8Array.of(image) });
 * await writer.close();
 *
 * const reader = await openFolder(dir);
 * assert.deepEqual([...reader.labels], [7, 7]);
 * assert.deepEqual([...(await reader.get(1)).bytes], [1]);
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function openFolder(dir: string): Promise<FolderReader> {
  const folders: string[] = [];
  for await (const entry of Deno.readDir(dir)) {
    const isFolder = entry.isDirectory ||
      (entry.isSymlink &&
        (await Deno.stat(`${dir}/${entry.name}`)).isDirectory);
    if (isFolder && !entry.name.startsWith(".")) folders.push(entry.name);
  }
  folders.sort(byNumberThenName);
  const numbered = folders.every((name) => /^\d{1,9}$/.test(name)) &&
    new Set(folders.map(Number)).size === folders.length;
  const files: string[] = [];
  const labels: number[] = [];
  for (const [position, folder] of folders.entries()) {
    const names: string[] = [];
    for await (const entry of Deno.readDir(`${dir}/${folder}`)) {
      if (
        !entry.isDirectory && !entry.name.startsWith(".") &&
        IMAGE.test(entry.name)
      ) names.push(entry.name);
    }
    names.sort(byNumberThenName);
    for (const name of names) {
      files.push(`${folder}/${name}`);
      labels.push(numbered ? Number(folder) : position);
    }
  }
  if (files.length === 0) {
    throw new RangeError(
      `Cannot open folder "${dir}": no images in it, expected <class>/<image>.jpg (or .png, .webp)`,
    );
  }
  return new OpenFolder(dir, folders, files, Int32Array.from(labels));
}

class OpenFolder implements FolderReader {
  readonly length: number;
  readonly labels: Int32Array;
  readonly classNames: readonly string[];
  readonly #dir: string;
  readonly #files: readonly string[];

  constructor(
    dir: string,
    classNames: string[],
    files: string[],
    labels: Int32Array,
  ) {
    this.#dir = dir;
    this.#files = files;
    this.classNames = classNames;
    this.labels = labels;
    this.length = files.length;
  }

  path(index: number): string {
    assertIndex(index, this.length, `"${this.#dir}"`);
    return `${this.#dir}/${this.#files[index]}`;
  }

  async get(index: number): Promise<DatasetItem> {
    const path = this.path(index);
    const bytes = await Deno.readFile(path);
    if (bytes.length === 0) {
      throw new SyntaxError(
        `Cannot read "${path}": the file is empty; write it again`,
      );
    }
    return { label: this.labels[index]!, bytes };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DatasetItem> {
    for (let index = 0; index < this.length; index++) {
      yield await this.get(index);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function byNumberThenName(a: string, b: string): number {
  const [x, y] = [a, b].map((name) => /^\d+/.test(name) ? parseInt(name, 10) : NaN) as [number, number];
  if (x !== y && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}
