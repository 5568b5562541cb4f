/** @file Arithmetic on shapes and strides (all in elements, not bytes) that never overflows silently. */

import { MAX_DIMENSIONS } from "./_limits.ts";

/**
 * Number of elements of a shape. `what` opens the error message, as in `Cannot read "w.npy"`.
 *
 * A zero anywhere makes the product zero, whatever the other dimensions are.
 */
export function elementCount(shape: readonly number[], what: string): number {
  if (shape.length > MAX_DIMENSIONS) {
    throw new RangeError(
      `${what}: ${shape.length} dimensions, at most ${MAX_DIMENSIONS} are allowed`,
    );
  }
  for (const d of shape) {
    if (!Number.isSafeInteger(d) || d < 0) {
      throw new RangeError(
        `${what}: dimension ${d} in shape [${shape}] is not a whole number from 0`,
      );
    }
  }
  if (shape.includes(0)) return 0;
  let count = 1;
  for (const d of shape) {
    count *= d;
    if (count > Number.MAX_SAFE_INTEGER) {
      throw new RangeError(
        `${what}: shape [${shape}] has more than 2^53 elements`,
      );
    }
  }
  return count;
}

/** Strides of a dense row-major (C order) array. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let i = shape.length - 1, step = 1; i >= 0; i--) {
    strides[i] = step;
    step *= Math.max(shape[i]!, 1);
  }
  return strides;
}

/** Strides of a dense column-major (Fortran order) array. */
export function columnMajorStrides(shape: readonly number[]): number[] {
  let step = 1;
  return shape.map((d) => {
    const stride = step;
    step *= Math.max(d, 1);
    return stride;
  });
}

/** Whether the strides are row-major; dimensions of size 1 may have any stride, and empty tensors have none. */
export function isRowMajor(
  shape: readonly number[],
  strides: readonly number[],
): boolean {
  if (shape.includes(0)) return true;
  const expected = rowMajorStrides(shape);
  return shape.every((d, i) => d === 1 || strides[i] === expected[i]);
}

/** Elements from the first to the last one that the strides reach, both included; 0 for an empty tensor. */
export function spanElements(
  shape: readonly number[],
  strides: readonly number[],
): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((span, d, i) => span + (d - 1) * strides[i]!, 1);
}
