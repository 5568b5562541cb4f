/** Images that are in a data set more than once, pixel by pixel, wherever they are: by their hashes. */
import { rowParts } from "./identity_rows.ts";
import type { RowSource } from "@/similarity/mod.ts";

/** What {@linkcode repeatedImages} finds. */
export interface RepeatedImages {
  /** Images that are the same as an earlier one. */
  readonly count: number;
  /** Rows of images that are the same, each group ascending; at most `listed` groups, in the order of their first rows. */
  readonly groups: readonly (readonly number[])[];
}

/**
 * Finds equal images by their hashes.
 *
 * Holds 8 bytes a row. Two different images have one hash of 53 bits with a chance of 1 in 10^16 for each pair.
 *
 * @param hashes Hashes [N, 3] of 24 bits each, as `imageProfiler` makes them.
 * @param listed Groups that are listed; all are counted. @default {100}
 * @returns Count and groups.
 * @throws {TypeError} When rows have not three columns.
 *
 * @example The last image is the first again
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { repeatedImages } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const hashes = arrayVectors(Float32Array.of(1, 2, 3, 4, 5, 6, 1, 2, 3), 3, "three");
 * assert.deepEqual(repeatedImages(hashes), { count: 1, groups: [[0, 2]] });
 * ```
 */
export function repeatedImages(hashes: RowSource, listed = 100): RepeatedImages {
  if (hashes.width !== 3) {
    throw new TypeError(`Cannot look for repeated images: rows have ${hashes.width} columns, expected 3`);
  }
  const keys = new Float64Array(hashes.count);
  for (const { first, rows } of rowParts(hashes)) {
    for (let i = 0; i < rows.length / 3; i++) {
      keys[first + i] = rows[3 * i]! + rows[3 * i + 1]! * 2 ** 24 + (rows[3 * i + 2]! % 32) * 2 ** 48;
    }
  }
  const sorted = keys.toSorted(), repeated = new Map<number, number[]>();
  let count = 0;
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] !== sorted[i - 1]) continue;
    count++;
    repeated.set(sorted[i]!, []);
  }
  if (count === 0) return { count, groups: [] };
  keys.forEach((key, row) => repeated.get(key)?.push(row));
  const groups = [...repeated.values()].sort((a, b) => a[0]! - b[0]!);
  return { count, groups: groups.slice(0, listed) };
}
