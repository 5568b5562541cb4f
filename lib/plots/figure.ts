/**
 * What a figure is: traces and a layout as plotly.js takes them (https://plotly.com/javascript/reference/), as plain
 * JSON. Own small types instead of `@types/plotly.js`, which follow the library at a distance.
 */

/** A value of a trace: null leaves a gap. */
export type PlotValue = number | string | null;

/** One curve, point cloud or set of bars, with any attribute of plotly's. */
export interface Trace {
  /** Kind: `scatter` for lines and points, `bar`, `heatmap`, ... */
  readonly type: string;
  /** Text in the legend. */
  readonly name?: string;
  /** Horizontal positions. */
  readonly x?: readonly PlotValue[];
  /** Vertical positions. */
  readonly y?: readonly PlotValue[];
  /** Everything else. */
  readonly [attribute: string]: unknown;
}

/** Axes, legends, margins and texts, with any attribute of plotly's. */
export interface Layout {
  /** CSS pixels, 1/96 inch. */
  readonly width: number;
  /** CSS pixels, 1/96 inch. */
  readonly height: number;
  /** Everything else. */
  readonly [attribute: string]: unknown;
}

/** A figure as data: it can be drawn, written as JSON, and changed like any object. */
export interface Figure {
  /** What is drawn, from back to front. */
  readonly data: readonly Trace[];
  /** Where it is drawn. */
  readonly layout: Layout;
  /** What the figure shows, in a sentence: shown where a picture cannot be. */
  readonly description: string;
}

/** Attributes that are lengths on paper. */
const LENGTHS = new Set(
  ("size width height l r t b pad ticklen tickwidth linewidth gridwidth standoff itemwidth entrywidth tracegroupgap " +
    "borderwidth borderpad xshift yshift ax ay").split(" "),
);

function scaled(value: unknown, factor: number): unknown {
  if (Array.isArray(value)) return value.map((item) => typeof item === "object" ? scaled(item, factor) : item);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key === "dash") return [key, scaledDash(item, factor)];
      if (!LENGTHS.has(key)) return [key, scaled(item, factor)];
      if (typeof item === "number") return [key, item * factor];
      return [key, Array.isArray(item) ? item.map((each) => Number(each) * factor) : scaled(item, factor)];
    }),
  );
}

/** A dash in pixels; names of dashes follow the width of the line by themselves. */
function scaledDash(dash: unknown, factor: number): unknown {
  return typeof dash === "string" ? dash.replace(/[\d.]+(?=px)/g, (length) => String(Number(length) * factor)) : dash;
}

/**
 * Makes a figure larger with everything in it, as a magnifying glass does: letters, lines, markers and margins.
 *
 * @param figure The figure; it is left as it is.
 * @param factor How many times as large, above 0.
 * @returns The larger figure, its size rounded to whole pixels.
 * @throws {RangeError} When the factor is not a number above 0.
 *
 * @example Twice the size, for a screen
 * ```ts
 * import { scaleFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const layout = { width: 336, height: 200, font: { size: 10 } };
 * const trace = { type: "scatter", x: [1, 2], y: [3, 4], line: { width: 1 } };
 * const large = scaleFigure({ data: [trace], layout, description: "a line" }, 2);
 * assert.deepEqual(large.layout, { width: 672, height: 400, font: { size: 20 } });
 * assert.deepEqual(large.data[0], { ...trace, line: { width: 2 } });
 * ```
 */
export function scaleFigure(figure: Figure, factor: number): Figure {
  if (!(factor > 0 && factor < Infinity)) {
    throw new RangeError(`Cannot scale a figure by ${factor}: expected a number above 0`);
  }
  const data = figure.data.map((trace) =>
    Object.fromEntries(
      // A trace's own x, y, width, ... are data; what lies inside `line`, `marker`, ... is style.
      Object.entries(trace).map(([key, value]) => [key, isStyle(value) ? scaled(value, factor) : value]),
    ) as unknown as Trace
  );
  const layout = scaled(figure.layout, factor) as Layout;
  return { ...figure, data, layout: { ...layout, width: Math.round(layout.width), height: Math.round(layout.height) } };
}

function isStyle(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
