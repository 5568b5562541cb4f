/** Accuracy of recognisers against the size of the sets that they were trained on. */
import { clearSide, type LineSide } from "./_clear_side.ts";
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
  seriesStyle,
} from "./style.ts";
import { plainText, textWidth } from "./text_width.ts";
import { evenTicks, logTicks } from "./ticks.ts";

/** One training set. */
export interface TrainedPoint {
  /** Number of training images. */
  readonly images: number;
  /** Accuracy in percent. */
  readonly accuracy: number;
}

/** Training sets of one kind: a curve where there are several. */
export interface AccuracySeries {
  /** Name of method or data set. */
  readonly name: string;
  /** Its sets, at least one. */
  readonly points: readonly TrainedPoint[];
  /** Real photographs: a line across the figure at the accuracy of the first set, in place of points. @default {false} */
  readonly real?: boolean;
}

/** What {@link accuracyFigure} may be told. */
export interface AccuracyFigureOptions {
  /** What the accuracy is, beside the vertical axis. @default {"Mean accuracy on five sets (%)"} */
  readonly title?: string;
  /** Width of the figure. @default {"column"} */
  readonly width?: FigureWidth;
}

/** Height of the data area, points. */
const PANEL = { column: 170, page: 260 } as const;

/**
 * Draws accuracy against the number of training images.
 *
 * @param series Methods, each with its sets; real photographs as a line to compare with.
 * @param options Title, width.
 * @returns The figure, the number of images logarithmic.
 * @throws {RangeError} When there is no set of images, a number of images is not above 0, or an accuracy not in 0..100.
 *
 * @example Two sizes beside a real set
 * ```ts
 * import { accuracyFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const hsface = [{ images: 5e5, accuracy: 92 }, { images: 1e6, accuracy: 92.47 }];
 * const casia = { name: "CASIA-WebFace", points: [{ images: 4.9e5, accuracy: 94.79 }], real: true };
 * const figure = accuracyFigure([{ name: "HSFace", points: hsface }, casia]);
 * assert.deepEqual(figure.data[0]!.x, [5e5, 1e6]);
 * assert.equal((figure.layout.shapes as { y0: number }[])[0]!.y0, 94.79);
 * ```
 */
export function accuracyFigure(series: readonly AccuracySeries[], options: AccuracyFigureOptions = {}): Figure {
  const { title = "Mean accuracy on five sets (%)", width = "column" } = options;
  const made = series.filter(({ real }) => real !== true), real = series.filter(({ real }) => real === true);
  for (const { name, points } of series) {
    const odd = points.find(({ images, accuracy }) =>
      !(images > 0 && images < Infinity && accuracy >= 0 && accuracy <= 100)
    );
    if (points.length === 0 || odd !== undefined) {
      const found = odd === undefined ? "it has no set" : `it has ${odd.accuracy} % from ${odd.images} images`;
      throw new RangeError(`Cannot draw the accuracy of ${name}: ${found}, expected 0..100 % from images`);
    }
  }
  if (made.length === 0) throw new RangeError("Cannot draw accuracies: there is no series of points");
  const all = series.flatMap(({ points }) => points), sizes = made.flatMap(({ points }) => points);
  const xRange = rangeOf(sizes.map(({ images }) => images), (low, high) => [low / 1.35, high * 1.35]);
  const yRange = rangeOf(all.map(({ accuracy }) => accuracy), (low, high) => {
    const pad = Math.max(0.5, 0.06 * (high - low));
    return [Math.max(0, low - pad), Math.min(100, high + pad)];
  });
  const xTicks = logTicks(xRange), yTicks = evenTicks(yRange, 7);
  const panel = housePanel(width, PANEL[width], yTicks);
  const legends = layOutLegends([{ entries: made.map(({ name }) => plainText(name)) }], panel);
  const data = made.map(({ points: sets }, k): Trace => {
    const { color, symbol, dash } = seriesStyle(k);
    const sorted = [...sets].sort((a, b) => a.images - b.images);
    return {
      type: "scatter",
      ...(sets.length > 1 ? { mode: "lines+markers", line: { color, dash, width: points(1.1) } } : { mode: "markers" }),
      name: legends.lines[0]![k]!.join("<br>"),
      legend: legendName(0),
      x: sorted.map(({ images }) => images),
      y: sorted.map(({ accuracy }) => accuracy),
      marker: { color, symbol, size: points(5), line: { color: "#ffffff", width: points(0.4) } },
      hovertemplate: `${plainText(made[k]!.name)}: %{y:.2f} % from %{x:.3s} images<extra></extra>`,
    };
  });
  const room = { width: FIGURE_WIDTHS[width] - panel.left - EDGE.right, height: PANEL[width] };
  const across = (images: number) => room.width * Math.log(images / xRange[0]) / Math.log(xRange[1] / xRange[0]);
  const up = (accuracy: number) => room.height * (accuracy - yRange[0]) / (yRange[1] - yRange[0]);
  const curves = data.map(({ x, y }) =>
    (x as number[]).map((images, i) => [across(images), up((y as number[])[i]!)] as const)
  );
  const label = (name: string, accuracy: number) => {
    const size = { width: textWidth(name, LETTERS.tick), height: 1.3 * LETTERS.tick };
    return realLabel(plainText(name), accuracy, clearSide(up(accuracy), size, room, curves));
  };
  return {
    data,
    layout: {
      ...houseLayout(panel, legends.height),
      xaxis: houseAxis({ title: "Training images", type: "log", range: xRange, ...xTicks, grid: false }),
      yaxis: houseAxis({ title, type: "linear", range: yRange, ticks: yTicks }),
      shapes: real.map(({ points: [first] }) => realLine(first!.accuracy)),
      annotations: real.map(({ name, points: [first] }) => label(name, first!.accuracy)),
      ...legends.attributes,
    },
    description: `${title} against the number of training images: ${series.map(({ name }) => name).join(", ")}`,
  };
}

function rangeOf(values: readonly number[], widen: (low: number, high: number) => [number, number]): [number, number] {
  return widen(Math.min(...values), Math.max(...values));
}

function realLine(accuracy: number): Record<string, unknown> {
  const line = { color: INK.quiet, width: points(0.8), dash: dashes(3, 2) };
  return { type: "line", xref: "paper", x0: 0, x1: 1, y0: accuracy, y1: accuracy, line, layer: "below" };
}

/** The name of a real set, beside its line where no curve is in the way. */
function realLabel(text: string, accuracy: number, { above, right }: LineSide): Record<string, unknown> {
  const font = { size: points(LETTERS.tick), color: INK.quiet };
  const [x, xanchor] = right ? [1, "right"] : [0, "left"], [yanchor, shift] = above ? ["bottom", 0.5] : ["top", -0.5];
  const place = {
    xref: "paper",
    x,
    xanchor,
    y: accuracy,
    yanchor,
    xshift: right ? 0 : points(2),
    yshift: points(shift),
  };
  return { ...place, text, font, showarrow: false };
}
