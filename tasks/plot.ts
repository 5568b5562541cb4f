/**
 * `deno task plot`: figures from the results that other tasks write. A further figure is one more entry of FIGURES.
 */
import { basename } from "node:path";
import {
  accuracyFigure,
  cosineHistogramFigure,
  distributionFigure,
  errorRatesFigure,
  type Figure,
  figureHtml,
  figurePng,
  figureSvg,
  type FigureWidth,
  identityDriftFigure,
  jointPoseFigure,
  parseEvaluation,
  parsePoses,
  parseQuality,
  parseSeparability,
  parseYawPoints,
  poseFigure,
  scoresFigure,
  separabilityFigure,
  type SetScores,
  yawTargetFigure,
} from "@/plots/mod.ts";
import {
  checkInputs,
  note,
  runTask,
  say,
  type TaskArguments,
  type TaskMain,
  type TaskSpec,
  UsageError,
} from "./_cli.ts";
import { ownAccuracy, publishedAccuracies } from "./_accuracies.ts";
import { figuresOfCells, notebooksWithFigures } from "./_notebook_figures.ts";
import { writeWhole } from "./_write_whole.ts";

/** A result file. */
interface Result {
  readonly path: string;
  readonly value: unknown;
}

/** A kind of figure. */
interface FigureKind {
  /** What it shows, for the help. */
  readonly summary: string;
  /** Which of the figures' own options it takes. */
  readonly takes: readonly string[];
  /** Draws it; what the files do not hold is a TypeError or RangeError. */
  draw(results: readonly Result[], args: TaskArguments, width: FigureWidth): Figure;
}

/** The verification sets of result files, named after their files too where there are several. */
function measuredSets(results: readonly Result[], figure: string): SetScores[] {
  if (results.length === 0) throw new UsageError(`Cannot draw ${figure}: give at least one FILE.json`);
  return results.flatMap(({ path, value }) => {
    const sets = parseEvaluation(value, path);
    return results.length === 1
      ? sets
      : sets.map((set) => ({ ...set, name: `${basename(path, ".json")}, ${set.name}` }));
  });
}

/** Every kind of figure, by the name that it has on the command line. */
const FIGURES: Readonly<Record<string, FigureKind>> = {
  separability: {
    summary: "from deno task separability --json",
    takes: ["reference", "thresholds", "count"],
    draw(results, args, width) {
      const reference = args.flag("reference");
      if (results.length === 0 && !reference) {
        throw new UsageError("Cannot draw separability: give at least one FILE.json, or --reference");
      }
      const thresholds = args.optionalNumbers("thresholds", { min: -1, max: 1 });
      return separabilityFigure(results.map(({ path, value }) => parseSeparability(value, path)), {
        reference,
        width,
        count: args.choice("count", ["separated", "greedy"]),
        ...(thresholds === undefined ? {} : { thresholds }),
      });
    },
  },
  cosines: {
    summary: "from the same files, how the cosines of pairs are distributed",
    takes: ["thresholds", "log"],
    draw(results, args, width) {
      if (results.length === 0) throw new UsageError("Cannot draw cosines: give at least one FILE.json");
      return cosineHistogramFigure(results.map(({ path, value }) => parseSeparability(value, path)), {
        width,
        scale: args.flag("log") ? "log" : "linear",
        thresholds: args.optionalNumbers("thresholds", { min: -1, max: 1 }) ?? [],
      });
    },
  },
  poses: {
    summary: "from deno task poses --json, distribution of an angle",
    takes: ["angle", "log"],
    draw(results, args, width) {
      if (results.length === 0) throw new UsageError("Cannot draw poses: give at least one FILE.json");
      return poseFigure(results.map(({ path, value }) => parsePoses(value, path)), {
        width,
        angle: args.choice("angle", ["yaw", "pitch", "roll"]),
        scale: args.flag("log") ? "log" : "linear",
      });
    },
  },
  "joint-poses": {
    summary: "from the same files, yaw and pitch together",
    takes: [],
    draw(results, _args, width) {
      if (results.length === 0) throw new UsageError("Cannot draw joint poses: give at least one FILE.json");
      return jointPoseFigure(results.map(({ path, value }) => parsePoses(value, path)), { width });
    },
  },
  scores: {
    summary: "from deno task evaluate --json, cosines of genuine and impostor pairs",
    takes: ["thresholds", "log"],
    draw(results, args, width) {
      const thresholds = args.optionalNumbers("thresholds", { min: -1, max: 1 }) ?? [];
      return scoresFigure(measuredSets(results, "scores"), {
        width,
        scale: args.flag("log") ? "log" : "linear",
        marks: thresholds.map((value) => ({ value, text: `t = ${value}` })),
      });
    },
  },
  roc: {
    summary: "from the same files, true accept over false match rate with intervals",
    takes: [],
    draw: (results, _args, width) => errorRatesFigure(measuredSets(results, "roc"), { width }),
  },
  det: {
    summary: "from the same files, both error rates on normal deviate axes",
    takes: [],
    draw: (results, _args, width) => errorRatesFigure(measuredSets(results, "det"), { width, kind: "det" }),
  },
  accuracy: {
    summary: "published accuracies against the number of training images, and those of --own",
    takes: ["own"],
    draw(results, args, width) {
      if (results.length > 0) throw new UsageError("Cannot draw accuracy from a file: give --own NAME:IMAGES:PERCENT");
      return accuracyFigure([...publishedAccuracies(), ...args.texts("own").map(ownAccuracy)], { width });
    },
  },
  quality: {
    summary: "from report.json of deno task doctor, quality of the images",
    takes: ["log"],
    draw(results, args, width) {
      if (results.length === 0) throw new UsageError("Cannot draw quality: give at least one report.json");
      return distributionFigure(results.flatMap(({ path, value }) => parseQuality(value, path)), {
        title: "Quality",
        density: "Density of images",
        width,
        scale: args.flag("log") ? "log" : "linear",
      });
    },
  },
  yaw: {
    summary: "from deno task evaluate:attrop --json, yaw achieved against yaw asked for",
    takes: [],
    draw(results, _args, width) {
      const [first, ...others] = results;
      if (first === undefined || others.length > 0) {
        throw new UsageError(`Cannot draw yaw: give one FILE.json, ${results.length} are given`);
      }
      return yawTargetFigure(parseYawPoints(first.value, first.path), { width });
    },
  },
  drift: {
    summary: "from the same files, cosine to the identity against yaw",
    takes: [],
    draw(results, _args, width) {
      if (results.length === 0) throw new UsageError("Cannot draw drift: give at least one FILE.json");
      return identityDriftFigure(results.map(({ path, value }) => parseYawPoints(value, path)), { width });
    },
  },
};

/** Options that belong to some figures only. */
const OWN_OPTIONS = ["reference", "thresholds", "count", "log", "angle", "own"];
/** File formats, by the end of the name. */
const FORMATS = ["html", "svg", "png"] as const;

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "plot",
  summary: "Draws a figure from results, for a paper and for a browser.",
  usage: `deno task plot ${Object.keys(FIGURES).join("|")}|all FILE.json... [options]`,
  positionals: {
    value: "FIGURE FILE.json...",
    help: Object.entries(FIGURES).map(([name, { summary }]) => `${name}: ${summary}`).join("; ") +
      "; all: every figure of notebooks/ anew, or of the notebooks that are named",
    min: 1,
  },
  options: [
    {
      flag: "output",
      value: "NAME",
      help: "name of the files without its end (default figures/FIGURE); all: their folder",
    },
    { flag: "format", value: "LIST", default: FORMATS.join(","), help: `any of ${FORMATS.join(", ")}` },
    { flag: "reference", help: "separability: published values in grey, read off the paper's figure" },
    { flag: "thresholds", value: "LIST", help: "cosines to show, 0.3,0.4 (default separability: all in the files)" },
    { flag: "count", value: "RULE", default: "separated", help: "separability: separated, or greedy (kept rows)" },
    { flag: "log", help: "cosines, poses, scores, quality: logarithmic density, which shows what is rare" },
    { flag: "angle", value: "NAME", default: "yaw", help: "poses: yaw, pitch or roll" },
    {
      flag: "own",
      value: "NAME:IMAGES:PERCENT",
      help: "accuracy: a set of yours, its training images and mean accuracy",
      repeat: true,
    },
    { flag: "width", value: "NAME", default: "column", help: "column (3.5 inches) or page (7.2 inches)" },
    { flag: "scale", value: "X", default: 4, help: "PNG: pixels in 1/96 inch", unit: "0.1..20" },
    { flag: "plotly-from", value: "PLACE", default: "embedded", help: "HTML: embedded (opens offline) or cdn (small)" },
  ],
  examples: [
    "deno task plot separability output/mini.json output/heads.json --reference --output figures/separability",
    "deno task plot cosines output/mini.json --log --thresholds 0.3,0.4 --format svg",
    "deno task plot yaw output/attrop.json",
    "deno task plot poses output/poses.json output/heads.json --angle pitch",
    "deno task plot roc output/evaluation.json",
    "deno task plot quality output/doctor-faces/report.json",
    "deno task plot accuracy --own mine:500000:90.1 --width page",
    "deno task plot all --format svg",
  ],
};

/** Reads a result. */
async function readResult(path: string): Promise<Result> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`Cannot read ${path}: there is no such file`, { cause: error });
  }
  try {
    return { path, value: JSON.parse(text) };
  } catch (error) {
    throw new SyntaxError(`Cannot read ${path}: it is no JSON file`, { cause: error });
  }
}

/** Name of the files and their formats; `--output x.png` asks for that format only. */
function readOutput(args: TaskArguments, figure: string): { name: string; formats: readonly string[] } {
  const output = args.optionalText("output") ?? `figures/${figure}`;
  const end = FORMATS.find((format) => output.toLowerCase().endsWith(`.${format}`));
  const name = end === undefined ? output : output.slice(0, -end.length - 1);
  if (end !== undefined && !args.given("format")) return { name, formats: [end] };
  return { name, formats: formatsOf(args) };
}

/** The formats that --format lists. */
function formatsOf(args: TaskArguments): readonly string[] {
  const formats = [...new Set(args.text("format").split(","))];
  const unknown = formats.find((format) => !FORMATS.some((each) => each === format));
  if (unknown !== undefined) {
    throw new UsageError(`Cannot read --format: expected any of ${FORMATS.join(", ")}, got "${unknown}"`);
  }
  return formats;
}

/** How figures are written. */
interface Output {
  readonly formats: readonly string[];
  readonly scale: number;
  readonly plotlyFrom: "embedded" | "cdn";
}

/** Writes a figure in every format that is asked for. */
async function writeFigure(
  figure: Figure,
  name: string,
  { formats, scale, plotlyFrom }: Output,
  signal: AbortSignal,
): Promise<void> {
  const write: Readonly<Record<string, () => Promise<Uint8Array | string>>> = {
    html: () => figureHtml(figure, { plotlyFrom }),
    svg: () => figureSvg(figure),
    png: () => figurePng(figure, { scale }),
  };
  for (const format of formats) {
    signal.throwIfAborted();
    const path = `${name}.${format}`;
    await writeWhole(path, await write[format]!());
    say(path);
  }
}

/** Draws every figure of the notebooks anew and writes it under the notebook's name. */
async function plotAll(args: TaskArguments, signal: AbortSignal): Promise<void> {
  const { folder, output, notebooks } = await checkInputs(async () => {
    const foreign = [...OWN_OPTIONS, "width"].find((flag) => args.given(flag));
    if (foreign !== undefined) throw new UsageError(`Cannot draw all with --${foreign}: it has no meaning there`);
    const folder = args.optionalText("output") ?? "figures";
    if (FORMATS.some((format) => folder.endsWith(`.${format}`))) {
      throw new UsageError(`Cannot write all figures to ${folder}: expected a folder`);
    }
    const [, ...asked] = args.positionals;
    const output = { formats: formatsOf(args), scale: scaleOf(args), plotlyFrom: plotlyPlace(args) };
    return { folder, output, notebooks: await notebooksWithFigures(asked) };
  });
  for (const { name, cells } of notebooks) {
    note(`${name}: running its cells`);
    let number = 0;
    for (const figure of await figuresOfCells(cells, note)) {
      await writeFigure(figure, `${folder}/${name}-${++number}`, output, signal);
    }
  }
}

const scaleOf = (args: TaskArguments) => args.number("scale", { min: 0.1, max: 20 });
const plotlyPlace = (args: TaskArguments) => args.choice("plotly-from", ["embedded", "cdn"]);

/** The body of the task. */
export const plotMain: TaskMain = async (args, signal) => {
  if (args.positionals[0] === "all") return await plotAll(args, signal);
  const { figure, name, ...output } = await checkInputs(async () => {
    const [kindName, ...paths] = args.positionals;
    const kind = Object.hasOwn(FIGURES, kindName!) ? FIGURES[kindName!] : undefined;
    if (kind === undefined) {
      throw new UsageError(`Cannot draw "${kindName}": expected one of ${Object.keys(FIGURES).join(", ")}, all`);
    }
    const foreign = OWN_OPTIONS.find((flag) => args.given(flag) && !kind.takes.includes(flag));
    if (foreign !== undefined) {
      throw new UsageError(`Cannot draw ${kindName} with --${foreign}: it has no meaning there`);
    }
    const results = [];
    for (const path of paths) results.push(await readResult(path));
    return {
      ...readOutput(args, kindName!),
      figure: kind.draw(results, args, args.choice("width", ["column", "page"])),
      scale: scaleOf(args),
      plotlyFrom: plotlyPlace(args),
    };
  });
  await writeFigure(figure, name, output, signal);
};

if (import.meta.main) await runTask(SPEC, plotMain);
