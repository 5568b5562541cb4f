/** Scores of genuine and impostor pairs: how well one threshold can tell them apart. */
import { distributionFigure, type DistributionFigureOptions, type Histogram } from "./distribution_figure.ts";
import type { Figure } from "./figure.ts";
import { DASHES, seriesStyle } from "./style.ts";

/** Scores of one set or recogniser. */
export interface PairScores {
  /** Name of the set. */
  readonly name: string;
  /** Scores of pairs of one identity. */
  readonly genuine: Histogram;
  /** Scores of pairs of two identities. */
  readonly impostor: Histogram;
}

/** What {@link scoresFigure} shows besides the scores. */
export type ScoresFigureOptions = Partial<Omit<DistributionFigureOptions, "density">>;

/**
 * Draws genuine and impostor scores, a colour for each set: genuine pairs solid, impostor pairs dashed.
 *
 * @param sets Scores of each set.
 * @param options Axis, marks, scale, width; the axis is one of cosines by default.
 * @returns The figure: area 1 below each curve.
 * @throws {RangeError} When there is no set, or one without pairs of a kind.
 *
 * @example A recogniser that is always right
 * ```ts
 * import { scoresFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const bins = { low: 0, high: 1 };
 * const scores = { genuine: { ...bins, counts: [0, 5] }, impostor: { ...bins, counts: [7, 0] } };
 * const { data } = scoresFigure([{ name: "mini", ...scores }]);
 * assert.deepEqual(data.map(({ name }) => name), ["mini, genuine", "mini, impostor"]);
 * ```
 */
export function scoresFigure(sets: readonly PairScores[], options: ScoresFigureOptions = {}): Figure {
  const curves = sets.flatMap(({ name, genuine, impostor }, k) => {
    const { color } = seriesStyle(k);
    return [
      { name: `${name}, genuine`, histogram: genuine, style: { color, dash: DASHES[0]! } },
      { name: `${name}, impostor`, histogram: impostor, style: { color, dash: DASHES[1]! } },
    ];
  });
  return distributionFigure(curves, {
    title: "Cosine",
    limits: [-1, 1],
    ...options,
    density: "Density of pairs",
  });
}
