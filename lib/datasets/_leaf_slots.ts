/**
 * Leaf pages kept in memory that is used again, so that reading a million of them makes no garbage.
 */

import type { Page } from "./_lmdb_pages.ts";

/** Bytes of leaf pages kept: the leaves of 700,000 large values. */
const KEPT_BYTES = 2 ** 24;

/** One place for each remainder of page numbers; a page takes the place, and the memory, of the one before. */
export class LeafSlots {
  readonly #pages: (Page | undefined)[];
  readonly #memory: Uint8Array[];
  readonly #pageSize: number;

  constructor(pageSize: number) {
    this.#pageSize = pageSize;
    this.#pages = new Array(KEPT_BYTES / pageSize);
    this.#memory = new Array(KEPT_BYTES / pageSize);
  }

  /** The page of a number; when it is not kept, `make` reads it into memory that is valid until another takes it. */
  get(number: number, make: (number: number, memory: Uint8Array) => Page): Page {
    const slot = number % this.#pages.length;
    const kept = this.#pages[slot];
    if (kept?.number === number) return kept;
    this.#pages[slot] = undefined; // making may fail when its memory is overwritten in part
    return this.#pages[slot] = make(number, this.#memory[slot] ??= new Uint8Array(this.#pageSize));
  }
}
