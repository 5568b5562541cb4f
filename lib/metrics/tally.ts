/**
 * A distribution met one value at a time: number, mean, spread and ends exactly, shape and quantiles in bins, memory that
 * does not grow.
 *
 * Mean and variance by B. P. Welford, "Note on a method for calculating corrected sums of squares and products",
 * Technometrics 4 (1962) 419, which does not cancel as sums of squares do.
 */

/** Bins of a {@linkcode Tally}. */
export interface TallyOptions {
  /** Lower end of the first bin. */
  readonly low: number;
  /** Upper end of the last bin, above `low`. */
  readonly high: number;
  /** Number of bins. @default {400} */
  readonly bins?: number;
}

/** A distribution as plain data. */
export interface Distribution {
  /** Number of finite values. */
  readonly count: number;
  /** Values that were NaN or infinite; they count nowhere else. */
  readonly missing: number;
  /** Mean; null without values. */
  readonly mean: number | null;
  /** Population standard deviation; null without values. */
  readonly sd: number | null;
  /** Least value; null without values. */
  readonly least: number | null;
  /** Greatest value; null without values. */
  readonly greatest: number | null;
  /** Quantiles by share, within a bin of the truth; empty without values. */
  readonly quantiles: Readonly<Record<string, number>>;
  /** Values by bin; those outside are in the outermost bins. */
  readonly histogram: {
    /** Lower end of the first bin. */
    readonly low: number;
    /** Upper end of the last. */
    readonly high: number;
    /** Values in each bin. */
    readonly counts: readonly number[];
  };
}

/** Shares of the quantiles that are reported. */
const SHARES = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99];

/** Bins of cosines, wide enough for all of them. */
export const COSINE_BINS: TallyOptions = { low: -1, high: 1, bins: 400 };

/**
 * Counts values.
 *
 * @example Three cosines, and one that could not be computed
 * ```ts
 * import { COSINE_BINS, Tally } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const tally = new Tally(COSINE_BINS);
 * for (const cosine of [0.25, 0.5, 0.75, NaN]) tally.add(cosine);
 * assert.deepEqual([tally.count, tally.missing, tally.mean, tally.greatest], [3, 1, 0.5, 0.75]);
 * ```
 */
export class Tally {
  readonly #low: number;
  readonly #high: number;
  readonly #counts: Float64Array;
  /** count, missing, mean, sum of squared deviations, least, greatest. */
  readonly #sums = Float64Array.of(0, 0, 0, 0, Infinity, -Infinity);

  /**
   * Starts with no value.
   *
   * @param options Bins.
   * @throws {RangeError} When there is no bin or the ends are the wrong way round.
   */
  constructor(options: TallyOptions) {
    const { low, high, bins = 400 } = options;
    if (!(high > low && high - low < Infinity) || !Number.isInteger(bins) || bins < 1) {
      throw new RangeError(`Cannot count values in ${bins} bins from ${low} to ${high}: expected low < high`);
    }
    this.#low = low;
    this.#high = high;
    this.#counts = new Float64Array(bins);
  }

  /** Number of finite values. */
  get count(): number {
    return this.#sums[0]!;
  }

  /** Number of values that were NaN or infinite. */
  get missing(): number {
    return this.#sums[1]!;
  }

  /** Mean; NaN without values. */
  get mean(): number {
    return this.count === 0 ? NaN : this.#sums[2]!;
  }

  /** Population variance; NaN without values. */
  get variance(): number {
    return this.#sums[3]! / this.count;
  }

  /** Least value; Infinity without values. */
  get least(): number {
    return this.#sums[4]!;
  }

  /** Greatest value; -Infinity without values. */
  get greatest(): number {
    return this.#sums[5]!;
  }

  /**
   * Takes a value in.
   *
   * @param value The value; NaN and infinities are only counted.
   */
  add(value: number): void {
    const sums = this.#sums;
    if (!Number.isFinite(value)) {
      sums[1]!++;
      return;
    }
    const count = ++sums[0]!, off = value - sums[2]!;
    sums[2]! += off / count;
    sums[3]! += off * (value - sums[2]!);
    if (value < sums[4]!) sums[4] = value;
    if (value > sums[5]!) sums[5] = value;
    const bins = this.#counts.length;
    const bin = Math.floor((value - this.#low) / (this.#high - this.#low) * bins);
    this.#counts[bin < 0 ? 0 : bin >= bins ? bins - 1 : bin]!++;
  }

  /**
   * Value below which a share lies, even within its bin.
   *
   * @param share Share, 0..1.
   * @returns The quantile, within a bin of the truth; NaN without values.
   */
  quantile(share: number): number {
    const { count } = this, step = (this.#high - this.#low) / this.#counts.length;
    if (count === 0) return NaN;
    const wanted = share * count;
    let before = 0;
    for (let bin = 0; bin < this.#counts.length; bin++) {
      const here = this.#counts[bin]!;
      if (here > 0 && before + here >= wanted) {
        const value = this.#low + (bin + (wanted - before) / here) * step;
        return Math.min(this.greatest, Math.max(this.least, value));
      }
      before += here;
    }
    return this.greatest;
  }

  /**
   * The distribution as plain data, for JSON and figures.
   *
   * @returns Numbers, quantiles and bins.
   */
  report(): Distribution {
    const { count, missing } = this, some = count > 0;
    return {
      count,
      missing,
      mean: some ? this.mean : null,
      sd: some ? Math.sqrt(this.variance) : null,
      least: some ? this.least : null,
      greatest: some ? this.greatest : null,
      quantiles: some ? Object.fromEntries(SHARES.map((share) => [String(share), this.quantile(share)])) : {},
      histogram: { low: this.#low, high: this.#high, counts: [...this.#counts] },
    };
  }

  /**
   * All that it knows in one array, so that it can be saved and taken up again.
   *
   * @returns The state; a copy.
   */
  state(): Float64Array {
    return Float64Array.of(...this.#sums, ...this.#counts);
  }

  /**
   * Takes up a saved state in place of its own.
   *
   * @param state From {@linkcode Tally.state} of a tally with as many bins.
   * @throws {SyntaxError} When it has another length.
   */
  restore(state: ArrayLike<number>): void {
    const values = Float64Array.from(state), first = this.#sums.length;
    if (values.length !== first + this.#counts.length) {
      throw new SyntaxError(
        `Cannot restore a distribution: ${values.length} values, expected ${first + this.#counts.length}`,
      );
    }
    this.#sums.set(values.subarray(0, first));
    this.#counts.set(values.subarray(first));
  }
}

/**
 * Counts values whose range is not known beforehand: one pass for the ends, one for the bins.
 *
 * @param values Gives all values anew each time it is called.
 * @param bins Number of bins. @default {200}
 * @returns The distribution.
 *
 * @example Two norms
 * ```ts
 * import { distributionOf } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { histogram, mean } = distributionOf(() => [19, 23], 4);
 * assert.deepEqual([histogram.counts, mean], [[1, 0, 0, 1], 21]);
 * ```
 */
export function distributionOf(values: () => Iterable<number>, bins = 200): Distribution {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values()) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low < high)) [low, high] = low === high ? [low - 0.5, high + 0.5] : [0, 1];
  const tally = new Tally({ low, high, bins });
  for (const value of values()) tally.add(value);
  return tally.report();
}
