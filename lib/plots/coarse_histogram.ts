/** Histograms with bins that are no finer than their number of values bears. */
import type { Histogram } from "./distribution_figure.ts";

/** A histogram with what tells how wide its bins should be. */
export interface FineHistogram {
  /** Number of values. @default {the sum of the bins} */
  readonly count?: number;
  /** Quantiles by their share, of which "0.25" and "0.75" are used. @default {read off the bins} */
  readonly quantiles?: Readonly<Record<string, number>>;
  /** The histogram. */
  readonly histogram: Histogram;
}

/**
 * Joins bins by Freedman and Diaconis' rule: twice the interquartile range over the cube root of the number of values.
 *
 * @param distribution The histogram; its number of values and quartiles where they are known.
 * @returns The histogram in bins of that width, four or more where there were; all values are kept.
 *
 * @example Eight values bear no forty bins
 * ```ts
 * import { coarseHistogram } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const counts = Array.from({ length: 40 }, (_, bin) => bin % 5 === 0 ? 1 : 0);
 * const quantiles = { "0.25": 10, "0.75": 30 };
 * const { low, high, counts: joined } = coarseHistogram({ count: 8, quantiles, histogram: { low: 0, high: 40, counts } });
 * assert.deepEqual([low, high, joined], [0, 40, [2, 2, 2, 2]]);
 * ```
 */
export function coarseHistogram(distribution: FineHistogram): Histogram & { counts: number[] } {
  const { histogram, count = sumOf(histogram), quantiles } = distribution;
  const { low, high, counts } = histogram, step = (high - low) / counts.length;
  const quartile = (share: number) =>
    quantiles === undefined ? placeOf(histogram, share * count) : quantiles[share] ?? 0;
  const spread = quartile(0.75) - quartile(0.25);
  const wanted = Math.round(2 * spread / Math.cbrt(count || 1) / step);
  const factor = Math.max(1, Math.min(Math.floor(counts.length / 4), wanted));
  const bins = Math.ceil(counts.length / factor), merged = new Array<number>(bins).fill(0);
  for (let bin = 0; bin < counts.length; bin++) merged[Math.floor(bin / factor)]! += counts[bin]!;
  return { low, high: low + bins * factor * step, counts: merged };
}

function sumOf({ counts }: Histogram): number {
  return Array.from(counts).reduce((sum, count) => sum + count, 0);
}

/** The value that `rank` values lie below, those of a bin taken as spread over it evenly. */
function placeOf({ low, high, counts }: Histogram, rank: number): number {
  const step = (high - low) / counts.length;
  let below = 0, bin = 0;
  while (bin < counts.length && below + counts[bin]! < rank) below += counts[bin++]!;
  const count = counts[bin] ?? 0;
  return low + step * (bin + (count === 0 ? 0 : (rank - below) / count));
}
