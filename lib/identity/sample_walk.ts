/**
 * Identities on the way from one to another: walks between pairs of a source, row after row.
 *
 * One walk is `interpolate` at equal steps. With the ends left out and one step, a walk is the half-way identity of
 * two parents.
 */
import { RandomStream } from "@/random/mod.ts";
import { checkDraw, checkSeed, recipeOf, refuseRedraw } from "./_draw.ts";
import { interpolate } from "./interpolate.ts";
import type { GroupedSampler, SamplerOptions } from "./sampler.ts";
import { checkVector, type VectorSource } from "./vectors.ts";

/** Options of {@link walkSampler}. */
export interface WalkSamplerOptions extends SamplerOptions {
  /** Rows of each walk S: at least 2 with the ends, else 1. */
  readonly steps: number;
  /** First and last row of each walk; random pairs of different rows, without end, when left out. */
  readonly pairs?: readonly (readonly [number, number])[] | undefined;
  /** Walks begin and end with the rows of the source themselves. @default {true} */
  readonly ends?: boolean;
}

/** A sampler of walks. */
export interface WalkSampler extends GroupedSampler {
  /**
   * Tells between which rows of the source a walk goes.
   *
   * @param group Number of the walk.
   * @returns First and last row.
   */
  pair(group: number): readonly [number, number];
}

/**
 * Makes a sampler of walks.
 *
 * Row i is step i mod S of walk floor(i / S), at the fraction s / (S - 1) of the way, or (s + 1) / (S + 1) without
 * ends. Random pair p comes from the stream (seed, "walk pairs", p). A step has no replacement.
 *
 * @param source The identities [N, D]; kept open as long as the sampler is used.
 * @param options Steps, pairs, ends, seed.
 * @returns The sampler; the group of a row is its walk.
 * @throws {RangeError} When an option is out of range; on drawing, when two ends are opposite or one is no identity.
 *
 * @example Half-way between two
 * ```ts
 * import { arrayVectors, walkSampler } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const source = arrayVectors(Float32Array.of(1, 0, 0, 1), 2, "two");
 * const [x, y] = walkSampler(source, { steps: 1, ends: false, pairs: [[0, 1]] }).draw(0);
 * assert.ok(Math.abs(x! - Math.SQRT1_2) < 1e-7 && x === y);
 * ```
 */
export function walkSampler(source: VectorSource, options: WalkSamplerOptions): WalkSampler {
  const { seed = 0, steps, pairs, ends = true } = options;
  const least = ends ? 2 : 1;
  if (!Number.isSafeInteger(steps) || steps < least) {
    throw new RangeError(`Cannot walk: ${steps} steps, expected a whole number of at least ${least}`);
  }
  checkSeed(seed);
  checkPairs(source, pairs);
  const name = `walks between rows of ${source.name}`;
  const count = pairs === undefined ? Infinity : pairs.length * steps;
  const pair = (group: number): readonly [number, number] => {
    checkDraw(name, count, group * steps, 0);
    if (pairs !== undefined) return pairs[group]!;
    const stream = new RandomStream(seed, "walk pairs", group);
    const from = stream.integer(source.count);
    const to = stream.integer(source.count - 1);
    return [from, to < from ? to : to + 1];
  };
  const end = (row: number): Float32Array => {
    const vector = source.vector(row);
    checkVector(vector, row, source.name, source.width);
    return vector;
  };
  return {
    name,
    width: source.width,
    count,
    redraws: false,
    pair,
    recipe: recipeOf("interpolate", source.width, options, { steps, pairs: pairs ?? null, ends }),
    group: (row) => {
      checkDraw(name, count, row, 0);
      return Math.floor(row / steps);
    },
    draw: (row, attempt = 0) => {
      checkDraw(name, count, row, attempt);
      refuseRedraw(name, row, attempt, "a step of a walk has nothing to take its place; walks are alike by design");
      const [from, to] = pair(Math.floor(row / steps));
      const step = row % steps;
      if (ends && step === 0) return end(from);
      if (ends && step === steps - 1) return end(to);
      return interpolate(end(from), end(to), ends ? step / (steps - 1) : (step + 1) / (steps + 1));
    },
  };
}

function checkPairs(source: VectorSource, pairs: WalkSamplerOptions["pairs"]): void {
  if (pairs === undefined) {
    if (source.count < 2) {
      throw new RangeError(`Cannot walk between random rows of ${source.name}: it has one row, expected at least 2`);
    }
    return;
  }
  if (pairs.length === 0) throw new RangeError("Cannot walk: the list of pairs is empty");
  for (const row of pairs.flat()) {
    if (!Number.isInteger(row) || row < 0 || row >= source.count) {
      throw new RangeError(`Cannot walk to row ${row} of ${source.name}: it has rows 0 to ${source.count - 1}`);
    }
  }
}
