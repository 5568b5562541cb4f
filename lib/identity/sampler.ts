/**
 * Samplers of identities: rows of ID vectors made from a seed, each alone.
 *
 * A sampler is counter-based: row i, attempt a, is a pure function of (recipe, i, a), so it does not matter how many
 * rows are made, in which order, or in how many shards. Attempt 0 is the row itself; higher ones are what takes its
 * place when it is refused, for lying too close to another identity. The reference draws a block of vectors from one
 * global generator and drops what is too close (https://github.com/HaiyuWu/Vec2Face/issues/11), so there every row
 * depends on the block size.
 */
import type { VectorSource } from "./vectors.ts";

/** A file that a sampler's rows depend on, as a recipe names it. */
export interface SamplerOrigin {
  /** What the file holds: rows of vectors, or a fitted Gaussian. */
  readonly kind: "vectors" | "moments";
  /** Its base name, for people. */
  readonly file: string;
  /** SHA-256 of its bytes, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** What all samplers take. */
export interface SamplerOptions {
  /** Seed of all random numbers, 0..2^53-1 as a number, 0..2^64-1 as a bigint. @default {0} */
  readonly seed?: number | bigint;
  /** The file the sampler was made from, for its recipe. */
  readonly origin?: SamplerOrigin | undefined;
}

/** Where identities come from: row i is a pure function of (recipe, i, attempt). */
export interface IdentitySampler {
  /** What it is, for messages. */
  readonly name: string;
  /** Width D of a row. */
  readonly width: number;
  /** Number of rows; Infinity where rows can be made without end (up to 2^32, the counter's range). */
  readonly count: number;
  /** Whether a row has replacements (attempts above 0); where it has none, a refused row is left out. @default {true} */
  readonly redraws?: boolean;
  /** What to tell the user before the rows are used. */
  readonly warning?: string;
  /** Everything the rows are a function of, as JSON: kind, seed, settings, and the file they come from. */
  readonly recipe: Readonly<Record<string, unknown>>;
  /**
   * Makes one row.
   *
   * @param row Global row index, 0..count-1.
   * @param attempt 0 for the row itself, 1 and more for its replacements.
   * @returns A new array [D].
   * @throws {RangeError} When there is no such row or attempt.
   */
  draw(row: number, attempt?: number): Float32Array;
}

/** A sampler whose rows have labels: the centre they are, the parent they look like, the walk they belong to. */
export interface GroupedSampler extends IdentitySampler {
  /**
   * Tells the group of a row.
   *
   * @param row Global row index, 0..count-1.
   * @returns Label of its group, 0 and up.
   */
  group(row: number): number;
}

/**
 * Shows the first rows of a sampler as a source of vectors.
 *
 * @param sampler The sampler.
 * @param count Number of rows N; all of a finite sampler when left out.
 * @returns The source; its rows are attempt 0.
 * @throws {RangeError} When the sampler has fewer rows, or no end and no count is given.
 *
 * @example Three rows
 * ```ts
 * import { sampledVectors, sphereSampler } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const source = sampledVectors(sphereSampler(4, { seed: 1 }), 3);
 * assert.equal(source.vector(2).length, 4);
 * assert.throws(() => source.vector(3), /row 3/);
 * ```
 */
export function sampledVectors(sampler: IdentitySampler, count: number = sampler.count): VectorSource {
  if (!Number.isSafeInteger(count) || count < 1 || count > sampler.count) {
    const limit = sampler.count === Infinity ? "above 0" : `from 1 to ${sampler.count}`;
    throw new RangeError(`Cannot take ${count} rows of ${sampler.name}: expected a whole number ${limit}`);
  }
  return {
    name: sampler.name,
    count,
    width: sampler.width,
    vector: (row) => {
      if (!(row < count)) {
        throw new RangeError(`Cannot read row ${row} of ${sampler.name}: it has rows 0 to ${count - 1}`);
      }
      return sampler.draw(row);
    },
  };
}
