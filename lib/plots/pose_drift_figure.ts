/** How far faces move away from their identity as the head turns: cosine to the own centre by yaw, range after range. */
import type { Figure, Trace } from "./figure.ts";
import { layOutLegends, legendName } from "./legend.ts";
import { type FigureWidth, houseAxis, houseLayout, housePanel, points, seriesStyle } from "./style.ts";
import { plainText } from "./text_width.ts";
import { evenTicks } from "./ticks.ts";

/** Cosines of one set by yaw. */
export interface PoseDriftSet {
  /** Name of the set. */
  readonly name: string;
  /** Ranges of yaw to either side. */
  readonly bins: readonly {
    /** Least yaw, degrees. */
    readonly from: number;
    /** Greatest. */
    readonly to: number;
    /** Faces in the range. */
    readonly count: number;
    /** Cosines below which a tenth, half and nine tenths of the faces lie; null without faces. */
    readonly quantiles: readonly [number, number, number] | null;
  }[];
}

/** What {@link poseDriftFigure} may be told. */
export interface PoseDriftFigureOptions {
  /** Width of the figure. @default {"column"} */
  readonly width?: FigureWidth;
}

/** Height of the data area, points. */
const PANEL = { column: 130, page: 200 } as const;
/** Markers of several sets are moved aside by so much, degrees, so that bars do not cover each other. */
const ASIDE = 0.8;

/**
 * Draws the cosine to the own centre by yaw: medians with bars from the 10 % to the 90 % quantile.
 *
 * @param sets Cosines of each set.
 * @param options Width.
 * @returns The figure; ranges without faces are left out.
 * @throws {RangeError} When there is no set, or one without faces.
 *
 * @example Turned faces lie farther out
 * ```ts
 * import { poseDriftFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const bin = (from: number, middle: number) => ({
 *   ...{ from, to: from + 10, count: 5 },
 *   quantiles: [middle - 0.1, middle, middle + 0.1] as const,
 * });
 * const figure = poseDriftFigure([{ name: "mini", bins: [bin(0, 0.8), bin(10, 0.7)] }]);
 * assert.deepEqual([figure.data[0]!.x, figure.data[0]!.y], [[5, 15], [0.8, 0.7]]);
 * ```
 */
export function poseDriftFigure(sets: readonly PoseDriftSet[], options: PoseDriftFigureOptions = {}): Figure {
  const { width = "column" } = options;
  if (sets.length === 0) throw new RangeError("Cannot draw identity by yaw: there is no set");
  const curves = sets.map(({ name, bins }, k) => {
    const shown = bins.flatMap(({ from, to, count, quantiles }) =>
      quantiles === null ? [] : [{ from, to, count, quantiles }]
    );
    if (shown.length === 0) throw new RangeError(`Cannot draw identity by yaw: no face of ${name} has a cosine`);
    const aside = ASIDE * (k - (sets.length - 1) / 2);
    return { name, x: shown.map(({ from, to }) => (from + to) / 2 + aside), shown };
  });
  const ends = curves.flatMap(({ shown }) => shown.flatMap(({ quantiles }) => [quantiles[0], quantiles[2]]));
  const room = 0.05 * Math.max(0.1, Math.max(...ends) - Math.min(...ends));
  const yRange: [number, number] = [Math.max(-1, Math.min(...ends) - room), Math.min(1, Math.max(...ends) + room)];
  const xRange: [number, number] = [0, Math.max(...curves.flatMap(({ shown }) => shown.map(({ to }) => to)))];
  const yTicks = evenTicks(yRange, 6);
  const panel = housePanel(width, PANEL[width], yTicks);
  const legends = layOutLegends([{ entries: sets.map((set) => plainText(set.name)) }], panel);
  const data = curves.map(({ name, x, shown }, k): Trace => {
    const { color, symbol, dash } = seriesStyle(k);
    return {
      type: "scatter",
      mode: "lines+markers",
      name: legends.lines[0]![k]!.join("<br>"),
      legend: legendName(0),
      x,
      y: shown.map(({ quantiles }) => quantiles[1]),
      error_y: {
        type: "data",
        symmetric: false,
        array: shown.map(({ quantiles }) => quantiles[2] - quantiles[1]),
        arrayminus: shown.map(({ quantiles }) => quantiles[1] - quantiles[0]),
        color,
        thickness: points(0.9),
        width: points(1.8),
      },
      line: { color, dash, width: points(1.2) },
      marker: { color, symbol, size: points(4.5), line: { color: "#ffffff", width: points(0.5) } },
      text: shown.map(({ from, to, count }) => `${from} to ${to}°, ${count} faces`),
      hovertemplate: `${plainText(name)}, %{text}: median %{y:.3f}<extra></extra>`,
    };
  });
  return {
    data,
    layout: {
      ...houseLayout(panel, legends.height),
      xaxis: houseAxis({
        ...{ title: "Yaw to either side (degrees)", type: "linear", range: xRange },
        ...{ ticks: evenTicks(xRange, 8), grid: false },
      }),
      yaxis: houseAxis({ title: "Cosine to own centre", type: "linear", range: yRange, ticks: yTicks }),
      ...legends.attributes,
    },
    description: `Cosine to the own centre by yaw: ${
      sets.map(({ name }) => name).join(", ")
    }; medians with bars from the 10 % to the 90 % quantile`,
  };
}
