/**
 * Running a network over many samples so that each result is the same bits whatever batch it was computed in.
 *
 * Measured with ONNX Runtime 1.30 on an x64 CPU with AVX-512: generator (mini, and base with 1+1 blocks) and recogniser (mini and
 * SE-IResNet-50) gave no differing bit between batches of 1, 2, 3, 4, 5, 6, 7, 8 and 16, nor between 1 and 2 threads; the mini
 * generator made 51 images/s one at a time and 104 in batches of 8 on 2 threads (57 and 57 on 1). Other processors and
 * devices may choose other kernels by batch size, so it is not taken on trust: the first time a batch size occurs, its last sample is
 * computed alone as well, and if a bit differs all samples are computed alone from then on.
 */

/** Computes samples from..from+count-1 in one run: [count, size], row after row. */
export type BatchRun = (from: number, count: number) => Promise<Float32Array>;

/** Samples a run, chosen where the throughput of the small models levels off. */
export const BATCH_SIZE = 8;

/** Remembers for one session which batch sizes were found to be exact. */
export class ExactBatches {
  readonly #largest: number;
  readonly #exact = new Set<number>([1]);
  #alone = false;

  constructor(largest: number = BATCH_SIZE) {
    if (!Number.isInteger(largest) || largest < 1) {
      throw new RangeError(
        `Cannot run in batches of ${largest}: expected a whole number of 1 or more`,
      );
    }
    this.#largest = largest;
  }

  /** True once a batch gave other bits than a sample alone. */
  get alone(): boolean {
    return this.#alone;
  }

  /** Computes `total` samples of `size` values each. */
  async run(
    total: number,
    size: number,
    batch: BatchRun,
  ): Promise<Float32Array> {
    const out = new Float32Array(total * size);
    for (let from = 0; from < total;) {
      const count = this.#alone ? 1 : Math.min(this.#largest, total - from);
      const values = await batch(from, count);
      if (!this.#exact.has(count)) {
        const single = await batch(from + count - 1, 1);
        if (!sameBits(single, values.subarray((count - 1) * size))) {
          this.#alone = true;
          continue; // the same samples again, one at a time
        }
        this.#exact.add(count);
      }
      out.set(values, from * size);
      from += count;
    }
    return out;
  }
}

/** Compares bits, so that NaN equals itself. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
  const x = new Uint32Array(a.buffer, a.byteOffset, a.length);
  const y = new Uint32Array(b.buffer, b.byteOffset, b.length);
  return x.length === y.length && x.every((word, i) => word === y[i]);
}
