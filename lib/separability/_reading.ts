/**
 * What a product tells about each of its cosines: itself, or the bin it lies in.
 *
 * The runtime copies whatever a graph gives out, so bins, a quarter of the bytes, are had in less time. Largest cosines of rows, columns and
 * groups are exact either way, so only within a group that matters does a bin leave more candidates open than a cosine.
 */
import { type Product, PRODUCT_BINS } from "@/similarity/mod.ts";

/** How to read a product. */
export interface Reading {
  /** Cosines or bins [M, N]. */
  readonly values: Float32Array | Uint8Array;
  /** The value of cosine 0. */
  readonly zero: number;
  /** From one value to the next. */
  readonly unit: number;
  /** No true cosine is further from what is read. */
  readonly reach: number;
}

/** Reads cosines where the product has them, else bins. */
export function readingOf({ scores, bins, bound }: Product): Reading {
  if (scores.length > 0) return { values: scores, zero: 0, unit: 1, reach: bound };
  const { middle, width, reach } = PRODUCT_BINS;
  return { values: bins, zero: middle, unit: width, reach: bound + reach };
}

/** The cosine at a place, within `reach`. */
export function valueAt({ values, zero, unit }: Reading, at: number): number {
  return (values[at]! - zero) * unit;
}
