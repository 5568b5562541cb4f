/**
 * A stream of random numbers that depends on nothing but its key (seed, stream, identity, image).
 *
 * Philox4x32-10 in counter mode: the seed is the key; the counter's words are (block, image, identity, stream).
 * Two streams whose keys differ in any part never share a block, so any image of a data set can be drawn
 * alone, in any order, on any machine. Integers, uniforms and normals are the same bits everywhere.
 */

import { philoxBlock } from "./_block.ts";
import { cosTurn, log, sinTurn } from "./_elementary.ts";
import { streamNumber } from "./stream_number.ts";
import { truncatedNormalQuantile } from "./truncated_normal.ts";

const TWO_32 = 4294967296;

function splitSeed(seed: number | bigint): [number, number] {
  const valid = typeof seed === "bigint" ? seed >= 0n && seed < 1n << 64n : Number.isSafeInteger(seed) && seed >= 0;
  if (!valid) {
    throw new RangeError(
      `Cannot open random stream: seed is ${seed}, expected an integer in 0..2^53-1 (number) or 0..2^64-1 (bigint)`,
    );
  }
  return typeof seed === "bigint"
    ? [Number(seed & 0xffffffffn) | 0, Number(seed >> 32n) | 0]
    : [seed | 0, Math.floor(seed / TWO_32) | 0];
}

function counterWord(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= TWO_32) {
    throw new RangeError(
      `Cannot open random stream: ${name} is ${value}, expected an integer in 0..4294967295`,
    );
  }
  return value | 0;
}

/**
 * A stream of random numbers, a pure function of its key and of how many numbers were taken before.
 *
 * Holds 2^32 blocks of four words; taking more throws.
 *
 * @example The same key gives the same numbers, another image others
 * ```ts
 * import { RandomStream } from "@/random/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const draw = (image: number) => new RandomStream(2024, "perturbation", 7, image).normal();
 * assert.equal(draw(0), draw(0));
 * assert.notEqual(draw(0), draw(1));
 * ```
 */
export class RandomStream {
  readonly #k0: number;
  readonly #k1: number;
  readonly #image: number;
  readonly #identity: number;
  readonly #stream: number;
  readonly #words = new Int32Array(4);
  #block = 0;
  #position = 4;
  #spare = NaN;

  /**
   * Opens the stream of a key, at its first number.
   *
   * @param seed Key of the whole data set or run: 0..2^53-1 as a number, 0..2^64-1 as a bigint.
   * @param stream What the numbers are for: a name (see `streamNumber`) or a number in 0..4294967295.
   * @param identity Index of the identity, 0..4294967295; 0 where there is none.
   * @param image Index of the image within the identity, 0..4294967295; 0 where there is none.
   * @throws {RangeError} When a part of the key is outside its range.
   */
  constructor(
    seed: number | bigint,
    stream: string | number,
    identity = 0,
    image = 0,
  ) {
    [this.#k0, this.#k1] = splitSeed(seed);
    this.#stream = streamNumber(stream) | 0;
    this.#identity = counterWord("identity", identity);
    this.#image = counterWord("image", image);
  }

  /**
   * Takes the next 32 random bits.
   *
   * @returns An integer in 0..4294967295.
   * @throws {RangeError} When all 2^34 words of the stream are used up.
   */
  nextUint32(): number {
    if (this.#position === 4) {
      if (this.#block === TWO_32) {
        throw new RangeError(
          "Cannot draw: the stream's 2^34 words are used up; open one with another identity or image",
        );
      }
      philoxBlock(
        this.#words,
        this.#block | 0,
        this.#image,
        this.#identity,
        this.#stream,
        this.#k0,
        this.#k1,
      );
      this.#block += 1;
      this.#position = 0;
    }
    return this.#words[this.#position++]! >>> 0;
  }

  /**
   * Takes a uniform number.
   *
   * @returns A multiple of 2^-53 in [0, 1).
   */
  uniform(): number {
    const high = this.nextUint32() >>> 5; // 27 bits
    return (high * 67108864 + (this.nextUint32() >>> 6)) / 9007199254740992;
  }

  /**
   * Takes a uniform number of an interval.
   *
   * @param lo Lower end.
   * @param hi Upper end, not below `lo`.
   * @returns A number in [lo, hi], `hi` itself only by rounding.
   * @throws {RangeError} When the ends are not finite or are the wrong way round.
   */
  uniformIn(lo: number, hi: number): number {
    if (!(lo <= hi && hi - lo < Infinity)) {
      throw new RangeError(
        `Cannot draw a uniform number: interval [${lo}, ${hi}], expected finite ends with lo <= hi`,
      );
    }
    return Math.min(hi, lo + (hi - lo) * this.uniform());
  }

  /**
   * Takes a standard normal number (Box and Muller's method; the second of each pair is kept for the next call).
   *
   * @returns A number of mean 0 and standard deviation 1, at most 8.6 from zero.
   */
  normal(): number {
    if (this.#spare === this.#spare) {
      const spare = this.#spare;
      this.#spare = NaN;
      return spare;
    }
    const radius = Math.sqrt(-2 * log(1 - this.uniform()));
    const turn = this.uniform();
    this.#spare = radius * sinTurn(turn);
    return radius * cosTurn(turn);
  }

  /**
   * Takes an integer below `n`, each equally likely (Lemire's rejection, https://arxiv.org/abs/1805.10941).
   *
   * @param n How many values there are, 1..4294967296.
   * @returns An integer in 0..n-1.
   * @throws {RangeError} When `n` is not an integer in 1..4294967296.
   */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_32) {
      throw new RangeError(
        `Cannot draw an integer: n is ${n}, expected an integer in 1..4294967296`,
      );
    }
    if (n === TWO_32) return this.nextUint32();
    let word = this.nextUint32();
    let low = Math.imul(word, n) >>> 0;
    if (low < n) {
      const threshold = (TWO_32 - n) % n;
      while (low < threshold) {
        word = this.nextUint32();
        low = Math.imul(word, n) >>> 0;
      }
    }
    return highProduct(word, n);
  }

  /**
   * Takes a normal number conditioned on an interval, from one uniform number by the inverse of the
   * cumulative function, as scipy.stats.truncnorm.rvs does.
   *
   * @param mean Mean of the normal distribution before truncation.
   * @param sd Standard deviation before truncation, above 0.
   * @param lo Lower end; may be -Infinity.
   * @param hi Upper end, above `lo`; may be Infinity.
   * @returns A number in [lo, hi].
   * @throws {RangeError} When `sd` is not positive and finite, lo >= hi, or the interval lies more than 37
   * standard deviations from the mean, where its probability is below the smallest double.
   */
  truncatedNormal(mean: number, sd: number, lo: number, hi: number): number {
    return truncatedNormalQuantile(
      this.uniform() + 2 ** -54, // never 0, so an infinite end is never reached
      mean,
      sd,
      lo,
      hi,
    );
  }

  /**
   * Fills an array with standard normal numbers.
   *
   * @param out Array to fill; its values are rounded to float32.
   * @returns `out`.
   */
  fillNormal(out: Float32Array): Float32Array {
    for (let i = 0; i < out.length; i++) out[i] = this.normal();
    return out;
  }

  /**
   * Takes a random order of 0..n-1 (Fisher and Yates' shuffle).
   *
   * @param n How many, 0..2147483647.
   * @returns The n integers, each order equally likely.
   * @throws {RangeError} When `n` is not an integer in 0..2147483647.
   */
  permutation(n: number): Int32Array {
    if (!Number.isInteger(n) || n < 0 || n > 0x7fffffff) {
      throw new RangeError(
        `Cannot draw a permutation: n is ${n}, expected an integer in 0..2147483647`,
      );
    }
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  }

  /**
   * Takes one element, each equally likely.
   *
   * @param xs The elements to choose from, at least one.
   * @returns One of them.
   * @throws {RangeError} When there is none.
   */
  choice<T>(xs: readonly T[]): T {
    if (xs.length === 0) {
      throw new RangeError("Cannot choose: the list is empty");
    }
    return xs[this.integer(xs.length)] as T;
  }
}

/** Upper 32 bits of the product of two unsigned 32-bit numbers. */
function highProduct(x: number, y: number): number {
  const low = x * (y & 0xffff); // below 2^48: exact
  const high = x * (y >>> 16);
  return Math.floor((high + Math.floor(low / 65536)) / 65536);
}
