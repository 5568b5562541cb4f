/**
 * A count as figures: numbers of separated identities by prefix, quantiles; the JSON that figures are drawn from.
 */
import { type Separability, SEPARABILITY_BINS } from "./separability.ts";

/** What `deno task separability --json FILE` writes. */
export interface SeparabilityReport {
  /** What this is. */
  readonly kind: "separability";
  /** Name of the set. */
  readonly name: string;
  /** Number of rows N. */
  readonly rows: number;
  /** Cosines above which two rows conflict, ascending, T of them. */
  readonly thresholds: readonly number[];
  /** Numbers of first rows, ascending, P of them; the last is N. */
  readonly prefixes: readonly number[];
  /** Rows among the first with no earlier row above the threshold, [T][P]: the reference's count. */
  readonly separated: readonly (readonly number[])[];
  /** Rows among the first with no earlier kept row above the threshold, [T][P]. */
  readonly greedy: readonly (readonly number[])[];
  /** Pairs by cosine; left out when they were not counted. */
  readonly histogram?: { readonly low: number; readonly high: number; readonly counts: readonly number[] };
  /** Cosine to the nearest other row: quantiles over rows, by share. */
  readonly nearest: { readonly quantiles: Readonly<Record<string, number>> };
}

/** Options of {@linkcode separabilityReport}. */
export interface SeparabilityReportOptions {
  /** Name of the set. @default {the rows' name} */
  readonly name?: string;
  /** Rows from one prefix to the next, at least 1. @default {1000} */
  readonly prefixStep?: number;
}

/** Shares of the quantiles. */
const SHARES = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1];

/**
 * Sums a count up.
 *
 * @param result What was counted.
 * @param options Name, steps.
 * @returns The figures.
 * @throws {RangeError} When the step is no whole number from 1.
 *
 * @example Of three rows, two are separated
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { measureSeparability, separabilityReport } from "@/separability/mod.ts";
 * import { unitRows } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = unitRows(arrayVectors(Float32Array.of(1, 0, 0, 1, 4, 3), 2, "three"));
 * const result = await measureSeparability(rows, { thresholds: [0.7] });
 * const { prefixes, separated } = separabilityReport(result, { prefixStep: 2 });
 * assert.deepEqual([prefixes, separated], [[2, 3], [[2, 2]]]);
 * ```
 */
export function separabilityReport(result: Separability, options: SeparabilityReportOptions = {}): SeparabilityReport {
  const { name = result.name, prefixStep = 1000 } = options;
  const { rows, thresholds, above, dead, nearestCosine, histogram } = result;
  if (!Number.isInteger(prefixStep) || prefixStep < 1) {
    throw new RangeError(`Cannot report prefixes in steps of ${prefixStep}: expected a whole number of at least 1`);
  }
  const prefixes = Array.from({ length: Math.ceil(rows / prefixStep) }, (_, p) => Math.min(rows, (p + 1) * prefixStep));
  const counts = (masks: Uint8Array) => thresholds.map((_, k) => countWithout(masks, 1 << k, prefixes));
  const sorted = nearestCosine.toSorted();
  const quantiles = Object.fromEntries(SHARES.map((share) => [String(share), quantileOf(sorted, share)]));
  const { low, high } = SEPARABILITY_BINS;
  return {
    ...{ kind: "separability", name, rows, thresholds, prefixes, separated: counts(above), greedy: counts(dead) },
    ...(histogram === undefined ? {} : { histogram: { low, high, counts: [...histogram] } }),
    nearest: { quantiles },
  };
}

/** How many of the first rows do not have the bit, for each prefix. */
function countWithout(masks: Uint8Array, bit: number, prefixes: readonly number[]): number[] {
  let row = 0, count = 0;
  return prefixes.map((end) => {
    for (; row < end; row++) if ((masks[row]! & bit) === 0) count++;
    return count;
  });
}

/** Interpolated linearly, as numpy.quantile does. */
function quantileOf(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1), below = Math.floor(at);
  const low = sorted[below]!, high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (at - below) * (high - low);
}
