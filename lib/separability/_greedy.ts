/** Which rows of a block are kept, once all conflicts among them are known. */
import type { Conflict } from "./_stripe.ts";

/** Conflicts of the block's rows with a stripe of later rows in it. */
export interface StripeConflicts {
  /** The stripe's first row within the block. */
  readonly first: number;
  /** The conflicts. */
  readonly conflicts: readonly Conflict[];
}

/**
 * Goes through the rows in order: a row is kept at a threshold unless an earlier kept row conflicts with it.
 *
 * @param dead Thresholds at which a kept row before the block conflicts, [M]; conflicts within the block are added.
 * @param stripes Conflicts within the block.
 * @param thresholds Their number T.
 * @returns Thresholds at which a row is kept, [M].
 */
export function keepGreedily(dead: Uint8Array, stripes: readonly StripeConflicts[], thresholds: number): Uint8Array {
  const all = (1 << thresholds) - 1;
  const byRow = new Map<number, { first: number; bits: Uint32Array }[]>();
  for (const { first, conflicts } of stripes) {
    for (const { row, bits } of conflicts) {
      const list = byRow.get(row);
      if (list === undefined) byRow.set(row, [{ first, bits }]);
      else list.push({ first, bits });
    }
  }
  const kept = new Uint8Array(dead.length);
  for (let row = 0; row < dead.length; row++) {
    kept[row] = all & ~dead[row]!;
    for (const { first, bits } of byRow.get(row) ?? []) {
      const words = bits.length / thresholds;
      for (let k = 0; k < thresholds; k++) {
        if ((kept[row]! & 1 << k) !== 0) markDead(dead, first, bits.subarray(k * words, (k + 1) * words), 1 << k);
      }
    }
  }
  return kept;
}

function markDead(dead: Uint8Array, first: number, words: Uint32Array, mask: number): void {
  words.forEach((word, w) => {
    for (let rest = word; rest !== 0; rest &= rest - 1) {
      dead[first + w * 32 + 31 - Math.clz32(rest & -rest)]! |= mask;
    }
  });
}
