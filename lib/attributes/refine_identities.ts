/**
 * Refinement of identity vectors before they are varied: each goes down the gradient until its image is of that identity and
 * of good quality.
 *
 * The first use of gen_image, in
 * https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation.py ; deviations: each identity is judged alone and ends with a
 * reason, and one that is not accepted may be replaced.
 *
 * @module
 */
import { RandomStream } from "@/random/mod.ts";
import type { AttributeEvaluator } from "./attribute_session.ts";
import { type AttributeJob, type AttributeResult, type OptimiseOptions, runJobs } from "./optimise.ts";

/** Which vector of which identity. */
export interface RefinedTag {
  /** Row of the identity. */
  readonly row: number;
  /** 0 for the row itself, 1 and more for its replacements. */
  readonly attempt: number;
}

/** What came of one vector. */
export interface RefinedIdentity extends RefinedTag, Omit<AttributeResult<RefinedTag>, "tag"> {
  /** Whether this is the last of the row: accepted, or no replacement is left. */
  readonly settled: boolean;
}

/** Options of {@linkcode refineIdentities}. */
export interface RefineOptions extends OptimiseOptions<RefinedTag> {
  /** Seed of the masks, 0..2^64-1. */
  readonly seed: number | bigint;
  /** Rows to refine, in order. */
  readonly rows: Iterable<number> | AsyncIterable<number>;
  /** Most vectors tried for a row, from 1; more than 1 needs a `draw` that has replacements. @default {1} */
  readonly attempts?: number;
  /** Targets of all rows besides the identity, such as `{ quality: 25 }`. @default {{}} */
  readonly targets?: Readonly<Record<string, number>>;
}

/**
 * Refines identity vectors; every vector tried gives a result, so that what was refused can be listed.
 *
 * The class vector, target "identity", is the vector itself. Results come in the order in which they end; each depends on seed,
 * row, attempt, networks, cap and learning rate alone.
 *
 * @param evaluator Networks and objectives.
 * @param draw Vector [D] of a row: `(row) => source.vector(row)`, or a sampler's `(row, attempt) => sampler.draw(row, attempt)`.
 * @param options Rows, seed, attempts, and those of the loop.
 * @returns A result for every vector tried.
 * @throws {RangeError} If the number of attempts is not a whole number from 1.
 *
 * @example A row is replaced until its vector is accepted
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { type AttributeEvaluator, refineIdentities } from "@/attributes/mod.ts";
 *
 * const mask = { keep: new Uint8Array(), masked: new Uint8Array() };
 * const small: AttributeEvaluator = {
 *   vectorSize: 1,
 *   objectives: [{ name: "small", unit: "", threshold: 5 }],
 *   targets: [],
 *   drawMask: () => mask,
 *   evaluate: (samples) =>
 *     Promise.resolve(samples.map(({ vector }) => {
 *       return { loss: vector[0]!, gradient: Float32Array.of(1), image: vector, measured: vector, miss: vector };
 *     })),
 * };
 * const draw = (_row: number, attempt: number) => Float32Array.of(attempt === 0 ? 99 : 4);
 * const tried = await Array.fromAsync(refineIdentities(small, draw, { seed: 1, rows: [7], attempts: 3, cap: 2 }));
 * deepStrictEqual(tried.map(({ row, attempt, reason, settled }) => [row, attempt, reason, settled]), [
 *   [7, 0, "cap", false],
 *   [7, 1, "accepted", true],
 * ]);
 * ```
 */
export async function* refineIdentities(
  evaluator: AttributeEvaluator,
  draw: (row: number, attempt: number) => Float32Array,
  options: RefineOptions,
): AsyncGenerator<RefinedIdentity, void, void> {
  const { seed, rows, attempts = 1, targets = {} } = options;
  if (!Number.isSafeInteger(attempts) || attempts < 1) {
    throw new RangeError(`Cannot refine identities: ${attempts} attempts, expected a whole number of at least 1`);
  }
  const jobOf = (row: number, attempt: number): AttributeJob<RefinedTag> => {
    const vector = draw(row, attempt);
    const mask = evaluator.drawMask(new RandomStream(seed, "refine-mask", row, attempt));
    return { tag: { row, attempt }, vector, mask, targets: { ...targets, identity: vector } };
  };
  const iterator = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  const again: AttributeJob<RefinedTag>[] = [];
  let done = false;
  const source = {
    next: async () => {
      const retry = again.shift();
      if (retry !== undefined || done) return retry;
      const result = await iterator.next();
      done = result.done === true;
      return result.done === true ? undefined : jobOf(result.value, 0);
    },
    close: async () => {
      if (!done) await iterator.return?.();
    },
  };
  for await (const { tag, ...result } of runJobs(evaluator, source, options)) {
    const settled = result.accepted || tag.attempt + 1 >= attempts;
    if (!settled) again.push(jobOf(tag.row, tag.attempt + 1));
    yield { ...tag, ...result, settled };
  }
}
