/**
 * Reads LMDB files of data format 1 page by page, without the library.
 *
 * Why not a binding: the one build of lmdb-js for format 1 (2.6.8-v1) exists for one platform, never closes its files,
 * reserves address space until opening fails, ends the process when opening fails, and follows page numbers of
 * damaged files into a signal that nothing can catch. Reading needs a tenth of LMDB: find a key, walk the keys.
 *
 * As with python-lmdb's lock=False, the state is that of opening, and no other program may write to the file meanwhile
 * (this project's own writer may: it never writes over a page that is in use).
 */

import { type LmdbMeta, readMeta } from "./_lmdb_meta.ts";
import { OVERFLOW, Page, PAGE_HEAD } from "./_lmdb_pages.ts";

/** Deepest tree that is followed; LMDB's own limit (CURSOR_STACK). */
const MAX_DEPTH = 32;
/** Pages kept in memory: 4 MiB of pages of 4 KiB. */
const CACHED_PAGES = 1024;

/** An LMDB file open for reading. */
export class LmdbFile {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #cache = new Map<number, Page>();
  #meta: LmdbMeta;
  #size: number;

  /** Takes over an open file; throws SyntaxError when it is no LMDB file of data format 1. */
  constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
    this.#size = file.statSync().size;
    this.#meta = readMeta(
      (position, length) => this.#read(position, length),
      this.#size,
      (reason) => this.#error(reason),
    );
  }

  /** What the newest meta page says. */
  get meta(): LmdbMeta {
    return this.#meta;
  }

  /** Goes on to the state of a transaction that the same process wrote. */
  advance(meta: LmdbMeta): void {
    this.#meta = meta;
  }

  /** The value of a key, in memory of its own, or undefined. */
  get(key: Uint8Array): Uint8Array | undefined {
    let number = this.#meta.main.root;
    if (number === undefined) return undefined;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const page = this.page(number);
      if (page.isLeaf) {
        const { index, found } = page.search(key);
        return found ? this.#value(page, index) : undefined;
      }
      number = page.child(page.route(key));
    }
    throw this.#error("its tree is deeper than 32 levels");
  }

  /**
   * All leaf pages in the order of their keys. Each is valid until the next only: all use one piece of memory, as the
   * pages of a million records would fill hundreds of megabytes before they are collected.
   */
  *leaves(): Generator<Page> {
    const { main, pageSize } = this.#meta;
    if (main.root !== undefined) yield* this.#leavesBelow(main.root, 0, new Uint8Array(pageSize));
  }

  *#leavesBelow(number: number, depth: number, memory: Uint8Array): Generator<Page> {
    if (depth >= MAX_DEPTH) {
      throw this.#error("its tree is deeper than 32 levels");
    }
    const passing = this.#parse(number, this.#fill(this.#position(number), memory));
    if (passing.isLeaf) yield passing;
    else {
      const branch = this.page(number); // stays while the pages below it pass through the memory
      for (let i = 0; i < branch.length; i++) yield* this.#leavesBelow(branch.child(i), depth + 1, memory);
    }
  }

  /** All keys in LMDB's order. */
  *keys(): Generator<Uint8Array> {
    for (const leaf of this.leaves()) {
      for (let i = 0; i < leaf.length; i++) yield leaf.key(i).slice();
    }
  }

  /** A branch or leaf page. */
  page(number: number): Page {
    const cached = this.#cache.get(number);
    if (cached) return cached;
    const page = this.#parse(number, this.#read(this.#position(number), this.#meta.pageSize));
    if (this.#cache.size >= CACHED_PAGES) {
      this.#cache.delete(this.#cache.keys().next().value!);
    }
    this.#cache.set(number, page);
    return page;
  }

  #parse(number: number, bytes: Uint8Array): Page {
    if (bytes.length < this.#meta.pageSize) {
      throw this.#error(`page ${number} is missing; the file is cut short`);
    }
    return new Page(bytes, number, (reason) => this.#error(reason));
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  #value(page: Page, index: number): Uint8Array {
    const value = page.value(index);
    if ("inline" in value) return value.inline.slice();
    const bytes = this.#read(
      this.#position(value.page),
      PAGE_HEAD + value.size,
    );
    if (bytes.length < PAGE_HEAD + value.size) {
      throw this.#error(`page ${value.page} is missing; the file is cut short`);
    }
    if (((bytes[10]! | bytes[11]! << 8) & OVERFLOW) === 0) {
      throw this.#error(`page ${value.page} holds no large value`);
    }
    return bytes.subarray(PAGE_HEAD);
  }

  #position(number: number): number {
    if (number < 2 || number > this.#meta.lastPage) {
      throw this.#error(
        `page ${number} is asked for, the last one is ${this.#meta.lastPage}`,
      );
    }
    return number * this.#meta.pageSize;
  }

  /** Reads up to `length` bytes, fewer at the end of the file. */
  #read(position: number, length: number): Uint8Array {
    // Never more memory than there is file, whatever length a damaged page names.
    if (position + length > this.#size) this.#size = this.#file.statSync().size;
    return this.#fill(position, new Uint8Array(Math.max(0, Math.min(length, this.#size - position))));
  }

  /** Reads into memory that is there, less at the end of the file. */
  #fill(position: number, bytes: Uint8Array): Uint8Array {
    this.#file.seekSync(position, Deno.SeekMode.Start);
    for (let filled = 0; filled < bytes.length;) {
      const read = this.#file.readSync(bytes.subarray(filled));
      if (read === null) return bytes.subarray(0, filled);
      filled += read;
    }
    return bytes;
  }

  #error(reason: string): SyntaxError {
    return new SyntaxError(`Cannot read LMDB file "${this.path}": ${reason}`);
  }
}

/** Opens an LMDB file, or the data.mdb of an LMDB folder, for reading. */
export function openLmdbFile(path: string): LmdbFile {
  const data = Deno.statSync(path).isDirectory ? `${path}/data.mdb` : path;
  const file = Deno.openSync(data);
  try {
    return new LmdbFile(data, file);
  } catch (error) {
    file.close();
    throw error;
  }
}
