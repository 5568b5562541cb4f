/**
 * A data set in memory: for tests, notebooks, and images that were just made.
 */

import { assertIndex, assertRecord, classCount } from "./_assert.ts";
import type { DatasetItem, DatasetReader } from "./dataset.ts";

/** Options of `arrayDataset`. */
export interface ArrayDatasetOptions {
  /** What to call it in messages. @default "the data set in memory" */
  name?: string;
  /** Names of classes by their label. */
  classNames?: readonly string[];
}

/**
 * Makes a data set of items in memory.
 *
 * @param items The items; looked at, not copied.
 * @param options Names.
 * @returns The reader.
 * @throws {TypeError} When an item has no bytes.
 * @throws {RangeError} When a label is outside its range.
 *
 * @example Two images of one person
 * ```ts
 * import { arrayDataset } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const faces = arrayDataset([1, 2].map((byte) => ({ label: 0, bytes: Uint8Array.of(byte) })), { classNames: ["Ada"] });
 * assert.deepEqual([faces.length, faces.classes, faces.className(0)], [2, 1, "Ada"]);
 * assert.deepEqual((await faces.get(1)).bytes, Uint8Array.of(2));
 * ```
 */
export function arrayDataset(items: readonly DatasetItem[], options: ArrayDatasetOptions = {}): DatasetReader {
  const { name = "the data set in memory", classNames = [] } = options;
  items.forEach((item, image) => assertRecord({ ...item, image }, name));
  return new ArrayDataset(items, name, classNames);
}

class ArrayDataset implements DatasetReader {
  readonly length: number;
  readonly labels: Int32Array;
  readonly classes: number;
  readonly #items: readonly DatasetItem[];
  readonly #name: string;
  readonly #classNames: readonly string[];

  constructor(items: readonly DatasetItem[], name: string, classNames: readonly string[]) {
    this.#items = items;
    this.#name = name;
    this.#classNames = classNames;
    this.length = items.length;
    this.labels = Int32Array.from(items, ({ label }) => label);
    this.classes = classCount(this.labels);
  }

  className(label: number): string {
    return this.#classNames[label] ?? String(label);
  }

  itemName(index: number): string {
    assertIndex(index, this.length, this.#name);
    return String(index);
  }

  get(index: number): Promise<DatasetItem> {
    return Promise.try(() => {
      assertIndex(index, this.length, this.#name);
      return this.#items[index]!;
    });
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
