/**
 * What is left of an image after image -> vector -> image: identity and pose, by any number of recognisers.
 */
import { RandomStream } from "@/random/mod.ts";
import { type Decoder, embedShots, type Shot } from "./_decode.ts";
import { mean, median, rowCosines, wholeRows } from "./cosine.ts";
import type { Embedder, WorkOptions } from "./embed_images.ts";
import { type ProbeScore, probeScore } from "./linear_probe.ts";
import { predictUnseen, type ProbeFolds } from "./probe_folds.ts";

/** A recogniser with what it made of the rendered images. */
export interface Witness {
  /** The recogniser. */
  readonly embedder: Embedder;
  /** Its features [N, D] of all rendered images. */
  readonly features: Float32Array;
  /** Its yaw probes, fitted on those features. */
  readonly yawProbes: ProbeFolds;
}

/** Reconstruction as one recogniser sees it. */
export interface ReconstructionFigures {
  /** Mean cosine between decoded and rendered image; for the first recogniser that is decoded image and vector. */
  readonly cosine: number;
  /** Median of the same. */
  readonly medianCosine: number;
  /** True yaw against yaw read from the decoded image, by probes fitted on rendered images of other identities. */
  readonly yaw: ProbeScore;
  /** True yaw against yaw read from the rendered images themselves: as good as it can get. */
  readonly yawRendered: ProbeScore;
}

/** Options of {@link reportReconstruction}. */
export interface ReconstructionOptions extends WorkOptions {
  /** Most images decoded. @default {300} */
  readonly images?: number;
  /** Seed of the choice and of the masks. @default {0} */
  readonly seed?: number | bigint;
}

/**
 * Chooses images by a seed.
 *
 * @param length Number of images N there are.
 * @param wanted Number wanted; all when there are fewer.
 * @param seed Seed of the choice.
 * @returns Different indices, ascending.
 *
 * @example All of three
 * ```ts
 * import { chooseImages } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...chooseImages(3, 9, 1)], [0, 1, 2]);
 * ```
 */
export function chooseImages(length: number, wanted: number, seed: number | bigint): Int32Array {
  return new RandomStream(seed, "reconstructed images").permutation(length).slice(0, wanted).sort();
}

/**
 * Decodes the first recogniser's features of rendered images and compares the images with the rendered ones.
 *
 * @param generator The generator.
 * @param witnesses Recognisers with their features, the generator's own first.
 * @param yaws True yaw of all N rendered images in degrees.
 * @param options Number of images, seed, progress.
 * @returns The figures of each recogniser.
 * @throws {TypeError} When features and yaws do not fit.
 * @throws {RangeError} When there is no recogniser or no image.
 *
 * @example Without a recogniser there is nothing to tell
 * ```ts
 * import { type Decoder, reportReconstruction } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * await assert.rejects(reportReconstruction({ vectorSize: 2 } as Decoder, [], [1]), RangeError);
 * ```
 */
export async function reportReconstruction(
  generator: Decoder,
  witnesses: readonly Witness[],
  yaws: ArrayLike<number>,
  options: ReconstructionOptions = {},
): Promise<ReconstructionFigures[]> {
  const { images = 300, seed = 0, onProgress, signal } = options;
  const own = witnesses[0];
  const rows = chooseImages(yaws.length, images, seed);
  if (own === undefined || rows.length === 0) {
    throw new RangeError(
      `Cannot report on reconstruction: ${witnesses.length} recognisers and ${rows.length} images, expected one of each`,
    );
  }
  for (const { features, embedder } of witnesses) {
    if (wholeRows(features, embedder.vectorSize, "report on reconstruction") !== yaws.length) {
      throw new TypeError(
        `Cannot report on reconstruction: ${features.length / embedder.vectorSize} features but ${yaws.length} yaws`,
      );
    }
  }
  const width = generator.vectorSize;
  const shots = Array.from(rows, (row): Shot => ({
    vector: own.features.subarray(row * width, (row + 1) * width),
    identity: row,
    image: 0,
    sigma: 0,
  }));
  let done = 0;
  const decoded = await embedShots(generator, witnesses.map(({ embedder }) => embedder), shots, {
    seed,
    signal,
    onPart: (_, n) => onProgress?.(done += n),
  });
  const truth = Array.from(rows, (row) => yaws[row]!);
  return witnesses.map(({ embedder: { vectorSize }, features, yawProbes }, k) => {
    const rendered = new Float32Array(rows.length * vectorSize);
    rows.forEach((row, i) => rendered.set(features.subarray(row * vectorSize, (row + 1) * vectorSize), i * vectorSize));
    const cosines = rowCosines(decoded[k]!, rendered, vectorSize);
    return {
      cosine: mean(cosines),
      medianCosine: median(cosines),
      yaw: probeScore(predictUnseen(yawProbes, decoded[k]!, rows), truth),
      yawRendered: probeScore(predictUnseen(yawProbes, rendered, rows), truth),
    };
  });
}
