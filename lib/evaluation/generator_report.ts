/**
 * What a generator makes of sampled identity vectors: are the images the identity, alike among themselves, unlike
 * others, and how much do they vary. Measured by any number of recognisers, as the one in the training loss flatters.
 */
import { type Decoder, embedShots, type Shot } from "./_decode.ts";
import { mean, median, pairCosines, quantile, rowCosines, wholeRows } from "./cosine.ts";
import type { Embedder, WorkOptions } from "./embed_images.ts";

export type { Decoder } from "./_decode.ts";

/** Two images of one identity at one noise level. */
export interface VariationFigures {
  /** Standard deviation of the noise on the vector; 0: only the masks differ. */
  readonly sigma: number;
  /** Mean absolute difference of the two images' pixels, in units of 1/255. */
  readonly pixels: number;
  /** Mean cosine between the two images, by each recogniser. */
  readonly cosines: readonly number[];
}

/** Figures of a generator on sampled vectors. */
export interface GeneratorReport {
  /** Number of identities. */
  readonly identities: number;
  /** Number of identities that `variation` is measured on. */
  readonly varied: number;
  /** Mean cosine between vector and image, by the first recogniser: the one whose features the vectors are. */
  readonly vectorToImage: number;
  /** Mean cosine between two decodings of one vector with different masks, by each recogniser. */
  readonly otherMask: readonly number[];
  /** Median cosine between images of different identities, by each recogniser. */
  readonly between: readonly number[];
  /** 99 % quantile of the same. */
  readonly betweenHigh: readonly number[];
  /** How much images of one identity differ, by noise level; the first is 0. */
  readonly variation: readonly VariationFigures[];
}

/** Options of {@link reportGenerator}. */
export interface GeneratorReportOptions extends WorkOptions {
  /** Noise levels above 0. @default {[0.3, 0.5, 0.7]} */
  readonly sigmas?: readonly number[];
  /** Most identities that are varied. @default {100} */
  readonly varied?: number;
  /** Seed of masks and noise. @default {0} */
  readonly seed?: number | bigint;
}

/**
 * Counts the images that {@link reportGenerator} decodes.
 *
 * @param identities Number of identities.
 * @param options The options of the report.
 * @returns 2 for each identity, and 2 for each varied identity and noise level.
 *
 * @example Of ten identities
 * ```ts
 * import { generatorReportImages } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(generatorReportImages(10, { varied: 5 }), 20 + 5 * 3 * 2);
 * ```
 */
export function generatorReportImages(identities: number, options: GeneratorReportOptions = {}): number {
  const { sigmas = [0.3, 0.5, 0.7], varied = 100 } = options;
  return 2 * identities + 2 * sigmas.length * Math.min(varied, identities);
}

/**
 * Measures a generator on sampled vectors.
 *
 * Images 0 and 1 of an identity decode its vector itself with two masks; images 2 and 3, made anew for each noise
 * level, decode two noisy copies, each with a mask of its own. Mask and direction of the noise of an image are the same at all levels.
 *
 * @param generator The generator.
 * @param embedders Recognisers, the vectors' own first.
 * @param vectors Identity vectors [N, D], N at least 2.
 * @param options Noise levels, numbers, seed, progress.
 * @returns The figures.
 * @throws {TypeError} When the vectors do not make whole rows.
 * @throws {RangeError} When there are fewer than two identities, or no recogniser.
 *
 * @example One identity is not enough
 * ```ts
 * import { type Decoder, reportGenerator } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * await assert.rejects(reportGenerator({ vectorSize: 2 } as Decoder, [], Float32Array.of(1, 2)), RangeError);
 * ```
 */
export async function reportGenerator(
  generator: Decoder,
  embedders: readonly Embedder[],
  vectors: Float32Array,
  options: GeneratorReportOptions = {},
): Promise<GeneratorReport> {
  const { sigmas = [0.3, 0.5, 0.7], varied: most = 100, seed = 0, onProgress, signal } = options;
  const width = generator.vectorSize;
  const identities = wholeRows(vectors, width, "report on a generator");
  const varied = Math.min(most, identities);
  if (identities < 2 || varied < 1 || embedders.length === 0) {
    throw new RangeError(
      `Cannot report on a generator: ${identities} identities, ${varied} of them varied, and ${embedders.length} ` +
        "recognisers, expected at least two, one and one",
    );
  }
  let done = 0;
  /** Images `image` and `image + 1` of the first identities, side by side, at one noise level. */
  const pairs = async (count: number, image: number, sigma: number) => {
    const shots: Shot[] = Array.from({ length: 2 * count }, (_, i) => {
      const identity = i >> 1;
      const vector = vectors.subarray(identity * width, (identity + 1) * width);
      return { vector, identity, image: image + (i & 1), sigma };
    });
    const differences: number[] = []; // one a pair
    const features = await embedShots(generator, embedders, shots, {
      seed,
      signal,
      onPart: (images, n) => {
        const size = images.length / n;
        for (let i = 0; i < n; i += 2) differences.push(pixelDifference(images, i * size, size));
        onProgress?.(done += n);
      },
    });
    return {
      differences,
      features,
      pairs: embedders.map((e, k) => pairCosines(features[k]!, e.vectorSize, side(count))),
    };
  };
  const plain = await pairs(identities, 0, 0);
  const still = plain.features.map((rows, k) => everySecond(rows, embedders[k]!.vectorSize)); // image 0 of each
  const variation: VariationFigures[] = [{
    sigma: 0,
    pixels: mean(plain.differences.slice(0, varied)),
    cosines: plain.pairs.map((cosines) => mean(cosines.subarray(0, varied))),
  }];
  for (const sigma of sigmas) {
    const found = await pairs(varied, 2, sigma);
    variation.push({ sigma, pixels: mean(found.differences), cosines: found.pairs.map(mean) });
  }
  const others = still.map((rows, k) => pairCosines(rows, embedders[k]!.vectorSize, everyTwo(identities)));
  return {
    identities,
    varied,
    vectorToImage: mean(rowCosines(vectors, still[0]!, width)),
    otherMask: plain.pairs.map(mean),
    between: others.map(median),
    betweenHigh: others.map((cosines) => quantile(cosines, 0.99)),
    variation,
  };
}

/** Rows 0 and 1, 2 and 3, ... */
function side(count: number) {
  const first = Array.from({ length: count }, (_, i) => 2 * i);
  return { first, second: first.map((row) => row + 1) };
}

/** All pairs of N rows. */
function everyTwo(count: number) {
  const first: number[] = [], second: number[] = [];
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      first.push(i);
      second.push(j);
    }
  }
  return { first, second };
}

/** Rows 0, 2, 4, ... of [N, D]. */
function everySecond(rows: Float32Array, width: number): Float32Array {
  return Float32Array.from(
    { length: rows.length / 2 },
    (_, i) => rows[2 * width * Math.floor(i / width) + i % width]!,
  );
}

/** Mean absolute difference of two images that follow each other, -1..1, in units of 1/255. */
function pixelDifference(images: Float32Array, at: number, size: number): number {
  let sum = 0;
  for (let i = at; i < at + size; i++) sum += Math.abs(images[i]! - images[i + size]!);
  return sum / size * 127.5;
}
