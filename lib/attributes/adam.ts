/**
 * Adam for one identity vector: moments and step count of its own, so that a vector's way does not depend on its batch.
 *
 * Rule of https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html , which the reference uses for a whole batch
 * with one step count; where all samples start together the two are the same. Moments are kept in float64, the vector in float32.
 *
 * @module
 */

/** Settings of {@linkcode Adam}. */
export interface AdamOptions {
  /** Learning rate, above 0. @default {0.1} */
  readonly learningRate?: number;
  /** Decay of the mean of gradients. @default {0.9} */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients. @default {0.999} */
  readonly beta2?: number;
  /** Added to the root of the mean square. @default {1e-8} */
  readonly epsilon?: number;
}

/**
 * The optimiser of one vector.
 *
 * @example A first step goes down by the learning rate
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { Adam } from "@/attributes/mod.ts";
 *
 * const vector = Float32Array.of(1, 1);
 * new Adam(2, { learningRate: 0.25 }).step(vector, Float32Array.of(3, -5));
 * deepStrictEqual([...vector].map((x) => x.toFixed(6)), ["0.750000", "1.250000"]);
 * ```
 */
export class Adam {
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  readonly #options: Required<AdamOptions>;
  #steps = 0;
  #moved = false;

  /**
   * Starts with zero moments.
   *
   * @param width Width D of the vector.
   * @param options Learning rate and decays.
   * @throws {RangeError} If the learning rate is not a finite number above 0.
   */
  constructor(width: number, options: AdamOptions = {}) {
    const { learningRate = 0.1, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
    if (!(learningRate > 0 && learningRate < Infinity)) {
      throw new RangeError(`Cannot optimise: the learning rate is ${learningRate}, expected a finite number above 0`);
    }
    this.#options = { learningRate, beta1, beta2, epsilon };
    this.#first = new Float64Array(width);
    this.#second = new Float64Array(width);
  }

  /** Steps taken. */
  get steps(): number {
    return this.#steps;
  }

  /** True once a gradient was not zero: before that a zero gradient leaves the vector where it is for ever. */
  get moved(): boolean {
    return this.#moved;
  }

  /**
   * Takes one step.
   *
   * @param vector The vector [D], changed in place.
   * @param gradient Gradient of the loss [D].
   * @param factor Multiplies the gradient, as the mean over a batch does. @default {1}
   */
  step(vector: Float32Array, gradient: ArrayLike<number>, factor = 1): void {
    const { learningRate, beta1, beta2, epsilon } = this.#options;
    const first = this.#first, second = this.#second;
    this.#steps++;
    const rate = learningRate / (1 - beta1 ** this.#steps);
    const root = Math.sqrt(1 - beta2 ** this.#steps);
    for (let i = 0; i < vector.length; i++) {
      const g = gradient[i]! * factor;
      if (g !== 0) this.#moved = true;
      first[i] = beta1 * first[i]! + (1 - beta1) * g;
      second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
      vector[i] = vector[i]! - rate * first[i]! / (Math.sqrt(second[i]!) / root + epsilon);
    }
  }
}
