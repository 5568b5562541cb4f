/**
 * The house style: one column of a paper, white, thin lines, sans-serif letters of 7 and 8 points.
 *
 * Colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which people with colour-blindness can tell
 * apart, without yellow, which white paper swallows. Every series also has a marker or dash of its own, so that a
 * figure can be read in grey.
 */
import type { Layout } from "./figure.ts";
import { textWidth } from "./text_width.ts";

/** CSS pixels in a point: 96 / 72. */
const PIXELS_PER_POINT = 96 / 72;

/**
 * Points to CSS pixels, the unit of plotly.
 *
 * @param points Length in points, 1/72 inch.
 * @returns Length in CSS pixels, 1/96 inch.
 *
 * @example An inch
 * ```ts
 * import { points } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(points(72), 96);
 * ```
 */
export function points(points: number): number {
  return Math.round(points * PIXELS_PER_POINT * 1000) / 1000;
}

/** Widths of a figure in points: one column of a two-column paper, or the whole page. */
export const FIGURE_WIDTHS = { column: 252, page: 516 } as const;

/** Name of a width. */
export type FigureWidth = keyof typeof FIGURE_WIDTHS;

/** Sizes of letters in points. */
export const LETTERS = { title: 8, tick: 7, legend: 7 } as const;

/** Ink of axes and letters, of grid lines, and of what stays in the background. */
export const INK = { text: "#1a1a1a", grid: "#e6e6e6", quiet: "#767676" } as const;

/** Letters: the first of these fonts that the reader's machine has. */
export const FONT_FAMILY = "Arial, Helvetica, Liberation Sans, DejaVu Sans, sans-serif";

/**
 * A dash: lengths of line and gap in turn.
 *
 * @param lengths Lengths in points.
 * @returns Value of a line's `dash`.
 *
 * @example Even dashes
 * ```ts
 * import { dashes } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(dashes(3, 3), "4px,4px");
 * ```
 */
export function dashes(...lengths: number[]): string {
  return lengths.map((length) => `${points(length)}px`).join(",");
}

/** Dashes that can be told apart on lines of about a point. */
export const DASHES: readonly string[] = [
  "solid",
  dashes(4.5, 2),
  dashes(1.5, 1.5),
  dashes(5, 1.5, 1.5, 1.5),
  dashes(7, 2, 3, 2),
  dashes(5, 1.5, 1.5, 1.5, 1.5, 1.5),
];

/** How one series is told from the others. */
export interface SeriesStyle {
  /** Colour of line and marker. */
  readonly color: string;
  /** Marker, a name of plotly's. */
  readonly symbol: string;
  /** Dash, as plotly takes it. */
  readonly dash: string;
}

const COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];
const SYMBOLS = ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "x", "star"];

/**
 * Style of series `index`; colours, markers and dashes repeat after 7, 8 and 6 series, so two series look alike only
 * after 168.
 *
 * @param index Number of the series, from 0.
 * @returns Its style.
 *
 * @example Blue circles first
 * ```ts
 * import { seriesStyle } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(seriesStyle(0), { color: "#0072B2", symbol: "circle", dash: "solid" });
 * ```
 */
export function seriesStyle(index: number): SeriesStyle {
  const pick = (list: readonly string[]) => list[index % list.length]!;
  return { color: pick(COLORS), symbol: pick(SYMBOLS), dash: pick(DASHES) };
}

/** What an axis needs to know besides the style. */
export interface AxisOptions {
  /** Text beside it; shown as it is. */
  readonly title: string;
  /** Logarithmic or even. */
  readonly type: "linear" | "log";
  /** Both ends; for a logarithmic axis the values themselves, not their logarithms. */
  readonly range: readonly [number, number];
  /** Where ticks with a text are. */
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  /** Where ticks without a text are. */
  readonly minor?: readonly number[];
  /** Lines across the figure at the ticks. @default {true} */
  readonly grid?: boolean;
}

/**
 * An axis in the house style.
 *
 * @param options Title, type, range and ticks.
 * @returns Value of `xaxis` or `yaxis`.
 *
 * @example One decade
 * ```ts
 * import { houseAxis } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const ticks = [{ value: 1, text: "1" }, { value: 10, text: "10" }];
 * assert.deepEqual(houseAxis({ title: "rows", type: "log", range: [1, 10], ticks }).range, [0, 1]);
 * ```
 */
export function houseAxis(options: AxisOptions): Record<string, unknown> {
  const { title, type, range, ticks, minor = [], grid = true } = options;
  return {
    type,
    title: { text: title, standoff: points(4), font: { size: points(LETTERS.title) } },
    range: type === "log" ? range.map(Math.log10) : [...range],
    tickmode: "array",
    tickvals: ticks.map((tick) => tick.value),
    ticktext: ticks.map((tick) => tick.text),
    tickangle: 0,
    tickfont: { size: points(LETTERS.tick) },
    ticks: "outside",
    ticklen: points(3),
    tickwidth: points(0.6),
    minor: { tickmode: "array", tickvals: [...minor], ticks: "outside", ticklen: points(1.6), tickwidth: points(0.4) },
    showline: true,
    linecolor: INK.text,
    linewidth: points(0.6),
    showgrid: grid,
    ...(grid ? { gridcolor: INK.grid, gridwidth: points(0.5) } : {}),
    zeroline: false,
  };
}

/** Room below the data for the ticks and title of the horizontal axis, above the data, and right of it, points. */
export const EDGE = { axis: 27, top: 5, right: 10 } as const;
/** From the numbers of the vertical axis to the left end of the figure, and to the axis, points. */
const BESIDE = { title: 16, axis: 5 };

/** The data area of a figure. */
export interface Panel {
  /** Width of the whole figure. */
  readonly width: FigureWidth;
  /** Height of the data area, points. */
  readonly height: number;
  /** Room left of it, points. */
  readonly left: number;
}

/**
 * A data area with room for the texts of its vertical axis.
 *
 * @param width Width of the whole figure.
 * @param height Height of the data area, points.
 * @param ticks Ticks of the vertical axis.
 * @returns The data area.
 *
 * @example Longer numbers need more room
 * ```ts
 * import { housePanel } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const left = (text: string) => housePanel("column", 100, [{ text }]).left;
 * assert.ok(left("0.001") > left("1"));
 * ```
 */
export function housePanel(width: FigureWidth, height: number, ticks: readonly { readonly text: string }[]): Panel {
  const widest = Math.max(0, ...ticks.map((tick) => textWidth(tick.text, LETTERS.tick)));
  return { width, height, left: Math.ceil(BESIDE.title + widest + BESIDE.axis) };
}

/**
 * Paper, letters and margins in the house style.
 *
 * @param panel The data area.
 * @param below Room under the horizontal axis for legends, points. @default {0}
 * @param above Room above the data for texts, points. @default {0}
 * @returns A layout without axes.
 *
 * @example A column is 3.5 inches wide
 * ```ts
 * import { houseLayout } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(houseLayout({ width: "column", height: 100, left: 30 }).width / 96, 3.5);
 * ```
 */
export function houseLayout(panel: Panel, below = 0, above = 0): Layout {
  const { axis, right } = EDGE, top = EDGE.top + above;
  return {
    width: Math.round(points(FIGURE_WIDTHS[panel.width])),
    height: Math.ceil(points(top + panel.height + axis + below)),
    margin: { l: points(panel.left), r: points(right), t: points(top), b: points(axis + below), autoexpand: false },
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    font: { family: FONT_FAMILY, size: points(LETTERS.title), color: INK.text },
    hovermode: "closest",
    showlegend: true,
  };
}
