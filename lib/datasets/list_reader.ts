/**
 * Reads images that text files list, as the reference's scripts take them.
 *
 * An image list has one path a line; its class is the folder that it lies in, or a number behind the path. With a label
 * file or a list of features, both lists are sorted first, as scripts/prepare_training_set.py of
 * https://github.com/HaiyuWu/Vec2Face sorts them before it reads labels line by line. Deviations: relative paths are
 * below the list's folder and not below the working directory; classes need not lie together in the list, where
 * utils/imagelist2lmdb.py of https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test mixes the labels up.
 */

import { basename, extname } from "node:path";
import { assertIndex, classCount } from "./_assert.ts";
import { featureFromBytes } from "./_feature_bytes.ts";
import { comparePaths, type ListLine, readLabelList, readPathList } from "./_list_lines.ts";
import type { DatasetItem, DatasetReader } from "./dataset.ts";

/** Options of `openList`. */
export interface ListOptions {
  /** Folder that relative paths are below. @default the folder of each list */
  root?: string;
  /** File of labels, one a line, for the sorted list. */
  labels?: string;
  /** List of .npy files with a feature each, of the same names as the images. */
  features?: string;
}

/**
 * Opens a list of image files for reading.
 *
 * @param list The text file, one path a line, optionally with a label behind it.
 * @param options Root, labels and features.
 * @returns The reader; items come in the order of the list, sorted by path where labels or features are given.
 * @throws {Deno.errors.NotFound} When there is no such list; a missing image is told by `get`.
 * @throws {SyntaxError} When a line is no path or no label, climbs out by "..", or only some lines have labels.
 * @throws {RangeError} When the lists differ in length, or the files of an image and its feature in name.
 *
 * @example Labels by folder, in the order of the list
 * ```ts
 * import { openList } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const dir = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${dir}/faces.txt`, "ada/1.jpg\nbob/1.jpg\nada/2.jpg\n");
 * await using faces = openList(`${dir}/faces.txt`);
 * assert.deepEqual([...faces.labels], [0, 1, 0]);
 * assert.equal(faces.className(1), "bob");
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export function openList(list: string, options: ListOptions = {}): DatasetReader {
  const { root, labels, features } = options;
  const images = readPathList(list, root);
  const vectors = features === undefined ? undefined : readPathList(features, root);
  if (labels !== undefined || vectors !== undefined) {
    for (const lines of [images, vectors]) lines?.sort((a, b) => comparePaths(a.text, b.text));
  }
  if (vectors !== undefined) checkNames(list, images, vectors);
  if (labels === undefined) return new OpenList(list, images, ...labelsOf(list, images), vectors);
  const numbers = readLabelList(labels);
  if (numbers.length !== images.length) {
    throw new RangeError(
      `Cannot open list "${list}": it has ${images.length} images, "${labels}" has ${numbers.length} labels`,
    );
  }
  return new OpenList(list, images, numbers, new Map(), vectors);
}

function checkNames(list: string, images: readonly ListLine[], vectors: readonly ListLine[]): void {
  const stem = (line: ListLine | undefined) => line && basename(line.text, extname(line.text));
  const wrong = images.findIndex((image, i) => stem(image) !== stem(vectors[i]));
  if (images.length === vectors.length && wrong === -1) return;
  const where = wrong === -1 ? "" : `; sorted, "${images[wrong]!.text}" meets "${vectors[wrong]?.text}"`;
  throw new RangeError(
    `Cannot open list "${list}": it has ${images.length} images and ${vectors.length} features, ` +
      `expected as many, of the same names${where}`,
  );
}

/** Labels behind the paths, or numbers of the folders in order of appearance with their names. */
function labelsOf(list: string, lines: readonly ListLine[]): [Int32Array, Map<number, string>] {
  const given = lines.filter(({ label }) => label !== undefined).length;
  if (given > 0 && given < lines.length) {
    throw new SyntaxError(`Cannot read list "${list}": ${given} of ${lines.length} lines have a label, expected all`);
  }
  if (given > 0) return [Int32Array.from(lines, ({ label }) => label!), new Map()];
  const numbers = new Map<string, number>();
  const labels = Int32Array.from(lines, ({ folder }) => {
    const known = numbers.get(folder);
    if (known === undefined) numbers.set(folder, numbers.size);
    return known ?? numbers.size - 1;
  });
  return [labels, new Map([...numbers].map(([name, label]) => [label, name]))];
}

class OpenList implements DatasetReader {
  readonly length: number;
  readonly labels: Int32Array;
  readonly classes: number;
  readonly #list: string;
  readonly #images: readonly ListLine[];
  readonly #names: ReadonlyMap<number, string>;
  readonly #vectors: readonly ListLine[] | undefined;

  constructor(
    list: string,
    images: readonly ListLine[],
    labels: Int32Array,
    names: ReadonlyMap<number, string>,
    vectors: readonly ListLine[] | undefined,
  ) {
    this.#list = list;
    this.#images = images;
    this.#names = names;
    this.#vectors = vectors;
    this.labels = labels;
    this.classes = classCount(labels);
    this.length = images.length;
  }

  className(label: number): string {
    return this.#names.get(label) ?? String(label);
  }

  itemName(index: number): string {
    assertIndex(index, this.length, `"${this.#list}"`);
    return this.#images[index]!.text;
  }

  async get(index: number): Promise<DatasetItem> {
    assertIndex(index, this.length, `"${this.#list}"`);
    const { path } = this.#images[index]!, label = this.labels[index]!;
    const bytes = await Deno.readFile(path);
    if (bytes.length === 0) throw new SyntaxError(`Cannot read "${path}": the file is empty`);
    const vector = this.#vectors?.[index]?.path;
    if (vector === undefined) return { label, bytes };
    return { label, bytes, feature: featureFromBytes(await Deno.readFile(vector), `"${vector}"`) };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DatasetItem> {
    for (let index = 0; index < this.length; index++) yield await this.get(index);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
