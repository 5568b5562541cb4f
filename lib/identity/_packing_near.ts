/**
 * What keeps packed rows where vectors of faces lie: near a gallery, or within the fitted Gaussian.
 *
 * The gallery's term is HyperFace's (see packing.ts): one minus the cosine to the nearest gallery vector. The
 * Gaussian's is ours: with d the Mahalanobis distance of the row at its norm, divided by sqrt(D), half of (d - 1)^2
 * where d > 1. Rows of the Gaussian itself have d = 1 +- 1 / sqrt(2 D), so what is as likely as they are is left
 * alone; the plain log-likelihood would pull all rows to one point, the mean.
 */
import * as op from "@/onnx/mod.ts";
import { forBlocksOf } from "./_packing_neighbours.ts";
import type { BlockProducts } from "./_packing_products.ts";
import { readUnit } from "./_packing_start.ts";
import type { GaussianMoments } from "./moments.ts";
import type { VectorSource } from "./vectors.ts";

/** A regulariser of unit rows [N, D]. */
export interface NearTerm extends AsyncDisposable {
  /** Looks again at where the rows are; what it finds serves until the next call. */
  refresh(rows: Float32Array, signal: AbortSignal | undefined): Promise<void>;
  /** Adds weight times the gradient of the sum of the rows' terms; returns their mean. */
  add(rows: Float32Array, gradient: Float32Array, weight: number): Promise<number>;
}

/** One minus the cosine to the nearest row of a gallery, which is held in memory as unit rows [G, D]. */
export function galleryTerm(source: VectorSource, count: number, products: BlockProducts, blockRows: number): NearTerm {
  const { width } = source, gallery = readUnit(source);
  const nearest = new Int32Array(count), cosines = new Float32Array(count);
  return {
    async refresh(rows, signal) {
      cosines.fill(-Infinity);
      await forBlocksOf(rows, gallery, width, blockRows, products, signal, (values, from, at, wide) => {
        for (let v = 0, i = from; v < values.length; i++) {
          for (let c = 0; c < wide; c++, v++) {
            if (values[v]! <= cosines[i]!) continue;
            cosines[i] = values[v]!;
            nearest[i] = at + c;
          }
        }
      });
    },
    add(rows, gradient, weight) {
      let total = 0;
      for (let i = 0; i < count; i++) {
        const own = i * width, other = nearest[i]! * width;
        let cosine = 0;
        for (let c = 0; c < width; c++) {
          const value = gallery[other + c]!;
          cosine += rows[own + c]! * value;
          gradient[own + c]! -= weight * value;
        }
        total += 1 - cosine;
      }
      return Promise.resolve(total / count);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Half the squared excess of the Mahalanobis distance, through the inverse of the moments' Cholesky factor. */
export async function gaussianTerm(
  moments: GaussianMoments,
  norms: Float64Array,
  blockRows: number,
  threads: number,
): Promise<NearTerm> {
  const { width, mean, factor } = moments;
  const x = op.input("x", "float32", ["B", width]), length = op.input("length", "float32", ["B", 1]);
  const centred = op.sub(op.mul(x, length), op.constant(Float32Array.from(mean), [width]));
  const white = op.gemm(centred, op.constant(Float32Array.from(invertLower(factor, width)), [width, width]), {
    transB: true,
  }); // L^-1 (n x - mean), standard normal under the Gaussian
  const distance = op.sqrt(op.add(op.reduceMean(op.mul(white, white), [1], false), 1e-12)); // [B]
  const excess = op.relu(op.sub(distance, 1));
  const loss = op.mul(op.reduceSum(op.mul(excess, excess), [0], false), 0.5);
  const [slope] = op.gradients(loss, [x]);
  const model = op.buildModel({ inputs: [x, length], outputs: { loss, slope: slope! } });
  const session = await op.createSession(model, { threads, memoryPattern: false });
  const lengths = Float32Array.from(norms), count = norms.length;
  return {
    refresh: () => Promise.resolve(),
    async add(rows, gradient, weight) {
      let total = 0;
      for (let from = 0; from < count; from += blockRows) {
        const to = Math.min(count, from + blockRows);
        const results = await session.run({
          x: { data: rows.subarray(from * width, to * width), shape: [to - from, width] },
          length: { data: lengths.subarray(from, to), shape: [to - from, 1] },
        });
        total += Number(results["loss"]!.data[0]);
        const slopes = results["slope"]!.data as Float32Array;
        for (let v = 0, at = from * width; v < slopes.length; v++) gradient[at + v]! += weight * slopes[v]!;
      }
      return total / count;
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}

/** Inverse of a lower triangular matrix [D, D], by forward substitution. */
export function invertLower(factor: Float64Array, width: number): Float64Array {
  const inverse = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    const pivot = factor[i * width + i]!, row = inverse.subarray(i * width, (i + 1) * width);
    for (let k = 0; k < i; k++) {
      const scale = factor[i * width + k]!;
      for (let j = 0, at = k * width; j <= k; j++) row[j]! -= scale * inverse[at + j]!;
    }
    for (let j = 0; j < i; j++) row[j]! /= pivot;
    row[i] = 1 / pivot;
  }
  return inverse;
}
