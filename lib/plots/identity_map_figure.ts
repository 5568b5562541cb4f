/** Identities as points: how well the images of each agree, against how close the nearest other identity is. */
import type { Figure, Trace } from "./figure.ts";
import { layOutLegends, legendName } from "./legend.ts";
import { dashes, type FigureWidth, houseAxis, houseLayout, housePanel, INK, points, seriesStyle } from "./style.ts";
import { plainText } from "./text_width.ts";
import { evenTicks } from "./ticks.ts";

/** Identities of one set. */
export interface IdentityMapSet {
  /** Name of the set. */
  readonly name: string;
  /** Its identities. */
  readonly points: readonly {
    /** Name of the identity. */
    readonly name: string;
    /** Mean cosine of its images to its centre. */
    readonly own: number;
    /** Cosine of its centre to the nearest other one. */
    readonly nearest: number;
    /** Name of that one. */
    readonly nearestName: string;
  }[];
}

/** What {@link identityMapFigure} may be told. */
export interface IdentityMapFigureOptions {
  /** Cosine above which two identities are one, marked by a line. */
  readonly threshold?: number;
  /** Width of the figure. @default {"column"} */
  readonly width?: FigureWidth;
}

/** Height of the data area, points. */
const PANEL = { column: 160, page: 230 } as const;
/** Room beside the outermost points, cosine. */
const MARGIN = 0.03;

/**
 * Draws each identity at the cosine of its images to their centre and the cosine of that centre to the nearest other one: good
 * identities are right and low, inconsistent ones left, merged ones high.
 *
 * @param sets Identities of each set.
 * @param options Threshold, width.
 * @returns The figure; the cursor tells names.
 * @throws {RangeError} When there is no identity.
 *
 * @example Two identities close to each other
 * ```ts
 * import { identityMapFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const point = (name: string, nearestName: string) => ({ name, own: 0.8, nearest: 0.6, nearestName });
 * const figure = identityMapFigure([{ name: "mini", points: [point("a", "b"), point("b", "a")] }], { threshold: 0.3 });
 * assert.deepEqual(figure.data[0]!.y, [0.6, 0.6]);
 * ```
 */
export function identityMapFigure(
  sets: readonly IdentityMapSet[],
  options: IdentityMapFigureOptions = {},
): Figure {
  const { threshold, width = "column" } = options;
  const all = sets.flatMap((set) => set.points);
  if (all.length === 0) throw new RangeError("Cannot draw a map of identities: there is no identity");
  const range = (values: readonly number[]): [number, number] => [
    Math.max(-1.02, Math.min(...values) - MARGIN),
    Math.min(1.02, Math.max(...values) + MARGIN),
  ];
  const xRange = range(all.map(({ own }) => own));
  const yRange = range([...all.map(({ nearest }) => nearest), ...(threshold === undefined ? [] : [threshold])]);
  const yTicks = evenTicks(yRange, 7);
  const panel = housePanel(width, PANEL[width], yTicks);
  const legends = layOutLegends([{ entries: sets.map((set) => plainText(set.name)) }], panel);
  const data = sets.map((set, k): Trace => {
    const { color, symbol } = seriesStyle(k);
    return {
      type: "scatter",
      mode: "markers",
      name: legends.lines[0]![k]!.join("<br>"),
      legend: legendName(0),
      x: set.points.map(({ own }) => own),
      y: set.points.map(({ nearest }) => nearest),
      marker: { color, symbol, size: points(3), opacity: 0.6, line: { width: 0 } },
      text: set.points.map(({ name, nearestName }) => plainText(`${name}, nearest ${nearestName}`)),
      hovertemplate: "%{text}: own %{x:.3f}, nearest other %{y:.3f}<extra></extra>",
    };
  });
  const line = { color: INK.quiet, width: points(0.6), dash: dashes(3, 2) };
  return {
    data,
    layout: {
      ...houseLayout(panel, legends.height),
      xaxis: houseAxis({
        ...{ title: "Mean cosine of images to their centre", type: "linear", range: xRange },
        ticks: evenTicks(xRange, 7),
      }),
      yaxis: houseAxis({ title: "Cosine to nearest other centre", type: "linear", range: yRange, ticks: yTicks }),
      shapes: threshold === undefined ? [] : [
        { type: "line", xref: "paper", x0: 0, x1: 1, y0: threshold, y1: threshold, line, layer: "below" },
      ],
      ...legends.attributes,
    },
    description: `Identities by agreement of their images and closeness to the nearest other one: ${
      sets.map(({ name }) => name).join(", ")
    }`,
  };
}
