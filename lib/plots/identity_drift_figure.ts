/**
 * What turning costs: the cosine of an image to its identity against its yaw.
 */
import { spreadOf } from "./_spread.ts";
import type { YawPoints } from "./attrop_result.ts";
import type { Figure, Trace } from "./figure.ts";
import { layOutLegends, legendName } from "./legend.ts";
import {
  dashes,
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
import { evenTicks } from "./ticks.ts";

/** What {@link identityDriftFigure} may be told. */
export interface IdentityDriftFigureOptions {
  /** Width of the figure. @default {"column"} */
  readonly width?: FigureWidth;
}

/** Height of the data area, points. */
const PANEL = { column: 150, page: 230 } as const;

/**
 * Draws the cosine to the identity against the yaw: medians at each target with bars from the 10 % to the 90 % quantile, and
 * with a single set every image at the yaw that it has.
 *
 * @param sets One or more sets of images that were asked for yaws.
 * @param options Width.
 * @returns The figure.
 * @throws {RangeError} When there is no set, or one without cosines.
 *
 * @example The face turns away, and a little from its identity
 * ```ts
 * import { identityDriftFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const images = [{ target: 0, yaw: 2, cosine: 0.8, second: null }, { target: 30, yaw: 27, cosine: 0.7, second: null }];
 * const figure = identityDriftFigure([{ name: "mini", tolerance: 5, leastCosine: 0.5, images }]);
 * assert.deepEqual(figure.data.at(-1)!.y, [0.8, 0.7]);
 * ```
 */
export function identityDriftFigure(
  sets: readonly YawPoints[],
  { width = "column" }: IdentityDriftFigureOptions = {},
): Figure {
  if (sets.length === 0) throw new RangeError("Cannot draw identity against yaw: there is no set");
  const curves = sets.map(medians);
  const cloud = sets.length === 1 ? sets[0]!.images.filter(({ yaw, cosine }) => yaw !== null && cosine !== null) : [];
  const x = [...curves.flatMap((curve) => curve.targets), ...cloud.map(({ yaw }) => yaw!)];
  const least = [...new Set(sets.map((set) => set.leastCosine))];
  const y = [
    ...curves.flatMap(({ spreads }) => spreads.flatMap(({ middle, down, up }) => [middle - down, middle + up])),
    ...cloud.map(({ cosine }) => cosine!),
    ...least,
  ];
  const reach = Math.max(1, Math.max(...x) - Math.min(...x)) * 0.05;
  const xRange: [number, number] = [Math.min(...x) - reach, Math.max(...x) + reach];
  const yRange: [number, number] = [Math.max(-1, Math.min(...y) - 0.04), Math.min(1.02, Math.max(...y) + 0.04)];
  const yTicks = evenTicks(yRange, 6);
  const panel = housePanel(width, PANEL[width], yTicks);
  const legends = layOutLegends([{ entries: sets.map((set) => plainText(set.name)) }], panel);

  const data: Trace[] = [];
  if (cloud.length > 0) {
    data.push({
      type: "scatter",
      mode: "markers",
      x: cloud.map(({ yaw }) => yaw),
      y: cloud.map(({ cosine }) => cosine),
      marker: { color: seriesStyle(0).color, size: points(2), opacity: 0.3, line: { width: 0 } },
      showlegend: false,
      hovertemplate: "cosine %{y:.3f} at %{x:.1f} degrees<extra></extra>",
    });
  }
  curves.forEach(({ targets, spreads }, k) => {
    const { color, symbol, dash } = seriesStyle(k);
    data.push({
      type: "scatter",
      mode: "lines+markers",
      name: legends.lines[0]![k]!.join("<br>"),
      legend: legendName(0),
      x: targets,
      y: spreads.map(({ middle }) => middle),
      error_y: {
        type: "data",
        symmetric: false,
        array: spreads.map(({ up }) => up),
        arrayminus: spreads.map(({ down }) => down),
        color,
        thickness: points(0.9),
        width: points(1.8),
      },
      line: { color, dash, width: points(1.2) },
      marker: { color, symbol, size: points(4.5), line: { color: "#ffffff", width: points(0.5) } },
      hovertemplate: `${plainText(sets[k]!.name)}: median %{y:.3f} at %{x} degrees<extra></extra>`,
    });
  });
  return {
    data,
    layout: {
      ...houseLayout(panel, legends.height),
      xaxis: houseAxis({
        title: "Yaw (degrees)",
        type: "linear",
        range: xRange,
        ticks: evenTicks(xRange, 8),
        grid: false,
      }),
      yaxis: houseAxis({ title: "Cosine to the identity", type: "linear", range: yRange, ticks: yTicks }),
      shapes: least.map(leastLine),
      annotations: least.map((cosine) => leastLabel(cosine, xRange[1])),
      ...legends.attributes,
    },
    description: `Cosine to the identity against yaw: ${
      sets.map((set) => plainText(set.name)).join(", ")
    }; medians with bars from the 10 % to the 90 % quantile`,
  };
}

/** Median cosine at each target that has one. */
function medians({ name, images }: YawPoints) {
  const targets = [...new Set(images.map(({ target }) => target))].sort((a, b) => a - b);
  const found = targets.flatMap((target) => {
    const spread = spreadOf(
      images.filter((image) => image.target === target).map(({ cosine }) => cosine).filter((cosine) => cosine !== null),
    );
    return spread === undefined ? [] : [{ target, spread }];
  });
  if (found.length === 0) throw new RangeError(`Cannot draw identity against yaw: no image of ${name} has a cosine`);
  return { targets: found.map(({ target }) => target), spreads: found.map(({ spread }) => spread) };
}

/** A line across the figure at the least cosine that counts as the identity. */
function leastLine(cosine: number): Record<string, unknown> {
  const line = { color: INK.quiet, width: points(0.6), dash: dashes(3, 2) };
  return { type: "line", xref: "paper", x0: 0, x1: 1, y0: cosine, y1: cosine, line, layer: "below" };
}

function leastLabel(cosine: number, right: number): Record<string, unknown> {
  return {
    x: right,
    y: cosine,
    text: `cosine ${cosine}`,
    showarrow: false,
    xanchor: "right",
    yanchor: "top",
    font: { size: points(LETTERS.tick), color: INK.quiet },
  };
}
