/**
 * Which rows lie closer than a cosine: float32 products in ONNX Runtime tell all but the doubtful, float64 decides
 * those.
 *
 * For a unit row u rounded to float32, a row r as stored and 1 / |r| rounded to float32, the product (u . r) / |r| is
 * within gamma(D + 6) of the cosine, gamma(n) = n v / (1 - n v), v = 2^-24: D products summed in any order, the
 * rounding of u, of the inverse norm and of the last product (N. J. Higham, Accuracy and Stability of Numerical
 * Algorithms, 2nd edition, section 3.1; the sum of |u_i r_i| is at most |r|). Rows are stored once, as they are: no
 * copy of unit length is needed.
 */
import * as op from "@/onnx/mod.ts";

/** Stored rows to compare with. */
export interface RowChunk {
  /** Rows as stored [C, D]. */
  readonly rows: Float32Array;
  /** One over their norms [C]. */
  readonly inverse: Float32Array;
}

/** Compares candidates with stored rows. */
export class ConflictKernel implements AsyncDisposable {
  readonly #session: op.Session;
  readonly #width: number;
  /** Largest error of a product. */
  readonly error: number;
  #buffer = new Float32Array(0);

  private constructor(session: op.Session, width: number) {
    this.#session = session;
    this.#width = width;
    const n = (width + 6) * 2 ** -24;
    this.error = n / (1 - n);
  }

  /** Opens the session for rows of D values; 0 threads lets the runtime choose. */
  static async open(width: number, threads: number): Promise<ConflictKernel> {
    const units = op.input("units", "float32", ["B", width]), rows = op.input("rows", "float32", ["C", width]);
    const inverse = op.input("inverse", "float32", ["C"]);
    const cosines = op.mul(op.gemm(units, rows, { transB: true }), inverse); // [B, C]
    const model = op.buildModel({
      inputs: [units, rows, inverse],
      outputs: { cosines, largest: op.reduceMax(cosines, [1], false) },
    });
    return new ConflictKernel(await op.createSession(model, { threads, memoryPattern: false }), width);
  }

  /**
   * Finds the pairs with a cosine above t.
   *
   * @param units Unit rows of the candidates [B, D].
   * @param chunk Stored rows [C, D].
   * @param maxCosine t.
   * @param exact Cosine of candidate i and stored row j in float64.
   * @param take Called for each pair above t; returns whether more pairs of this candidate are wanted.
   */
  async forPairs(
    units: Float32Array,
    chunk: RowChunk,
    maxCosine: number,
    exact: (i: number, j: number) => number,
    take: (i: number, j: number) => boolean,
  ): Promise<void> {
    const width = this.#width, b = units.length / width, c = chunk.inverse.length;
    if (this.#buffer.length < b * c) this.#buffer = new Float32Array(b * c);
    const cosines = this.#buffer.subarray(0, b * c);
    const results = await this.#session.run({
      units: { data: units, shape: [b, width] },
      rows: { data: chunk.rows, shape: [c, width] },
      inverse: { data: chunk.inverse, shape: [c] },
    }, { cosines: { data: cosines, shape: [b, c] } });
    const largest = results["largest"]!.data as Float32Array;
    const doubtful = maxCosine - this.error, certain = maxCosine + this.error;
    for (let i = 0; i < b; i++) {
      if (largest[i]! <= doubtful) continue;
      for (let j = 0, at = i * c; j < c; j++, at++) {
        const value = cosines[at]!;
        if (value <= doubtful || (value <= certain && exact(i, j) <= maxCosine)) continue;
        if (!take(i, j)) break;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}
