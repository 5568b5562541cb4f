/** Accepted rows in memory, in chunks that are made when they are needed: 4 (D + 3) bytes a row. */
import type { RowChunk } from "./_conflict_kernel.ts";

/** Rows of a chunk: a block of products of 1024 candidates with it takes 8 MiB. */
export const CHUNK_ROWS = 2048;

interface Chunk {
  readonly rows: Float32Array;
  readonly inverse: Float32Array;
  readonly norms: Float64Array;
  count: number;
}

/** Rows [N, D] that grow at the end. */
export class RowStore {
  readonly #width: number;
  readonly #chunks: Chunk[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  /** Adds a row of the given norm. */
  push(row: Float32Array, norm: number): void {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.count === CHUNK_ROWS) {
      chunk = {
        rows: new Float32Array(CHUNK_ROWS * this.#width),
        inverse: new Float32Array(CHUNK_ROWS),
        norms: new Float64Array(CHUNK_ROWS),
        count: 0,
      };
      this.#chunks.push(chunk);
    }
    chunk.rows.set(row, chunk.count * this.#width);
    chunk.inverse[chunk.count] = 1 / norm;
    chunk.norms[chunk.count++] = norm;
  }

  /** Its chunks, each with the norms of its rows. */
  *chunks(): Generator<RowChunk & { readonly norms: Float64Array }> {
    for (const { rows, inverse, norms, count } of this.#chunks) {
      yield { rows: rows.subarray(0, count * this.#width), inverse: inverse.subarray(0, count), norms };
    }
  }
}
