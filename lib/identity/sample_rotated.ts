/**
 * Look-alikes: vectors at one cosine to given parents, as hard negatives or as kin.
 *
 * The fork https://github.com/biesseck/Vec2Face turns a reference embedding by a random orthogonal direction in the
 * same way; here every look-alike has its own stream, and the cosine is met in float64 (see `rotateToCosine`).
 * Two look-alikes of one parent have the cosine c^2 to each other, +- (1 - c^2) / sqrt(D).
 */
import { RandomStream } from "@/random/mod.ts";
import { checkDraw, checkSeed, recipeOf, refuseRedraw } from "./_draw.ts";
import { applyNorms, checkNorms, NATURAL_NORMS, type Norms } from "./norms.ts";
import { rotateToCosine } from "./perturb.ts";
import type { GroupedSampler, SamplerOptions } from "./sampler.ts";
import { checkVector, type VectorSource } from "./vectors.ts";

/** Options of {@link rotatedSampler}. */
export interface RotatedSamplerOptions extends SamplerOptions {
  /** Cosine between a parent and its look-alikes, -1..1. */
  readonly cosine: number;
  /** Look-alikes of each parent k, at least 1. @default {1} */
  readonly perParent?: number;
  /** Put each parent, as it is, before its look-alikes: groups of k + 1, of which no row is redrawn. @default {false} */
  readonly keepParents?: boolean;
  /** Norms of the look-alikes; natural ones are their parent's. @default {NATURAL_NORMS} */
  readonly norms?: Norms;
}

/**
 * Makes a sampler of look-alikes.
 *
 * Row i is look-alike i mod k of parent floor(i / k), turned by the stream (seed, "rotate", i, attempt): the result is
 * cos * v + sqrt(1 - cos^2) * |v| * w, with w uniform among the unit vectors at right angles to v. Its cosine to v is
 * within 1e-6 of the one asked for after rounding to float32.
 *
 * @param parents The parents [N, D], D at least 2; kept open as long as the sampler is used.
 * @param options Cosine, number for each parent, norms, seed.
 * @returns The sampler, of N k rows; the group of a row is its parent's row.
 * @throws {RangeError} When an option is out of range; on drawing, when a parent cannot stand for an identity.
 *
 * @example Two look-alikes of each
 * ```ts
 * import { arrayVectors, cosine, rotatedSampler } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const parents = arrayVectors(Float32Array.of(1, 2, 2, 0, 3, 4), 3, "two");
 * const sampler = rotatedSampler(parents, { cosine: 0.6, perParent: 2 });
 * assert.equal(sampler.group(3), 1);
 * assert.ok(Math.abs(cosine(sampler.draw(3), parents.vector(1)) - 0.6) < 1e-6);
 * ```
 */
export function rotatedSampler(parents: VectorSource, options: RotatedSamplerOptions): GroupedSampler {
  const { seed = 0, cosine, perParent = 1, keepParents = false, norms = NATURAL_NORMS } = options;
  if (!(cosine >= -1 && cosine <= 1)) {
    throw new RangeError(`Cannot make look-alikes: the cosine is ${cosine}, expected a number from -1 to 1`);
  }
  if (!Number.isSafeInteger(perParent) || perParent < 1) {
    throw new RangeError(`Cannot make look-alikes: ${perParent} for each parent, expected a whole number above 0`);
  }
  if (parents.width < 2) {
    throw new RangeError("Cannot make look-alikes: the parents' width is 1, expected at least 2");
  }
  checkSeed(seed);
  checkNorms(norms);
  const { width } = parents;
  const size = perParent + (keepParents ? 1 : 0);
  const count = parents.count * size;
  const name = `look-alikes of ${parents.name}`;
  return {
    name,
    width,
    count,
    redraws: !keepParents,
    recipe: recipeOf("rotate", width, options, { cosine, perParent, keepParents }, norms),
    group: (row) => {
      checkDraw(name, count, row, 0);
      return Math.floor(row / size);
    },
    draw: (row, attempt = 0) => {
      checkDraw(name, count, row, attempt);
      const at = Math.floor(row / size);
      const parent = parents.vector(at);
      checkVector(parent, at, parents.name, width);
      if (keepParents && row % size === 0) {
        refuseRedraw(name, row, attempt, "it is a parent, which stays as it is");
        return parent;
      }
      const turned = rotateToCosine(parent, cosine, new RandomStream(seed, "rotate", row, attempt));
      return applyNorms(turned, norms, { seed, row, attempt });
    },
  };
}
