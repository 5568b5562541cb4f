/**
 * Verification pairs that are hard: look-alikes of two people, and images of one person that look unlike.
 *
 * From a pool of pairs drawn at random, the impostors of the highest and the genuine pairs of the lowest cosine are
 * kept. The larger the pool, the harder the set; no more than the pool's pairs are compared.
 */

import type { ItemPairs } from "./write_verification_set.ts";

/** How many pairs are kept. */
export interface HardestOptions {
  /** Genuine pairs kept; fewer where the pool has fewer. */
  readonly genuine: number;
  /** Impostor pairs kept; fewer where the pool has fewer. */
  readonly impostor: number;
}

/** Pairs with their cosines. */
export interface HardPairs extends ItemPairs {
  /** First item of each of P pairs. */
  readonly first: Int32Array;
  /** Second item. */
  readonly second: Int32Array;
  /** 1 where both are of one person, else 0. */
  readonly same: Uint8Array;
  /** Cosine of the two features. */
  readonly cosine: Float64Array;
}

/**
 * Keeps the hardest pairs of a pool; the two kinds are spread evenly over the result, as 10-fold protocols need it.
 *
 * @param pool Pairs to choose from.
 * @param feature Gives the feature of an item; undefined where it has none, which leaves its pairs out.
 * @param options How many.
 * @returns The pairs.
 *
 * @example The closer of two impostors
 * ```ts
 * import { hardestPairs } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const features = [[1, 0], [0.9, 0.1], [0, 1]].map((row) => Float32Array.from(row));
 * const pool = { first: [0, 0], second: [2, 1], same: [0, 0] };
 * const { second } = await hardestPairs(pool, (i) => features[i], { genuine: 1, impostor: 1 });
 * assert.deepEqual([...second], [1]);
 * ```
 */
export async function hardestPairs(
  pool: ItemPairs,
  feature: (index: number) => Float32Array | undefined | Promise<Float32Array | undefined>,
  options: HardestOptions,
): Promise<HardPairs> {
  const kinds: { pair: number; cosine: number }[][] = [[], []];
  for (let pair = 0; pair < pool.first.length; pair++) {
    const [a, b] = [await feature(pool.first[pair]!), await feature(pool.second[pair]!)];
    const value = a && b ? cosineOf(a, b) : NaN;
    if (!Number.isNaN(value)) kinds[pool.same[pair] ? 1 : 0]!.push({ pair, cosine: value });
  }
  const [impostors, genuine] = kinds as [typeof kinds[0], typeof kinds[0]];
  const kept = [
    genuine.sort((x, y) => x.cosine - y.cosine || x.pair - y.pair).slice(0, options.genuine),
    impostors.sort((x, y) => y.cosine - x.cosine || x.pair - y.pair).slice(0, options.impostor),
  ];
  // In the order of the pool within a kind, so that difficulty does not change along the list.
  for (const list of kept) list.sort((x, y) => x.pair - y.pair);
  const slots = kept.flatMap((list, kind) => list.map((entry, k) => ({ ...entry, at: (k + 0.5) / list.length, kind })));
  slots.sort((x, y) => x.at - y.at || x.kind - y.kind);
  return {
    first: Int32Array.from(slots, ({ pair }) => pool.first[pair]!),
    second: Int32Array.from(slots, ({ pair }) => pool.second[pair]!),
    same: Uint8Array.from(slots, ({ kind }) => 1 - kind),
    cosine: Float64Array.from(slots, (slot) => slot.cosine),
  };
}

/** Cosine of two vectors; NaN where one is zero. (identity's would load the networks' runtime with it.) */
function cosineOf(a: Float32Array, b: Float32Array): number {
  let ab = 0, aa = 0, bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / Math.sqrt(aa * bb);
}
