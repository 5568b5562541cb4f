/**
 * Adam for unit vectors: one step of all rows along the sphere.
 *
 * G. Becigneul, O.-E. Ganea, "Riemannian Adaptive Optimization Methods" (ICLR 2019), https://arxiv.org/abs/1810.00760 :
 * each row is a point of its own sphere, so it has one second moment, of its gradient's norm (plain Adam's moments for
 * each coordinate would depend on the choice of axes), and a first moment carried along by projection. The exponential
 * map is replaced by a straight step and division by the norm.
 */

const FIRST = 0.9, SECOND = 0.99, SMALL = 1e-12;

/** Moments of Adam for N unit rows of D values. */
export class SphereAdam {
  readonly #first: Float32Array;
  readonly #second: Float64Array;
  #steps = 0;

  constructor(count: number, width: number) {
    this.#first = new Float32Array(count * width);
    this.#second = new Float64Array(count);
  }

  /** Moves rows [N, D] against the gradient [N, D], by about `rate` radians each; the gradient is set to zero. */
  step(rows: Float32Array, gradient: Float32Array, rate: number): void {
    this.#steps++;
    const first = this.#first, count = this.#second.length, width = rows.length / count;
    const scale = rate / (1 - FIRST ** this.#steps), correction = 1 - SECOND ** this.#steps;
    for (let i = 0, from = 0; i < count; i++, from += width) {
      const to = from + width;
      let along = 0, carried = 0;
      for (let c = from; c < to; c++) {
        along += gradient[c]! * rows[c]!;
        carried += first[c]! * rows[c]!;
      }
      let square = 0;
      for (let c = from; c < to; c++) {
        const tangent = gradient[c]! - along * rows[c]!;
        square += tangent * tangent;
        first[c] = FIRST * (first[c]! - carried * rows[c]!) + (1 - FIRST) * tangent;
        gradient[c] = 0;
      }
      const second = this.#second[i] = SECOND * this.#second[i]! + (1 - SECOND) * square;
      const move = scale / (Math.sqrt(second / correction) + SMALL);
      let length = 0;
      for (let c = from; c < to; c++) {
        const value = rows[c]! - move * first[c]!;
        rows[c] = value;
        length += value * value;
      }
      const inverse = 1 / Math.sqrt(length);
      for (let c = from; c < to; c++) rows[c]! *= inverse;
    }
  }
}
