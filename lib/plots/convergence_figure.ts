/**
 * How numbers go from evaluation to evaluation: one curve for each sample, and the line that it should reach.
 */
import type { Figure, Trace } from "./figure.ts";
import { layOutLegends, legendName } from "./legend.ts";
import { dashes, type FigureWidth, houseAxis, houseLayout, housePanel, INK, points, seriesStyle } from "./style.ts";
import { plainText } from "./text_width.ts";
import { evenTicks } from "./ticks.ts";

/** One curve. */
export interface ConvergenceCurve {
  /** Its name in the legend. */
  readonly name: string;
  /** Values after 1, 2, ... evaluations; those that are not finite leave a gap. */
  readonly values: readonly number[];
}

/** What {@link convergenceFigure} shows besides the curves. */
export interface ConvergenceFigureOptions {
  /** What the values are, beside the vertical axis. */
  readonly title: string;
  /** Values to mark by a line across the figure. @default {[]} */
  readonly goals?: readonly number[];
  /** Width of the figure. @default {"column"} */
  readonly width?: FigureWidth;
}

/** Height of the data area, points. */
const PANEL = { column: 130, page: 200 } as const;

/**
 * Draws values against the number of evaluations.
 *
 * @param curves One or more curves; their lengths may differ.
 * @param options Title of the vertical axis, goals, width.
 * @returns The figure; a marker ends each curve.
 * @throws {RangeError} When there is no finite value.
 *
 * @example Two samples, one of which is done sooner
 * ```ts
 * import { convergenceFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const curves = [{ name: "row 0", values: [0.4, 0.6, 0.75] }, { name: "row 1", values: [0.6, 0.8] }];
 * const figure = convergenceFigure(curves, { title: "Cosine", goals: [0.7] });
 * assert.deepEqual(figure.data.map((trace) => trace.x), [[1, 2, 3], [1, 2]]);
 * ```
 */
export function convergenceFigure(
  curves: readonly ConvergenceCurve[],
  { title, goals = [], width = "column" }: ConvergenceFigureOptions,
): Figure {
  const values = curves.flatMap((curve) => curve.values.filter(Number.isFinite));
  if (values.length === 0) throw new RangeError(`Cannot draw "${title}" against evaluations: there is no value`);
  const steps = Math.max(...curves.map((curve) => curve.values.length));
  const [low, high] = [Math.min(...values, ...goals), Math.max(...values, ...goals)];
  const pad = 0.06 * (high - low) || 1;
  const xRange: [number, number] = [0.5, steps + 0.5], yRange: [number, number] = [low - pad, high + pad];
  const yTicks = evenTicks(yRange, 6);
  const panel = housePanel(width, PANEL[width], yTicks);
  const legends = layOutLegends([{ entries: curves.map((curve) => plainText(curve.name)) }], panel);
  const data = curves.map(({ name, values }, k): Trace => {
    const { color, dash, symbol } = seriesStyle(k);
    return {
      type: "scatter",
      mode: "lines+markers",
      name: legends.lines[0]![k]!.join("<br>"),
      legend: legendName(0),
      x: values.map((_, i) => i + 1),
      y: values.map((value) => Number.isFinite(value) ? value : null),
      line: { color, dash, width: points(1.1) },
      marker: {
        symbol,
        color: values.map((_, i) => i === values.length - 1 ? color : "rgba(0,0,0,0)"),
        size: points(4.5),
      },
      hovertemplate: `${plainText(name)}: %{y:.4g} after %{x}<extra></extra>`,
    };
  });
  const xTicks = evenTicks(xRange, 8).filter(({ value }) => Number.isInteger(value) && value >= 1);
  return {
    data,
    layout: {
      ...houseLayout(panel, legends.height),
      xaxis: houseAxis({ title: "Evaluations", type: "linear", range: xRange, ticks: xTicks, grid: false }),
      yaxis: houseAxis({ title: plainText(title), type: "linear", range: yRange, ticks: yTicks }),
      shapes: goals.map(goalLine),
      ...legends.attributes,
    },
    description: `${plainText(title)} against the number of evaluations: ${
      curves.map((curve) => plainText(curve.name)).join(", ")
    }`,
  };
}

function goalLine(value: number): Record<string, unknown> {
  const line = { color: INK.quiet, width: points(0.6), dash: dashes(3, 2) };
  return { type: "line", xref: "paper", x0: 0, x1: 1, y0: value, y1: value, line, layer: "below" };
}
