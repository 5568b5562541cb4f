/**
 * Cross-validated probes: every row is read by a probe that has seen no row of its identity.
 */
import { RandomStream } from "@/random/mod.ts";
import { wholeRows } from "./cosine.ts";
import { fitLinearProbe, type LinearProbe, predict, type ProbeScore, probeScore } from "./linear_probe.ts";

/** Probes of all folds. */
export interface ProbeFolds {
  /** Width D of the features. */
  readonly width: number;
  /** Fold of each row: the probe that has not seen its identity. */
  readonly folds: Int32Array;
  /** Probe of each fold. */
  readonly probes: readonly LinearProbe[];
  /** Score of the out-of-fold predictions of all rows together. */
  readonly score: ProbeScore;
}

/** Options of {@link fitProbeFolds}. */
export interface ProbeFoldsOptions {
  /** Number of folds; as many as there are identities when there are fewer. @default {5} */
  readonly folds?: number;
  /** Regularisation, see `fitLinearProbe`. @default {0.01} */
  readonly ridge?: number;
  /** Seed of the split. @default {0} */
  readonly seed?: number | bigint;
}

/**
 * Splits rows into folds of whole identities.
 *
 * @param labels Identity of each row.
 * @param folds Number of folds wanted, at least 2.
 * @param seed Seed of the split.
 * @returns Fold of each row; rows of one identity share theirs, folds hold as many identities, give or take one.
 * @throws {RangeError} When there are fewer than two identities or folds.
 *
 * @example An identity is never split
 * ```ts
 * import { identityFolds } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const [a, b, c] = identityFolds([7, 7, 9], 2);
 * assert.ok(a === b && b !== c);
 * ```
 */
export function identityFolds(labels: ArrayLike<number>, folds: number, seed: number | bigint = 0): Int32Array {
  const identities = [...new Set(Array.from(labels))];
  if (identities.length < 2 || !Number.isInteger(folds) || folds < 2) {
    throw new RangeError(
      `Cannot split by identity: ${identities.length} identities into ${folds} folds, expected at least 2 of each`,
    );
  }
  const order = new RandomStream(seed, "probe folds").permutation(identities.length);
  const foldOf = new Map(identities.map((identity, i) => [identity, order[i]! % folds]));
  return Int32Array.from(labels, (label) => foldOf.get(label)!);
}

/**
 * Fits one probe a fold and scores each on the identities it has not seen.
 *
 * @param features Features [N, D], row after row.
 * @param width D.
 * @param targets The number that belongs to each row.
 * @param labels Identity of each row, at least two different.
 * @param options Folds, regularisation, seed.
 * @returns Probes, folds and score.
 * @throws {TypeError} When rows, targets and labels do not fit.
 * @throws {RangeError} When there are fewer than two identities.
 *
 * @example A number that the features hold
 * ```ts
 * import { fitProbeFolds } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const x = [0, 1, 2, 3, 4, 5];
 * const { score } = fitProbeFolds(x, 1, x.map((v) => 3 * v), [0, 1, 0, 1, 0, 1], { folds: 2, ridge: 0 });
 * assert.ok(score.error < 1e-9);
 * ```
 */
export function fitProbeFolds(
  features: Float32Array | readonly number[],
  width: number,
  targets: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: ProbeFoldsOptions = {},
): ProbeFolds {
  const { folds: wanted = 5, ridge = 0.01, seed = 0 } = options;
  const rows = wholeRows(features, width, "fit probes");
  if (targets.length !== rows || labels.length !== rows) {
    throw new TypeError(`Cannot fit probes: ${rows} rows, ${targets.length} targets and ${labels.length} labels`);
  }
  const identities = new Set(Array.from(labels)).size;
  const folds = identityFolds(labels, Math.min(wanted, identities), seed);
  const count = folds.reduce((most, fold) => Math.max(most, fold), 0) + 1;
  const probes = Array.from({ length: count }, (_, fold) => {
    const others = Array.from(folds.keys()).filter((row) => folds[row] !== fold);
    const x = new Float64Array(others.length * width);
    others.forEach((row, i) => x.set(features.slice(row * width, (row + 1) * width), i * width));
    return fitLinearProbe(x, width, others.map((row) => targets[row]!), ridge);
  });
  const all = Array.from(folds.keys());
  const unscored = { width, folds, probes };
  return { ...unscored, score: probeScore(predictUnseen(unscored, features, all), targets) };
}

/**
 * Reads features by the probes that have not seen their identities.
 *
 * @param probes Probes of all folds.
 * @param features Features [K, D], row after row: of the rows probed, or of other images of the same identities.
 * @param rows The row whose fold counts, for each of the K features.
 * @returns K predictions.
 * @throws {TypeError} When features and rows differ in number.
 *
 * @example See fitProbeFolds
 * ```ts
 * import { predictUnseen } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const probe = (bias: number) => ({ weights: Float64Array.of(1), bias });
 * const folds = { width: 1, folds: Int32Array.of(0, 1), probes: [probe(10), probe(20)] };
 * assert.deepEqual([...predictUnseen(folds, [1, 1], [1, 0])], [21, 11]);
 * ```
 */
export function predictUnseen(
  { width, folds, probes }: Omit<ProbeFolds, "score">,
  features: Float32Array | readonly number[],
  rows: ArrayLike<number>,
): Float64Array {
  if (wholeRows(features, width, "apply probes") !== rows.length) {
    throw new TypeError(`Cannot apply probes: ${features.length / width} features for ${rows.length} rows`);
  }
  return Float64Array.from(
    rows,
    (row, i) => predict(probes[folds[row]!]!, features.slice(i * width, (i + 1) * width))[0]!,
  );
}
