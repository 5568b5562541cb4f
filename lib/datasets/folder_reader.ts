/**
 * Reads a folder of image files with one folder for each class, as torchvision's ImageFolder does
 * (https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.ImageFolder.html).
 *
 * Deviations: folders named by numbers only have these numbers as labels, so a data set with gaps keeps its labels;
 * names of digits are sorted as numbers; hidden files and folders are passed over; files that are no images by their
 * ending, folders in class folders and empty class folders are left out and listed.
 */

import { assertIndex, classCount } from "./_assert.ts";
import type { DatasetItem, DatasetReader, LeftOut } from "./dataset.ts";

/** Options of `openFolder`. */
export interface FolderReaderOptions {
  /** Endings of the files that are items, without a dot. @default ["jpg", "jpeg", "png", "webp"] */
  endings?: readonly string[];
}

/** A folder of images open for reading. */
export interface FolderReader extends DatasetReader {
  /** Names of the class folders, in the order of their labels. */
  readonly classNames: readonly string[];

  /** What is in the folder and not in the data set: other files, deeper folders, classes without images. */
  readonly leftOut: readonly LeftOut[];

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
 * @param options Which files are items.
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
export async function openFolder(dir: string, options: FolderReaderOptions = {}): Promise<FolderReader> {
  const { endings = ["jpg", "jpeg", "png", "webp"] } = options;
  const isItem = (name: string) => endings.includes(/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? "");
  const folders: string[] = [];
  const leftOut: LeftOut[] = [];
  for await (const entry of Deno.readDir(dir)) {
    if (entry.name.startsWith(".")) continue;
    const isFolder = entry.isDirectory ||
      (entry.isSymlink &&
        (await Deno.stat(`${dir}/${entry.name}`)).isDirectory);
    if (isFolder) folders.push(entry.name);
    else leftOut.push({ name: entry.name, reason: "it is not in a class folder" });
  }
  folders.sort(byNumberThenName);
  const numbered = folders.every((name) => /^\d{1,9}$/.test(name)) &&
    new Set(folders.map(Number)).size === folders.length;
  const files: string[] = [];
  const labels: number[] = [];
  for (const [position, folder] of folders.entries()) {
    const names: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(`${dir}/${folder}`)) {
      if (name.startsWith(".")) continue;
      if (!isDirectory && isItem(name)) names.push(name);
      else {
        const reason = isDirectory ? "it is a folder in a class folder" : "its name is not that of an image";
        leftOut.push({ name: `${folder}/${name}`, reason });
      }
    }
    if (names.length === 0) leftOut.push({ name: folder, reason: "the class has no image" });
    names.sort(byNumberThenName);
    for (const name of names) {
      files.push(`${folder}/${name}`);
      labels.push(numbered ? Number(folder) : position);
    }
  }
  if (files.length === 0) {
    throw new RangeError(
      `Cannot open folder "${dir}": no images in it, expected <class>/<file> with .${endings.join(", .")}`,
    );
  }
  const classLabels = numbered ? folders.map(Number) : folders.map((_, i) => i);
  return new OpenFolder(dir, folders, files, Int32Array.from(labels), classLabels, leftOut);
}

class OpenFolder implements FolderReader {
  readonly length: number;
  readonly labels: Int32Array;
  readonly classes: number;
  readonly classNames: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly #dir: string;
  readonly #files: readonly string[];
  readonly #names: ReadonlyMap<number, string>;

  constructor(
    dir: string,
    classNames: string[],
    files: string[],
    labels: Int32Array,
    classLabels: number[],
    leftOut: LeftOut[],
  ) {
    this.#dir = dir;
    this.#files = files;
    this.#names = new Map(classLabels.map((label, i) => [label, classNames[i]!]));
    this.classNames = classNames;
    this.leftOut = leftOut;
    this.labels = labels;
    this.classes = classCount(labels);
    this.length = files.length;
  }

  className(label: number): string {
    return this.#names.get(label) ?? String(label);
  }

  itemName(index: number): string {
    assertIndex(index, this.length, `"${this.#dir}"`);
    return this.#files[index]!;
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
