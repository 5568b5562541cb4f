/**
 * Uniqueness: the share of identities, or of images, that are like no earlier one.
 *
 * M. Kim and others, DCFace (https://arxiv.org/abs/2304.07060), equations 11 and 12: U = {f_n : d(f_n, f_m) > r for all m < n},
 * U_class the same of centres, divided by their number. The formula asks for all earlier ones; the text ("equivalent to
 * sequentially adding r-balls") for those that were kept. Both counts are given; they come from
 * `measureSeparability`, exactly and in one pass.
 */
import type { Separability } from "@/separability/mod.ts";

/** Shares of unique rows. */
export interface Uniqueness {
  /** Cosine above which two rows are one. */
  readonly threshold: number;
  /** Rows without an earlier one above the threshold, 0..1: DCFace's formula, and the count of Vec2Face's figure. */
  readonly separated: number;
  /** Rows without an earlier kept one above the threshold, 0..1: DCFace's text. */
  readonly kept: number;
}

/**
 * Reads uniqueness off a count.
 *
 * @param result What `measureSeparability` counted over centres (labelled) or images (unlabelled).
 * @param threshold One of its thresholds.
 * @returns Both shares.
 * @throws {RangeError} When nothing was counted at that threshold.
 *
 * @example Of three identities the last is like the first
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { uniqueness } from "@/metrics/mod.ts";
 * import { measureSeparability } from "@/separability/mod.ts";
 * import { unitRows } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const centres = unitRows(arrayVectors(Float32Array.of(1, 0, 0, 1, 9, 1), 2, "three"));
 * const result = await measureSeparability(centres, { thresholds: [0.3] });
 * assert.equal(uniqueness(result, 0.3).separated, 2 / 3);
 * ```
 */
export function uniqueness(result: Separability, threshold: number): Uniqueness {
  const { thresholds, above, dead, rows } = result;
  const k = thresholds.indexOf(threshold);
  if (k < 0) {
    throw new RangeError(
      `Cannot find the uniqueness of ${result.name} at ${threshold}: it was counted at ${thresholds.join(", ")}`,
    );
  }
  const without = (masks: Uint8Array) => masks.reduce((count, mask) => count + ((mask & 1 << k) === 0 ? 1 : 0), 0);
  return { threshold, separated: without(above) / rows, kept: without(dead) / rows };
}
