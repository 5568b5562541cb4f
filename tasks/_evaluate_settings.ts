/**
 * What `deno task evaluate` was asked for.
 */
import { basename, extname, join, resolve } from "node:path";
import { isVerificationSet } from "@/datasets/mod.ts";
import { type AccuracyMetric, setName, VIEW_FUSIONS, type ViewFusion } from "@/evaluation/mod.ts";
import { type TaskArguments, type TaskOption, type TaskSpec, UsageError } from "./_cli.ts";
import { RECOGNISER_OPTIONS } from "./_recogniser_options.ts";

/** A set, and what it is. */
export interface SetPlan {
  readonly kind: "pairs" | "ijb";
  readonly path: string;
  readonly name: string;
  /** Of an IJB folder: its lists begin with this. */
  readonly lists?: string;
}

/** Features that are there already. */
export interface GivenFeatures {
  readonly plain: string;
  readonly mirrored: string | undefined;
  /** Flags of the pairs; none for an IJB set. */
  readonly same: string | undefined;
}

/** What was asked for. */
export interface EvaluateSettings {
  readonly sets: readonly SetPlan[];
  readonly given: GivenFeatures | undefined;
  readonly search: { readonly gallery: string; readonly probes: string } | undefined;
  readonly scores: { readonly genuine: string; readonly impostor: string } | undefined;
  readonly fusion: ViewFusion;
  readonly metric: AccuracyMetric;
  readonly folds: number;
  readonly replicates: number;
  readonly confidence: number;
  readonly seed: bigint;
  readonly detectorScores: boolean;
  readonly keepNorm: boolean;
  readonly keep: string | undefined;
  readonly json: string | undefined;
  readonly published: boolean;
}

const OPTIONS: readonly TaskOption[] = [
  ...RECOGNISER_OPTIONS.filter(({ flag }) => flag !== "flip").map((option) =>
    option.flag === "batch-size"
      ? { ...option, help: "images embedded together; changes speed, never results" }
      : option
  ),
  {
    flag: "flip",
    value: "HOW",
    default: "sum",
    help: "feature of an image: none (as it is), sum (its mirror image's added, as insightface does), norm " +
      "(unit vectors weighted by norms, SOTA-Face-Recognition's --add_norm)",
  },
  { flag: "cosine", help: "accuracy by angles around the mean of the other folds, SOTA-Face-Recognition's --cosine" },
  { flag: "folds", value: "N", default: 10, help: "folds of the accuracy and of VAL" },
  { flag: "bootstrap", value: "N", default: 1000, help: "draws of people for intervals; 0 for none" },
  { flag: "confidence", value: "X", default: 0.95, help: "of all intervals", unit: "0..1" },
  { flag: "seed", value: "N", default: 0, help: "seed of the draws", unit: "0..2^64-1" },
  { flag: "embeddings", value: "FILE.npy", help: "features [2P, D] in the place of images and a recogniser" },
  { flag: "mirrored", value: "FILE.npy", help: "features of the mirror images that belong to --embeddings" },
  { flag: "issame", value: "FILE", help: "for --embeddings: 1 or 0 for each pair, text or .npy" },
  { flag: "no-detector-score", help: "IJB: do not weigh images by the detector's score" },
  { flag: "no-feature-norm", help: "IJB: make features unit vectors before they are pooled" },
  { flag: "genuine", value: "FILE.npy", help: "scores [N] of pairs of one person, in the place of sets" },
  { flag: "impostor", value: "FILE.npy", help: "scores [N] of pairs of two people; read once, any number of them" },
  {
    flag: "gallery",
    value: "DATASET",
    help: "people to look among: rank 1 and 5 of --probes; an image is not compared with itself",
  },
  { flag: "probes", value: "DATASET", help: "images to look for; classes of one name are one person" },
  { flag: "keep", value: "DIR", help: "keep features here: a stopped run goes on, and another one reads them" },
  { flag: "json", value: "FILE", help: "also write every figure as JSON" },
  { flag: "no-published", help: "leave out the published rows" },
];

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "evaluate",
  summary:
    `Measures a recogniser on verification sets by the published protocols, with intervals, beside published rows.

Accuracy: 10 folds in order, the first best of 400 thresholds on the other folds (insightface, SOTA-Face-Recognition). VAL: thresholds
for a false accept rate of 1e-3 on the other folds. TAR at FAR: the largest within the rate; not given with fewer than 10 / FAR
impostors. Intervals: Wilson's over pairs, and percentiles of people drawn anew, as pairs that share people are not independent.`,
  usage: "deno task evaluate SET... [options]",
  positionals: {
    value: "SET...",
    help: ".bin, .xz, <set>.npy or folder with issame.txt; or an IJB-B/C folder with meta/ and loose_crop/",
  },
  options: OPTIONS,
  examples: [
    "deno task evaluate sets/lfw.bin sets/cfp_fp.bin --model hsface10k --keep work/features --json hsface10k.json",
    "deno task evaluate IJBC --model arcface-r100 --device cuda --batch-size 128 --keep work/features",
    "deno task evaluate --embeddings lfw_features.npy --issame lfw/issame.txt --flip none",
    "deno task evaluate --genuine genuine.npy --impostor impostor.npy --json scores.json",
    "deno task evaluate --gallery enrolled --probes queries --model mini",
  ],
};

/** Reads and checks the options. */
export function readEvaluateSettings(args: TaskArguments): EvaluateSettings {
  const plain = args.optionalText("embeddings"), same = args.optionalText("issame");
  const mirrored = args.optionalText("mirrored");
  const gallery = args.optionalText("gallery"), probes = args.optionalText("probes");
  const fusion = args.choice("flip", VIEW_FUSIONS);
  const sets = args.positionals.map(planSet);
  if (plain === undefined) {
    for (const flag of ["mirrored", "issame"]) {
      if (args.given(flag)) throw new UsageError(`Cannot use --${flag}: it goes with --embeddings`);
    }
  } else {
    for (const flag of ["model", "weights", "keep", "gallery", "probes"]) {
      if (args.given(flag)) throw new UsageError(`Cannot use --${flag} with --embeddings: they are features already`);
    }
    const ijb = sets.length === 1 && sets[0]!.kind === "ijb";
    if (sets.length > 0 && !ijb) {
      throw new UsageError("Cannot use --embeddings with sets of images: give --issame alone, or one IJB folder");
    }
    if (!ijb && same === undefined) throw new UsageError("Cannot evaluate --embeddings: --issame is needed");
    if (mirrored === undefined && fusion !== "none" && args.given("flip")) {
      throw new UsageError(`Cannot use --flip ${fusion}: give features of the mirror images with --mirrored`);
    }
  }
  if ((gallery === undefined) !== (probes === undefined)) {
    throw new UsageError("Cannot look for people: --gallery and --probes go together");
  }
  const genuine = args.optionalText("genuine"), impostor = args.optionalText("impostor");
  if ((genuine === undefined) !== (impostor === undefined)) {
    throw new UsageError("Cannot evaluate scores: --genuine and --impostor go together");
  }
  if (sets.length === 0 && plain === undefined && gallery === undefined && genuine === undefined) {
    throw new UsageError("Cannot start: SET, --embeddings, --genuine or --gallery is needed");
  }
  const names = sets.map(({ name }) => name), twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined) throw new UsageError(`Cannot tell the sets apart: two are called ${twice}`);
  const replicates = args.integer("bootstrap", { min: 0, max: 1_000_000 });
  if (replicates === 1) throw new UsageError("Cannot read --bootstrap: expected 0, or at least 2 draws");
  return {
    sets,
    given: plain === undefined ? undefined : { plain, mirrored, same },
    search: gallery === undefined ? undefined : { gallery, probes: probes! },
    scores: genuine === undefined ? undefined : { genuine, impostor: impostor! },
    // Features that come alone are taken as they are.
    fusion: plain !== undefined && mirrored === undefined ? "none" : fusion,
    metric: args.flag("cosine") ? "centred" : "euclidean",
    folds: args.integer("folds", { min: 2, max: 1000 }),
    replicates,
    confidence: args.number("confidence", { min: 0.01, max: 0.9999 }),
    seed: args.seed(),
    detectorScores: !args.flag("no-detector-score"),
    keepNorm: !args.flag("no-feature-norm"),
    keep: args.optionalText("keep"),
    json: args.optionalText("json"),
    published: !args.flag("no-published"),
  };
}

/** What a path is; refuses what is no set. */
function planSet(path: string): SetPlan {
  const folder = Deno.statSync(path).isDirectory;
  const lists = folder ? ijbLists(path) : [];
  if (lists.length > 1) {
    throw new UsageError(`Cannot evaluate "${path}": it has lists of ${lists.join(" and ")}; keep one in meta/`);
  }
  if (lists.length === 1) return { kind: "ijb", path, name: setName(lists[0]!), lists: lists[0]! };
  if (!isVerificationSet(path) && extname(path).toLowerCase() !== ".npy") {
    throw new UsageError(
      `Cannot evaluate "${path}": expected .bin, .xz, .npy or a folder with issame.txt, or IJB's meta/*_face_tid_mid.txt`,
    );
  }
  return { kind: "pairs", path, name: setName(basename(resolve(path)).replace(/\.(bin|xz|npy)$/i, "")) };
}

/** What the lists in a folder's meta/ are of. */
function ijbLists(path: string): string[] {
  try {
    return [...Deno.readDirSync(join(path, "meta"))]
      .flatMap(({ name }) => /^(.+)_face_tid_mid\.txt$/.exec(name)?.[1] ?? []).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
    throw error;
  }
}
