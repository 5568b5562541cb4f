/**
 * How well a landmark estimator tells aligned faces from others: on faces whose landmarks are known, aligned, and then enlarged,
 * turned and moved by known amounts.
 */
import {
  type Affine,
  ALIGNMENT_LIMITS,
  alignmentFault,
  type AlignmentLimits,
  cutOut,
  type LandmarkJudge,
  measureAlignment,
  type Pixels,
  type Point,
  toTensor,
} from "@/images/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { areaUnderRoc, rocCurve } from "./roc.ts";
import type { WorkOptions } from "./embed_images.ts";

/** Pictures of faces whose landmarks are known. */
export interface LandmarkSource {
  /** Number of pictures. */
  readonly length: number;
  /** A picture. */
  picture(index: number): Promise<Pixels> | Pixels;
  /** Its five points in pixels. */
  landmarks(index: number): readonly Point[];
  /** The transform that aligns it to 112x112. */
  aligned(index: number): Affine;
}

/** A way of moving an aligned face. */
export interface AlignmentView {
  /** What is done: nothing, one thing, or all at random. */
  readonly kind: "aligned" | "size" | "turn" | "shift" | "all";
  /** Factor of the size, degrees, or share of the picture's width; 0 for nothing, and for all at random. */
  readonly amount: number;
}

/** Figures of one way. */
export interface AlignmentViewScore extends AlignmentView {
  /** Views looked at. */
  readonly count: number;
  /** Share that is refused, 0..1. */
  readonly refused: number;
  /** Area under the ROC curve of "off" against aligned faces; undefined for these themselves. */
  readonly auc?: number;
  /** Median of what {@link measureAlignment} finds to be off, pixels. */
  readonly off: number;
  /** Mean distance between points found and true, pixels. */
  readonly error: number;
}

/** Figures of a landmark estimator. */
export interface AlignmentReport {
  /** What passes as aligned. */
  readonly limits: Required<AlignmentLimits>;
  /** Figures by way. */
  readonly views: readonly AlignmentViewScore[];
  /** Off of the aligned views, in the order of the source. */
  readonly alignedOff: Float64Array;
  /** Which of the aligned views are refused, in the order of the source. */
  readonly alignedRefused: readonly number[];
}

/** Settings of {@link reportAlignment}. */
export interface AlignmentReportOptions extends WorkOptions {
  /** Ways of moving faces; aligned ones are always looked at. @default {ALIGNMENT_VIEWS} */
  readonly views?: readonly AlignmentView[];
  /** What passes. */
  readonly limits?: AlignmentLimits;
  /** Pictures that show more around the face, for views of faces that are smaller than 0.85; the same ones when left out. */
  readonly afar?: LandmarkSource;
  /** Seed of directions. @default {0} */
  readonly seed?: number | bigint;
}

/** Ways that are usual in users' pictures, by size of the misalignment. */
export const ALIGNMENT_VIEWS: readonly AlignmentView[] = [
  ...[0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.15, 1.3, 1.5].map((amount) => ({ kind: "size", amount }) as const),
  ...[10, 20, 30, 45, 90].map((amount) => ({ kind: "turn", amount }) as const),
  ...[0.1, 0.2, 0.3, 0.4].map((amount) => ({ kind: "shift", amount }) as const),
  { kind: "all", amount: 0 },
];

const SIZE = 112, MIDDLE = (SIZE - 1) / 2;

/** From here on a smaller face needs a picture that shows more around it. */
const AFAR = 0.85;

/** Views found at once. */
const BATCH = 32;

/**
 * Measures a landmark estimator. Where a view shows what is beyond the picture, it is of one colour: black in every second
 * picture, else that of its first pixel.
 *
 * @param source Faces, at least one.
 * @param judge The landmark estimator.
 * @param options Ways, limits, progress (views done), stopping.
 * @returns The figures.
 * @throws {RangeError} When there is no face.
 *
 * @example A judge that always finds the template
 * ```ts
 * import { reportAlignment } from "@/evaluation/mod.ts";
 * import { ARC_TEMPLATE, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const source = {
 *   length: 2,
 *   picture: () => filled(112, 112, [0, 0, 0]),
 *   landmarks: () => ARC_TEMPLATE,
 *   aligned: () => [1, 0, 0, 0, 1, 0] as const,
 * };
 * const estimate = (_: Float32Array, n: number) =>
 *   Promise.resolve({ points: Array(n).fill(ARC_TEMPLATE.flat()).flat(), face: Array(n).fill(1) });
 * const views = [{ kind: "shift", amount: 0.4 }] as const;
 * const report = await reportAlignment(source, { imageSize: 112, estimate }, { views });
 * assert.deepEqual(report.views.map(({ refused, auc }) => [refused, auc]), [[0, undefined], [0, 0.5]]);
 * ```
 */
export async function reportAlignment(
  source: LandmarkSource,
  judge: LandmarkJudge,
  options: AlignmentReportOptions = {},
): Promise<AlignmentReport> {
  const { views = ALIGNMENT_VIEWS, limits = {}, afar = source, seed = 0, onProgress, signal } = options;
  if (source.length === 0) throw new RangeError("Cannot report on alignment: there is no picture");
  const all: AlignmentView[] = [{ kind: "aligned", amount: 0 }, ...views];
  const scores: AlignmentViewScore[] = [];
  const alignedRefused: number[] = [];
  let aligned = new Float64Array(0), done = 0;
  for (const [k, view] of all.entries()) {
    const from = needsMore(view) ? afar : source, count = from.length;
    const off = new Float64Array(count);
    let refused = 0, error = 0;
    for (let first = 0; first < count; first += BATCH) {
      signal?.throwIfAborted();
      const indices = Array.from({ length: Math.min(BATCH, count - first) }, (_, i) => first + i);
      const drawn = await Promise.all(indices.map((i) => drawView(from, i, view, seed)));
      const found = await judge.estimate(toTensor(drawn.map(({ image }) => image)), drawn.length);
      for (const [n, i] of indices.entries()) {
        const points = five(found.points, n);
        off[i] = measureAlignment(points).off;
        if (alignmentFault(points, found.face[n]!, limits) !== undefined) {
          refused++;
          if (k === 0) alignedRefused.push(i);
        }
        error += points.reduce((sum, [x, y], p) => {
          const [u, v] = drawn[n]!.landmarks[p]!;
          return sum + Math.hypot(x - u, y - v) / points.length;
        }, 0) / count;
      }
      onProgress?.(done += indices.length);
    }
    if (k === 0) aligned = off;
    const score = { ...view, count, refused: refused / count, off: off.toSorted()[count >> 1]!, error };
    scores.push(k === 0 ? score : { ...score, auc: areaUnderRoc(rocCurve(off, aligned)) });
  }
  return { limits: { ...ALIGNMENT_LIMITS, ...limits }, views: scores, alignedOff: aligned, alignedRefused };
}

function needsMore({ kind, amount }: AlignmentView): boolean {
  return kind === "size" && amount < AFAR;
}

function five(points: ArrayLike<number>, row: number): Point[] {
  return [0, 2, 4, 6, 8].map((i) => [points[10 * row + i]!, points[10 * row + i + 1]!]);
}

/** One view and where its points are. */
async function drawView(
  source: LandmarkSource,
  index: number,
  view: AlignmentView,
  seed: number | bigint,
): Promise<{ image: Pixels; landmarks: Point[] }> {
  const stream = new RandomStream(seed, `alignment ${view.kind} ${view.amount}`, index);
  const matrix = after(moved(view, stream), source.aligned(index));
  const picture = await source.picture(index), [red, green, blue] = picture.data;
  const background = index % 2 === 0 ? [0, 0, 0] as const : [red!, green!, blue!] as const;
  return {
    image: cutOut(picture, matrix, SIZE, { background }),
    landmarks: source.landmarks(index).map(([x, y]) => [
      matrix[0] * x + matrix[1] * y + matrix[2],
      matrix[3] * x + matrix[4] * y + matrix[5],
    ]),
  };
}

/** From the aligned picture to the view. */
function moved({ kind, amount }: AlignmentView, stream: RandomStream): Affine {
  const side = stream.uniform() < 0.5 ? -1 : 1, direction = stream.uniformIn(0, 2 * Math.PI);
  let scale = 1, turn = 0, x = 0, y = 0;
  if (kind === "size") scale = amount;
  if (kind === "turn") turn = side * amount;
  if (kind === "shift") [x, y] = [SIZE * amount * Math.cos(direction), SIZE * amount * Math.sin(direction)];
  if (kind === "all") {
    scale = Math.exp(stream.uniformIn(Math.log(0.5), Math.log(1.6)));
    turn = stream.uniformIn(-45, 45);
    [x, y] = [stream.uniformIn(-0.4, 0.4) * SIZE, stream.uniformIn(-0.4, 0.4) * SIZE];
  }
  const a = turn * Math.PI / 180, c = scale * Math.cos(a), s = scale * Math.sin(a);
  return [c, -s, MIDDLE + x - (c - s) * MIDDLE, s, c, MIDDLE + y - (s + c) * MIDDLE];
}

/** The transform that does `first`, then `then`. */
function after(then: Affine, first: Affine): Affine {
  const [a, b, c, d, e, f] = then, [p, q, r, s, t, u] = first;
  return [a * p + b * s, a * q + b * t, a * r + b * u + c, d * p + e * s, d * q + e * t, d * r + e * u + f];
}
