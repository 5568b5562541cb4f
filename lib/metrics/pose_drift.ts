/**
 * Drift of identity with pose: how far images move away from the centre of their identity as the head turns.
 *
 * Faces that are turned to the side by changing an identity vector may turn into somebody else; Vec2Face+
 * (https://arxiv.org/abs/2507.17192) was made against that. Where the cosine to the centre falls with the angle, the
 * identity drifts (or the recogniser is weak at that angle: look at a real set too).
 */
import { COSINE_BINS, Tally } from "./tally.ts";

/** Images of one range of angles. */
export interface DriftBin {
  /** Least angle to either side, degrees. */
  readonly from: number;
  /** Greatest. */
  readonly to: number;
  /** Images. */
  readonly count: number;
  /** Mean cosine; null without images. */
  readonly mean: number | null;
  /** Cosine below which a tenth, half and nine tenths of the images lie; null without images. */
  readonly quantiles: readonly [number, number, number] | null;
}

/** Ends of the ranges by default, degrees. */
const EDGES = [0, 5, 10, 15, 20, 30, 40, 50, 60, 90];

/**
 * Cosines by angle, met one image at a time.
 *
 * @example One frontal image and one profile
 * ```ts
 * import { PoseDrift } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const drift = new PoseDrift([0, 30, 90]);
 * drift.add(-4, 0.75);
 * drift.add(70, 0.5);
 * assert.deepEqual(drift.report().map(({ count, mean }) => [count, mean]), [[1, 0.75], [1, 0.5]]);
 * ```
 */
export class PoseDrift {
  readonly #edges: readonly number[];
  readonly #bins: readonly Tally[];

  /**
   * Starts without images.
   *
   * @param edges Ends of the ranges in degrees, ascending, at least two; angles beyond the last are in the last range.
   * @throws {RangeError} When they do not ascend from 0.
   */
  constructor(edges: readonly number[] = EDGES) {
    if (edges.length < 2 || edges[0] !== 0 || edges.some((edge, i) => i > 0 && !(edge > edges[i - 1]!))) {
      throw new RangeError(`Cannot sort angles at [${edges.join(", ")}]: expected ascending degrees from 0`);
    }
    this.#edges = edges;
    this.#bins = edges.slice(1).map(() => new Tally(COSINE_BINS));
  }

  /**
   * Takes an image in.
   *
   * @param angle Its angle in degrees; the side does not count.
   * @param cosine Its cosine to the centre, or to the vector it was made from; an image without either counts nowhere.
   */
  add(angle: number, cosine: number): void {
    if (Number.isNaN(angle)) return;
    const size = Math.abs(angle);
    let bin = 0;
    while (bin + 1 < this.#bins.length && size >= this.#edges[bin + 1]!) bin++;
    this.#bins[bin]!.add(cosine);
  }

  /**
   * Sums up.
   *
   * @returns One entry for each range.
   */
  report(): DriftBin[] {
    return this.#bins.map((tally, bin) => {
      const some = tally.count > 0;
      return {
        from: this.#edges[bin]!,
        to: this.#edges[bin + 1]!,
        count: tally.count,
        mean: some ? tally.mean : null,
        quantiles: some ? [tally.quantile(0.1), tally.quantile(0.5), tally.quantile(0.9)] : null,
      };
    });
  }
}

/**
 * How much a number varies within identities.
 *
 * @param starts Where each of C identities begins, and the end [C + 1].
 * @param values The number of each row, in order; NaN where it is not known.
 * @returns Population standard deviation of each identity with at least two numbers; NaN for the others [C].
 *
 * @example Yaw of two images, and of one
 * ```ts
 * import { spreadWithin } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...spreadWithin(Int32Array.of(0, 2, 3), [10, 30, 5])], [10, NaN]);
 * ```
 */
export function spreadWithin(starts: Int32Array, values: Iterable<number>): Float64Array {
  const out = new Float64Array(starts.length - 1).fill(NaN);
  let [identity, row, count, mean, squares] = [0, 0, 0, 0, 0];
  for (const value of values) {
    if (!Number.isNaN(value)) {
      const off = value - mean;
      mean += off / ++count;
      squares += off * (value - mean);
    }
    row++;
    while (identity < out.length && row === starts[identity + 1]) {
      if (count > 1) out[identity] = Math.sqrt(squares / count);
      [count, mean, squares] = [0, 0, 0];
      identity++;
    }
  }
  return out;
}
