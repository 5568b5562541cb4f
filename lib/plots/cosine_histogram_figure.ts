/** Histograms of pairwise cosines, one outline for each set. */
import { distributionFigure, type Histogram } from "./distribution_figure.ts";
import type { Figure } from "./figure.ts";
import type { FigureWidth } from "./style.ts";
import { signed } from "./ticks.ts";

/** A histogram with the name of its set. */
export interface NamedHistogram {
  /** Name of the set. */
  readonly name: string;
  /** Its cosines; a set that was counted without them cannot be drawn. */
  readonly histogram?: Histogram;
}

/** What {@link cosineHistogramFigure} shows besides the histograms. */
export interface CosineHistogramOptions {
  /** Cosines to mark by a line. @default {[]} */
  readonly thresholds?: readonly number[];
  /** Density even, or logarithmic, which shows the few close pairs. @default {"linear"} */
  readonly scale?: "linear" | "log";
  /** Ends of the horizontal axis. @default where there are pairs */
  readonly range?: readonly [number, number];
  /** Width of the figure. @default {"column"} */
  readonly width?: FigureWidth;
}

/**
 * Draws how the cosines of pairs are distributed, several sets over each other.
 *
 * @param sets Histograms; their bins may differ.
 * @param options Thresholds, scale, range, width.
 * @returns The figure: a curve through the middles of the bins for each set, area 1 below each.
 * @throws {RangeError} When there is no set, or one without pairs.
 *
 * @example Two bins
 * ```ts
 * import { cosineHistogramFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const histogram = { low: 0, high: 1, counts: [3, 1] };
 * const figure = cosineHistogramFigure([{ name: "mini", histogram }], { thresholds: [0.4] });
 * assert.deepEqual(figure.data[0]?.x, [-0.25, 0.25, 0.75, 1.25]);
 * assert.deepEqual(figure.data[0]?.y, [0, 1.5, 0.5, 0]);
 * ```
 */
export function cosineHistogramFigure(
  sets: readonly NamedHistogram[],
  { thresholds = [], ...options }: CosineHistogramOptions = {},
): Figure {
  const counted = sets.map(({ name, histogram }) => {
    if (histogram !== undefined) return { name, histogram };
    throw new RangeError(`Cannot draw the cosines of ${name}: it was counted without a histogram`);
  });
  return distributionFigure(counted, {
    ...options,
    title: "Cosine of two identities",
    density: "Density of pairs",
    marks: thresholds.map((value) => ({ value, text: `t = ${signed(value)}` })),
    limits: [-1, 1],
  });
}
