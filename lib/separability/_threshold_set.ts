/** Up to eight thresholds as the bits of a byte. */

/** Most thresholds. */
export const MAX_THRESHOLDS = 8;

/** Ascending thresholds; bit k stands for threshold k. */
export class ThresholdSet {
  /** All bits. */
  readonly all: number;
  /** The lowest threshold of each mask; Infinity for none. */
  readonly lowest: Float64Array;
  readonly #values: readonly number[];

  /** Takes ascending thresholds. */
  constructor(values: readonly number[]) {
    this.#values = values;
    this.all = (1 << values.length) - 1;
    this.lowest = Float64Array.from({ length: 1 << values.length }, (_, mask) => {
      return values.find((_, k) => (mask & 1 << k) !== 0) ?? Infinity;
    });
  }

  /** Bits of the thresholds below a number. */
  below(x: number): number {
    let mask = 0;
    for (let k = 0; k < this.#values.length && x > this.#values[k]!; k++) mask |= 1 << k;
    return mask;
  }
}
