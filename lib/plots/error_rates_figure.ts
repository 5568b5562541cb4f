/**
 * Error rates of verification over all thresholds: the ROC curve, as papers on face recognition draw it, and the DET curve of
 * A. Martin et al., "The DET curve in assessment of detection task performance", Eurospeech 1997.
 */
import { normalCdf, normalQuantile } from "@/random/mod.ts";
import type { Figure, Trace } from "./figure.ts";
import { layOutLegends, legendName } from "./legend.ts";
import { type FigureWidth, houseAxis, houseLayout, housePanel, points, seriesStyle } from "./style.ts";
import { plainText } from "./text_width.ts";
import { evenTicks, logTicks, type Tick } from "./ticks.ts";

/** Error rates of one recogniser on one set. */
export interface ErrorRates {
  /** Name of recogniser or set. */
  readonly name: string;
  /** False match rates, 0..1, ascending. */
  readonly fmr: ArrayLike<number>;
  /** True accept rate at each of them, 0..1. */
  readonly tar: ArrayLike<number>;
  /** Lower end of the interval around each true accept rate; no band when left out. */
  readonly low?: ArrayLike<number>;
  /** Upper end. */
  readonly high?: ArrayLike<number>;
}

/** What {@link errorRatesFigure} may be told. */
export interface ErrorRatesFigureOptions {
  /** True accept over false match rate, the latter logarithmic; or both errors on normal deviate axes. @default {"roc"} */
  readonly kind?: "roc" | "det";
  /** Ends of the axis of false match rates, within 0..1. @default {from the least rate of a curve, at least 1e-6, to 1; DET to 0.5} */
  readonly range?: readonly [number, number];
  /** Width of the figure. @default {"column"} */
  readonly width?: FigureWidth;
}

/** Height of the data area, points. */
const PANEL = { column: 150, page: 240 } as const;
/** Least false match rate that is drawn unless asked for. */
const LEAST_RATE = 1e-6;
/** Most points of a curve: more than a printer can tell apart. */
const MOST_POINTS = 600;
/** Rates with a tick on a normal deviate axis. */
const DEVIATE_RATES = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95];

interface Point {
  readonly fmr: number;
  readonly tar: number;
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** The points of a curve inside the range, thinned where they are too close to tell. */
function pointsOf({ name, fmr, tar, low, high }: ErrorRates, range: readonly [number, number]): Point[] {
  for (const list of [tar, low, high]) {
    if (list !== undefined && list.length !== fmr.length) {
      throw new TypeError(`Cannot draw the error rates of ${name}: ${fmr.length} and ${list.length} values`);
    }
  }
  const found: Point[] = [];
  for (let i = 0; i < fmr.length; i++) {
    const rates = [fmr[i]!, tar[i]!];
    if (rates.some((rate) => !(rate >= 0 && rate <= 1)) || i > 0 && fmr[i]! < fmr[i - 1]!) {
      throw new RangeError(
        `Cannot draw the error rates of ${name}: point ${i} is (${
          rates.join(", ")
        }), expected rates in 0..1, ascending`,
      );
    }
    if (fmr[i]! < range[0] || fmr[i]! > range[1]) continue;
    found.push({ fmr: fmr[i]!, tar: tar[i]!, low: low?.[i], high: high?.[i] });
  }
  if (found.length === 0) {
    throw new RangeError(`Cannot draw the error rates of ${name}: none lies between ${range[0]} and ${range[1]}`);
  }
  const step = Math.log(range[1] / range[0]) / MOST_POINTS;
  let last = -Infinity;
  return found.filter(({ fmr }, i) => {
    const at = Math.log(fmr);
    if (i + 1 < found.length && at - last < step) return false;
    last = at;
    return true;
  });
}

/**
 * Draws error rates of several recognisers or sets.
 *
 * @param curves Rates at many thresholds, as `rocCurve` gives them.
 * @param options Kind, range, width.
 * @returns The figure; where a curve has an interval, a band around it.
 * @throws {RangeError} When there is no curve, none of whose points lies in the range, or a rate is outside 0..1.
 * @throws {TypeError} When the lists of a curve differ in length.
 *
 * @example Four points
 * ```ts
 * import { errorRatesFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const fmr = [0, 0.001, 0.1, 1], tar = [0.2, 0.6, 0.9, 1];
 * const figure = errorRatesFigure([{ name: "mini", fmr, tar }]);
 * assert.deepEqual(figure.data[0]!.y, [0.6, 0.9, 1]);
 * ```
 */
export function errorRatesFigure(curves: readonly ErrorRates[], options: ErrorRatesFigureOptions = {}): Figure {
  const { kind = "roc", width = "column" } = options, det = kind === "det";
  if (curves.length === 0) throw new RangeError("Cannot draw error rates: there is no curve");
  const range = options.range ?? [leastRate(curves), det ? 0.5 : 1] as const;
  const all = curves.map((curve) => pointsOf(curve, range));
  const y = (tar: number) => det ? deviate(1 - tar) : tar;
  const x = (fmr: number) => det ? deviate(fmr) : fmr;
  const rates = all.flat().flatMap(({ tar, low = tar, high = tar }) => [low, high]);
  const yRange: [number, number] = det
    ? [
      deviate(Math.max(range[0], 0.8 * (1 - Math.max(...rates)))),
      deviate(Math.min(0.95, 1.2 * (1 - Math.min(...rates)))),
    ]
    : [Math.max(0, Math.min(...rates) - 0.04), 1.005];
  const xTicks = det ? { ticks: deviateTicks(range) } : logTicks(range, rateText);
  const yTicks = det ? deviateTicks(yRange.map(normalCdf) as [number, number]) : evenTicks(yRange, 6);
  const panel = housePanel(width, PANEL[width], yTicks);
  const legends = layOutLegends([{ entries: curves.map(({ name }) => plainText(name)) }], panel);
  const bands = all.flatMap((points, k): Trace[] => points[0]!.low === undefined ? [] : [band(points, k, x, y)]);
  const lines = all.map((found, k): Trace => {
    const { color, dash } = seriesStyle(k);
    return {
      type: "scatter",
      mode: "lines",
      name: legends.lines[0]![k]!.join("<br>"),
      legend: legendName(0),
      x: found.map(({ fmr }) => x(fmr)),
      y: found.map(({ tar }) => y(tar)),
      text: found.map(({ fmr, tar }) => `FMR ${fmr.toPrecision(3)}, TAR ${tar.toFixed(4)}`),
      hovertemplate: "%{text}<extra></extra>",
      line: { color, dash, width: points(1.3), simplify: false },
    };
  });
  const axis = (title: string, range: readonly [number, number]) => ({ title, type: "linear" as const, range });
  return {
    data: [...bands, ...lines],
    layout: {
      ...houseLayout(panel, legends.height),
      xaxis: houseAxis({
        ...axis("False match rate", det ? [x(range[0]), x(range[1])] : range),
        type: det ? "linear" : "log",
        ...xTicks,
      }),
      yaxis: houseAxis({ ...axis(det ? "False non-match rate" : "True accept rate", yRange), ticks: yTicks }),
      ...legends.attributes,
    },
    description: `${det ? "DET" : "ROC"} curves: ${curves.map(({ name }) => name).join(", ")}`,
  };
}

/** The least rate above 0 of any curve, a decade's start, not below what is drawn unasked. */
function leastRate(curves: readonly ErrorRates[]): number {
  const least = Math.min(...curves.map(({ fmr }) => {
    for (let i = 0; i < fmr.length; i++) if (fmr[i]! > 0) return fmr[i]!;
    return 1;
  }));
  return Math.max(LEAST_RATE, Math.min(0.1, 10 ** Math.floor(Math.log10(least) + 1e-9)));
}

/** Normal deviate of a rate, finite at both ends. */
function deviate(rate: number): number {
  return normalQuantile(Math.min(1 - 1e-9, Math.max(1e-9, rate)));
}

function deviateTicks([low, high]: readonly [number, number]): Tick[] {
  return DEVIATE_RATES.filter((rate) => rate >= low * 0.999 && rate <= high * 1.001)
    .map((rate) => ({ value: deviate(rate), text: rateText(rate) }));
}

/** A rate as a reader says it: 0.1 as 0.1, a millionth as a power of ten. */
function rateText(rate: number): string {
  const power = Math.round(Math.log10(rate));
  return power <= -3 && Math.abs(10 ** power / rate - 1) < 1e-6 ? `10⁻${"⁰¹²³⁴⁵⁶⁷⁸⁹"[-power]}` : String(rate);
}

function band(found: readonly Point[], k: number, x: (fmr: number) => number, y: (tar: number) => number): Trace {
  const there = found.filter(({ low, high }) => low !== undefined && high !== undefined);
  const back = there.toReversed();
  return {
    type: "scatter",
    mode: "lines",
    x: [...there, ...back].map(({ fmr }) => x(fmr)),
    y: [...there.map(({ low }) => y(low!)), ...back.map(({ high }) => y(high!))],
    fill: "toself",
    fillcolor: `${seriesStyle(k).color}30`,
    line: { width: 0, color: seriesStyle(k).color },
    showlegend: false,
    hoverinfo: "skip",
  };
}
