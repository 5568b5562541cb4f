/**
 * The central figure of the Vec2Face paper (https://arxiv.org/abs/2409.02979, identity separability): how many of the
 * identities of a data set are well separated, against how many there are.
 *
 * Differs from the paper's: any thresholds, either way of counting, published values as a layer in grey.
 */
import type { Figure, Trace } from "./figure.ts";
import { layOutLegends, type LegendBlock, legendName } from "./legend.ts";
import { type PublishedSeparability, publishedSeparability } from "./published.ts";
import type { SeparabilityCurve } from "./separability_curve.ts";
import {
  DASHES,
  type FigureWidth,
  houseAxis,
  houseLayout,
  housePanel,
  INK,
  LETTERS,
  points,
  seriesStyle,
} from "./style.ts";
import { plainText } from "./text_width.ts";
import { logTicks, signed } from "./ticks.ts";

/** What {@link separabilityFigure} shows besides the sets. */
export interface SeparabilityFigureOptions {
  /** Published values in grey: those of the paper, or others. @default {false} */
  readonly reference?: boolean | PublishedSeparability;
  /** Thresholds to show; each set must have them. @default every threshold of each set */
  readonly thresholds?: readonly number[];
  /** Count rows without an earlier row, or without an earlier kept row, above the threshold. @default {"separated"} */
  readonly count?: "separated" | "greedy";
  /** Width of the figure. @default {"column"} */
  readonly width?: FigureWidth;
}

/** Markers of published series, in order; hollow, so that points that coincide can be told apart. */
const REFERENCE_SYMBOLS = [
  "circle-open",
  "x-thin-open",
  "square-open",
  "diamond-open",
  "triangle-up-open",
  "triangle-down-open",
  "pentagon-open",
  "asterisk-open",
];
/** Least distance of two markers of a curve, decades. */
const MARKER_STEP = 1 / 9;
/** Room at each end of an axis, as a share of its decades, and least decades of an axis. */
const PADDING = 0.035, LEAST_DECADES = Math.log10(4);
/** Height of the data area, points. */
const PANEL = { column: 168, page: 240 } as const;

/** Both ends of a logarithmic axis that shows `values`. */
function logRange(values: readonly number[]): [number, number] {
  const logs = values.map(Math.log10);
  const low = Math.min(...logs), high = Math.max(...logs);
  const half = Math.max((high - low) * (0.5 + PADDING), LEAST_DECADES / 2);
  const middle = (low + high) / 2;
  return [10 ** (middle - half), 10 ** (middle + half)];
}

/** Which points of a curve have a marker: the ends, and between them one in each ninth of a decade. */
function marked(x: readonly number[]): boolean[] {
  let last = -Infinity;
  return x.map((value, k) => {
    const room = Math.log10(value) - last >= MARKER_STEP;
    const crowded = k < x.length - 1 && Math.log10(x.at(-1)! / value) < MARKER_STEP;
    if (k !== x.length - 1 && (!room || crowded) && k !== 0) return false;
    last = Math.log10(value);
    return true;
  });
}

interface Curve {
  readonly set: number;
  readonly label: string;
  readonly threshold: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

function collect(sets: readonly SeparabilityCurve[], options: SeparabilityFigureOptions): Curve[] {
  return sets.flatMap((set, index) => {
    const counts = set[options.count ?? "separated"];
    return (options.thresholds ?? set.thresholds).map((threshold) => {
      const t = set.thresholds.findIndex((each) => Math.abs(each - threshold) < 1e-9);
      if (t < 0) {
        throw new RangeError(
          `Cannot draw ${set.name} at threshold ${threshold}: it was counted at ${set.thresholds.join(", ")}`,
        );
      }
      const shown = set.prefixes.map((_, p) => p).filter((p) => counts[t]![p]! > 0);
      return {
        set: index,
        label: plainText(set.name),
        threshold,
        x: shown.map((p) => set.prefixes[p]!),
        y: shown.map((p) => counts[t]![p]!),
      };
    });
  });
}

/**
 * Draws the number of well-separated identities against the number of identities, both logarithmic.
 *
 * @param sets One or more counted sets; with `reference`, none are needed.
 * @param options Published values, thresholds, way of counting, width.
 * @returns The figure: the line y = x, published points, then a curve for each set and threshold.
 * @throws {RangeError} When there is nothing to draw, or a set was not counted at a threshold asked for.
 *
 * @example One set beside the published values
 * ```ts
 * import { separabilityFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const counts = { thresholds: [0.4], prefixes: [1000, 2000], separated: [[990, 1950]], greedy: [[991, 1960]] };
 * const figure = separabilityFigure([{ name: "mini", ...counts }], { reference: true });
 * assert.deepEqual(figure.data.at(-1)?.y, [990, 1950]);
 * assert.equal(figure.data.length, 1 + 8 + 1);
 * ```
 */
export function separabilityFigure(
  sets: readonly SeparabilityCurve[],
  options: SeparabilityFigureOptions = {},
): Figure {
  const { reference = false, width = "column", count = "separated" } = options;
  const published = reference === true ? publishedSeparability : reference === false ? undefined : reference;
  const curves = collect(sets, options).filter((curve) => curve.x.length > 0);
  const thresholds = [...new Set(curves.map((curve) => curve.threshold))].sort((a, b) => a - b);
  const x = [...curves.flatMap((curve) => curve.x), ...(published?.series.flatMap((each) => each.identities) ?? [])];
  const y = [...curves.flatMap((curve) => curve.y), ...(published?.series.flatMap((each) => each.separated) ?? [])];
  if (x.length === 0) throw new RangeError("Cannot draw separability: there is no set with a separated identity");

  const names = curves.map((curve) =>
    thresholds.length > 1 ? `${curve.label}, t = ${signed(curve.threshold)}` : curve.label
  );
  const blocks: LegendBlock[] = names.length > 0 ? [{ entries: names }] : [];
  if (published !== undefined) {
    const title = plainText(`${published.source.label}, t = ${published.threshold}: ${published.how}`);
    blocks.push({ entries: published.series.map((each) => plainText(each.name)), title });
  }
  const xRange = logRange(x), yRange = logRange(y);
  const yTicks = logTicks(yRange);
  const panel = housePanel(width, PANEL[width], yTicks.ticks);
  const legends = layOutLegends(blocks, panel);
  const legend = (block: number, entry: number) => ({
    name: legends.lines[block]![entry]!.join("<br>"),
    legend: legendName(block),
  });

  const data: Trace[] = [identityLine(xRange, yRange)];
  published?.series.forEach((each, k) => {
    data.push({
      type: "scatter",
      mode: "markers",
      x: each.identities,
      y: each.separated,
      ...legend(blocks.length - 1, k),
      marker: {
        symbol: REFERENCE_SYMBOLS[k % REFERENCE_SYMBOLS.length],
        color: INK.quiet,
        size: points(5),
        line: { color: INK.quiet, width: points(0.9) },
      },
      cliponaxis: false,
      hovertemplate: `${plainText(each.name)}: %{y:,} of %{x:,}<br>${published.how}<extra></extra>`,
    });
  });
  curves.forEach((curve, k) => {
    const { color, symbol } = seriesStyle(curve.set);
    const dash = DASHES[thresholds.indexOf(curve.threshold) % DASHES.length];
    data.push({
      type: "scatter",
      mode: "lines+markers",
      x: curve.x,
      y: curve.y,
      ...legend(0, k),
      line: { color, width: points(1.2), dash },
      marker: {
        symbol,
        // One marker in each ninth of a decade; the others are there, for the cursor, but not seen.
        color: marked(curve.x).map((shown) => shown ? color : "rgba(0,0,0,0)"),
        size: points(4.5),
        line: { width: 0 },
      },
      cliponaxis: false,
      hovertemplate: `${names[k]}: %{y:,} of %{x:,}<extra></extra>`,
    });
  });

  const counted = thresholds.length === 0 && published !== undefined ? [published.threshold] : thresholds;
  const rule = counted.length === 1 ? ` (cosine ≤ ${signed(counted[0]!)})` : "";
  const kept = count === "greedy" ? "Greedily kept" : "Well-separated";
  return {
    data,
    layout: {
      ...houseLayout(panel, legends.height),
      xaxis: houseAxis({ title: "Identities", type: "log", range: xRange, ...logTicks(xRange) }),
      yaxis: houseAxis({ title: `${kept} identities${rule}`, type: "log", range: yRange, ...yTicks }),
      annotations: [identityLabel(xRange, yRange, x, y)],
      ...legends.attributes,
    },
    description: describe(sets, thresholds, published),
  };
}

/** The line on which every identity is separated. */
function identityLine(xRange: readonly number[], yRange: readonly number[]): Trace {
  const ends = [Math.max(xRange[0]!, yRange[0]!), Math.min(xRange[1]!, yRange[1]!)];
  return {
    type: "scatter",
    mode: "lines",
    name: "y = x",
    x: ends,
    y: ends,
    line: { color: INK.quiet, width: points(0.6) },
    showlegend: false,
    hoverinfo: "skip",
  };
}

/** Its name, left above it, where no data can be, at the place that is farthest from all points. */
function identityLabel(
  xRange: readonly number[],
  yRange: readonly number[],
  x: readonly number[],
  y: readonly number[],
): Record<string, unknown> {
  const [left, right, bottom, top] = [...xRange, ...yRange].map(Math.log10) as [number, number, number, number];
  const [low, high] = [Math.max(left, bottom), Math.min(right, top)];
  let best = low, farthest = -1;
  for (let share = 0.3; share < 0.95; share += 0.05) {
    const at = low + (high - low) * share;
    // Distances on paper, where the data area is about as high as wide, from the middle of the text.
    const distances = x.map((value, k) =>
      Math.hypot((Math.log10(value) - at) / (right - left) + 0.06, (Math.log10(y[k]!) - at) / (top - bottom) - 0.03)
    );
    const nearest = Math.min(...distances);
    if (nearest > farthest) [best, farthest] = [at, nearest];
  }
  return {
    x: best,
    y: best,
    text: "y = x",
    showarrow: false,
    xanchor: "right",
    yanchor: "bottom",
    xshift: points(-1),
    font: { size: points(LETTERS.tick), color: INK.quiet },
  };
}

function describe(
  sets: readonly SeparabilityCurve[],
  thresholds: readonly number[],
  published: PublishedSeparability | undefined,
): string {
  const what = sets.length === 0
    ? ""
    : ` of ${sets.map((set) => set.name).join(", ")} at cosine ${thresholds.join(", ")}`;
  const beside = published === undefined
    ? ""
    : `; published values of ${published.series.length} sets ${published.how}`;
  return `Well-separated identities against identities${what}${beside}`;
}
