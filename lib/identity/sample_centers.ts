/**
 * Identities that exist already: rows of a file of centres, in order or shuffled.
 *
 * The reference takes them this way (https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation.py,
 * `--center_feature`), in order and with their norms.
 */
import { RandomStream } from "@/random/mod.ts";
import { checkDraw, checkSeed, recipeOf, refuseRedraw } from "./_draw.ts";
import { applyNorms, checkNorms, NATURAL_NORMS, type Norms } from "./norms.ts";
import type { GroupedSampler, SamplerOptions } from "./sampler.ts";
import { checkVector, type VectorSource } from "./vectors.ts";

/** Options of {@link centersSampler}. */
export interface CentersSamplerOptions extends SamplerOptions {
  /** Take the rows in a random order, so that the first N are a random choice of N. @default {false} */
  readonly shuffle?: boolean;
  /** Norms of the rows. @default {NATURAL_NORMS} */
  readonly norms?: Norms;
}

/**
 * Makes a sampler of the rows of a source.
 *
 * The random order comes from the stream (seed, "centers"). Nothing takes the place of a row.
 *
 * @param source The rows [N, D]; kept open as long as the sampler is used.
 * @param options Order, norms, seed.
 * @returns The sampler, of N rows; the group of a row is its row in the source.
 * @throws {RangeError} When an option is out of range; on drawing, when a row cannot stand for an identity.
 *
 * @example In another order
 * ```ts
 * import { arrayVectors, centersSampler } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const source = arrayVectors(Float32Array.of(1, 2, 3, 4), 2, "two");
 * assert.deepEqual([...centersSampler(source).draw(1)], [3, 4]);
 * const mixed = centersSampler(source, { shuffle: true, seed: 1 });
 * assert.equal(mixed.draw(0)[0]! + mixed.draw(1)[0]!, 4);
 * ```
 */
export function centersSampler(source: VectorSource, options: CentersSamplerOptions = {}): GroupedSampler {
  const { seed = 0, shuffle = false, norms = NATURAL_NORMS } = options;
  checkSeed(seed);
  checkNorms(norms);
  const { name, count, width } = source;
  const order = shuffle ? new RandomStream(seed, "centers").permutation(count) : undefined;
  return {
    name,
    width,
    count,
    redraws: false,
    recipe: recipeOf("centers", width, options, { shuffle }, norms),
    group: (row) => {
      checkDraw(name, count, row, 0);
      return order?.[row] ?? row;
    },
    draw: (row, attempt = 0) => {
      checkDraw(name, count, row, attempt);
      refuseRedraw(name, row, attempt, "a file of vectors has nothing to take its place");
      const at = order?.[row] ?? row;
      const vector = source.vector(at);
      checkVector(vector, at, name, width);
      return applyNorms(vector, norms, { seed, row });
    },
  };
}
