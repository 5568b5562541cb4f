/**
 * The order in which items are used: shuffled anew each epoch, and shared among ranks.
 *
 * As torch.utils.data.DistributedSampler (https://docs.pytorch.org/docs/stable/data.html), which the reference uses: rank r
 * of W takes places r, r + W, ... of one order. Deviation: the order is a function of (seed, epoch) on every machine.
 */

import { RandomStream } from "@/random/mod.ts";

/** Options of `epochOrder`. */
export interface EpochOptions {
  /** Seed of the shuffling. @default 0 */
  seed?: number | bigint;
  /** Which epoch, from 0. @default 0 */
  epoch?: number;
  /** Whether items are shuffled. @default true */
  shuffle?: boolean;
  /** This process, 0..world-1. @default 0 */
  rank?: number;
  /** How many processes share the items. @default 1 */
  world?: number;
  /**
   * What to do when the items do not share out evenly: some ranks get one more ("keep"), the first items come again
   * ("repeat", as torch does), or the last items are left out ("drop"). @default "keep"
   */
  uneven?: "keep" | "repeat" | "drop";
}

/**
 * Gives the items of an epoch for one rank.
 *
 * @param length Number N of items.
 * @param options Seed, epoch and rank.
 * @returns Indices, each 0..N-1; over all ranks every index once ("keep"), at least once ("repeat") or at most once.
 * @throws {RangeError} When an option is outside its range.
 *
 * @example Two ranks share four items
 * ```ts
 * import { epochOrder } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const parts = [0, 1].map((rank) => epochOrder(4, { seed: 7, epoch: 3, rank, world: 2 }));
 * assert.deepEqual(parts.flatMap((part) => [...part]).sort(), [0, 1, 2, 3]);
 * ```
 */
export function epochOrder(length: number, options: EpochOptions = {}): Int32Array {
  const { seed = 0, epoch = 0, shuffle = true, rank = 0, world = 1, uneven = "keep" } = options;
  const ranges: [string, number, number, number][] = [
    ["length", length, 0, 0x7fffffff],
    ["world", world, 1, 0x7fffffff],
    ["rank", rank, 0, world - 1],
    ["epoch", epoch, 0, 0xffffffff],
  ];
  for (const [name, value, low, high] of ranges) {
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new RangeError(`Cannot order an epoch: ${name} is ${value}, expected an integer in ${low}..${high}`);
    }
  }
  const order = shuffle
    ? new RandomStream(seed, "epoch order", epoch).permutation(length)
    : Int32Array.from({ length }, (_, i) => i);
  const places = uneven === "keep"
    ? length
    : world * (uneven === "repeat" ? Math.ceil(length / world) : Math.floor(length / world));
  const share = Math.max(0, Math.ceil((places - rank) / world));
  return Int32Array.from({ length: share }, (_, i) => order[(rank + i * world) % length]!);
}
