/** The result of measuring a recogniser on verification sets: what `deno task evaluate --json FILE` writes, checked. */
import { histogramOf, numbersOf, type OpenResult } from "./_result.ts";
import type { ErrorRates } from "./error_rates_figure.ts";
import type { PairScores } from "./scores_figure.ts";

/** Scores and error rates of one set. */
export interface SetScores extends PairScores, ErrorRates {}

/**
 * Checks a value read from JSON and takes the scores of its verification sets out of it.
 *
 * @param value What `JSON.parse` returned.
 * @param file Where it is from, for messages.
 * @returns The sets of pairs; sets of templates (IJB) have no such scores and are left out.
 * @throws {TypeError} When the value is something else or has no such set, by the first field that is wrong.
 *
 * @example What the task writes
 * ```ts
 * import { rocCurve, scoreCurves } from "@/evaluation/mod.ts";
 * import { parseEvaluation } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const curves = scoreCurves([0.9], [0.1], rocCurve([0.9], [0.1]));
 * const result = { kind: "evaluation", sets: [{ name: "lfw", kind: "pairs", report: { curves } }] };
 * assert.deepEqual(parseEvaluation(result, "a.json")[0]!.tar, [1, 1]);
 * assert.throws(() => parseEvaluation({ kind: "evaluation", sets: [] }, "a.json"), /no set of pairs/);
 * ```
 */
export function parseEvaluation(value: unknown, file: string): SetScores[] {
  const wrong: OpenResult["wrong"] = (found) =>
    new TypeError(`Cannot read ${file}: ${found}; expected a result of "deno task evaluate ... --json FILE"`);
  const { kind, sets } = (value ?? {}) as Record<string, unknown>;
  if (kind !== "evaluation") {
    throw wrong(kind === undefined ? `it has no "kind"` : `it is of kind ${JSON.stringify(kind)}`);
  }
  if (!Array.isArray(sets)) throw wrong(`it has no list of "sets"`);
  const pairs = sets.filter((set) => set?.kind === "pairs");
  if (pairs.length === 0) throw wrong("it has no set of pairs");
  return pairs.map(({ name, report }): SetScores => {
    if (typeof name !== "string" || name.trim() === "") throw wrong(`"name" of a set is no text`);
    const curves = (report?.curves ?? {}) as Record<string, Record<string, unknown> | undefined>;
    const rates = (key: string, count?: number) =>
      numbersOf(curves.roc?.[key], `"roc".${key} of ${name}`, wrong, count);
    const fmr = rates("fmr"), at = (key: string) => rates(key, fmr.length);
    const scores = (key: string) => histogramOf(curves[key], `"${key}" of ${name}`, wrong);
    return {
      name: name.trim(),
      genuine: scores("genuine"),
      impostor: scores("impostor"),
      ...{ fmr, tar: at("tar"), low: at("low"), high: at("high") },
    };
  });
}
