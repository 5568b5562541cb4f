/**
 * Cholesky factorisation of a symmetric positive definite matrix, in float64.
 *
 * Source: G. Golub, C. Van Loan, Matrix Computations, 4th edition, algorithm 4.2.1 (row by row), written out because
 * it is twenty lines; a linear algebra package would be a dependency for this alone.
 */

/**
 * Factors a matrix A into L L^T.
 *
 * Takes D^3 / 6 multiplications: 20 million for D = 512.
 *
 * @param matrix A [D, D], row-major; only its lower triangle is read.
 * @param width D.
 * @returns L [D, D], row-major, zero above the diagonal.
 * @throws {TypeError} When the matrix does not have D * D values.
 * @throws {RangeError} When the matrix is not positive definite.
 *
 * @example A matrix of two
 * ```ts
 * import { cholesky } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...cholesky(Float64Array.of(4, 2, 2, 10), 2)], [2, 0, 1, 3]);
 * ```
 */
export function cholesky(matrix: Float64Array, width: number): Float64Array {
  if (matrix.length !== width * width) {
    throw new TypeError(
      `Cannot factor a matrix: it has ${matrix.length} values, expected ${width} x ${width}`,
    );
  }
  const factor = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    const rowI = factor.subarray(i * width, i * width + i + 1);
    for (let j = 0; j <= i; j++) {
      const rowJ = factor.subarray(j * width, j * width + j + 1);
      let sum = matrix[i * width + j]!;
      for (let k = 0; k < j; k++) sum -= rowI[k]! * rowJ[k]!;
      if (j < i) {
        rowI[j] = sum / rowJ[j]!;
      } else if (sum > 0 && sum < Infinity) {
        rowI[i] = Math.sqrt(sum);
      } else {
        throw new RangeError(
          `Cannot factor a matrix: it is not positive definite (pivot ${i} is ${sum}); ` +
            "add to its diagonal or give more rows",
        );
      }
    }
  }
  return factor;
}
