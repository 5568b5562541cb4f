/** Distributions of a number, one outline for each set, from histograms whose bins may differ. */
import type { Figure, Trace } from "./figure.ts";
import { layOutLegends, legendName } from "./legend.ts";
import {
  dashes,
  EDGE,
  FIGURE_WIDTHS,
  type FigureWidth,
  houseAxis,
  houseLayout,
  housePanel,
  INK,
  LETTERS,
  points,
  type SeriesStyle,
  seriesStyle,
} from "./style.ts";
import { plainText, textWidth } from "./text_width.ts";
import { evenTicks, logTicks, powerOfTen } from "./ticks.ts";

/** A histogram over equal bins. */
export interface Histogram {
  /** Lower end of the first bin. */
  readonly low: number;
  /** Upper end of the last bin. */
  readonly high: number;
  /** Number of values in each bin. */
  readonly counts: ArrayLike<number>;
}

/** A histogram with the name of its set. */
export interface NamedDistribution {
  /** Name of the set. */
  readonly name: string;
  /** Its values, at least one. */
  readonly histogram: Histogram;
  /** How its outline looks. @default {the style of its place in the list} */
  readonly style?: Pick<SeriesStyle, "color" | "dash">;
}

/** What {@link distributionFigure} shows besides the histograms. */
export interface DistributionFigureOptions {
  /** What the values are, with their unit: text beside the horizontal axis. */
  readonly title: string;
  /** What was counted: text beside the vertical axis. @default {"Density"} */
  readonly density?: string;
  /** Values to mark by a line, with the text beside it. @default {[]} */
  readonly marks?: readonly { readonly value: number; readonly text: string }[];
  /** Density even, or logarithmic, which shows rare values. @default {"linear"} */
  readonly scale?: "linear" | "log";
  /** Ends of the horizontal axis. @default {where there are values} */
  readonly range?: readonly [number, number];
  /** Values that are possible; the axis does not go beyond. @default {all} */
  readonly limits?: readonly [number, number];
  /** Width of the figure. @default {"column"} */
  readonly width?: FigureWidth;
}

/** Height of the data area, points. */
const PANEL = { column: 130, page: 200 } as const;
/** Room beside the outermost bins, share of their range. */
const MARGIN = 0.02;

interface Curve {
  readonly x: number[];
  readonly y: number[];
}

/** Density at the middle of each bin, from the empty bin before the first value to the one after the last. */
function density({ name, histogram }: NamedDistribution): Curve {
  const { low, high, counts } = histogram;
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  if (!(high > low) || !(total > 0 && total < Infinity)) {
    throw new RangeError(`Cannot draw the distribution of ${name}: expected values in bins from low < high`);
  }
  const step = (high - low) / counts.length;
  let first = 0, last = counts.length - 1;
  while (counts[first] === 0) first++;
  while (counts[last] === 0) last--;
  const bins = Array.from({ length: last - first + 3 }, (_, k) => first - 1 + k);
  return { x: bins.map((bin) => low + (bin + 0.5) * step), y: bins.map((bin) => (counts[bin] ?? 0) / total / step) };
}

/**
 * Draws how a number is distributed, several sets over each other.
 *
 * @param sets Histograms; their bins may differ.
 * @param options Titles, marks, scale, range, width.
 * @returns The figure: a curve through the middles of the bins for each set, area 1 below each.
 * @throws {RangeError} When there is no set, or one without values.
 *
 * @example Two bins
 * ```ts
 * import { distributionFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const histogram = { low: -90, high: 90, counts: [3, 1] };
 * const figure = distributionFigure([{ name: "mini", histogram }], { title: "Yaw (degrees)", limits: [-90, 90] });
 * assert.deepEqual(figure.data[0]?.x, [-135, -45, 45, 135]);
 * assert.deepEqual((figure.layout.xaxis as { range: number[] }).range, [-90, 90]);
 * ```
 */
export function distributionFigure(
  sets: readonly NamedDistribution[],
  options: DistributionFigureOptions,
): Figure {
  const { title, marks = [], scale = "linear", width = "column", limits = [-Infinity, Infinity] } = options;
  if (sets.length === 0) throw new RangeError(`Cannot draw a distribution of "${title}": there is no set`);
  const curves = sets.map(density);
  const ends = [...curves.flatMap(({ x }) => [x[0]!, x.at(-1)!]), ...marks.map(({ value }) => value)];
  const [least, most] = [Math.max(limits[0], Math.min(...ends)), Math.min(limits[1], Math.max(...ends))];
  const margin = MARGIN * (most - least);
  const range = options.range ?? [Math.max(limits[0], least - margin), Math.min(limits[1], most + margin)] as const;
  const heights = curves.flatMap(({ y }) => y.filter((value) => value > 0));
  const [lowest, highest] = [Math.min(...heights), Math.max(...heights)];
  // A logarithmic axis has no zero: curves end below its lower end, out of sight.
  const yRange: [number, number] = scale === "log" ? [lowest / 1.6, highest * 1.6] : [0, highest * 1.08];
  const floor = scale === "log" ? yRange[0] / 10 : 0;
  const yTicks = scale === "log" ? decades(yRange) : { ticks: evenTicks(yRange, 5) };
  const panel = housePanel(width, PANEL[width], yTicks.ticks);
  const legends = layOutLegends([{ entries: sets.map((set) => plainText(set.name)) }], panel);

  const labels = markLabels(marks, range, FIGURE_WIDTHS[width] - panel.left - EDGE.right);

  const data = curves.map(({ x, y }, k): Trace => {
    const { color, dash } = sets[k]!.style ?? seriesStyle(k);
    return {
      type: "scatter",
      mode: "lines",
      name: legends.lines[0]![k]!.join("<br>"),
      legend: legendName(0),
      x,
      y: y.map((value) => Math.max(value, floor)),
      line: { color, dash, width: points(1.3), simplify: false },
      hovertemplate: `${plainText(sets[k]!.name)}: %{y:.3g} at %{x:.3~f}<extra></extra>`,
    };
  });
  const ticks = evenTicks(range, 8);
  return {
    data,
    layout: {
      ...houseLayout(panel, legends.height, labels.height),
      xaxis: houseAxis({ title, type: "linear", range, ticks, grid: false }),
      yaxis: houseAxis({ title: options.density ?? "Density", type: scale, range: yRange, ...yTicks }),
      shapes: labels.placed.map((label) => markLine(label, panel.height)),
      annotations: labels.placed.map(markText),
      ...legends.attributes,
    },
    description: `Distribution, ${title}: ${sets.map((set) => set.name).join(", ")}`,
  };
}

/** A mark whose text has a place. */
interface MarkLabel {
  readonly value: number;
  readonly text: string;
  /** Row above the data, from 0. */
  readonly level: number;
  /** The text ends at the line in place of beginning there. */
  readonly left: boolean;
}

/** Height of a row of texts above the data, points. */
const ROW = LETTERS.tick * 1.3;

/**
 * Places the texts of marks above the data, each beside the upper end of its line: in the lowest row where it covers neither another
 * text nor another line and stays inside the figure. `room`: width of the data area, points.
 */
function markLabels(
  marks: DistributionFigureOptions["marks"] & object,
  range: readonly [number, number],
  room: number,
): { placed: MarkLabel[]; height: number } {
  const unit = (range[1] - range[0]) / room, end = range[1] + EDGE.right * unit;
  const taken: [row: number, from: number, to: number][] = [];
  const placed = [...marks].sort((a, b) => a.value - b.value).map(({ value, text }): MarkLabel => {
    const reach = (textWidth(text, LETTERS.tick) + 3) * unit;
    for (let level = 0;; level++) {
      for (const left of value + reach > end ? [true] : [false, true]) {
        const [from, to] = left ? [value - reach, value] : [value, value + reach];
        const covers = taken.some((each) => each[0] === level && from < each[2] && each[1] < to) ||
          (level === 0 && marks.some((other) => other.value > from && other.value < to));
        if (covers) continue;
        taken.push([level, from, to]);
        return { value, text, level, left };
      }
    }
  });
  const rows = Math.max(0, ...placed.map(({ level }) => level + 1));
  return { placed, height: rows * ROW };
}

/** A line from the bottom to the upper end of its text. */
function markLine({ value, level }: MarkLabel, height: number): Record<string, unknown> {
  const line = { color: INK.quiet, width: points(0.6), dash: dashes(3, 2) };
  const y1 = 1 + (level + 1) * ROW / height;
  return { type: "line", x0: value, x1: value, yref: "paper", y0: 0, y1, line, layer: "below" };
}

function markText({ value, text, level, left }: MarkLabel): Record<string, unknown> {
  return {
    x: value,
    yref: "paper",
    y: 1,
    yshift: points(level * ROW),
    text,
    showarrow: false,
    xanchor: left ? "right" : "left",
    yanchor: "bottom",
    xshift: points(left ? -1.5 : 1.5),
    font: { size: points(LETTERS.tick), color: INK.quiet },
  };
}

/** Decades, at most five with a text. */
function decades(range: readonly [number, number]): ReturnType<typeof logTicks> {
  const plain = logTicks(range);
  const { ticks, minor } = (plain.ticks[0]?.value ?? 1) < 1e-3 ? logTicks(range, powerOfTen) : plain;
  const every = Math.ceil(ticks.length / 5);
  if (every === 1) return { ticks, minor };
  const [texts, others] = [true, false].map((kept) =>
    ticks.filter((_, k) => ((ticks.length - 1 - k) % every === 0) === kept)
  );
  return { ticks: texts!, minor: others!.map((tick) => tick.value) };
}
