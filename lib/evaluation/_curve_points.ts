/** The points of a ROC curve while it is made. */
import type { RocCurve } from "./roc.ts";

/** Points of a curve, of which there are at most so many; the first, "accept nothing", is there from the start. */
export class CurvePoints {
  readonly #thresholds: Float64Array;
  readonly #fmr: Float64Array;
  readonly #tar: Float64Array;
  #length = 1;

  /** Makes room. */
  constructor(most: number) {
    [this.#thresholds, this.#fmr, this.#tar] = [
      new Float64Array(most),
      new Float64Array(most),
      new Float64Array(most),
    ];
    this.#thresholds[0] = Infinity;
  }

  /** Adds the next point. */
  add(threshold: number, fmr: number, tar: number): void {
    const at = this.#length++;
    this.#thresholds[at] = threshold;
    this.#fmr[at] = fmr;
    this.#tar[at] = tar;
  }

  /** The curve. */
  curve(genuine: number, impostors: number): RocCurve {
    const [thresholds, fmr, tar] = [this.#thresholds, this.#fmr, this.#tar].map((values) =>
      this.#length < values.length / 2 ? values.slice(0, this.#length) : values.subarray(0, this.#length)
    ) as [Float64Array, Float64Array, Float64Array];
    return { thresholds, fmr, tar, genuine, impostors };
  }
}
