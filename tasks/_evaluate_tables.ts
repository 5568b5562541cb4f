/**
 * What `deno task evaluate` says: tables of figures with their intervals.
 */
import {
  groupSpread,
  type IjbReport,
  type Interval,
  publishedResults,
  REPORT_RATES,
  STANDARD_SETS,
  type TarWithInterval,
  type VerificationReport,
} from "@/evaluation/mod.ts";
import type { ScoresResult } from "./_evaluate_scores.ts";
import type { SearchResult } from "./_evaluate_search.ts";

/** A verification set and its figures. */
export interface PairsResult {
  readonly name: string;
  readonly report: VerificationReport;
}

/** Rows of a table, first column to the left, others to the right. */
type Table = readonly (readonly string[])[];

const percent = (x: number) => (100 * x).toFixed(2);
const range = (interval: Interval | undefined) =>
  interval === undefined ? "" : `[${percent(interval.low)}, ${percent(interval.high)}]`;

/** Lines of a table. */
function lines(table: Table): string[] {
  const widths = table[0]!.map((_, c) => Math.max(...table.map((row) => (row[c] ?? "").length)));
  return table.map((row) =>
    row.map((cell, c) => c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)).join("  ").trimEnd()
  );
}

/** Accuracies of all sets, with intervals, and published rows below them. */
export function accuracyTable(model: string, results: readonly PairsResult[], published: boolean): string[] {
  const names = results.map(({ name }) => name);
  const averaged = STANDARD_SETS.every((set) => names.includes(set));
  const of = (set: string) => results.find(({ name }) => name === set)!.report.accuracy.mean;
  const average = STANDARD_SETS.reduce((sum, set) => sum + (averaged ? of(set) : 0), 0) / STANDARD_SETS.length;
  const row = (title: string, cell: (report: VerificationReport) => string, last = "") => [
    ...[title, ...results.map(({ report }) => cell(report))],
    ...(averaged ? [last] : []),
  ];
  const confidence = confidenceOf(results);
  const table = [
    ["accuracy, %", ...names, ...(averaged ? ["average of five"] : [])],
    row(model, ({ accuracy }) => `${percent(accuracy.mean)} +- ${percent(accuracy.sd)}`, percent(average)),
    row(`  ${confidence} % over pairs`, ({ accuracyInterval }) => range(accuracyInterval)),
  ];
  if (results.some(({ report }) => report.intervals?.accuracy !== undefined)) {
    table.push(row(`  ${confidence} % over people`, ({ intervals }) => range(intervals?.accuracy)));
  }
  if (published) {
    for (const { name, images, values, average } of publishedResults(names)) {
      const title = images === undefined ? name : `${name} (${images})`;
      const cells = values.map((value) => value?.toFixed(2) ?? "");
      table.push([title, ...cells, ...(averaged ? [average?.toFixed(2) ?? ""] : [])]);
    }
  }
  return lines(table);
}

/** Published rows that the accuracy table has, and where they are from. */
export function sourceLines(results: readonly PairsResult[]): string[] {
  const rows = publishedResults(results.map(({ name }) => name));
  const sources = new Set(rows.flatMap(({ sources }) => sources.map(({ label, url }) => `${label}, ${url}`)));
  const notes = rows.flatMap(({ name, notes }) => notes.map((text) => `${name}: ${text}`));
  return rows.length === 0 ? [] : ["published rows:", ...[...sources, ...notes].map((line) => `  ${line}`)];
}

function tarCell({ tar, interval, needed, impostors }: TarWithInterval, people: Interval | undefined): string {
  if (tar === undefined) return `not resolvable: ${impostors} of ${needed} impostors`;
  return `${percent(tar)} ${range(people ?? interval)}`;
}

const shortPercent = (x: number) => percent(x).replace(/\.?0+$/, "");
const confidenceOf = (results: readonly PairsResult[]) => shortPercent(results[0]!.report.accuracyInterval.confidence);

const maybe = (x: number | undefined) => x === undefined ? "not resolvable" : percent(x);

/** What the scores of all sets say; VAL is over so many folds. */
export function scoreTable(results: readonly PairsResult[], folds: number): string[] {
  const row = (title: string, cell: (report: VerificationReport) => string) => [
    ...[title, ...results.map(({ report }) => cell(report))],
  ];
  const over = results.some(({ report }) => report.intervals !== undefined) ? "people" : "pairs";
  return lines([
    [`scores, % [${confidenceOf(results)} % over ${over}]`, ...results.map(({ name }) => name)],
    row("pairs, genuine + impostor", ({ scores }) => scores.pairs.join(" + ")),
    row("  left out", ({ pairsLeftOut, missing }) => `${pairsLeftOut} for ${missing.length} images`),
    row(
      "people seen",
      ({ identities, conflicts }) =>
        `${identities}${conflicts.length === 0 ? "" : `, ${conflicts.length} pairs contradict`}`,
    ),
    row(
      `VAL at FAR 1e-3, ${folds} folds`,
      ({ validation }) =>
        validation === undefined
          ? "none"
          : `${percent(validation.mean)} +- ${percent(validation.sd)} at ${validation.far.toExponential(1)}`,
    ),
    ...REPORT_RATES.toReversed().map((rate, k) => {
      const at = REPORT_RATES.length - 1 - k;
      return row(
        `TAR at FAR ${rate.toExponential()}`,
        ({ scores, intervals }) => tarCell(scores.tar[at]!, intervals?.tar[at]),
      );
    }),
    row(
      "equal error rate",
      ({ scores, intervals }) => `${percent(scores.equalErrorRate)} ${range(intervals?.equalErrorRate)}`.trim(),
    ),
    row(
      "  at the nearest threshold",
      ({ scores: { equalErrorPoint: point } }) => `${percent(point.rate)} at cosine ${point.threshold.toFixed(3)}`,
    ),
    row(
      "FMR100, FMR1000, ZeroFMR",
      ({ scores }) => [scores.fmr100, scores.fmr1000, scores.zeroFmr].map(maybe).join(", "),
    ),
    row("area under the ROC curve", ({ scores }) => percent(scores.areaUnderRoc)),
    row("d', Fisher ratio", ({ scores }) => `${scores.dPrime.toFixed(3)}, ${scores.fisherRatio.toFixed(3)}`),
    row(
      "cosine, genuine",
      ({ scores: { genuine: { mean, variance } } }) => `${mean.toFixed(3)} +- ${Math.sqrt(variance).toFixed(3)}`,
    ),
    row(
      "cosine, impostor",
      ({ scores: { impostor: { mean, variance } } }) => `${mean.toFixed(3)} +- ${Math.sqrt(variance).toFixed(3)}`,
    ),
    row("mean norm of features", ({ featureNorm }) => featureNorm.toFixed(2)),
  ]);
}

/** The table of an IJB set. */
export function ijbTable(
  name: string,
  { images, templates, pairsLeftOut, published, scores, intervals }: IjbReport,
): string[] {
  const table = [
    [`${name}, %`, "nearest FPR", "within FAR", "over people"],
    ...published.map(({ far, tar, resolvable }, k) => {
      const within = scores.tar[k]!;
      return [
        `TAR at FAR ${far.toExponential()}`,
        `${percent(tar)}${resolvable ? "" : " (few impostors)"}`,
        within.tar === undefined ? "not resolvable" : `${percent(within.tar)} ${range(within.interval)}`,
        within.tar === undefined ? "" : range(intervals?.tar[k]),
      ];
    }),
    ["equal error rate", "", percent(scores.equalErrorRate), range(intervals?.equalErrorRate)],
  ];
  const rows = publishedResults([name], "tar at far 1e-4")
    .map(({ name, values, sources }) => `  ${name}: ${values[0]!.toFixed(2)} (${sources[0]!.label})`);
  return [
    `${images[0]} images (${images[1]} left out), ${templates[0]} templates (${templates[1]} left out), ` +
    `${scores.pairs.join(" + ")} pairs (${pairsLeftOut} left out)`,
    ...lines(table),
    ...(rows.length === 0 ? [] : ["published, TAR at FAR 1e-4:", ...rows]),
  ];
}

/** Figures of scores without features. */
export function scoresLines(report: ScoresResult, confidence: number): string[] {
  const { tar, genuine, impostor } = report, spread = (x: number) => Math.sqrt(x).toFixed(3);
  return lines([
    [`scores, % [${shortPercent(confidence)} % over pairs]`, ""],
    ["pairs, genuine + impostor", report.pairs.join(" + ")],
    ...tar.toReversed().map((point) => [`TAR at FAR ${point.far.toExponential()}`, tarCell(point, undefined)]),
    ["equal error rate", percent(report.equalErrorRate)],
    ["FMR100, FMR1000, ZeroFMR", [report.fmr100, report.fmr1000, report.zeroFmr].map(maybe).join(", ")],
    ["area under the ROC curve", percent(report.areaUnderRoc)],
    ["d', Fisher ratio", `${report.dPrime.toFixed(3)}, ${report.fisherRatio.toFixed(3)}`],
    ["score, genuine", `${genuine.mean.toFixed(3)} +- ${spread(genuine.variance)}`],
    ["score, impostor", `${impostor.mean.toFixed(3)} +- ${spread(impostor.variance)}`],
  ]);
}

/** Groups of RFW among the sets, when there are several. */
export function groupLines(results: readonly PairsResult[]): string[] {
  const groups = results.filter(({ name }) => /^(african|asian|caucasian|indian)(_test)?$/.test(name));
  if (groups.length < 2) return [];
  const { mean, sd, skewedErrorRatio } = groupSpread(groups.map(({ report }) => report.accuracy.mean));
  return [
    `${groups.length} groups of RFW: mean ${percent(mean)} %, standard deviation ${percent(sd)}, ` +
    `skewed error ratio ${skewedErrorRatio.toFixed(2)}`,
  ];
}

/** Ranks of probes. */
export function searchLines({ gallery, probes, unmated, equal, misnamed, rates, unreadable }: SearchResult): string[] {
  const other = misnamed === 0 ? "" : `; ${misnamed} of them are there under another name`;
  return [
    `${probes} probes in a gallery of ${gallery}; ${unmated} without their person there, ${unreadable.length} images unreadable`,
    ...equal === 0 ? [] : [`${equal} probes are in the gallery themselves; none was compared with itself${other}`],
    ...rates.map(({ rank, rate, interval }) => `rank ${rank}: ${percent(rate)} % ${range(interval)}`),
  ];
}
