/** The report as plain data: what is written as JSON and what the page shows. */
import { checkConditions, type Condition, type ConditionOutcome } from "./conditions.ts";
import { type Findings, measuredValues } from "./measures.ts";
import { type Grade, judge, overall, type Verdict } from "./verdicts.ts";

/** What a report was made with. */
export interface ReportContext {
  /** When it was made, as text. */
  readonly made: string;
  /** The recogniser: name and hash of its weights. */
  readonly recogniser: string;
  /** The pose estimator, likewise; undefined when there was none. */
  readonly pose?: string | undefined;
  /** The quality estimator, likewise. */
  readonly quality?: string | undefined;
  /** Where the threshold comes from, in a sentence. */
  readonly threshold: string;
}

/** A whole report. */
export interface DoctorReport {
  /** What this is. */
  readonly kind: "doctor";
  /** Version of the form. */
  readonly version: 1;
  /** What it was made with. */
  readonly context: ReportContext;
  /** All verdicts together. */
  readonly overall: { readonly grade: Grade; readonly sentence: string };
  /** One verdict for each question. */
  readonly verdicts: readonly Verdict[];
  /** Conditions, and whether they hold. */
  readonly conditions: readonly ConditionOutcome[];
  /** Every number by name. */
  readonly measures: Readonly<Record<string, number>>;
  /** Everything that was found. */
  readonly findings: Findings;
}

/**
 * Puts a report together.
 *
 * @param findings What was found.
 * @param context What it was made with.
 * @param conditions Conditions to check. @default {[]}
 * @returns The report.
 *
 * @example A report of nothing
 * ```ts
 * import { type Findings, makeReport } from "@/doctor/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const nothing: unknown = new Proxy(() => undefined, { get: () => nothing });
 * const context = { made: "today", recogniser: "mini", threshold: "given" };
 * assert.equal(makeReport({ set: nothing } as Findings, context).overall.grade, "unknown");
 * ```
 */
export function makeReport(
  findings: Findings,
  context: ReportContext,
  conditions: readonly Condition[] = [],
): DoctorReport {
  const verdicts = judge(findings), values = measuredValues(findings);
  return {
    kind: "doctor",
    version: 1,
    context,
    overall: overall(verdicts),
    verdicts,
    conditions: checkConditions(conditions, values),
    measures: Object.fromEntries(values),
    findings,
  };
}
