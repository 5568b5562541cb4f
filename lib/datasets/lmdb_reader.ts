/**
 * Reads a training database: an LMDB file (or folder) of data format 1 in either record layout.
 *
 * See lmdb_writer.ts for the layout. Deviation from the reference's readers: when `__keys__` or `__len__` are missing
 * or behind, as after a writer was killed, the items are counted instead of refused.
 */

import { assertIndex, classCount } from "./_assert.ts";
import { type LmdbFile, openLmdbFile } from "./_lmdb_file.ts";
import {
  CLASSES_KEY,
  keyBytes,
  keyNumber,
  KEYS_KEY,
  keyText,
  LENGTH_KEY,
  numberedKeys,
  passingKey,
  storedInteger,
} from "./_lmdb_keys.ts";
import { MsgpackReader } from "./_msgpack.ts";
import { decodeRecord, readRecordHead } from "./_record.ts";
import type { DatasetItem, DatasetReader } from "./dataset.ts";

/**
 * An LMDB training database open for reading; its `labels` are read from all records on first use, its `classes` only
 * where the database does not state them.
 */
export interface LmdbReader extends DatasetReader {
  /** Whether records have a feature vector (of the first record; true of all that this project writes). */
  readonly hasFeatures: boolean;
}

/**
 * Opens an LMDB training database for reading.
 *
 * @param path The file, or the folder that holds data.mdb.
 * @returns The reader; items come in the order of `__keys__`, in numeric order where that is missing.
 * @throws {SyntaxError} When it is no database of data format 1 or is cut short.
 * @throws {Deno.errors.NotFound} When there is no such file.
 *
 * @example Labels without decoding images
 * ```ts
 * import { openLmdb, openLmdbWriter } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const dir = await Deno.makeTempDir();
 * const writer = await openLmdbWriter(`${dir}/a.lmdb`);
 * await writer.write({ label: 0, image: 0, bytes: Uint8Array.of(9) });
 * await writer.write({ label: 4, image: 0, bytes: Uint8Array.of(8) });
 * await writer.close();
 *
 * const reader = await openLmdb(`${dir}/a.lmdb`);
 * assert.deepEqual([...reader.labels], [0, 4]);
 * await reader.close();
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export function openLmdb(path: string): Promise<LmdbReader> {
  return Promise.try(() => {
    const db = openLmdbFile(path);
    try {
      return new OpenLmdb(path, db, itemKeys(db));
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Where items lie: 0..n-1, numbers with gaps, or any text. */
type Keys = number | Float64Array | string[];

class OpenLmdb implements LmdbReader {
  readonly length: number;
  readonly #path: string;
  readonly #db: LmdbFile;
  readonly #keys: Keys;
  #labels: Int32Array | undefined;
  #closed = false;

  constructor(path: string, db: LmdbFile, keys: Keys) {
    this.#path = path;
    this.#db = db;
    this.#keys = keys;
    this.length = typeof keys === "number" ? keys : keys.length;
  }

  get classes(): number {
    this.#assertOpen();
    return storedInteger(this.#db, CLASSES_KEY) ?? classCount(this.labels);
  }

  get hasFeatures(): boolean {
    this.#assertOpen();
    return this.length > 0 && readRecordHead(this.#view(0), this.#name(0)).hasFeature;
  }

  className(label: number): string {
    return String(label);
  }

  itemName(index: number): string {
    assertIndex(index, this.length, `"${this.#path}"`);
    return this.#key(index);
  }

  get labels(): Int32Array {
    this.#assertOpen();
    return this.#labels ??= Int32Array.from(
      { length: this.length },
      (_, index) => readRecordHead(this.#view(index), this.#name(index)).label,
    );
  }

  get(index: number): Promise<DatasetItem> {
    return Promise.try(() => {
      this.#assertOpen();
      assertIndex(index, this.length, `"${this.#path}"`);
      return this.#item(index);
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DatasetItem> {
    for (let index = 0; index < this.length; index++) {
      this.#assertOpen();
      yield this.#item(index);
    }
  }

  close(): Promise<void> {
    if (!this.#closed) this.#db.close();
    this.#closed = true;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #assertOpen(): void {
    if (this.#closed) {
      throw new TypeError(`Cannot read from "${this.#path}": it is closed`);
    }
  }

  #key(index: number): string {
    return typeof this.#keys === "number" ? String(index) : String(this.#keys[index]);
  }

  #name(index: number): string {
    return `record ${this.#key(index)} of "${this.#path}"`;
  }

  #item(index: number): DatasetItem {
    return decodeRecord(this.#view(index), this.#name(index));
  }

  /** A record's bytes, valid until the next one's are asked for. */
  #view(index: number): Uint8Array {
    const value = this.#db.view(passingKey(this.#key(index)));
    if (!value) {
      throw new SyntaxError(
        `Cannot read ${this.#name(index)}: __keys__ lists it, but it is not there`,
      );
    }
    return value;
  }
}

/** The keys that `__keys__` lists if it is up to date, otherwise those that are there. */
function itemKeys(db: LmdbFile): Keys {
  const length = storedInteger(db, LENGTH_KEY);
  const stored = db.get(KEYS_KEY);
  const described = [LENGTH_KEY, KEYS_KEY, CLASSES_KEY].filter((key) => db.get(key)).length;
  if (
    stored && length !== undefined &&
    db.meta.main.entries === length + described
  ) {
    const keys = describedKeys(stored, length, `__keys__ of "${db.path}"`);
    if (keys !== undefined) return keys;
  }
  const numbers = numberedKeys(db);
  if (numbers.length === 0 && db.meta.main.entries > described) {
    throw new SyntaxError(
      `Cannot read LMDB file "${db.path}": it has ${db.meta.main.entries - described} records whose keys are no ` +
        "numbers, and __keys__ is missing or does not list each of them once; is it a training database?",
    );
  }
  return numbers.every((number, i) => number === i) ? numbers.length : numbers;
}

/** What `__keys__` lists; undefined when that is not `length` keys. */
function describedKeys(stored: Uint8Array, length: number, name: string): Keys | undefined {
  const list = () => new MsgpackReader(stored, name);
  let reader = list();
  if (reader.array() !== length) return undefined;
  let inOrder = 0;
  while (inOrder < length && reader.withBytes(keyNumber) === inOrder) inOrder++;
  if (inOrder === length) return length;
  reader = list();
  const texts = Array.from(
    { length: reader.array() },
    () => keyText(reader.bytes()),
  );
  if (new Set(texts).size !== length) return undefined; // an item twice, so another one not at all
  const numbers = texts.map((text) => keyNumber(keyBytes(text)) ?? NaN);
  return numbers.some(Number.isNaN) ? texts : Float64Array.from(numbers);
}
