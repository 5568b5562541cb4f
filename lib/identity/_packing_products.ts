/**
 * Inner products of two blocks of rows, in ONNX Runtime: [B, D] x [C, D]^T -> [B, C], into one buffer that is used
 * again.
 */
import * as op from "@/onnx/mod.ts";

/** A session for block products, with its buffer. */
export class BlockProducts implements AsyncDisposable {
  readonly #session: op.Session;
  readonly #width: number;
  #buffer = new Float32Array(0);

  private constructor(session: op.Session, width: number) {
    this.#session = session;
    this.#width = width;
  }

  /** Opens the session for rows of D values; 0 threads lets the runtime choose. */
  static async open(width: number, threads: number): Promise<BlockProducts> {
    const a = op.input("a", "float32", ["B", width]), b = op.input("b", "float32", ["C", width]);
    const model = op.buildModel({ inputs: [a, b], outputs: { products: op.gemm(a, b, { transB: true }) } });
    return new BlockProducts(await op.createSession(model, { threads, memoryPattern: false }), width);
  }

  /** Products of all rows of a [B, D] with all of b [C, D]; valid until the next call. */
  async run(a: Float32Array, b: Float32Array): Promise<Float32Array> {
    const shape = [a.length / this.#width, b.length / this.#width];
    const count = shape[0]! * shape[1]!;
    if (this.#buffer.length < count) this.#buffer = new Float32Array(count);
    const data = this.#buffer.subarray(0, count);
    await this.#session.run({
      a: { data: a, shape: [shape[0]!, this.#width] },
      b: { data: b, shape: [shape[1]!, this.#width] },
    }, { products: { data, shape } });
    return data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}

/**
 * Largest error of a float32 inner product of two unit rows of D values, each rounded to float32, against the float64
 * cosine of the rows they were made from: gamma(n) = n u / (1 - n u) with u = 2^-24 and n = D + 4, for D products
 * summed in any order, the rounding of both rows, and that of a row scaled to its norm (N. J. Higham, Accuracy and
 * Stability of Numerical Algorithms, 2nd edition, section 3.1; the sum of |a_i b_i| is at most 1).
 */
export function productError(width: number): number {
  const nu = (width + 4) * 2 ** -24;
  return nu / (1 - nu);
}
