/** Counts of separated identities as lines of text. */
import type { SeparabilityReport } from "@/separability/mod.ts";

/** Prefixes worth a line: 1, 2 and 5 times powers of ten steps, and the last. */
function shownPrefixes({ prefixes }: SeparabilityReport): number[] {
  return prefixes.flatMap((_, p) => /^[125]0*$/.test(String(p + 1)) || p === prefixes.length - 1 ? [p] : []);
}

/** Both counts at every threshold by prefix, and how near the nearest other identity is. */
export function separabilityTable(report: SeparabilityReport): string[] {
  const head = ["identities", ...report.thresholds.flatMap((t) => [`separated ${t}`, `kept ${t}`])];
  const lines = shownPrefixes(report).map((p) =>
    [report.prefixes, ...report.thresholds.flatMap((_, k) => [report.separated[k]!, report.greedy[k]!])]
      .map((counts) => String(counts[p]))
  );
  const widths = head.map((title, c) => Math.max(title.length, ...lines.map((line) => line[c]!.length)));
  const { quantiles } = report.nearest;
  const cosine = (share: string) => quantiles[share]!.toFixed(3);
  return [
    `${report.name}: ${report.rows} identities`,
    ...[head, ...lines].map((line) => line.map((cell, c) => cell.padStart(widths[c]!)).join("  ")),
    `nearest other identity, cosine: median ${cosine("0.5")}, 90 % ${cosine("0.9")}, 99 % ${cosine("0.99")}, ` +
    `largest ${cosine("1")}`,
  ];
}
