/** Rows that are there from the start: an enrolled gallery, or rows made earlier. */
import type { UnitRows } from "@/similarity/mod.ts";
import type { RowChunk } from "./_conflict_kernel.ts";
import { CHUNK_ROWS } from "./_row_store.ts";

/** Up to so many bytes of unit rows are kept in memory; more are read again for each block of candidates. */
const CACHE_BYTES = 2 ** 30;

/** Reads unit rows by chunks, from memory where they are few enough. */
export class FixedRows {
  /** The rows. */
  readonly source: UnitRows;
  readonly #cache: RowChunk[] | undefined;

  constructor(source: UnitRows, cacheBytes: number = CACHE_BYTES) {
    this.source = source;
    this.#cache = 4 * source.count * source.width <= cacheBytes ? [] : undefined;
  }

  /** Its chunks, each with the number of its first row. */
  *chunks(): Generator<RowChunk & { readonly from: number }> {
    for (let from = 0, k = 0; from < this.source.count; from += CHUNK_ROWS, k++) {
      const chunk = this.#cache?.[k] ?? this.#read(from);
      if (this.#cache !== undefined) this.#cache[k] = chunk;
      yield { ...chunk, from };
    }
  }

  #read(from: number): RowChunk {
    const to = Math.min(this.source.count, from + CHUNK_ROWS);
    return { rows: this.source.block(from, to), inverse: new Float32Array(to - from).fill(1) };
  }
}
