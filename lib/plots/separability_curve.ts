/**
 * The result of counting well-separated identities: what `deno task separability --json FILE` writes, checked.
 */
import type { Histogram } from "./distribution_figure.ts";
import { histogramOf, numbersOf, openResult } from "./_result.ts";

/** Well-separated identities among the first n rows of a set, for several n and thresholds. */
export interface SeparabilityCurve {
  /** Name of the set. */
  readonly name: string;
  /** Cosines above which two rows conflict, T of them. */
  readonly thresholds: readonly number[];
  /** Numbers of rows n, ascending, P of them. */
  readonly prefixes: readonly number[];
  /** Rows without an earlier row above the threshold, [T][P]. */
  readonly separated: readonly (readonly number[])[];
  /** Rows without an earlier kept row above the threshold, [T][P]. */
  readonly greedy: readonly (readonly number[])[];
  /** Cosines of pairs. */
  readonly histogram?: Histogram;
}

/**
 * Checks a value read from JSON and takes it as a separability result.
 *
 * @param value What `JSON.parse` returned.
 * @param file Where it is from, for messages.
 * @returns The result.
 * @throws {TypeError} When the value is something else, by the first field that is wrong.
 *
 * @example A result with one prefix
 * ```ts
 * import { parseSeparability } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const counts = { thresholds: [0.4], prefixes: [1000], separated: [[990]], greedy: [[995]] };
 * const curve = parseSeparability({ kind: "separability", name: "mini", ...counts }, "mini.json");
 * assert.equal(curve.separated[0]![0], 990);
 * assert.throws(() => parseSeparability({ kind: "roc" }, "roc.json"), /roc.json: .*kind "roc"/);
 * ```
 */
export function parseSeparability(value: unknown, file: string): SeparabilityCurve {
  const { name, record, wrong } = openResult(value, file, "separability", "separability");
  const numbers = (found: unknown, what: string, count?: number) => numbersOf(found, what, wrong, count);
  const thresholds = numbers(record.thresholds, `"thresholds"`);
  const prefixes = numbers(record.prefixes, `"prefixes"`);
  if (prefixes.some((rows, k) => rows < 1 || rows <= (prefixes[k - 1] ?? 0))) {
    throw wrong(`"prefixes" are not ascending from at least 1`);
  }
  const counts = (key: "separated" | "greedy"): number[][] => {
    const found = record[key];
    if (!Array.isArray(found) || found.length !== thresholds.length) {
      throw wrong(`"${key}" has no list for each of ${thresholds.length} thresholds`);
    }
    return found.map((each, t) => {
      const list = numbers(each, `"${key}"[${t}]`, prefixes.length);
      const bad = list.findIndex((count, p) => count < 0 || count > prefixes[p]!);
      if (bad >= 0) throw wrong(`"${key}"[${t}] counts ${list[bad]} of ${prefixes[bad]} rows`);
      return list;
    });
  };
  const separated = counts("separated");
  const greedy = counts("greedy");
  const curve = { name, thresholds, prefixes, separated, greedy };
  if (record.histogram === undefined) return curve;
  return { ...curve, histogram: histogramOf(record.histogram, `"histogram"`, wrong) };
}
