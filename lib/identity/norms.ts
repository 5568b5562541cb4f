/**
 * How long sampled ID vectors are: as they come, all of one norm, or distributed like the norms of a fitted set.
 *
 * The norm of a recogniser's feature carries quality, not identity, so the published vectors keep theirs
 * (https://github.com/HaiyuWu/Vec2Face/issues/2); a sampler that only makes directions needs norms from somewhere.
 * A fitted distribution is kept as its quantiles at equal steps, read with linear interpolation between them, as
 * numpy.quantile does by default.
 */
import { RandomStream } from "@/random/mod.ts";
import { norm } from "./norm.ts";
import type { VectorSource } from "./vectors.ts";

/** A distribution of norms, as plain data that goes into a recipe as it is. */
export type Norms =
  | {
    /** The norm that the sampler's vector has by itself. */
    readonly kind: "natural";
  }
  | {
    /** One norm for all. */
    readonly kind: "fixed";
    /** The norm, above 0. */
    readonly value: number;
  }
  | {
    /** Drawn from quantiles. */
    readonly kind: "quantiles";
    /** The P quantiles at shares 0, 1/(P-1), ..., 1: above 0, ascending; P at least 2. */
    readonly values: readonly number[];
  };

/** Vectors as they come. */
export const NATURAL_NORMS: Norms = { kind: "natural" };

/** Options of {@link fitNorms}. */
export interface FitNormsOptions {
  /** Number of quantiles P, at least 2. @default {101} */
  readonly points?: number;
  /** Only the first so many rows; all when left out. */
  readonly rows?: number;
}

/**
 * Checks a distribution of norms, such as one read from JSON.
 *
 * @param value The distribution.
 * @returns The same value, known to be one.
 * @throws {TypeError} When it is of no known kind.
 * @throws {RangeError} When a norm is not above 0 and finite, or quantiles do not ascend or are fewer than two.
 *
 * @example A negative norm
 * ```ts
 * import { checkNorms } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.throws(() => checkNorms({ kind: "fixed", value: -1 }), /norm is -1/);
 * ```
 */
export function checkNorms(value: unknown): Norms {
  const norms = value as Norms;
  const kind = norms?.kind;
  if (kind === "natural") return norms;
  if (kind === "fixed") {
    checkNorm(norms.value);
    return norms;
  }
  if (kind !== "quantiles" || !Array.isArray(norms.values)) {
    throw new TypeError(
      `Cannot use norms ${JSON.stringify(value)}: expected kind natural, fixed (value) or quantiles (values)`,
    );
  }
  const { values } = norms;
  values.forEach(checkNorm);
  if (values.length < 2 || values.some((v, i) => i > 0 && v < values[i - 1]!)) {
    throw new RangeError(
      `Cannot use the quantiles of norms: ${values.length} values, expected at least two in ascending order`,
    );
  }
  return norms;
}

/**
 * Fits the distribution of norms of a set of vectors.
 *
 * @param source The set [N, D].
 * @param options Number of quantiles and of rows.
 * @returns Quantiles from the least norm to the greatest.
 * @throws {RangeError} When an option is out of range, or a row is zero or not finite.
 *
 * @example Least, median and greatest norm
 * ```ts
 * import { arrayVectors, fitNorms } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const source = arrayVectors(Float32Array.of(3, 4, 0, 1, 6, 8), 2, "three");
 * assert.deepEqual(fitNorms(source, { points: 3 }), { kind: "quantiles", values: [1, 5, 10] });
 * ```
 */
export function fitNorms(source: VectorSource, options: FitNormsOptions = {}): Norms {
  const { points = 101, rows = source.count } = options;
  if (!Number.isSafeInteger(points) || points < 2) {
    throw new RangeError(`Cannot fit norms: ${points} quantiles, expected a whole number of at least 2`);
  }
  if (!Number.isSafeInteger(rows) || rows < 1 || rows > source.count) {
    throw new RangeError(
      `Cannot fit norms: ${rows} rows of ${source.name}, expected a whole number from 1 to ${source.count}`,
    );
  }
  const sorted = Float64Array.from({ length: rows }, (_, row) => norm(source.vector(row)));
  const bad = sorted.findIndex((value) => !(value > 0 && value < Infinity));
  if (bad >= 0) {
    throw new RangeError(
      `Cannot fit norms: row ${bad} of ${source.name} has the norm ${sorted[bad]}, expected finite and above 0`,
    );
  }
  sorted.sort();
  const values = Array.from({ length: points }, (_, i) => between(sorted, i / (points - 1)));
  return { kind: "quantiles", values };
}

/**
 * Norm below which a share of a distribution lies.
 *
 * @param norms The distribution; natural norms have no quantiles.
 * @param share Share, 0..1.
 * @returns The norm.
 * @throws {TypeError} When the norms are natural.
 * @throws {RangeError} When the share is outside 0..1.
 *
 * @example Half-way between two quantiles
 * ```ts
 * import { normQuantile } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(normQuantile({ kind: "quantiles", values: [10, 20, 40] }, 0.75), 30);
 * ```
 */
export function normQuantile(norms: Norms, share: number): number {
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`Cannot read a quantile of norms: the share is ${share}, expected 0 to 1`);
  }
  if (norms.kind === "natural") {
    throw new TypeError("Cannot read a quantile of natural norms: they come with the vectors; fit them first");
  }
  return norms.kind === "fixed" ? norms.value : between(norms.values, share);
}

/**
 * Gives a sampled vector its norm, by the stream (seed, "norm", row, attempt) where it is drawn.
 *
 * @param vector The vector [D], not zero; not changed.
 * @param norms The distribution.
 * @param key Seed, row and attempt of the vector.
 * @returns The same vector for natural norms, else a new one [D] of that norm within 1e-7 of itself.
 * @throws {RangeError} When the vector is zero or not finite.
 *
 * @example All of norm 20
 * ```ts
 * import { applyNorms, norm } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const long = applyNorms(Float32Array.of(3, 4), { kind: "fixed", value: 20 }, { seed: 0, row: 0 });
 * assert.equal(norm(long), 20);
 * ```
 */
export function applyNorms(
  vector: Float32Array,
  norms: Norms,
  key: { readonly seed: number | bigint; readonly row: number; readonly attempt?: number },
): Float32Array {
  if (norms.kind === "natural") return vector;
  const { seed, row, attempt = 0 } = key;
  const length = norm(vector);
  if (!(length > 0 && length < Infinity)) {
    throw new RangeError(`Cannot change the norm of row ${row}: it is ${length}, expected finite and above 0`);
  }
  const wanted = norms.kind === "fixed"
    ? norms.value
    : normQuantile(norms, new RandomStream(seed, "norm", row, attempt).uniform());
  const scale = wanted / length;
  return vector.map((value) => value * scale);
}

function checkNorm(value: unknown): void {
  if (!(typeof value === "number" && value > 0 && value < Infinity)) {
    throw new RangeError(`Cannot use norms: a norm is ${value}, expected a finite number above 0`);
  }
}

/** Value at a share of the way through an ascending list, linear between neighbours. */
function between(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return a + (at - low) * (b - a);
}
