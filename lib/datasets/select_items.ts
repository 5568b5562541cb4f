/**
 * A data set that is a part of another: some of its items, in an order of their own.
 */

import { assertIndex, classCount } from "./_assert.ts";
import type { DatasetItem, DatasetReader } from "./dataset.ts";

/** Options of `selectItems`. */
export interface SelectOptions {
  /** Gives classes the labels 0, 1, ... in order of appearance; otherwise they keep theirs. @default false */
  relabel?: boolean;
}

/**
 * Looks at some items of a data set as a data set; nothing is copied.
 *
 * @param dataset The whole; closing the part closes it.
 * @param indices Which items, in which order; an index may come twice.
 * @param options Labels.
 * @returns The part.
 * @throws {RangeError} When an index is not in the data set.
 *
 * @example The last item first
 * ```ts
 * import { arrayDataset, selectItems } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const whole = arrayDataset([5, 7, 7].map((label) => ({ label, bytes: Uint8Array.of(label) })));
 * const part = selectItems(whole, [2, 0], { relabel: true });
 * assert.deepEqual([...part.labels], [0, 1]);
 * assert.deepEqual((await part.get(0)).bytes, Uint8Array.of(7));
 * ```
 */
export function selectItems(
  dataset: DatasetReader,
  indices: ArrayLike<number>,
  options: SelectOptions = {},
): DatasetReader {
  const chosen = Int32Array.from(indices);
  for (let i = 0; i < chosen.length; i++) {
    if (!(indices[i]! >= 0 && indices[i]! < dataset.length && chosen[i] === indices[i])) {
      throw new RangeError(
        `Cannot select items: index ${i} is ${indices[i]}, expected an integer in 0..${dataset.length - 1}`,
      );
    }
  }
  return new SelectedItems(dataset, chosen, options.relabel ?? false);
}

class SelectedItems implements DatasetReader {
  readonly length: number;
  readonly #whole: DatasetReader;
  readonly #indices: Int32Array;
  readonly #relabel: boolean;
  #labels: Int32Array | undefined;
  /** Labels of the whole in the order of the new ones. */
  #old: number[] = [];

  constructor(whole: DatasetReader, indices: Int32Array, relabel: boolean) {
    this.#whole = whole;
    this.#indices = indices;
    this.#relabel = relabel;
    this.length = indices.length;
  }

  get labels(): Int32Array {
    if (this.#labels !== undefined) return this.#labels;
    const { labels } = this.#whole;
    const kept = this.#indices.map((index) => labels[index]!);
    if (!this.#relabel) return this.#labels = kept;
    const numbers = new Map<number, number>();
    for (const label of kept) if (!numbers.has(label)) numbers.set(label, numbers.size);
    this.#old = [...numbers.keys()];
    return this.#labels = kept.map((label) => numbers.get(label)!);
  }

  get classes(): number {
    return this.#relabel ? classCount(this.labels) : this.#whole.classes;
  }

  className(label: number): string {
    if (!this.#relabel) return this.#whole.className(label);
    void this.labels; // finds the old labels
    const old = this.#old[label];
    return old === undefined ? String(label) : this.#whole.className(old);
  }

  itemName(index: number): string {
    return this.#whole.itemName(this.#at(index));
  }

  async get(index: number): Promise<DatasetItem> {
    const item = await this.#whole.get(this.#at(index));
    return this.#relabel ? { ...item, label: this.labels[index]! } : item;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DatasetItem> {
    for (let index = 0; index < this.length; index++) yield await this.get(index);
  }

  close(): Promise<void> {
    return this.#whole.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #at(index: number): number {
    assertIndex(index, this.length, "a part of a data set");
    return this.#indices[index]!;
  }
}
