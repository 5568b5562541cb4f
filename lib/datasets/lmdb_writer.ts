/**
 * Writes a training database: one LMDB file of data format 1.
 *
 * Layout: keys "0", "1", ... in ASCII, values [image, label] or [image, feature, label] in MessagePack, and
 * `__keys__`, `__len__`, `__classnum__`, as written by utils/imagelist2lmdb.py of
 * https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test and scripts/prepare_training_set.py of
 * https://github.com/HaiyuWu/Vec2Face . Deviations: items may come in any order, because a key can be the item's
 * place in the plan (`indexOf`); `__keys__` then lists those that are there. A writer that is killed leaves a
 * database that opens and holds whole records only; the next one goes on and brings the three keys up to date.
 */

import { assertPlace, assertRecord } from "./_assert.ts";
import { LmdbAppender } from "./_lmdb_appender.ts";
import { CLASSES_KEY, keyBytes, keyNumber, KEYS_KEY, LENGTH_KEY, numberedKeys, storedInteger } from "./_lmdb_keys.ts";
import { MsgpackReader, packArrayHead, packInteger } from "./_msgpack.ts";
import type { LmdbEntry } from "./_lmdb_tree.ts";
import { encodeRecord, readRecordHead } from "./_record.ts";
import type { DatasetRecord, DatasetWriter } from "./dataset.ts";

/** Options of `openLmdbWriter`. */
export interface LmdbWriterOptions {
  /**
   * Key of image `image` of class `label`: its place in the plan, for example `label * 50 + image`; different for
   * different items. When left out, items get the next number, and those of a class must come in order.
   */
  indexOf?: (label: number, image: number) => number;
  /** Whether records have a feature vector: three elements instead of two. @default false */
  features?: boolean;
  /** Records a transaction: how many a kill can lose. @default 64 */
  commitEvery?: number;
  /** Clock in milliseconds; with one, a record also ends its transaction when the last one ended too long ago. */
  now?: () => number;
  /** With a clock: how much work a kill can lose, in seconds, where records come slowly. @default 10 */
  commitSeconds?: number;
  /** Makes the folder form: `path` is a folder, the database its data.mdb (python-lmdb's subdir=True). @default false */
  subdir?: boolean;
}

/**
 * Opens an LMDB file for writing; an existing one is continued.
 *
 * @param path The file (other tools expect a name that ends in ".lmdb"), or a folder that holds data.mdb or is to hold
 * it. The folder it lies in must exist.
 * @param options Keys, layout and size of transactions.
 * @returns The writer. Records are on disk after each `commitEvery` of them and after `close()`.
 * @throws {Error} When another writer has the file open; several processes write a file each, for `copyDataset` to join.
 * @throws {SyntaxError} When the file exists and is no database of data format 1.
 * @throws {RangeError} When an option is outside its range, or the file holds records of the other layout.
 *
 * @example Two images of one person
 * ```ts
 * import { openLmdb, openLmdbWriter } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const dir = await Deno.makeTempDir();
 * const writer = await openLmdbWriter(`${dir}/faces.lmdb`, { indexOf: (label, image) => label * 2 + image });
 * await writer.write({ label: 0, image: 1, bytes: Uint8Array.of(2) });
 * await writer.write({ label: 0, image: 0, bytes: Uint8Array.of(1) });
 * await writer.close();
 *
 * const faces = await openLmdb(`${dir}/faces.lmdb`);
 * assert.equal(faces.length, 2);
 * assert.deepEqual([...(await faces.get(1)).bytes], [2]);
 * await faces.close();
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function openLmdbWriter(
  path: string,
  options: LmdbWriterOptions = {},
): Promise<DatasetWriter> {
  const { commitEvery = 64 } = options;
  if (!Number.isInteger(commitEvery) || commitEvery < 1) {
    throw new RangeError(
      `Cannot open LMDB file "${path}": commitEvery is ${commitEvery}, expected a positive integer`,
    );
  }
  const db = await LmdbAppender.open(await dataFile(path, options.subdir ?? false));
  try {
    return new LmdbWriter(path, db, options);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The file itself; makes the folder of the folder form. */
async function dataFile(path: string, subdir: boolean): Promise<string> {
  if (subdir) await Deno.mkdir(path, { recursive: true });
  try {
    return (await Deno.stat(path)).isDirectory ? `${path}/data.mdb` : path;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return path;
    throw error;
  }
}

class LmdbWriter implements DatasetWriter {
  readonly #path: string;
  readonly #db: LmdbAppender;
  readonly #features: boolean;
  readonly #commitEvery: number;
  readonly #indexOf: ((label: number, image: number) => number) | undefined;
  /** Images of each class so far, where keys are given in order. */
  readonly #counts = new Map<number, number>();
  readonly #now: (() => number) | undefined;
  readonly #commitMilliseconds: number;
  #committed: number;
  #pending = new Map<number, { label: number; value: Uint8Array }>();
  #next = 0;
  #classes: number;
  #closed = false;

  constructor(path: string, db: LmdbAppender, options: LmdbWriterOptions) {
    this.#path = path;
    this.#db = db;
    this.#features = options.features ?? false;
    this.#commitEvery = options.commitEvery ?? 64;
    this.#indexOf = options.indexOf;
    this.#now = options.now;
    this.#commitMilliseconds = 1000 * (options.commitSeconds ?? 10);
    this.#committed = this.#now?.() ?? 0;
    const first = firstItem(db);
    if (
      first &&
      readRecordHead(first, `a record of "${path}"`).hasFeature !==
        this.#features
    ) {
      throw new RangeError(
        `Cannot continue LMDB file "${path}": its records are ${this.#features ? "without" : "with"} features; ` +
          `set features to ${!this.#features}, or write another file`,
      );
    }
    this.#classes = storedInteger(db, CLASSES_KEY) ?? 0;
    if (!this.#indexOf && first) this.#countItems();
  }

  write(record: DatasetRecord): Promise<void> {
    return Promise.try(() => {
      this.#assertOpen();
      assertRecord(record, `"${this.#path}"`);
      if (
        this.#features &&
        !(record.feature instanceof Float32Array && record.feature.length > 0)
      ) {
        throw new TypeError(
          `Cannot write to "${this.#path}": image ${record.image} of class ${record.label} has no feature, ` +
            "expected a Float32Array as the database's layout has features",
        );
      }
      const index = this.#indexOf
        ? this.#plannedIndex(record.label, record.image)
        : this.#nextIndex(record.label, record.image);
      this.#pending.set(index, {
        label: record.label,
        value: encodeRecord(record, this.#features),
      });
      if (this.#pending.size >= this.#commitEvery || this.#isLate()) this.#commit();
    });
  }

  has(label: number, image: number): Promise<boolean> {
    return Promise.try(() => {
      this.#assertOpen();
      assertPlace(label, image, `look into "${this.#path}"`);
      if (!this.#indexOf) return image < (this.#counts.get(label) ?? 0);
      const index = this.#plannedIndex(label, image);
      const value = this.#pending.get(index)?.value ??
        this.#db.get(keyBytes(String(index)));
      if (!value) return false;
      const head = readRecordHead(value, `record ${index} of "${this.#path}"`);
      if (head.label !== label) {
        throw new RangeError(
          `Cannot continue LMDB file "${this.#path}": record ${index} is of class ${head.label}, ` +
            `indexOf(${label}, ${image}) expects class ${label}; the plan is not the one it was begun with`,
        );
      }
      return true;
    });
  }

  close(): Promise<void> {
    return Promise.try(() => {
      if (this.#closed) return;
      this.#closed = true;
      try {
        this.#commit();
        this.#describe();
      } finally {
        this.#db.close();
      }
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #assertOpen(): void {
    if (this.#closed) {
      throw new TypeError(`Cannot use LMDB file "${this.#path}": it is closed`);
    }
  }

  #plannedIndex(label: number, image: number): number {
    const index = this.#indexOf!(label, image);
    if (!Number.isInteger(index) || index < 0 || index > 0xffffffff) {
      throw new RangeError(
        `Cannot use LMDB file "${this.#path}": indexOf(${label}, ${image}) is ${index}, expected an integer in 0..4294967295`,
      );
    }
    return index;
  }

  #nextIndex(label: number, image: number): number {
    const count = this.#counts.get(label) ?? 0;
    if (image !== count) {
      throw new RangeError(
        `Cannot write to "${this.#path}": image ${image} of class ${label} came, image ${count} is next; ` +
          "give indexOf to write in any order",
      );
    }
    this.#counts.set(label, count + 1);
    return this.#next++;
  }

  #isLate(): boolean {
    return this.#now !== undefined && this.#now() - this.#committed >= this.#commitMilliseconds;
  }

  /** Writes what is pending, all or nothing. */
  #commit(): void {
    this.#committed = this.#now?.() ?? 0;
    if (this.#pending.size === 0) return;
    let classes = this.#classes;
    const entries: LmdbEntry[] = [];
    for (const [index, { label, value }] of this.#pending) {
      entries.push([keyBytes(String(index)), value]);
      classes = Math.max(classes, label + 1);
    }
    // With every transaction, so that after a kill no label has to be read again.
    if (classes !== this.#classes) {
      entries.push([CLASSES_KEY, packInteger(classes)]);
    }
    this.#db.put(entries);
    this.#classes = classes;
    this.#pending = new Map();
  }

  /** Writes the keys that describe the database, unless they are right already. */
  #describe(): void {
    const indices = numberedKeys(this.#db);
    const stored = this.#db.get(KEYS_KEY);
    if (
      stored && storedInteger(this.#db, LENGTH_KEY) === indices.length &&
      new MsgpackReader(stored, `__keys__ of "${this.#db.path}"`).array() === indices.length
    ) return;
    this.#db.put([
      [KEYS_KEY, packKeys(indices)],
      [LENGTH_KEY, packInteger(indices.length)],
      [CLASSES_KEY, packInteger(this.#classes)],
    ]);
  }

  /** Learns from the records how many images each class has. */
  #countItems(): void {
    let classes = 0;
    for (const index of numberedKeys(this.#db)) {
      const value = this.#db.get(keyBytes(String(index)))!;
      const { label } = readRecordHead(
        value,
        `record ${index} of "${this.#path}"`,
      );
      this.#counts.set(label, (this.#counts.get(label) ?? 0) + 1);
      this.#next = index + 1;
      classes = Math.max(classes, label + 1);
    }
    this.#classes = Math.max(this.#classes, classes);
  }
}

/** The list of keys, in one piece of memory: a million small arrays would take a hundred times as much. */
function packKeys(indices: Float64Array): Uint8Array {
  const head = packArrayHead(indices.length);
  const out = new Uint8Array(indices.reduce((sum, index) => sum + 2 + String(index).length, head.length));
  out.set(head);
  let at = head.length;
  for (const index of indices) {
    const digits = String(index);
    out[at++] = 0xc4; // bin of up to 255 bytes
    out[at++] = digits.length;
    for (let i = 0; i < digits.length; i++) out[at++] = digits.charCodeAt(i);
  }
  return out;
}

function firstItem(db: LmdbAppender): Uint8Array | undefined {
  for (const key of db.keys()) { // digits come before "_"
    return keyNumber(key) === undefined ? undefined : db.get(key);
  }
  return undefined;
}
