/**
 * Whether a quality estimator falls where pictures get worse: on pictures made worse step by step, and on what is known about
 * rendered ones.
 */
import { DEGRADATION_KINDS, type DegradationKind, degrade, type Pixels, toTensor } from "@/images/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { mean } from "./cosine.ts";
import { type ImageSource, readImage, type WorkOptions } from "./embed_images.ts";
import { spearman } from "./spearman.ts";

/** What turns images into qualities, such as `QualityEstimator`. */
export interface QualityJudge {
  /** Height and width of an image in pixels. */
  readonly imageSize: number;
  /** Images [N, 3, H, W] in -1..1 to N numbers, larger for better ones. */
  estimate(images: Float32Array, count: number): Promise<ArrayLike<number>>;
}

/** How quality goes with one way of making pictures worse. */
export interface DegradationScore {
  /** Spearman correlation of quality with strength over all pictures and strengths; -1 is best. */
  readonly pooled: number;
  /** Mean over pictures of the correlation over the strengths of one. */
  readonly perImage: number;
  /** Mean quality at each strength. */
  readonly means: readonly number[];
}

/** Figures of a quality estimator. */
export interface QualityReport {
  /** Pictures looked at. */
  readonly images: number;
  /** Strengths that each was made worse by, 0 first. */
  readonly strengths: readonly number[];
  /** Scores by kind. */
  readonly degradations: Readonly<Record<DegradationKind, DegradationScore>>;
  /** Least, mean and largest quality of the pictures as they are. */
  readonly quality: { readonly least: number; readonly mean: number; readonly largest: number };
}

/** Settings of {@link reportQuality}. */
export interface QualityReportOptions extends WorkOptions {
  /** Strengths, ascending from 0 to 1. @default {[0, 0.2, 0.4, 0.6, 0.8, 1]} */
  readonly strengths?: readonly number[];
  /** Seed of noise and of the places of occlusions. @default {0} */
  readonly seed?: number | bigint;
}

/**
 * Measures a quality estimator on pictures made worse by blur, noise, darkness and occlusion.
 *
 * @param source N pictures, at least 1; best those that are good to begin with.
 * @param judge The quality estimator.
 * @param options Strengths, seed, progress (pictures done), stopping.
 * @returns The figures.
 * @throws {RangeError} When there is no picture, or fewer than two strengths.
 *
 * @example The brightness as quality falls with darkness
 * ```ts
 * import { reportQuality } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const grey = { length: 2, image: (i: number, out: Uint8Array) => void out.fill(200 - i) };
 * const brightness = (x: Float32Array, n: number) => {
 *   return Promise.resolve(Array.from({ length: n }, (_, i) => x.subarray(i * 48, (i + 1) * 48).reduce((a, b) => a + b)));
 * };
 * const { degradations } = await reportQuality(grey, { imageSize: 4, estimate: brightness });
 * assert.equal(degradations.darkness.perImage, -1);
 * ```
 */
export async function reportQuality(
  source: ImageSource,
  judge: QualityJudge,
  { strengths = [0, 0.2, 0.4, 0.6, 0.8, 1], seed = 0, onProgress, signal }: QualityReportOptions = {},
): Promise<QualityReport> {
  const levels = strengths.length;
  if (source.length === 0 || levels < 2) {
    throw new RangeError(
      `Cannot report on quality: ${source.length} pictures at ${levels} strengths, expected at least 1 and 2`,
    );
  }
  const qualities = new Map(DEGRADATION_KINDS.map((kind) => [kind, new Float64Array(source.length * levels)]));
  for (let index = 0; index < source.length; index++) {
    signal?.throwIfAborted();
    const image = readImage(source, index, judge.imageSize);
    const worse: Pixels[] = [];
    for (const kind of DEGRADATION_KINDS) {
      for (const strength of strengths) {
        worse.push(degrade(image, { kind, strength }, new RandomStream(seed, "quality report", index)));
      }
    }
    const found = await judge.estimate(toTensor(worse), worse.length);
    DEGRADATION_KINDS.forEach((kind, k) => {
      for (let s = 0; s < levels; s++) qualities.get(kind)![index * levels + s] = found[k * levels + s]!;
    });
    onProgress?.(index + 1);
  }
  const asked = Array.from({ length: source.length * levels }, (_, i) => strengths[i % levels]!);
  const score = (kind: DegradationKind): DegradationScore => {
    const values = qualities.get(kind)!;
    const one = Array.from({ length: source.length }, (_, i) => {
      return spearman(values.subarray(i * levels, (i + 1) * levels), strengths);
    });
    const means = strengths.map((_, s) => mean(values.filter((_, i) => i % levels === s)));
    return { pooled: spearman(values, asked), perImage: mean(one), means };
  };
  const plain = qualities.get("blur")!.filter((_, i) => i % levels === 0);
  return {
    images: source.length,
    strengths,
    degradations: {
      blur: score("blur"),
      noise: score("noise"),
      darkness: score("darkness"),
      occlusion: score("occlusion"),
    },
    quality: { least: Math.min(...plain), mean: mean(plain), largest: Math.max(...plain) },
  };
}

/** Images in memory at once. */
const PART = 32;

/**
 * Estimates the quality of every image of a source.
 *
 * @param source N images.
 * @param judge The quality estimator.
 * @param options Progress and stopping.
 * @returns N numbers, larger for better images.
 *
 * @example The first value as quality
 * ```ts
 * import { estimateQualities } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const white = { length: 2, image: (_: number, out: Uint8Array) => void out.fill(255) };
 * const judge = { imageSize: 1, estimate: (x: Float32Array, n: number) => Promise.resolve(x.filter((_, i) => i < n)) };
 * assert.deepEqual([...await estimateQualities(white, judge)], [1, 1]);
 * ```
 */
export async function estimateQualities(
  source: ImageSource,
  judge: QualityJudge,
  { onProgress, signal }: WorkOptions = {},
): Promise<Float32Array> {
  const out = new Float32Array(source.length);
  for (let from = 0; from < source.length; from += PART) {
    signal?.throwIfAborted();
    const count = Math.min(PART, source.length - from);
    const images = Array.from({ length: count }, (_, i) => readImage(source, from + i, judge.imageSize));
    out.set(Array.from(await judge.estimate(toTensor(images), count)), from);
    onProgress?.(from + count);
  }
  return out;
}

/** What is known about a rendered picture and says how good it is; a part of a line of `truth.jsonl`. */
export interface QualityTruth {
  /** Standard deviation of the blur, pixels. */
  readonly blur: number;
  /** How many times smaller the picture once was. */
  readonly shrink: number;
  /** Standard deviation of the noise, levels of 255. */
  readonly noise: number;
  /** What is in front of the face; "none" for nothing. */
  readonly occlusion: string;
  /** Strength of the key light and of the light from above. */
  readonly light: { readonly key: number; readonly fill: number };
  /** Turn to the side, degrees. */
  readonly yaw: number;
}

/**
 * Rank correlations of quality with what is known about pictures. These are weak even for a good estimator: the damage of
 * rendered pictures is slight, and everything else varies as well.
 *
 * @param qualities N numbers, N at least 2.
 * @param truth What is known about the same pictures.
 * @returns Spearman correlations by name; NaN where the pictures do not differ.
 * @throws {TypeError} When the lengths differ.
 *
 * @example Blurred pictures are worse
 * ```ts
 * import { qualityCorrelations } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const known = { shrink: 1, noise: 0, occlusion: "none", light: { key: 1, fill: 0.5 }, yaw: 0 };
 * const truth = [0, 1, 2].map((blur) => ({ ...known, blur }));
 * assert.equal(qualityCorrelations([30, 25, 20], truth)["blur"], -1);
 * ```
 */
export function qualityCorrelations(
  qualities: ArrayLike<number>,
  truth: readonly QualityTruth[],
): Readonly<Record<string, number>> {
  const sides: Record<string, (t: QualityTruth) => number> = {
    blur: (t) => t.blur,
    shrink: (t) => t.shrink,
    noise: (t) => t.noise,
    occlusion: (t) => t.occlusion === "none" ? 0 : 1,
    light: (t) => t.light.key + t.light.fill,
    turn: (t) => Math.abs(t.yaw),
  };
  return Object.fromEntries(
    Object.entries(sides).map(([name, value]) => [name, spearman(qualities, truth.map(value))]),
  );
}
