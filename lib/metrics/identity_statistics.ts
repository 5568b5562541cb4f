/**
 * One pass over a data set, identity after identity: how well the images of each agree, how much they vary, which of them do not
 * fit and which are there twice.
 *
 * Consistency is that of M. Kim and others, "DCFace: synthetic face generation with dual condition diffusion model", CVPR 2023,
 * section 4.1 (https://arxiv.org/abs/2304.07060); see {@linkcode consistency}. Cosines are those of rows at length 1, and a
 * centre is the mean of such rows.
 */
import { measureIdentity } from "./_identity.ts";
import { IdentityLedger } from "./_identity_ledger.ts";
import type { PassState } from "./_pass_state.ts";
import type { IdentityRows } from "./identity_rows.ts";
import type { Tally } from "./tally.ts";

/** What is handed on of each identity, in order. */
export interface MeasuredIdentity {
  /** Which identity, 0..C-1. */
  readonly identity: number;
  /** Mean of its rows at length 1 [D]; its length says how well they agree. */
  readonly centre: Float64Array;
  /** Cosine of each of its rows to the centre [n]. */
  readonly own: Float64Array;
  /** Cosine of each of its rows to the centre of its other rows; NaN for a single row [n]. */
  readonly others: Float64Array;
  /** Norm of each of its rows as stored [n]. */
  readonly norms: Float64Array;
}

/** Options of {@linkcode measureIdentities}. */
export interface IdentityStatisticsOptions {
  /** A row is consistent when its cosine to the centre is above this. @default {0.3} */
  readonly threshold?: number;
  /** Two rows of an identity are duplicates when their cosine is above this. @default {0.98} */
  readonly duplicate?: number;
  /** Rows of an identity compared pair by pair; of more, so many are drawn. @default {100} */
  readonly pairImages?: number;
  /** Also find Vendi scores; takes most of the time. @default {false} */
  readonly vendi?: boolean;
  /** Outliers and duplicates that are listed, the worst first; all are counted. @default {100} */
  readonly listed?: number;
  /** Seed of the draw of rows that are compared. @default {0} */
  readonly seed?: number | bigint;
  /**
   * Called with each identity, in order, before the next is read; after an interruption again with some that were measured
   * since the state was last saved.
   */
  readonly onIdentity?: (identity: MeasuredIdentity) => Promise<void> | void;
  /** Where to keep the state, so that an interrupted pass goes on. */
  readonly state?: PassState | undefined;
  /** Identities from one saving of the state to the next. @default {5000} */
  readonly saveEvery?: number;
  /** Stops the work between two identities; the state is saved. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each identity with the number of rows measured, and of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A row that fits badly to the others of its identity. */
export interface Outlier {
  /** Its row in the set. */
  readonly row: number;
  /** Its identity. */
  readonly identity: number;
  /** Cosine to the centre of the others. */
  readonly cosine: number;
}

/** Two rows of an identity that are nearly the same. */
export interface DuplicatePair {
  /** Row in the set. */
  readonly row: number;
  /** The other row, above it. */
  readonly other: number;
  /** Their identity. */
  readonly identity: number;
  /** Their cosine. */
  readonly cosine: number;
}

/** What {@linkcode measureIdentities} finds; one number for each of C identities where it says [C]. */
export interface IdentityStatistics {
  /** Identities C. */
  readonly identities: number;
  /** Rows N. */
  readonly rows: number;
  /** Threshold of consistency. */
  readonly threshold: number;
  /** Cosine of duplicates. */
  readonly duplicate: number;
  /** Rows [C]. */
  readonly images: Float64Array;
  /** Length of the centre, 1 when all rows point one way [C]. */
  readonly length: Float64Array;
  /** Mean cosine of the rows to the centre [C]. */
  readonly ownMean: Float64Array;
  /** Least of these cosines [C]. */
  readonly ownLeast: Float64Array;
  /** Rows whose cosine to the centre is above the threshold [C]. */
  readonly consistent: Float64Array;
  /** Mean cosine of all pairs of rows; NaN for a single row [C]. */
  readonly pairMean: Float64Array;
  /** Least cosine of the pairs compared; NaN for a single row [C]. */
  readonly pairLeast: Float64Array;
  /** Pairs compared that are duplicates [C]. */
  readonly duplicatePairs: Float64Array;
  /** Rows compared that have a duplicate among the rows before them [C]. */
  readonly duplicateRows: Float64Array;
  /** Rows compared [C]. */
  readonly compared: Float64Array;
  /** Vendi score of the rows compared, 1 to their number; NaN when not asked for [C]. */
  readonly vendi: Float64Array;
  /** Cosines of rows to their centre. */
  readonly own: Tally;
  /** Cosines of rows to the centre of their identity's other rows; single rows are missing. */
  readonly others: Tally;
  /** Cosines of the pairs compared. */
  readonly pairs: Tally;
  /** Rows that fit worst to the others of their identity, the worst first. */
  readonly outliers: readonly Outlier[];
  /** The closest duplicates, the closest first. */
  readonly duplicates: readonly DuplicatePair[];
}

/**
 * Measures all identities of a set.
 *
 * Takes 2 N D products, and n^2 D / 2 for each identity of n rows (at most `pairImages`). Memory is that of one identity and about
 * 90 bytes for each identity, whatever the number of rows.
 *
 * @param set Rows by identity.
 * @param options Thresholds, limits, state, progress.
 * @returns Numbers of each identity and of the set.
 * @throws {RangeError} When an option is out of range, or the state belongs to another pass.
 *
 * @example Two images of one identity, one of another
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { measureIdentities } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = arrayVectors(Float32Array.of(1, 0, 0, 2, 5, 5), 2, "three");
 * const found = await measureIdentities({ rows, starts: Int32Array.of(0, 2, 3), nameOf: String }, { threshold: 0.5 });
 * assert.deepEqual([...found.consistent], [2, 1]);
 * assert.ok(Math.abs(found.ownMean[0]! - Math.SQRT1_2) < 1e-12 && Math.abs(found.pairMean[0]!) < 1e-12);
 * ```
 */
export async function measureIdentities(
  set: IdentityRows,
  options: IdentityStatisticsOptions = {},
): Promise<IdentityStatistics> {
  const { threshold = 0.3, duplicate = 0.98, pairImages = 100, vendi = false, listed = 100, seed = 0 } = options;
  const { onIdentity, state, saveEvery = 5000, signal, onProgress } = options;
  const { starts, rows } = set, identities = starts.length - 1, total = starts.at(-1)!;
  for (const [name, value] of Object.entries({ pairImages, listed, saveEvery })) {
    if (!Number.isSafeInteger(value) || value < (name === "listed" ? 0 : 2)) {
      throw new RangeError(`Cannot measure identities: ${name} is ${value}, expected a whole number of at least 2`);
    }
  }
  for (const [name, value] of Object.entries({ threshold, duplicate })) {
    if (!(value >= -1 && value <= 1)) {
      throw new RangeError(`Cannot measure identities: ${name} is ${value}, expected a cosine from -1 to 1`);
    }
  }
  const ledger = new IdentityLedger(identities, listed);
  const settings = { threshold, duplicate, pairImages, vendi, seed };
  const key = JSON.stringify({
    ...{ pass: "identities", input: state?.input, identities, rows: total, width: rows.width, listed, ...settings },
    seed: String(seed),
  });
  if (state !== undefined) ledger.resume(state, key);
  try {
    while (ledger.done < identities) {
      signal?.throwIfAborted();
      const identity = ledger.done, first = starts[identity]!;
      const numbers = measureIdentity(set, identity, settings);
      const { centre, own, others, norms } = numbers;
      await onIdentity?.({ identity, centre, own, others, norms });
      ledger.take(numbers, first, duplicate);
      if (state !== undefined && ledger.done % saveEvery === 0) ledger.save(state.path, key);
      onProgress?.(starts[ledger.done]!, total);
    }
  } finally {
    if (state !== undefined) ledger.save(state.path, key);
  }
  return { identities, rows: total, threshold, duplicate, ...ledger.statistics() };
}
