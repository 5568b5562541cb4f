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

import { LeafSlots } from "./_leaf_slots.ts";
import { type LmdbMeta, readMeta } from "./_lmdb_meta.ts";
import { OVERFLOW, Page, PAGE_HEAD } from "./_lmdb_pages.ts";
import { ReadAhead } from "./_read_ahead.ts";

/** Deepest tree that is followed; LMDB's own limit (CURSOR_STACK). */
const MAX_DEPTH = 32;
/** Branch pages kept in memory; a million records have about a hundred. */
const KEPT_BRANCHES = 1024;
const NOTHING = new Uint8Array(0);

/** An LMDB file open for reading. */
export class LmdbFile {
  readonly path: string;
  readonly #file: Deno.FsFile;
  /** Pages and large values apart: each has an order of its own. */
  readonly #pages: ReadAhead;
  readonly #values: ReadAhead;
  readonly #branches = new Map<number, Page>();
  readonly #leaves: LeafSlots;
  #meta: LmdbMeta;
  #size: number;

  /** Takes over an open file; throws SyntaxError when it is no LMDB file of data format 1. */
  constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
    this.#pages = new ReadAhead(file);
    this.#values = new ReadAhead(file);
    this.#size = file.statSync().size;
    this.#meta = readMeta(
      (position, length) => this.#pages.view(position, length).slice(),
      this.#size,
      (reason) => this.#error(reason),
    );
    this.#leaves = new LeafSlots(this.#meta.pageSize);
  }

  /** What the newest meta page says. */
  get meta(): LmdbMeta {
    return this.#meta;
  }

  /** Goes on to the state of a transaction that the same process wrote. */
  advance(meta: LmdbMeta): void {
    this.#meta = meta;
    this.#pages.forget();
    this.#values.forget();
  }

  /** The value of a key, in memory of its own, or undefined. */
  get(key: Uint8Array): Uint8Array | undefined {
    return this.view(key)?.slice();
  }

  /** The value of a key, valid until the next one is asked for, or undefined. */
  view(key: Uint8Array): Uint8Array | undefined {
    const { root, depth: leafDepth } = this.#meta.main;
    if (root === undefined) return undefined;
    let number = root;
    for (let depth = 1; depth <= MAX_DEPTH; depth++) {
      const page = depth === leafDepth ? this.#leaves.get(number, this.#readPage) : this.page(number);
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
    const passing = this.#readPage(number, memory);
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
    const kept = this.#branches.get(number);
    if (kept) return kept;
    const page = this.#readPage(number, new Uint8Array(this.#meta.pageSize));
    if (page.isLeaf) return page;
    if (this.#branches.size >= KEPT_BRANCHES) this.#branches.clear();
    this.#branches.set(number, page);
    return page;
  }

  /** Reads a page into memory. */
  readonly #readPage = (number: number, memory: Uint8Array): Page => {
    const bytes = this.#pages.view(this.#position(number), memory.length);
    if (bytes.length < memory.length) {
      throw this.#error(`page ${number} is missing; the file is cut short`);
    }
    memory.set(bytes);
    return new Page(memory, number, (reason) => this.#error(reason));
  };

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  #value(page: Page, index: number): Uint8Array {
    const value = page.value(index);
    if ("inline" in value) return value.inline;
    const position = this.#position(value.page), length = PAGE_HEAD + value.size;
    // Never more memory than there is file, whatever length a damaged page names.
    if (position + length > this.#size) this.#size = this.#file.statSync().size;
    const bytes = position + length > this.#size ? NOTHING : this.#values.view(position, length);
    if (bytes.length < length) {
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
