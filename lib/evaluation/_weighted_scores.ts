/** TAR at rates and the equal error rate of pairs that count more or less often, sorted once for many draws. */
import { orderDown } from "./_argsort.ts";
import type { PairIdentities } from "./pair_identities.ts";

/** Pairs in the order of falling scores. */
export class WeightedScores {
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  readonly #same: Uint8Array;
  /** 1 where the next pair has a lower score, or there is none. */
  readonly #last: Uint8Array;

  /** Sorts the pairs. */
  constructor(scores: Float64Array, same: ArrayLike<number>, { first, second }: PairIdentities) {
    const order = orderDown(scores);
    this.#first = Int32Array.from(order, (p) => first[p]!);
    this.#second = Int32Array.from(order, (p) => second[p]!);
    this.#same = Uint8Array.from(order, (p) => same[p]! !== 0 ? 1 : 0);
    this.#last = Uint8Array.from(order, (p, k) => k + 1 < order.length && scores[order[k + 1]!] === scores[p] ? 0 : 1);
  }

  /**
   * The largest TAR within each of some rising rates, then the equal error rate, by the rules of `tarAtFar` and
   * `equalErrorRate`; undefined when the draw has no pair of a kind.
   */
  measure(drawn: Int32Array, rates: readonly number[]): (number | undefined)[] {
    const count = this.#same.length, weight = new Float64Array(2); // impostors, genuine pairs
    for (let k = 0; k < count; k++) weight[this.#same[k]!]! += this.#weight(k, drawn);
    const [impostors, genuine] = [weight[0]!, weight[1]!];
    const out = new Array<number | undefined>(rates.length + 1).fill(undefined);
    if (impostors === 0 || genuine === 0) return out;
    let rate = 0, error: number | undefined, tar = 0, fmr = 0;
    const accepted = new Float64Array(2);
    for (let k = 0; k < count; k++) {
      accepted[this.#same[k]!]! += this.#weight(k, drawn);
      if (this.#last[k] === 0) continue;
      const [nextFmr, nextTar] = [accepted[0]! / impostors, accepted[1]! / genuine];
      while (rate < rates.length && nextFmr > rates[rate]!) out[rate++] = tar;
      if (error === undefined && nextFmr + nextTar >= 1) {
        const before = fmr + tar - 1, gap = nextFmr + nextTar - 1;
        error = fmr - before / (gap - before) * (nextFmr - fmr);
      }
      [fmr, tar] = [nextFmr, nextTar];
      if (rate === rates.length && error !== undefined) break;
    }
    while (rate < rates.length) out[rate++] = tar;
    out[rates.length] = error;
    return out;
  }

  #weight(k: number, drawn: Int32Array): number {
    const a = this.#first[k]!, b = this.#second[k]!;
    return a === b ? drawn[a]! : drawn[a]! * drawn[b]!;
  }
}
