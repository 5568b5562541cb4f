/** The qualities in a report of the doctor: what `deno task doctor` writes as report.json, checked. */
import { histogramOf, type OpenResult } from "./_result.ts";
import { coarseHistogram } from "./coarse_histogram.ts";
import type { NamedDistribution } from "./distribution_figure.ts";

/**
 * Checks a value read from JSON and takes the qualities of its data sets out of it.
 *
 * @param value What `JSON.parse` returned.
 * @param file Where it is from, for messages.
 * @returns The data set, and the one beside it where there is one, as far as their quality was measured.
 * @throws {TypeError} When the value is something else or has no qualities, by the first field that is wrong.
 *
 * @example A report of two images
 * ```ts
 * import { distributionOf } from "@/metrics/mod.ts";
 * import { parseQuality } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const set = { name: "faces", quality: distributionOf(() => [20, 28], 4) };
 * const [found] = parseQuality({ kind: "doctor", findings: { set } }, "report.json");
 * assert.deepEqual([found!.name, found!.histogram.low, found!.histogram.high], ["faces", 20, 28]);
 * assert.throws(() => parseQuality({ kind: "poses" }, "a.json"), /it is of kind "poses"; expected a report of/);
 * ```
 */
export function parseQuality(value: unknown, file: string): NamedDistribution[] {
  const wrong: OpenResult["wrong"] = (found) =>
    new TypeError(`Cannot read ${file}: ${found}; expected a report of "deno task doctor", its report.json`);
  const { kind, findings } = (value ?? {}) as Record<string, unknown>;
  if (kind !== "doctor") {
    throw wrong(kind === undefined ? `it has no "kind"` : `it is of kind ${JSON.stringify(kind)}`);
  }
  const { set, compare } = (findings ?? {}) as Record<string, Record<string, unknown> | undefined>;
  const measured = [set, compare].filter((each) => (each?.quality ?? null) !== null);
  if (measured.length === 0) throw wrong("no quality was measured");
  return measured.map((each) => {
    const { name, quality } = each!;
    if (typeof name !== "string" || name.trim() === "") throw wrong(`"name" of a set is no text`);
    const { count, quantiles, histogram } = quality as Record<string, unknown>;
    if (!(typeof count === "number" && count > 0)) throw wrong(`no image of ${name} has a quality`);
    const fine = histogramOf(histogram, `"quality".histogram of ${name}`, wrong);
    return {
      name: name.trim(),
      histogram: coarseHistogram({ count, quantiles: (quantiles ?? {}) as Record<string, number>, histogram: fine }),
    };
  });
}
