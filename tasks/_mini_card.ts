/** The table of the mini family's figures, as README.md and data/README.md show it. */
import type {
  AxisError,
  GeneratorReport,
  PoseReport,
  QualityReport,
  RecogniserReport,
  ReconstructionFigures,
  RefinementReport,
  YawReport,
} from "@/evaluation/mod.ts";

/** What `evaluate:mini --json` writes; each list has the own recogniser first, then a second one where it was measured. */
export interface MiniMetrics {
  readonly recognisers: readonly RecogniserReport[];
  readonly generator: GeneratorReport;
  readonly reconstruction: readonly ReconstructionFigures[];
}

/** What `evaluate:estimators --json` writes. */
export interface EstimatorMetrics {
  readonly pose: PoseReport;
  readonly quality: QualityReport;
}

/** What `evaluate:attrop --json` writes. */
export interface AttropMetrics {
  readonly refinement: RefinementReport;
  readonly yaw: YawReport;
}

/** One line: the figure, its value, its value by a second network, what it is meant to be. */
type Row = readonly [figure: string, measured: string, second: string, aim: string];

const fixed = (x: number) => x.toFixed(3);
const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
const percent1 = (x: number) => `${(100 * x).toFixed(1)} %`;
const degrees = (x: AxisError) => x.error.toFixed(1);

/** A row with one value a recogniser. */
function each<T>(figure: string, reports: readonly T[], text: (report: T) => string, aim = ""): Row {
  return [figure, text(reports[0]!), reports[1] === undefined ? "" : text(reports[1]), aim];
}

function recogniserRows({ recognisers }: MiniMetrics): Row[] {
  const accuracy = ({ accuracy: { mean, sd } }: Pick<RecogniserReport, "accuracy">) =>
    `${percent(mean)} +- ${(100 * sd).toFixed(2)}`;
  const tar = ({ tar }: Pick<RecogniserReport, "tar">) => tar.tar === undefined ? "not resolvable" : percent(tar.tar);
  return [
    // insightface's protocol sums the features of an image and of its mirror image; without is stricter.
    each(
      "recogniser: 10-fold accuracy, flip-sum, 3,000 + 3,000 pairs",
      recognisers,
      ({ flipSum }) => accuracy(flipSum!),
      "98.5 %",
    ),
    each("recogniser: the same, images as they are", recognisers, accuracy),
    each("recogniser: TAR at FAR 1e-3, flip-sum", recognisers, ({ flipSum }) => tar(flipSum!), "93 %"),
    each("recogniser: the same, images as they are", recognisers, tar),
    each("recogniser: yaw by a linear probe", recognisers, ({ yaw }) => `r ${fixed(yaw.correlation)}`),
  ];
}

function generatorRows({ generator, reconstruction }: MiniMetrics): Row[] {
  const { variation, between, otherMask, vectorToImage } = generator;
  const noisy = variation.slice(1), sigmas = noisy.map(({ sigma }) => sigma).join(" / ");
  const both = between.map((_, k) => k);
  return [
    ["generator: cosine of vector and its image, 200 sampled", fixed(vectorToImage), "", "0.75"],
    each("generator: cosine of two images of one vector, two masks", otherMask, fixed, "0.6 by second"),
    each(
      `generator: cosine of two images, sigma ${sigmas}`,
      both,
      (k) => noisy.map(({ cosines }) => fixed(cosines[k]!)).join(" / "),
      "0.7 at 0.3; 0.6 by second",
    ),
    each("generator: median cosine between people", between, fixed, "at most 0.15; 0.2 by second"),
    each("generator: cosine of rendered and decoded heads", reconstruction, ({ cosine }) => fixed(cosine)),
    each("generator: decoded yaw to true yaw", reconstruction, ({ yaw }) => `r ${fixed(yaw.correlation)}`, "r 0.7"),
    [
      `generator: pixel difference, sigma ${sigmas}, of 255`,
      noisy.map(({ pixels }) => pixels.toFixed(1)).join(" / "),
      "",
      "increasing",
    ],
  ];
}

function estimatorRows({ pose, quality: { degradations } }: EstimatorMetrics): Row[] {
  const kinds = ["blur", "noise", "darkness", "occlusion"] as const;
  const correlations = (which: "pooled" | "perImage") =>
    kinds.map((kind) => degradations[kind][which].toFixed(2)).join(", ");
  return [
    [
      `pose: error of yaw, pitch, roll within 60 degrees, ${pose.count} heads`,
      [pose.yaw, pose.pitch, pose.roll].map(degrees).join(", "),
      "",
      "3 (yaw, pitch)",
    ],
    ["quality: rank correlation with blur, noise, darkness, occlusion", correlations("perImage"), "", "-0.7 or below"],
    ["quality: the same, all images in one ranking", correlations("pooled"), "", "-0.7 or below"],
  ];
}

function attropRows({ refinement, yaw }: AttropMetrics): Row[] {
  const { secondToAsked, identities, targets } = yaw;
  const errors = (which: "savedError" | "secondError") => targets.map((target) => target[which] ?? NaN);
  const worst = (which: "savedError" | "secondError") => Math.max(...errors(which)).toFixed(1);
  return [
    [
      `attrop: refined, of ${refinement.count} vectors in ${refinement.cap} steps`,
      percent1(refinement.accepted),
      "",
      "95 %",
    ],
    [
      `attrop: worst share of a yaw target, cosine kept, ${identities} people`,
      percent1(Math.min(...targets.map(({ reached }) => reached))),
      "",
      "90 %",
    ],
    [
      "attrop: degrees off the yaw asked for, of all; of the worst",
      `${meanOf(errors("savedError")).toFixed(1)}; ${worst("savedError")}`,
      secondToAsked === null ? "" : `${degrees(secondToAsked)}; ${worst("secondError")}`,
      "",
    ],
  ];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** The table in Markdown. */
export function miniCard(metrics: MiniMetrics, estimators: EstimatorMetrics, attrop: AttropMetrics): string {
  const rows: Row[] = [
    ["figure", "measured", "second network", "aim"],
    ...recogniserRows(metrics),
    ...generatorRows(metrics),
    ...estimatorRows(estimators),
    ...attropRows(attrop),
  ];
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, c) => cell.padEnd(widths[c]!)).join(" | ")} |`;
  return [line(rows[0]!), line(widths.map((width) => "-".repeat(width))), ...rows.slice(1).map(line)].join("\n");
}

const MARKS = ["<!-- mini figures -->", "<!-- /mini figures -->"] as const;

/**
 * Puts the table between the marks of a text.
 *
 * @throws {TypeError} When the marks are not there, once each and in order.
 */
export function withCard(text: string, card: string, name: string): string {
  const [before, rest, ...more] = text.split(MARKS[0]), [, after, ...others] = rest?.split(MARKS[1]) ?? [];
  if (before === undefined || after === undefined || more.length + others.length > 0) {
    throw new TypeError(`Cannot put the figures of mini into ${name}: expected ${MARKS.join(" ... ")} there, once`);
  }
  return `${before}${MARKS[0]}\n\n${card}\n\n${MARKS[1]}${after}`;
}
