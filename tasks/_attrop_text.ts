/** The figures of `deno task evaluate:attrop` as lines of text. */
import type { AttributePreset } from "@/attributes/mod.ts";
import type { AxisError, HostileReport, RefinementReport, YawReport } from "@/evaluation/mod.ts";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const number = (value: number | null, digits: number) => value === null ? "-" : value.toFixed(digits);
const reasonsText = (reasons: Readonly<Record<string, number>>) =>
  Object.entries(reasons).map(([reason, count]) => `${reason} ${count}`).join(", ") || "-";

/** Lines with columns of one width; the first column to the left, the others to the right. */
function columns(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, c) => c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)).join("  ")}`.trimEnd()
  );
}

function refinementText(report: RefinementReport, { identity, quality }: AttributePreset): string[] {
  const { count, cap, start, end, iterations } = report;
  return [
    `refinement of ${count} vectors, at most ${cap} evaluations each`,
    ...columns([
      ["identity and quality", percent(report.accepted)],
      [`identity, 1 - cosine at most ${identity.threshold}`, percent(report.identityReached)],
      [`quality, at least ${quality.target} - ${quality.threshold}`, percent(report.qualityReached)],
      ["evaluations, mean", iterations.mean.toFixed(1)],
      ["evaluations, median", iterations.median.toFixed(0)],
      ["cosine before", number(start.cosine, 3)],
      ["cosine after", number(end.cosine, 3)],
      ["quality before", number(start.quality, 1)],
      ["quality after", number(end.quality, 1)],
    ]),
    `  ended by: ${reasonsText(report.reasons)}`,
  ];
}

function axisText(what: string, found: AxisError | null): string[] {
  if (found === null) return [];
  const { error, bias, correlation } = found;
  return [
    `  ${what}: error ${error.toFixed(2)} degrees, bias ${bias.toFixed(2)}, correlation ${correlation.toFixed(3)}`,
  ];
}

function yawText(report: YawReport): string[] {
  const { identities, tolerance, leastCosine, targets } = report;
  const head = ["yaw", `within ${tolerance}`, `cosine ${leastCosine}`, "both", "error", "saved", "second", "cosine"];
  return [
    `yaw targets, ${identities} identities each; errors in degrees`,
    ...columns([
      [...head, "evaluations"],
      ...targets.map((target) => [
        String(target.target),
        ...[percent(target.within), percent(target.kept), percent(target.reached)],
        ...[number(target.error, 2), number(target.savedError, 2), number(target.secondError, 2)],
        ...[number(target.cosine, 3), target.iterations.toFixed(1)],
      ]),
      ["all", "", "", percent(report.reached), "", "", "", "", ""],
    ]),
    ...axisText("second estimator against what was asked", report.secondToAsked),
    ...axisText("second estimator against the first", report.secondToFirst),
  ];
}

function hostileText({ count, ended, cap, mostIterations, kinds }: HostileReport): string[] {
  return [
    `hostile vectors: ${ended} of ${count} ended, with at most ${mostIterations} of ${cap} evaluations`,
    ...columns([
      ["kind", "vectors", "evaluations", "ended by"],
      ...Object.entries(kinds).map(([kind, found]) => {
        return [kind, String(found.count), String(found.mostIterations), reasonsText(found.reasons)];
      }),
    ]),
  ];
}

/** The lines of those parts that were measured. */
export function attropText(
  { refinement, yaw, hostile }: {
    readonly refinement?: RefinementReport;
    readonly yaw?: YawReport;
    readonly hostile?: HostileReport;
  },
  preset: AttributePreset,
): string[] {
  return [
    ...(refinement === undefined ? [] : refinementText(refinement, preset)),
    ...(yaw === undefined ? [] : yawText(yaw)),
    ...(hostile === undefined ? [] : hostileText(hostile)),
  ];
}
