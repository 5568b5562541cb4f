/**
 * Comparison of tensors with a tolerance, as numpy.testing.assert_allclose does it.
 *
 * Shape and element type are compared first; a failure names the element that is furthest out.
 */
import assert from "node:assert/strict";

/** Numbers with a shape; a bare array stands for one axis. */
export interface Comparable {
  /** Elements, row-major. */
  readonly data: ArrayLike<number | bigint>;
  /** Axis lengths. */
  readonly shape?: readonly number[];
}

/** Largest difference that passes: atol + rtol * |expected|. */
export interface Tolerance {
  /** Absolute part. */
  readonly atol: number;
  /** Relative part. */
  readonly rtol: number;
}

/** Tolerances by element type: a few hundred roundings of numbers around 1. */
export const TOLERANCE: Readonly<
  Record<"float16" | "float32" | "float64", { forward: Tolerance; backward: Tolerance }>
> = {
  float16: { forward: { atol: 5e-3, rtol: 5e-3 }, backward: { atol: 2e-2, rtol: 2e-2 } },
  float32: { forward: { atol: 2e-6, rtol: 2e-5 }, backward: { atol: 1e-5, rtol: 5e-5 } },
  float64: { forward: { atol: 1e-12, rtol: 1e-11 }, backward: { atol: 1e-11, rtol: 1e-10 } },
};

/**
 * Throws an AssertionError unless both tensors have one shape and element type and all elements are close.
 *
 * NaN is close to NaN only, an infinity to itself only.
 */
export function assertAllClose(
  actual: Comparable,
  expected: Comparable,
  { atol, rtol }: Tolerance = TOLERANCE.float32.forward,
  what = "tensor",
): void {
  const shape = actual.shape ?? [actual.data.length], wanted = expected.shape ?? [expected.data.length];
  assert.deepEqual([...shape], [...wanted], `${what}: shape [${shape}] differs from the expected [${wanted}]`);
  assert.equal(
    actual.data.constructor.name,
    expected.data.constructor.name,
    `${what}: element types differ`,
  );
  assert.equal(actual.data.length, expected.data.length, `${what}: element counts differ`);
  let worst = -1, excess = 0, wrong = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const a = Number(actual.data[i]), b = Number(expected.data[i]);
    if (Object.is(a, b) || a === b) continue;
    const over = Math.abs(a - b) / (atol + rtol * Math.abs(b));
    if (over <= 1) continue;
    wrong++;
    if (worst < 0 || Number.isNaN(over) || over > excess) [worst, excess] = [i, Number.isNaN(over) ? Infinity : over];
  }
  if (worst < 0) return;
  const index: number[] = [];
  let rest = worst;
  for (const n of [...wanted].reverse()) {
    index.unshift(rest % n);
    rest = Math.floor(rest / n);
  }
  const [a, b] = [Number(actual.data[worst]), Number(expected.data[worst])];
  assert.fail(
    `${what}: ${wrong} of ${expected.data.length} elements are off, worst at [${index}]: found ${a}, expected ${b}, ` +
      `difference ${Math.abs(a - b).toExponential(2)} with atol ${atol} and rtol ${rtol}`,
  );
}
