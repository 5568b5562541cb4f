/** Poses of the faces in data sets: one angle at a time, or yaw and pitch together. */
import { distributionFigure, type Histogram } from "./distribution_figure.ts";
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
  points,
  seriesStyle,
} from "./style.ts";
import { plainText } from "./text_width.ts";

/** Faces by yaw and pitch. */
export interface JointHistogram {
  /** Lower end of the first bin of both axes, degrees. */
  readonly low: number;
  /** Upper end of the last bin of both axes, degrees. */
  readonly high: number;
  /** Faces in each bin, a row for each bin of pitch, ascending, a column for each of yaw. */
  readonly counts: readonly ArrayLike<number>[];
}

/** Poses of one set, as `deno task poses --json` writes them. */
export interface PoseSet {
  /** Name of the set. */
  readonly name: string;
  /** Turn to the side, degrees. */
  readonly yaw: Histogram;
  /** Nod, degrees. */
  readonly pitch: Histogram;
  /** Tilt, degrees. */
  readonly roll: Histogram;
  /** Yaw and pitch together. */
  readonly joint: JointHistogram;
}

/** An angle of a head. */
export type PoseAngle = "yaw" | "pitch" | "roll";

/** What {@link poseFigure} may be told. */
export interface PoseFigureOptions {
  /** Which angle. @default {"yaw"} */
  readonly angle?: PoseAngle;
  /** Density even, or logarithmic, which shows rare poses. @default {"linear"} */
  readonly scale?: "linear" | "log";
  /** Width of the figure. @default {"column"} */
  readonly width?: FigureWidth;
}

/** What the angles are called beside an axis. */
const TITLES: Readonly<Record<PoseAngle, string>> = {
  yaw: "Yaw (degrees)",
  pitch: "Pitch (degrees)",
  roll: "Roll (degrees)",
};
/** Angles that axes reach. */
const LIMITS = [-90, 90] as const;
/** Ticks of both axes of joint poses. */
const TICKS = [-90, -60, -30, 0, 30, 60, 90].map((value) => ({ value, text: String(value).replace("-", "−") }));

/**
 * Draws how one angle is distributed, several sets over each other.
 *
 * @param sets Poses of each set.
 * @param options Angle, scale, width.
 * @returns The figure: area 1 below each curve.
 * @throws {RangeError} When there is no set, or one without faces.
 *
 * @example A set that looks ahead
 * ```ts
 * import { poseFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const bins = { low: -90, high: 90, counts: [0, 9, 0] };
 * const set = { name: "mini", yaw: bins, pitch: bins, roll: bins, joint: { low: -90, high: 90, counts: [[9]] } };
 * assert.match(poseFigure([set], { angle: "pitch" }).description, /Pitch \(degrees\): mini/);
 * ```
 */
export function poseFigure(sets: readonly PoseSet[], options: PoseFigureOptions = {}): Figure {
  const { angle = "yaw", ...rest } = options;
  return distributionFigure(sets.map((set) => ({ name: set.name, histogram: set[angle] })), {
    ...rest,
    title: TITLES[angle],
    density: "Density of faces",
    limits: LIMITS,
  });
}

/** Shares of a set's faces that the contours of joint poses enclose. */
const SHARES = [0.5, 0.9];
/** Times that counts are smoothed with weights 1, 2, 1 along both axes, so that contours do not follow single faces. */
const SMOOTHINGS = 2;

/**
 * Draws yaw and pitch together: for each set the contours inside which the densest half and nine tenths of its faces lie.
 *
 * @param sets Poses of each set.
 * @param options Width.
 * @returns The figure; counts are smoothed over neighbouring bins first.
 * @throws {RangeError} When there is no set, or one without faces.
 *
 * @example One set has two contours
 * ```ts
 * import { jointPoseFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const counts = [[0, 1, 0], [1, 6, 1], [0, 1, 0]], bins = { low: -90, high: 90, counts: [1] };
 * const set = { name: "mini", yaw: bins, pitch: bins, roll: bins, joint: { low: -90, high: 90, counts } };
 * assert.deepEqual(jointPoseFigure([set]).data.map(({ type }) => type), ["contour", "contour", "scatter"]);
 * ```
 */
export function jointPoseFigure(
  sets: readonly PoseSet[],
  { width = "column" }: Pick<PoseFigureOptions, "width"> = {},
): Figure {
  if (sets.length === 0) throw new RangeError("Cannot draw poses: there is no set");
  const left = housePanel(width, 1, TICKS).left;
  // Degrees are as long on both axes: the data area is a square, but not taller than a page allows.
  const height = Math.min(300, FIGURE_WIDTHS[width] - left - EDGE.right);
  const panel = housePanel(width, height, TICKS);
  const title = "Inside solid lines lie 50 % of the faces, inside dashed ones 90 %";
  const legends = layOutLegends([{ entries: sets.map(({ name }) => plainText(name)), title }], panel);
  const contours = sets.flatMap((set, k) => contoursOf(set, k));
  const names = sets.map((_, k): Trace => {
    const { color } = seriesStyle(k);
    return {
      type: "scatter",
      mode: "lines",
      name: legends.lines[0]![k]!.join("<br>"),
      legend: legendName(0),
      x: [null],
      y: [null],
      line: { color, width: points(1.3) },
      hoverinfo: "skip",
    };
  });
  const axis = (title: string) => houseAxis({ title, type: "linear", range: LIMITS, ticks: TICKS });
  return {
    data: [...contours, ...names],
    layout: {
      ...houseLayout(panel, legends.height),
      xaxis: axis(TITLES.yaw),
      yaxis: axis(TITLES.pitch),
      ...legends.attributes,
    },
    description: "Yaw and pitch together, contours around the densest " +
      `${SHARES.map((share) => `${100 * share} %`).join(" and ")} of the faces: ${
        sets.map(({ name }) => name).join(", ")
      }`,
  };
}

/** Contours of one set, the inner one solid, the outer one dashed. */
function contoursOf({ name, joint: { low, high, counts } }: PoseSet, k: number): Trace[] {
  const total = counts.reduce((sum, row) => sum + Array.from(row).reduce((a, b) => a + b, 0), 0);
  if (!(high > low) || !(total > 0 && total < Infinity)) {
    throw new RangeError(`Cannot draw the poses of ${name}: expected faces in bins from low < high`);
  }
  const step = (high - low) / counts.length, middles = counts.map((_, i) => low + (i + 0.5) * step);
  let z = counts.map((row) => Array.from(row, (count) => count / total));
  for (let pass = 0; pass < SMOOTHINGS; pass++) z = transposed(transposed(z.map(smoothed)).map(smoothed));
  const { color } = seriesStyle(k);
  return SHARES.map((share, s) => {
    const level = levelAround(z.flat(), share);
    return {
      type: "contour",
      x: middles,
      y: middles,
      z,
      autocontour: false,
      contours: { coloring: "none", start: level, end: level, size: 1, showlabels: false },
      line: { color, width: points(s === 0 ? 1.3 : 0.9), dash: s === 0 ? "solid" : dashes(3, 2) },
      showlegend: false,
      name: plainText(name),
      hovertemplate: `${plainText(name)}: ${100 * share} % of the faces<extra></extra>`,
    };
  });
}

/** Each value with half of either neighbour, the sum unchanged but for what crosses the ends. */
function smoothed(row: readonly number[]): number[] {
  return row.map((value, i) => (2 * value + (row[i - 1] ?? value) + (row[i + 1] ?? value)) / 4);
}

function transposed(rows: readonly (readonly number[])[]): number[][] {
  return rows[0]!.map((_, column) => rows.map((row) => row[column]!));
}

/** The density at whose contour the densest bins together hold a share. */
function levelAround(densities: readonly number[], share: number): number {
  const falling = [...densities].sort((a, b) => b - a), wanted = share * falling.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  return falling.find((value) => (sum += value) >= wanted)!;
}
