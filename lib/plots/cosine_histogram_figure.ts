/** Histograms of pairwise cosines, one outline for each set. */
import type { Figure, Trace } from "./figure.ts";
import { layOutLegends, legendName } from "./legend.ts";
import type { CosineHistogram } from "./separability_curve.ts";
import {
  dashes,
  FIGURE_WIDTHS,
  type FigureWidth,
  houseAxis,
  houseLayout,
  housePanel,
  INK,
  LETTERS,
  points,
  seriesStyle,
} from "./style.ts";
import { plainText, textWidth } from "./text_width.ts";
import { evenTicks, logTicks } from "./ticks.ts";

/** A histogram with the name of its set. */
export interface NamedHistogram {
  /** Name of the set. */
  readonly name: string;
  /** Its cosines; a set that was counted without them cannot be drawn. */
  readonly histogram?: CosineHistogram;
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

/** Height of the data area, points. */
const PANEL = { column: 130, page: 200 } as const;
/** Room beside the outermost bins, cosine. */
const MARGIN = 0.02;

interface Curve {
  readonly x: number[];
  readonly y: number[];
}

/** Density of pairs at the middle of each bin, from the empty bin before the first pair to the one after the last. */
function density({ name, histogram }: NamedHistogram): Curve {
  if (histogram === undefined) {
    throw new RangeError(`Cannot draw the cosines of ${name}: it was counted without a histogram`);
  }
  const { low, high, counts } = histogram;
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  if (!(high > low) || !(total > 0 && total < Infinity)) {
    throw new RangeError(`Cannot draw the cosines of ${name}: expected pairs in bins from low < high`);
  }
  const step = (high - low) / counts.length;
  let first = 0, last = counts.length - 1;
  while (counts[first] === 0) first++;
  while (counts[last] === 0) last--;
  const bins = Array.from({ length: last - first + 3 }, (_, k) => first - 1 + k);
  return { x: bins.map((bin) => low + (bin + 0.5) * step), y: bins.map((bin) => (counts[bin] ?? 0) / total / step) };
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
  options: CosineHistogramOptions = {},
): Figure {
  const { thresholds = [], scale = "linear", width = "column" } = options;
  if (sets.length === 0) throw new RangeError("Cannot draw histograms of cosines: there is no set");
  const curves = sets.map(density);
  const ends = [...curves.flatMap(({ x }) => [x[0]!, x.at(-1)!]), ...thresholds];
  const range: readonly [number, number] = options.range ??
    [Math.max(-1, Math.min(...ends) - MARGIN), Math.min(1, Math.max(...ends) + MARGIN)];
  const heights = curves.flatMap(({ y }) => y.filter((value) => value > 0));
  const [least, most] = [Math.min(...heights), Math.max(...heights)];
  // A logarithmic axis has no zero: curves end below its lower end, out of sight.
  const yRange: [number, number] = scale === "log" ? [least / 1.6, most * 1.6] : [0, most * 1.08];
  const floor = scale === "log" ? yRange[0] / 10 : 0;
  const yTicks = scale === "log" ? decades(yRange) : { ticks: evenTicks(yRange, 5) };
  const panel = housePanel(width, PANEL[width], yTicks.ticks);
  const legends = layOutLegends([{ entries: sets.map((set) => plainText(set.name)) }], panel);

  const data = curves.map(({ x, y }, k): Trace => {
    const { color, dash } = seriesStyle(k);
    return {
      type: "scatter",
      mode: "lines",
      name: legends.lines[0]![k]!.join("<br>"),
      legend: legendName(0),
      x,
      y: y.map((value) => Math.max(value, floor)),
      line: { color, dash, width: points(1.3) },
      hovertemplate: `${plainText(sets[k]!.name)}: %{y:.3g} at %{x:.3f}<extra></extra>`,
    };
  });
  const ticks = evenTicks(range, 8);
  return {
    data,
    layout: {
      ...houseLayout(panel, legends.height),
      xaxis: houseAxis({ title: "Cosine of two identities", type: "linear", range, ticks, grid: false }),
      yaxis: houseAxis({ title: "Density of pairs", type: scale, range: yRange, ...yTicks }),
      shapes: thresholds.map(thresholdLine),
      annotations: thresholdLabels(thresholds, (range[1] - range[0]) / (FIGURE_WIDTHS[width] - panel.left)),
      ...legends.attributes,
    },
    description: `Distribution of the cosines of pairs: ${sets.map((set) => set.name).join(", ")}`,
  };
}

/** A line from top to bottom at a cosine. */
function thresholdLine(cosine: number): Record<string, unknown> {
  const line = { color: INK.quiet, width: points(0.6), dash: dashes(3, 2) };
  return { type: "line", x0: cosine, x1: cosine, yref: "paper", y0: 0, y1: 1, line, layer: "below" };
}

/**
 * Its text beside its upper end: right of it, but left of the first line when the second is close, and lower where it
 * would cover another text. `unit`: cosine in a point.
 */
function thresholdLabels(thresholds: readonly number[], unit: number): Record<string, unknown>[] {
  const ascending = [...thresholds].sort((a, b) => a - b);
  const reach = (text: string) => (textWidth(text, LETTERS.tick) + 4) * unit;
  let level = 0, end = -Infinity;
  return ascending.map((cosine, k) => {
    const text = `t = ${cosine}`;
    const left = k === 0 && cosine + reach(text) > (ascending[1] ?? Infinity);
    level = cosine < end ? level + 1 : 0;
    end = left ? cosine : cosine + reach(text);
    return {
      x: cosine,
      yref: "paper",
      y: 1,
      yshift: points(-level * LETTERS.tick * 1.3),
      text,
      showarrow: false,
      xanchor: left ? "right" : "left",
      yanchor: "top",
      xshift: points(left ? -1.5 : 1.5),
      font: { size: points(LETTERS.tick), color: INK.quiet },
    };
  });
}

/** Decades, at most five with a text. */
function decades(range: readonly [number, number]): ReturnType<typeof logTicks> {
  const { ticks, minor } = logTicks(range);
  const every = Math.ceil(ticks.length / 5);
  if (every === 1) return { ticks, minor };
  const [texts, others] = [true, false].map((kept) =>
    ticks.filter((_, k) => ((ticks.length - 1 - k) % every === 0) === kept)
  );
  return { ticks: texts!, minor: others!.map((tick) => tick.value) };
}
