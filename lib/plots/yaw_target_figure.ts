/**
 * Yaw asked for against yaw achieved, as told by the estimator that was descended and by one that was not.
 */
import { spreadOf } from "./_spread.ts";
import type { YawPoints } from "./attrop_result.ts";
import type { Figure, Trace } from "./figure.ts";
import { layOutLegends, legendName } from "./legend.ts";
import { type FigureWidth, houseAxis, houseLayout, housePanel, INK, points, seriesStyle } from "./style.ts";
import { plainText } from "./text_width.ts";
import { evenTicks, type Tick } from "./ticks.ts";

/** What {@link yawTargetFigure} may be told. */
export interface YawTargetFigureOptions {
  /** Width of the figure. @default {"column"} */
  readonly width?: FigureWidth;
}

/** Height of the data area, points. */
const PANEL = { column: 190, page: 300 } as const;
/** Names of the two estimators. */
const ESTIMATORS = { yaw: "estimator that was optimised", second: "second estimator, not optimised" } as const;
/** Most targets that are ticks of their own. */
const MOST_TICKS = 9;
/** Half the width of a column of points, and distance of the two estimators' columns from the target, shares of a step. */
const JITTER = 0.12, DODGE = 0.17;
/** Half the width of a box, share of a step. */
const BOX = 0.38;

/**
 * Draws achieved against asked yaw: every image as a point, medians with bars from the 10 % to the 90 % quantile, and a
 * box around each target for what counts as reached.
 *
 * @param set Images that were asked for yaws.
 * @param options Width.
 * @returns The figure; points of the second estimator where it was asked.
 * @throws {RangeError} When no image has a yaw.
 *
 * @example Two images
 * ```ts
 * import { yawTargetFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const images = [{ target: 0, yaw: 2, cosine: 0.8, second: null }, { target: 30, yaw: 27, cosine: 0.7, second: null }];
 * const figure = yawTargetFigure({ name: "mini", tolerance: 5, leastCosine: 0.5, images });
 * assert.deepEqual(figure.data.at(-1)!.y, [2, 27]);
 * ```
 */
export function yawTargetFigure(set: YawPoints, { width = "column" }: YawTargetFigureOptions = {}): Figure {
  const { images, tolerance, name } = set;
  const shown = (Object.keys(ESTIMATORS) as (keyof typeof ESTIMATORS)[])
    .filter((estimator) => images.some((image) => image[estimator] !== null));
  if (shown.length === 0) throw new RangeError(`Cannot draw the yaws of ${name}: none of its images has one`);
  const targets = [...new Set(images.map(({ target }) => target))].sort((a, b) => a - b);
  const step = targets.length < 2 ? 10 : Math.min(...targets.slice(1).map((target, k) => target - targets[k]!));
  const values = [...targets, ...shown.flatMap((estimator) => finite(images.map((image) => image[estimator])))];
  const xRange: [number, number] = [targets[0]! - 0.7 * step, targets.at(-1)! + 0.7 * step];
  const pad = 0.04 * (Math.max(...values) - Math.min(...values)) + tolerance;
  const yRange: [number, number] = [Math.min(...values) - pad, Math.max(...values) + pad];
  const xTicks: Tick[] = targets.length <= MOST_TICKS
    ? targets.map((value) => ({ value, text: String(value).replace("-", "−") }))
    : evenTicks(xRange, MOST_TICKS);
  const yTicks = evenTicks(yRange, 8);
  const panel = housePanel(width, PANEL[width], yTicks);
  const band = `within ${tolerance} degrees of the target`;
  const legends = layOutLegends([{ entries: [...shown.map((estimator) => ESTIMATORS[estimator]), band] }], panel);
  const entry = (k: number) => ({ name: legends.lines[0]![k]!.join("<br>"), legend: legendName(0) });

  const data: Trace[] = [boxes(targets, tolerance, BOX * step, entry(shown.length)), lines(targets, BOX * step)];
  const clouds = shown.map((estimator, k) => {
    const shift = shown.length === 1 ? 0 : (k === 0 ? -DODGE : DODGE) * step;
    return {
      estimator,
      shift,
      style: seriesStyle(k),
      columns: targets.map((target) => columnOf(set, target, estimator)),
    };
  });
  for (const { estimator, shift, style, columns } of clouds) {
    data.push({
      type: "scatter",
      mode: "markers",
      x: columns.flatMap((column, t) => column.map((_, i) => targets[t]! + shift + jitter(i) * JITTER * step)),
      y: columns.flat(),
      marker: { color: style.color, size: points(2), opacity: 0.35, line: { width: 0 } },
      showlegend: false,
      hovertemplate: `%{y:.1f}, ${ESTIMATORS[estimator]}<extra></extra>`,
    });
  }
  clouds.forEach(({ estimator, shift, style, columns }, k) => {
    const spreads = columns.map(spreadOf), there = targets.map((_, t) => t).filter((t) => spreads[t] !== undefined);
    data.push({
      type: "scatter",
      mode: "markers",
      ...entry(k),
      x: there.map((t) => targets[t]! + shift),
      y: there.map((t) => spreads[t]!.middle),
      error_y: {
        type: "data",
        symmetric: false,
        array: there.map((t) => spreads[t]!.up),
        arrayminus: there.map((t) => spreads[t]!.down),
        color: style.color,
        thickness: points(0.9),
        width: points(1.8),
      },
      marker: {
        color: style.color,
        symbol: style.symbol,
        size: points(5),
        line: { color: "#ffffff", width: points(0.5) },
      },
      hovertemplate: `median %{y:.1f}, ${ESTIMATORS[estimator]}<extra></extra>`,
    });
  });
  return {
    data,
    layout: {
      ...houseLayout(panel, legends.height),
      xaxis: houseAxis({ title: "Yaw asked for (degrees)", type: "linear", range: xRange, ticks: xTicks, grid: false }),
      yaxis: houseAxis({ title: "Yaw achieved (degrees)", type: "linear", range: yRange, ticks: yTicks }),
      ...legends.attributes,
    },
    description: `Yaw achieved against yaw asked for: ${plainText(name)}, ${images.length} images, told by the ${
      shown.map((estimator) => ESTIMATORS[estimator]).join(" and by the ")
    }; medians with bars from the 10 % to the 90 % quantile`,
  };
}

function finite(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function columnOf({ images }: YawPoints, target: number, estimator: keyof typeof ESTIMATORS): number[] {
  return finite(images.filter((image) => image.target === target).map((image) => image[estimator]));
}

/** Spreads points over -1..1 as evenly as the golden section does; the same figure for the same data. */
function jitter(i: number): number {
  return 2 * ((i + 0.5) * 0.6180339887498949 % 1) - 1;
}

/** A box around each target: points beside it stand as far above or below it as their yaw is off. */
function boxes(targets: readonly number[], tolerance: number, half: number, entry: Record<string, unknown>): Trace {
  return {
    type: "scatter",
    mode: "lines",
    ...entry,
    x: targets.flatMap((target) => [target - half, target + half, target + half, target - half, target - half, null]),
    y: targets.flatMap((target) => {
      const [low, high] = [target - tolerance, target + tolerance];
      return [low, low, high, high, low, null];
    }),
    fill: "toself",
    fillcolor: INK.grid,
    line: { width: 0, color: INK.grid },
    hoverinfo: "skip",
  };
}

/** The targets themselves. */
function lines(targets: readonly number[], half: number): Trace {
  return {
    type: "scatter",
    mode: "lines",
    x: targets.flatMap((target) => [target - half, target + half, null]),
    y: targets.flatMap((target) => [target, target, null]),
    line: { color: INK.quiet, width: points(0.6) },
    showlegend: false,
    hoverinfo: "skip",
  };
}
