/**
 * Identities from the fitted Gaussian, whole or cut down to its leading components.
 *
 * See moments.ts and principal.ts for the author's route and where this differs.
 */
import { RandomStream } from "@/random/mod.ts";
import { checkDraw, checkSeed, recipeOf } from "./_draw.ts";
import { type GaussianMoments, sampleGaussian } from "./moments.ts";
import { applyNorms, checkNorms, NATURAL_NORMS, type Norms } from "./norms.ts";
import { type TruncatedMoments, truncateMoments } from "./principal.ts";
import type { IdentitySampler, SamplerOptions } from "./sampler.ts";

/** Options of {@link gaussianSampler}. */
export interface GaussianSamplerOptions extends SamplerOptions {
  /** Keep only so many principal components k, 1..D; all when left out. */
  readonly components?: number | undefined;
  /** Norms of the rows. @default {NATURAL_NORMS} */
  readonly norms?: Norms;
}

/**
 * Makes a sampler of N(mean, covariance).
 *
 * Row i, attempt a, takes D normal numbers of the stream (seed, "identity", i, a); attempt 0 with all components and
 * natural norms is `gaussianVectors(moments, seed, n).vector(i)`.
 *
 * @param moments The Gaussian, see `fitMoments` and `loadMoments`.
 * @param options Seed, components, norms.
 * @returns The sampler; its rows have no end.
 * @throws {RangeError} When an option is out of range.
 *
 * @example Row 1, whatever comes before it
 * ```ts
 * import { fitMoments, gaussianSampler, gaussianVectors } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const moments = fitMoments(Float32Array.of(1, 2, 3, 1, 0, 5), 2);
 * const sampler = gaussianSampler(moments, { seed: 7 });
 * assert.deepEqual(sampler.draw(1), gaussianVectors(moments, 7, 2).vector(1));
 * assert.notDeepEqual(sampler.draw(1, 1), sampler.draw(1));
 * ```
 */
export function gaussianSampler(moments: GaussianMoments, options: GaussianSamplerOptions = {}): IdentitySampler {
  const { seed = 0, components, norms = NATURAL_NORMS } = options;
  checkSeed(seed);
  checkNorms(norms);
  const { width } = moments;
  const truncated = components === undefined ? undefined : truncateMoments(moments, components);
  const name = truncated === undefined ? "the fitted Gaussian" : `the fitted Gaussian's first ${components} components`;
  return {
    name,
    width,
    count: Infinity,
    recipe: recipeOf("gaussian", width, options, { components: components ?? null }, norms),
    draw: (row, attempt = 0) => {
      checkDraw(name, Infinity, row, attempt);
      const stream = new RandomStream(seed, "identity", row, attempt);
      const vector = truncated === undefined ? sampleGaussian(moments, stream) : drawTruncated(truncated, stream);
      return applyNorms(vector, norms, { seed, row, attempt });
    },
  };
}

function drawTruncated(moments: TruncatedMoments, stream: RandomStream): Float32Array {
  const { width, components, mean, directions, loadings } = moments;
  const z = Float64Array.from(mean, () => stream.normal());
  const sum = mean.slice();
  for (let c = 0; c < components; c++) {
    let along = 0;
    for (let j = 0, at = c * width; j < width; j++) along += loadings[at + j]! * z[j]!;
    for (let i = 0, at = c * width; i < width; i++) sum[i]! += directions[at + i]! * along;
  }
  return Float32Array.from(sum);
}
