/**
 * Exact ROC curves of impostor scores by the hundred million, which pass by once and are not kept.
 *
 * TAR changes at genuine scores only, so a curve is known by how many impostors lie above, at and between them. Memory is a few
 * numbers for each different genuine score, whatever the number of impostors and however they are distributed; nothing is
 * rounded into bins. The point of a threshold just above a genuine score stands for the run of impostors before it.
 */
import { CurvePoints } from "./_curve_points.ts";
import type { RocCurve } from "./roc.ts";
import { type Moments, ScoreMoments } from "./score_moments.ts";

/** Most cells of the table that leads from a score to the genuine scores near it. */
const MAX_CELLS = 2 ** 18;

/**
 * Counts impostor scores between genuine ones.
 *
 * Feed it impostor scores in parts of any size, then read the curve. Finding a score's place takes one look into a table of
 * equal cells, and a search among the genuine scores of its cell if there are any.
 *
 * @example The same curve as with all scores at hand
 * ```ts
 * import { areaUnderRoc, rocCurve, ScoreTally } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const tally = new ScoreTally([0.9, 0.4]);
 * tally.add([0.5]);
 * tally.add([0.1]);
 * assert.equal(areaUnderRoc(tally.curve()), areaUnderRoc(rocCurve([0.9, 0.4], [0.5, 0.1])));
 * ```
 */
export class ScoreTally {
  /** Different genuine scores, rising. */
  readonly #scores: Float64Array;
  /** Genuine scores below each of them. */
  readonly #below: Float64Array;
  /** Impostors between score i - 1 and i at 2 i, and at score i at 2 i + 1. */
  readonly #counts: Float64Array;
  /** First score of each cell. */
  readonly #cells: Uint32Array;
  readonly #scale: number;
  readonly #genuine = new ScoreMoments();
  readonly #impostor = new ScoreMoments();
  #lowest = Infinity;

  /**
   * Takes the genuine scores.
   *
   * @param genuine Scores of pairs of one identity, at least one, in any order.
   * @throws {RangeError} When there is none or one is not finite.
   */
  constructor(genuine: ArrayLike<number>) {
    const sorted = Float64Array.from(genuine).sort();
    const span = sorted.at(-1)! - sorted[0]!;
    if (!(span < Infinity && sorted.at(-1)! < Infinity)) { // NaN of none, and wherever one is not finite
      throw new RangeError(`Cannot tally scores: ${sorted.length} genuine scores, expected at least one, all finite`);
    }
    this.#genuine.add(sorted);
    const below = new Float64Array(sorted.length);
    let different = 0;
    for (let i = 0; i < sorted.length; i++) {
      if (i > 0 && sorted[i] === sorted[i - 1]) continue;
      sorted[different] = sorted[i]!;
      below[different++] = i;
    }
    this.#scores = sorted.slice(0, different);
    this.#below = below.slice(0, different);
    this.#counts = new Float64Array(2 * different + 1);
    const cells = Math.min(MAX_CELLS, 16 * different);
    const scale = (cells - 1) / span;
    this.#scale = Number.isFinite(scale) ? scale : 0; // without a span all are in one cell
    this.#cells = new Uint32Array(cells + 1);
    for (let i = 0, cell = 0; cell <= cells; cell++) {
      while (i < different && this.#cellOf(this.#scores[i]!) < cell) i++;
      this.#cells[cell] = i;
    }
  }

  /** Cell of a score that lies among the genuine ones; rises with the score. */
  #cellOf(score: number): number {
    return Math.floor((score - this.#scores[0]!) * this.#scale);
  }

  /** Number of impostors so far. */
  get impostors(): number {
    return this.#impostor.count;
  }

  /** Mean and variance of the genuine scores. */
  get genuineMoments(): Moments {
    return this.#genuine;
  }

  /** Mean and variance of the impostor scores so far. */
  get impostorMoments(): Moments {
    return this.#impostor;
  }

  /**
   * Takes impostor scores.
   *
   * @param impostors Scores of pairs of two identities, any number, in any order.
   * @throws {RangeError} When one is not finite; the tally is then of no use any more.
   */
  add(impostors: ArrayLike<number>): void {
    // Kept in variables: this loop is all the time there is.
    const scores = this.#scores, counts = this.#counts, cells = this.#cells, scale = this.#scale;
    const different = scores.length, low = scores[0]!, high = scores[different - 1]!;
    let lowest = this.#lowest, under = 0, over = 0;
    for (let k = 0; k < impostors.length; k++) {
      const score = impostors[k]!;
      if (score < lowest) lowest = score;
      if (score < low) under++;
      else if (score > high) over++;
      else {
        const cell = Math.floor((score - low) * scale); // NaN for NaN, which is found below
        let from = cells[cell]!, to = cells[cell + 1]!; // the first score >= this one is there, or the next cell's first
        while (from < to) {
          const middle = (from + to) >> 1;
          if (scores[middle]! < score) from = middle + 1;
          else to = middle;
        }
        counts[2 * from + (scores[from] === score ? 1 : 0)]!++;
      }
    }
    counts[0]! += under;
    counts[2 * different]! += over;
    this.#lowest = lowest;
    this.#impostor.add(impostors);
    if (Number.isFinite(this.#impostor.mean)) return;
    const bad = Array.prototype.findIndex.call(impostors, (score) => !Number.isFinite(score));
    if (bad === -1) return; // finite, but their sum is not
    throw new RangeError(`Cannot tally scores: impostor score ${bad} of a part is ${impostors[bad]}, expected finite`);
  }

  /**
   * The ROC curve of all scores so far, with points at genuine scores, just above them, and at the end. Every number that
   * is read off a curve by area, by interpolation or as the largest TAR within a rate is that of the full curve.
   *
   * @returns The curve.
   * @throws {RangeError} When there is no impostor yet.
   */
  curve(): RocCurve {
    const genuine = this.#genuine.count, impostors = this.#impostor.count, different = this.#scores.length;
    if (impostors === 0) throw new RangeError("Cannot make a ROC curve: no impostor score has been added");
    const points = new CurvePoints(2 * different + 2);
    let above = 0; // impostors above the threshold
    for (let i = different - 1; i >= 0; i--) {
      const score = this.#scores[i]!, between = this.#counts[2 * i + 2]!;
      above += between;
      const higher = i + 1 < different ? this.#below[i + 1]! : genuine;
      if (between > 0) points.add(nextUp(score), above / impostors, (genuine - higher) / genuine);
      above += this.#counts[2 * i + 1]!;
      points.add(score, above / impostors, (genuine - this.#below[i]!) / genuine);
    }
    if (this.#counts[0]! > 0) points.add(this.#lowest, 1, 1);
    return points.curve(genuine, impostors);
  }
}

/** The next number above a finite one. */
function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0]! += value > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0]!;
}
