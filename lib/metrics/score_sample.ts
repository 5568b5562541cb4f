/**
 * Scores of genuine and impostor pairs of a data set, drawn by a seed: how well its identities can be told apart, image by
 * image. Identities are drawn first, then images of each, then pairs, so that memory is bounded for sets of any size.
 */
import { pairCosines, samplePairs } from "@/evaluation/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { type IdentityRows, readRows } from "./identity_rows.ts";

/** Scores of pairs. */
export interface ScoreSample {
  /** Cosines of pairs of one identity. */
  readonly genuine: Float64Array;
  /** Cosines of pairs of two identities. */
  readonly impostor: Float64Array;
  /** Identities drawn. */
  readonly identities: number;
  /** Images drawn. */
  readonly images: number;
}

/** Options of {@linkcode sampleScores}. */
export interface ScoreSampleOptions {
  /** Identities drawn; all when there are fewer. @default {2000} */
  readonly identities?: number;
  /** Images drawn of each; all when there are fewer. @default {8} */
  readonly imagesEach?: number;
  /** Genuine pairs drawn; all when there are fewer. @default {50000} */
  readonly genuine?: number;
  /** Impostor pairs drawn; all when there are fewer. @default {200000} */
  readonly impostor?: number;
  /** Seed of all draws. @default {0} */
  readonly seed?: number | bigint;
}

/**
 * Draws pairs and scores them.
 *
 * @param set Rows by identity.
 * @param options How many, and the seed.
 * @returns The scores; a side is empty when there is no such pair.
 * @throws {RangeError} When a number is not a whole number of at least 1.
 *
 * @example All pairs of three images
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { sampleScores } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = arrayVectors(Float32Array.of(1, 0, 1, 0, 0, 1), 2, "three");
 * const { genuine, impostor } = sampleScores({ rows, starts: Int32Array.of(0, 2, 3), nameOf: String });
 * assert.deepEqual([[...genuine], [...impostor]], [[1], [0, 0]]);
 * ```
 */
export function sampleScores(set: IdentityRows, options: ScoreSampleOptions = {}): ScoreSample {
  const { identities = 2000, imagesEach = 8, genuine = 50_000, impostor = 200_000, seed = 0 } = options;
  for (const [name, value] of Object.entries({ identities, imagesEach, genuine, impostor })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot draw scores: ${name} is ${value}, expected a whole number of at least 1`);
    }
  }
  const { rows, starts } = set, { width } = rows;
  const chosen = draw(starts.length - 1, identities, new RandomStream(seed, "scored identities"));
  const parts: Float32Array[] = [], labels: number[] = [];
  for (const c of chosen) {
    const first = starts[c]!, n = starts[c + 1]! - first;
    for (const i of draw(n, imagesEach, new RandomStream(seed, "scored images", c))) {
      parts.push(readRows(rows, first + i, first + i + 1));
      labels.push(c);
    }
  }
  const features = new Float32Array(parts.length * width);
  parts.forEach((row, i) => features.set(row, i * width));
  const pairs = samplePairs(labels, { genuine, impostor, seed });
  const cosines = pairCosines(features, width, pairs);
  return {
    genuine: cosines.filter((_, p) => pairs.same[p] === 1),
    impostor: cosines.filter((_, p) => pairs.same[p] === 0),
    identities: chosen.length,
    images: labels.length,
  };
}

/**
 * Draws rows of a set without replacement, for metrics that cannot take all.
 *
 * @param set Rows by identity.
 * @param count Rows drawn; all when there are fewer.
 * @param seed Seed of the draw. @default {0}
 * @returns The rows [n, D], ascending.
 *
 * @example All of two
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { sampleRows } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = arrayVectors(Float32Array.of(1, 2), 1, "two");
 * assert.deepEqual(sampleRows({ rows, starts: Int32Array.of(0, 2), nameOf: String }, 5), Float32Array.of(1, 2));
 * ```
 */
export function sampleRows(set: IdentityRows, count: number, seed: number | bigint = 0): Float32Array {
  const { rows, starts } = set, { width } = rows;
  const chosen = draw(starts.at(-1)!, count, new RandomStream(seed, "sampled rows"));
  const out = new Float32Array(chosen.length * width);
  chosen.forEach((row, i) => out.set(readRows(rows, row, row + 1), i * width));
  return out;
}

/** Numbers below n, ascending: all, or so many of them drawn without replacement (R. Floyd's sampling). */
function draw(n: number, count: number, stream: RandomStream): number[] {
  if (n <= count) return Array.from({ length: n }, (_, i) => i);
  const drawn = new Set<number>();
  for (let top = n - count; top < n; top++) {
    const pick = Math.floor(stream.uniform() * (top + 1));
    drawn.add(drawn.has(pick) ? top : pick);
  }
  return [...drawn].sort((a, b) => a - b);
}
