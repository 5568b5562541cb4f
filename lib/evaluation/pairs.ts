/**
 * Pairs of images for verification, drawn by a seed: genuine (one identity) and impostor (two identities).
 *
 * Every pair of its kind is equally likely and none is drawn twice (R. Floyd's sampling, J. Bentley, "Programming
 * pearls", CACM 30 (1987) 754), so no list of all pairs is ever in memory. The two kinds alternate, as in the
 * folds of LFW, so that each fold of a 10-fold protocol without shuffling holds its share of both.
 */
import { RandomStream } from "@/random/mod.ts";
import type { RowPairs } from "./cosine.ts";

/** Verification pairs. */
export interface VerificationPairs extends RowPairs {
  /** First row of each of P pairs. */
  readonly first: Int32Array;
  /** Second row of each of P pairs. */
  readonly second: Int32Array;
  /** 1 where both rows are of one identity, else 0. */
  readonly same: Uint8Array;
}

/** Options of {@link samplePairs}. */
export interface SamplePairsOptions {
  /** Genuine pairs wanted; all there are when there are fewer. @default {3000} */
  readonly genuine?: number;
  /** Impostor pairs wanted; all there are when there are fewer. @default {3000} */
  readonly impostor?: number;
  /** Seed of the draw. @default {0} */
  readonly seed?: number | bigint;
}

/**
 * Draws genuine and impostor pairs.
 *
 * @param labels Identity of each of N rows, in any order.
 * @param options How many, and the seed.
 * @returns The pairs, the two kinds spread evenly over the list.
 * @throws {RangeError} When a number is not a whole number of at least 0.
 *
 * @example All pairs of three images
 * ```ts
 * import { samplePairs } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const pairs = samplePairs([5, 5, 8]);
 * assert.deepEqual([...pairs.same].sort(), [0, 0, 1]);
 * ```
 */
export function samplePairs(labels: ArrayLike<number>, options: SamplePairsOptions = {}): VerificationPairs {
  const { genuine = 3000, impostor = 3000, seed = 0 } = options;
  for (const [kind, count] of [["genuine", genuine], ["impostor", impostor]] as const) {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new RangeError(`Cannot draw pairs: ${count} ${kind} pairs, expected a whole number of at least 0`);
    }
  }
  const n = labels.length;
  // Rows by identity; each row pairs with the later rows of its run (genuine) or with those after its run (impostor).
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => labels[a]! - labels[b]! || a - b);
  const runEnd = new Int32Array(n);
  for (let i = n - 1; i >= 0; i--) {
    const last = i === n - 1 || labels[order[i]!] !== labels[order[i + 1]!];
    runEnd[i] = last ? i + 1 : runEnd[i + 1]!;
  }
  const kinds = [
    drawOf(genuine, new RandomStream(seed, "genuine pairs"), (i) => [i + 1, runEnd[i]! - i - 1], n),
    drawOf(impostor, new RandomStream(seed, "impostor pairs"), (i) => [runEnd[i]!, n - runEnd[i]!], n),
  ];
  const slots = kinds.flatMap((pairs, kind) => pairs.map((pair, k) => ({ pair, kind, at: (k + 0.5) / pairs.length })));
  slots.sort((a, b) => a.at - b.at || a.kind - b.kind);
  return {
    first: Int32Array.from(slots, ({ pair }) => order[pair[0]]!),
    second: Int32Array.from(slots, ({ pair }) => order[pair[1]]!),
    same: Uint8Array.from(slots, ({ kind }) => 1 - kind),
  };
}

/** Draws different pairs (row, partner), where row i has `partners(i)` = [first partner, how many]. */
function drawOf(
  wanted: number,
  stream: RandomStream,
  partners: (row: number) => [from: number, count: number],
  rows: number,
): [number, number][] {
  const before = new Float64Array(rows + 1); // pairs of all earlier rows
  for (let i = 0; i < rows; i++) before[i + 1] = before[i]! + partners(i)[1];
  const total = before[rows]!, count = Math.min(wanted, total);
  const drawn = new Set<number>();
  for (let top = total - count; top < total; top++) {
    const pick = Math.floor(stream.uniform() * (top + 1));
    drawn.add(drawn.has(pick) ? top : pick);
  }
  const numbers = [...drawn];
  return Array.from(stream.permutation(count), (k) => {
    const number = numbers[k]!;
    let low = 0, high = rows; // before[low] <= number < before[high]
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (before[middle]! <= number) low = middle;
      else high = middle;
    }
    return [low, partners(low)[0] + number - before[low]!];
  });
}
