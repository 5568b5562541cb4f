/** The numbers of one identity from its rows. */
import { RandomStream } from "@/random/mod.ts";
import { dotRows, rowNorms } from "@/similarity/mod.ts";
import { type IdentityRows, rowParts } from "./identity_rows.ts";
import { vendiScore } from "./vendi.ts";

/** What {@linkcode measureIdentity} looks for. */
export interface IdentityOptions {
  readonly threshold: number;
  readonly duplicate: number;
  readonly pairImages: number;
  readonly vendi: boolean;
  readonly seed: number | bigint;
}

/** Numbers of one identity; rows count from its first. */
export interface IdentityNumbers {
  /** Mean of the rows at length 1 [D]. */
  readonly centre: Float64Array;
  /** Cosine of each row to the centre [n]. */
  readonly own: Float64Array;
  /** Cosine of each row to the centre of the others; NaN for a single one [n]. */
  readonly others: Float64Array;
  /** Norm of each row [n]. */
  readonly norms: Float64Array;
  /** Length of the centre. */
  readonly length: number;
  /** Rows whose cosine to the centre is above the threshold. */
  readonly consistent: number;
  /** Mean cosine of all pairs; NaN for a single row. */
  readonly pairMean: number;
  /** Rows that were compared pair by pair, ascending [m]. */
  readonly compared: Int32Array;
  /** Their cosines [m, m]. */
  readonly cosines: Float64Array;
  /** Least cosine of those pairs; NaN for a single row. */
  readonly pairLeast: number;
  /** Vendi score of those rows; NaN when not asked for. */
  readonly vendi: number;
}

/** Below that length the centre of the others has no direction. */
const NOTHING = 1e-9;

/** Measures identity c. */
export function measureIdentity(set: IdentityRows, c: number, options: IdentityOptions): IdentityNumbers {
  const { rows: source, starts } = set, { width } = source;
  const first = starts[c]!, n = starts[c + 1]! - first;
  const sum = new Float64Array(width), norms = new Float64Array(n);
  const compared = choose(n, options, c);
  const kept = new Float32Array(compared.length * width);
  let taken = 0;
  for (const { first: at, rows } of rowParts(source, first, first + n)) {
    const lengths = rowNorms(rows, width);
    norms.set(lengths, at - first);
    lengths.forEach((norm, i) => {
      for (let k = 0, from = i * width; k < width; k++) sum[k]! += rows[from + k]! / norm;
      if (compared[taken] === at - first + i) kept.set(rows.subarray(i * width, (i + 1) * width), taken++ * width);
    });
  }
  const square = sum.reduce((total, x) => total + x * x, 0), length = Math.sqrt(square);
  const own = new Float64Array(n), others = new Float64Array(n);
  let consistent = 0;
  // Few rows are all at hand; of many, the parts are read once more.
  const parts = n === compared.length ? [{ first, rows: kept }] : rowParts(source, first, first + n);
  for (const { first: at, rows } of parts) {
    for (let i = 0, row = at - first; i < rows.length / width; i++, row++) {
      let along = 0;
      for (let k = 0, from = i * width; k < width; k++) along += rows[from + k]! * sum[k]!;
      along /= norms[row]!;
      own[row] = along / length;
      if (own[row]! > options.threshold) consistent++;
      const rest = Math.sqrt(Math.max(0, square - 2 * along + 1));
      others[row] = n > 1 && rest > NOTHING ? (along - 1) / rest : NaN;
    }
  }
  const cosines = allCosines(kept, compared, norms, width);
  let pairLeast = Infinity;
  for (let i = 0, m = compared.length; i < m; i++) {
    for (let j = 0; j < i; j++) pairLeast = Math.min(pairLeast, cosines[i * m + j]!);
  }
  return {
    centre: sum.map((x) => x / n),
    own,
    others,
    norms,
    length: length / n,
    consistent,
    pairMean: n > 1 ? (square - n) / (n * (n - 1)) : NaN, // |sum|^2 = n + the cosines of all ordered pairs
    compared,
    cosines,
    pairLeast: n > 1 ? pairLeast : NaN,
    vendi: options.vendi ? vendiScore(cosines) : NaN,
  };
}

/** Rows that are compared pair by pair: all, or so many drawn by the seed. */
function choose(n: number, { pairImages, seed }: IdentityOptions, identity: number): Int32Array {
  if (n <= pairImages) return Int32Array.from({ length: n }, (_, i) => i);
  return Int32Array.from(new RandomStream(seed, "compared images", identity).permutation(n).subarray(0, pairImages))
    .sort();
}

/** Cosines of all pairs [m, m], ones on the diagonal. */
function allCosines(kept: Float32Array, compared: Int32Array, norms: Float64Array, width: number): Float64Array {
  const m = compared.length, cosines = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    cosines[i * m + i] = 1;
    for (let j = 0; j < i; j++) {
      const cosine = dotRows(kept, i, kept, j, width) / (norms[compared[i]!]! * norms[compared[j]!]!);
      cosines[i * m + j] = cosines[j * m + i] = cosine;
    }
  }
  return cosines;
}
