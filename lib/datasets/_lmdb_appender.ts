/**
 * Adds entries to an LMDB file of data format 1 in transactions, without the library (see _lmdb_file.ts for why).
 *
 * LMDB's own way of writing, reduced: the pages of a transaction are copies with the changes, put behind the last page;
 * when they are on disk, the older meta page is overwritten to lead to them. Whatever moment the process ends, one of
 * the two meta pages leads to a whole tree. Deviations: pages that are no longer used are listed as free, as LMDB does,
 * but only LMDB uses them again; and the lock file of LMDB is not touched: a lock on the file itself keeps two writers
 * of this project apart.
 */

import { LmdbFile } from "./_lmdb_file.ts";
import { emptyMeta, type LmdbMeta, type LmdbTree, makeMeta } from "./_lmdb_meta.ts";
import { compareKeys, MAX_KEY, type Page } from "./_lmdb_pages.ts";
import { type LmdbEntry, NewPages, TreeEditor } from "./_lmdb_tree.ts";

const PAGE_SIZE = 4096;

/** An LMDB file open for reading and adding. */
export class LmdbAppender {
  readonly #file: Deno.FsFile;
  readonly #reader: LmdbFile;

  private constructor(path: string, file: Deno.FsFile) {
    this.#file = file;
    this.#reader = new LmdbFile(path, file);
  }

  /** Opens a file, makes it when it is missing or empty, and locks it against other writers. */
  static async open(path: string): Promise<LmdbAppender> {
    const file = await Deno.open(path, {
      read: true,
      write: true,
      create: true,
    });
    try {
      if (!await file.tryLock(true)) {
        throw new Error(
          `Cannot write to LMDB file "${path}": another writer has it open; close that one first`,
        );
      }
      if ((await file.stat()).size === 0) await begin(file);
      return new LmdbAppender(path, file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Path of the file. */
  get path(): string {
    return this.#reader.path;
  }

  /** The value of a key, or undefined. */
  get(key: Uint8Array): Uint8Array | undefined {
    return this.#reader.get(key);
  }

  /** All leaf pages in the order of their keys. */
  leaves(): Generator<Page> {
    return this.#reader.leaves();
  }

  /** All keys in LMDB's order. */
  keys(): Generator<Uint8Array> {
    return this.#reader.keys();
  }

  /** Stores entries, all or none; keys that are there get the new value. */
  put(entries: readonly LmdbEntry[]): void {
    if (entries.length === 0) return;
    const sorted = entries.toSorted(([a], [b]) => compareKeys(a, b));
    sorted.forEach(([key], i) => {
      if (
        key.length < 1 || key.length > MAX_KEY ||
        (i > 0 && compareKeys(sorted[i - 1]![0], key) === 0)
      ) {
        throw new RangeError(
          `Cannot write to LMDB file "${this.#reader.path}": a key is given twice or has ${key.length} bytes, expected 1..${MAX_KEY}`,
        );
      }
    });
    const { meta } = this.#reader;
    const pages = new NewPages(meta.lastPage, meta.pageSize);
    const main = new TreeEditor(this.#reader, pages, meta.main).put(sorted);
    const transaction = meta.transaction + 1;
    const free = this.#listFree(pages, transaction);
    this.#commit(pages, {
      ...meta,
      main,
      free,
      mapSize: Math.max(
        meta.mapSize,
        Math.ceil(pages.next * meta.pageSize / 2 ** 20) * 2 ** 20,
      ),
      lastPage: pages.next - 1,
      transaction,
    });
  }

  /** Closes the file and gives up the lock. */
  close(): void {
    // A process just being started may hold a copy of the file, and the lock with it, for a moment longer.
    this.#file.unlockSync();
    this.#reader.close();
  }

  /** Adds the pages given up, and those that listing them gives up, to the tree of free pages. */
  #listFree(pages: NewPages, transaction: number): LmdbTree {
    const { free } = this.#reader.meta;
    for (let number = free.root; number !== undefined;) {
      pages.free(number);
      const page = this.#reader.page(number);
      number = page.isLeaf ? undefined : page.child(page.length - 1);
    }
    if (pages.freed.length === 0) return free;
    // Under the transaction's number: how many, then their numbers from the highest down (MDB_IDL).
    const numbers = Float64Array.from(pages.freed).sort().reverse();
    const list = new BigUint64Array([
      BigInt(numbers.length),
      ...Array.from(numbers, BigInt),
    ]);
    const key = new BigUint64Array([BigInt(transaction)]);
    return new TreeEditor(this.#reader, pages, free, true).put([[
      new Uint8Array(key.buffer),
      new Uint8Array(list.buffer),
    ]]);
  }

  /** Brings the new pages to disk, then the meta page that leads to them. */
  #commit(pages: NewPages, meta: LmdbMeta): void {
    const { pageSize, lastPage } = this.#reader.meta;
    try {
      this.#file.seekSync((lastPage + 1) * pageSize, Deno.SeekMode.Start);
      for (const run of pages.runs) writeAll(this.#file, run);
      this.#file.syncDataSync();
      const place = meta.transaction % 2 as 0 | 1;
      this.#file.seekSync(place * pageSize, Deno.SeekMode.Start);
      writeAll(this.#file, makeMeta(meta, place));
      this.#file.syncDataSync();
    } catch (cause) {
      throw new Error(
        `Cannot write to LMDB file "${this.#reader.path}": ${cause instanceof Error ? cause.message : cause}; ` +
          "what earlier transactions wrote is whole",
        { cause },
      );
    }
    this.#reader.advance(meta);
  }
}

/** Writes the two meta pages of an empty database, in one go. */
async function begin(file: Deno.FsFile): Promise<void> {
  const meta = emptyMeta(PAGE_SIZE);
  const pages = new Uint8Array(2 * PAGE_SIZE);
  pages.set(makeMeta(meta, 0));
  pages.set(makeMeta(meta, 1), PAGE_SIZE);
  await file.seek(0, Deno.SeekMode.Start);
  await file.write(pages);
  await file.syncData();
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += file.writeSync(bytes.subarray(written));
  }
}
