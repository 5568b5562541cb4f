/**
 * Identities of isotropic direction: any way as likely as any other.
 *
 * The second of the author's two samplers (https://github.com/HaiyuWu/Vec2Face/issues/11): normal numbers, without
 * mean or covariance. They are nearly orthogonal by themselves (cosine 0 +- 1 / sqrt(D)), but no face has such a
 * vector: with the published weights a search for its image may not end
 * (https://github.com/HaiyuWu/Vec2Face/issues/18).
 */
import { RandomStream } from "@/random/mod.ts";
import { checkDraw, checkSeed, recipeOf } from "./_draw.ts";
import { applyNorms, checkNorms, NATURAL_NORMS, type Norms } from "./norms.ts";
import type { IdentitySampler, SamplerOptions } from "./sampler.ts";

/** What {@link sphereSampler} warns of. */
export const SPHERE_WARNING: string =
  "Isotropic vectors lie off the manifold of face vectors: well separated as they are, " +
  "they decode into poor or alike faces; look at some before using many, or draw from the fitted Gaussian.";

/** Options of {@link sphereSampler}. */
export interface SphereSamplerOptions extends SamplerOptions {
  /** Norms of the rows; natural ones are those of D normal numbers, sqrt(D) +- 0.7. @default {NATURAL_NORMS} */
  readonly norms?: Norms;
}

/**
 * Makes a sampler of isotropic vectors.
 *
 * Row i, attempt a, takes D normal numbers of the stream (seed, "sphere", i, a).
 *
 * @param width Width D of a row, at least 2.
 * @param options Seed and norms.
 * @returns The sampler; its rows have no end, and it carries a warning.
 * @throws {RangeError} When the width or an option is out of range.
 *
 * @example On the unit sphere
 * ```ts
 * import { norm, sphereSampler } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const sampler = sphereSampler(512, { seed: 3, norms: { kind: "fixed", value: 1 } });
 * assert.ok(Math.abs(norm(sampler.draw(0)) - 1) < 1e-6);
 * ```
 */
export function sphereSampler(width: number, options: SphereSamplerOptions = {}): IdentitySampler {
  const { seed = 0, norms = NATURAL_NORMS } = options;
  if (!Number.isSafeInteger(width) || width < 2) {
    throw new RangeError(`Cannot sample a sphere: its width is ${width}, expected a whole number of at least 2`);
  }
  checkSeed(seed);
  checkNorms(norms);
  const name = "the sphere";
  return {
    name,
    width,
    count: Infinity,
    warning: SPHERE_WARNING,
    recipe: recipeOf("sphere", width, options, {}, norms),
    draw: (row, attempt = 0) => {
      checkDraw(name, Infinity, row, attempt);
      const stream = new RandomStream(seed, "sphere", row, attempt);
      return applyNorms(stream.fillNormal(new Float32Array(width)), norms, { seed, row, attempt });
    },
  };
}
