/** The options of `deno task doctor`. */
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Condition, type DoctorSettings, MEASURES, parseConditions } from "@/doctor/mod.ts";
import { modelCatalogue, type PoseModel, type QualityModel, weightsPath } from "@/networks/mod.ts";
import { type TaskArguments, type TaskSpec, UsageError } from "./_cli.ts";
import { SOURCE_OPTIONS } from "./_dataset_options.ts";
import { RECOGNISER_OPTIONS } from "./_recogniser_options.ts";

/** Quality estimators by name. */
const QUALITY_MODELS: readonly QualityModel[] = ["mini-magface", "magface-r100"];

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "doctor",
  summary: `Examines a data set and says in plain words whether it is fit to train a recogniser on.

Writes DIR/report.html, one page that opens offline, and DIR/report.json; with --against also the nearest reference of every
identity and of every image, DIR/nearest-identities.npy and others that the report names. What was measured of the images is kept in DIR/work, so
that a stopped run goes on, and another look at the same set takes seconds; the folder may be deleted. The exit code is 1 when
a condition of --fail-on holds, and 2 for wrong use.`,
  usage: "deno task doctor DATASET [--against REAL] [--compare OTHER] [--fail-on LIST] [options]",
  positionals: {
    value: "DATASET",
    help: "a folder of identities, an LMDB file, or a .txt list of images",
    min: 1,
    max: 1,
  },
  options: [
    { flag: "against", value: "REAL", help: "data set, or centres [M, D] as .npy, whose people must not be in it" },
    { flag: "compare", value: "OTHER", help: "another data set to put beside it" },
    {
      flag: "fail-on",
      value: "LIST",
      help: `conditions such as leakage>0.001,consistency<0.9; names: ${MEASURES.map(({ name }) => name).join(", ")}`,
    },
    { flag: "output", value: "DIR", help: "folder of the report (default output/doctor-NAME)" },
    { flag: "name", value: "TEXT", help: "name of the data set in the report; its file's when left out" },
    ...RECOGNISER_OPTIONS.filter(({ flag }) => flag !== "flip").map((option) =>
      option.flag === "batch-size" ? { ...option, default: 32, help: "images judged together" } : option
    ),
    {
      flag: "pose-model",
      value: "NAME",
      help: `pose estimator: ${
        Object.keys(modelCatalogue.poseEstimators).join(", ")
      }, none (default the recogniser's kin)`,
    },
    { flag: "pose-weights", value: "FILE", help: "its weights; the model's own when left out" },
    {
      flag: "quality-model",
      value: "NAME",
      help: `quality estimator: ${QUALITY_MODELS.join(", ")}, none (default the recogniser's kin)`,
    },
    { flag: "quality-weights", value: "FILE", help: "its weights; the model's own when left out" },
    {
      flag: "threshold",
      value: "T",
      help: "cosine above which two are one person (default the recogniser's own: 0.3, or as measured for mini)",
      unit: "0..1",
    },
    ...SOURCE_OPTIONS,
    { flag: "all-images", help: "against: also compare every image with every image of REAL" },
    { flag: "paired", help: "against: identities of one name are one person; also find diversity person by person" },
    { flag: "no-vendi", help: "leave Vendi scores out, which take most of the time for many identities" },
    { flag: "workers", value: "N", help: "threads for products; one a core for large sets when left out" },
    { flag: "seed", value: "N", default: 0, help: "seed of what is drawn" },
    { flag: "fresh", help: "measure everything anew" },
  ],
  examples: [
    "deno task doctor output/mini-10x5",
    "deno task doctor faces.lmdb --against WebFace4M.lmdb --model arcface-r100 --fail-on 'leakage>0.1%,consistency<0.9'",
    "deno task doctor new --compare old --output output/new-and-old",
  ],
};

/** A judge besides the recogniser: its name and weights, or why there is none. */
export type JudgePlan<Model extends string> =
  | { readonly model: Model; readonly weights: string }
  | { readonly reason: string };

/** What was asked for. */
export interface DoctorPlan {
  readonly path: string;
  readonly name: string;
  readonly output: string;
  readonly against: string | undefined;
  readonly compare: string | undefined;
  readonly conditions: readonly Condition[];
  readonly pose: JudgePlan<PoseModel>;
  readonly quality: JudgePlan<QualityModel>;
  readonly images: boolean;
  readonly paired: boolean;
  readonly fresh: boolean;
  readonly workers: number | undefined;
  readonly settings: Omit<DoctorSettings, "threshold" | "workers">;
}

/** Name of a data set. */
export function nameOf(path: string): string {
  const name = basename(path);
  return basename(name, extname(name)) || name;
}

/** Whether a reference is a file of centres. */
export function isCentres(path: string | undefined): boolean {
  return path !== undefined && extname(path).toLowerCase() === ".npy";
}

/** Reads everything but the recogniser and the data sets. */
export function readPlan(args: TaskArguments): DoctorPlan {
  const path = args.positionals[0]!, name = args.optionalText("name") ?? nameOf(path);
  const against = args.optionalText("against"), compare = args.optionalText("compare");
  const [images, paired] = [args.flag("all-images"), args.flag("paired")];
  for (const [flag, given] of Object.entries({ "all-images": images, paired })) {
    if (given && (against === undefined || isCentres(against))) {
      throw new UsageError(`Cannot use --${flag}: it goes with --against and a data set`);
    }
  }
  const isMini = args.text("model").startsWith("mini");
  const fails = args.optionalText("fail-on");
  const plan: DoctorPlan = {
    ...{ path, name, against, compare, images, paired, fresh: args.flag("fresh") },
    output: args.optionalText("output") ?? join("output", `doctor-${name.replaceAll(/[^\w.-]+/g, "_")}`),
    conditions: fails === undefined ? [] : parseConditions(fails),
    pose: readJudge(
      args,
      "pose",
      isMini ? "mini" : "6drepnet",
      Object.keys(modelCatalogue.poseEstimators) as PoseModel[],
    ),
    quality: readJudge(args, "quality", isMini ? "mini-magface" : "magface-r100", QUALITY_MODELS),
    workers: args.optionalInteger("workers", { min: 0, max: 1024 }),
    settings: { seed: args.integer("seed", { min: 0 }), vendi: !args.flag("no-vendi") },
  };
  for (const { measure, text } of plan.conditions) {
    const missing = whatIsMissing(MEASURES.find((each) => each.name === measure)!.needs, plan);
    if (missing !== undefined) throw new UsageError(`Cannot check "${text}": ${missing}`);
  }
  return plan;
}

/** A pose or quality estimator: the one asked for must be there, the default one need not. */
function readJudge<Model extends string>(
  args: TaskArguments,
  kind: "pose" | "quality",
  kin: Model,
  models: readonly Model[],
): JudgePlan<Model> {
  const given = args.optionalText(`${kind}-model`), weights = args.optionalText(`${kind}-weights`);
  if (given === "none") return { reason: "it was not asked for (none)" };
  const model = args.given(`${kind}-model`) ? args.choice(`${kind}-model`, models) : kin;
  try {
    return { model, weights: weightsPath(kind === "pose" ? "poseEstimators" : "recognisers", model, weights) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) || given !== undefined || weights !== undefined) throw error;
    const remedy = model.startsWith("mini")
      ? "its file is missing from data/mini; bring it back from the repository"
      : error.message.slice(error.message.indexOf(";") + 2);
    return { reason: `there is no ${kind} estimator ${model}: ${remedy}` };
  }
}

/** Why a measure cannot be had; undefined when it can. */
function whatIsMissing(needs: (typeof MEASURES)[number]["needs"], plan: DoctorPlan): string | undefined {
  if (needs === undefined) return undefined;
  if (needs === "pose" || needs === "quality") {
    const judge = plan[needs];
    return "reason" in judge ? judge.reason : undefined;
  }
  if (plan.against === undefined) return "it needs --against";
  if (needs === "against") return undefined;
  if (isCentres(plan.against)) return "it needs images of the reference, and --against is a file of centres";
  if (needs === "all images") return plan.images ? undefined : "it needs --all-images";
  if (needs === "paired") return plan.paired ? undefined : "it needs --paired";
  return undefined;
}

/** Where the figures of the bundled models are. */
const MINI_METRICS = fileURLToPath(new URL("../data/mini/metrics.json", import.meta.url));
/** Verification threshold of published recognisers at a false match rate of 1 in 10,000 on IJB-B. */
const PUBLISHED_THRESHOLD = 0.3;

/** The threshold, and where it comes from. */
export async function readThreshold(
  args: TaskArguments,
  recogniser: { readonly model: string; readonly sha256: string },
): Promise<{ threshold: number; reason: string }> {
  const given = args.optionalNumber("threshold", { min: 0, max: 1 });
  if (given !== undefined) return { threshold: given, reason: "It was given." };
  if (recogniser.model.startsWith("mini")) {
    const measured = await miniThreshold(recogniser.sha256);
    if (measured !== undefined) {
      return {
        threshold: measured,
        reason:
          "There this recogniser lets 1 in 1,000 impostor pairs of unseen rendered people pass (data/mini/metrics.json).",
      };
    }
  }
  return {
    threshold: PUBLISHED_THRESHOLD,
    reason: "DCFace's, where a published recogniser lets 1 in 10,000 impostor pairs of IJB-B pass; " +
      "give --threshold for a recogniser with another scale.",
  };
}

/** The threshold that was measured for the bundled recogniser of that hash. */
async function miniThreshold(sha256: string): Promise<number | undefined> {
  let metrics;
  try {
    metrics = JSON.parse(await Deno.readTextFile(MINI_METRICS));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
  const threshold = metrics?.recognisers?.[0]?.tar?.threshold;
  const same = metrics?.sha256?.recogniser === sha256 && typeof threshold === "number";
  return same ? Math.round(100 * threshold) / 100 : undefined;
}
