/**
 * What `deno task generate` takes, and how it becomes settings of a data set.
 */
import { basename } from "node:path";
import { type DatasetJob, type DatasetSettings, prepareDataset, readRecipe, type Recipe } from "@/generation/mod.ts";
import { keptTokens } from "@/networks/mod.ts";
import { type TaskArguments, type TaskSpec, UsageError } from "./_cli.ts";
import { DEVICE_OPTIONS, GENERATOR_OPTIONS, MASK_OPTIONS, readIdentities, readMask, readModel } from "./_options.ts";
import { modelWeights } from "./_hub.ts";
import { softwareVersions } from "./_versions.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "generate",
  summary:
    "Generates faces from ID vectors: a training set of any size that can be stopped and continued at any moment.",
  usage: "deno task generate [options]",
  options: [
    ...GENERATOR_OPTIONS,
    {
      flag: "ids",
      value: "N",
      help: "number of identities (default 10, or all rows of --center-feature)",
    },
    {
      flag: "images",
      value: "K",
      help: "images of each identity (default 5, or 50 with --center-feature)",
      alias: ["example"],
    },
    {
      flag: "output",
      value: "DIR",
      default: "output",
      help: "folder for data sets; images are DIR/NAME/000003/002.jpg",
    },
    {
      flag: "name",
      value: "NAME",
      help: "name of the data set (default MODEL-NxK)",
    },
    {
      flag: "sigma",
      value: "LIST",
      default: "0.3,0.5,0.7",
      help: "noise on the ID vector, by which images of an identity differ",
    },
    {
      flag: "mix",
      value: "LIST",
      help: "share of each sigma among an identity's images (default 0.4,0.4,0.2 for three sigmas, else equal)",
    },
    {
      flag: "cosine",
      value: "X",
      help: "instead of noise: this cosine between identity and image vectors",
      unit: "-1..1",
    },
    {
      flag: "seed",
      value: "N",
      default: 0,
      help: "seed of all random numbers",
      unit: "0..2^64-1",
    },
    {
      flag: "format",
      value: "NAME",
      default: "folder",
      help: "folder, or lmdb (DIR/NAME.lmdb, one process at a time)",
    },
    {
      flag: "quality",
      value: "N",
      default: 95,
      help: "JPEG quality",
      unit: "1..100",
    },
    ...MASK_OPTIONS,
    ...DEVICE_OPTIONS,
    {
      flag: "start-end",
      value: "A:B",
      help: "identities A to B - 1 only; rows keep their numbers, so shards fit together",
    },
    {
      flag: "only",
      value: "I[:J]",
      help: "identity I only, or its image J only",
    },
    {
      flag: "recipe",
      value: "FILE",
      help: "make the data set of this recipe (NAME.recipe.json) again, or finish it",
    },
    { flag: "grow", help: "add identities to a data set that has fewer" },
    {
      flag: "overwrite",
      help: "remove the data set that is there; with --only or --start-end, make those images again",
    },
    {
      flag: "dry-run",
      help: "check everything and say what would be made, write nothing",
    },
  ],
  examples: [
    "deno task generate --ids 100 --images 20 --cosine 0.75 --name faces",
    "deno task generate --model base --center-feature center_feature_examples.npy --start-end 0:1000 --name HSFace",
  ],
};

const SIGMAS_OF_THREE = [0.4, 0.4, 0.2];

/** Options that a recipe says itself. */
const RECIPE_FLAGS = [
  ...["model", "ids", "images", "sigma", "mix", "cosine", "seed", "quality"],
  ...MASK_OPTIONS.map(({ flag }) => flag),
];

function readVariation(args: TaskArguments): Recipe["variation"] {
  const cosine = args.optionalNumber("cosine", { min: -1, max: 1 });
  if (cosine !== undefined) {
    const other = ["sigma", "mix"].find((flag) => args.given(flag));
    if (other !== undefined) {
      throw new UsageError(
        `Cannot start: --cosine and --${other} exclude each other`,
      );
    }
    return { kind: "cosine", cosine };
  }
  const sigmas = args.optionalNumbers("sigma", { min: 0 })!;
  const equal = sigmas.length === 3 ? SIGMAS_OF_THREE : sigmas.map(() => 1 / sigmas.length);
  const mix = args.optionalNumbers("mix", { min: 0 }) ?? equal;
  if (mix.length !== sigmas.length || mix.every((share) => share === 0)) {
    throw new UsageError(
      `Cannot start: --mix ${mix.join(",")} must give one share for each of --sigma ${sigmas.join(",")}, not all 0`,
    );
  }
  return { kind: "sigma", sigmas, mix };
}

function settingsFromOptions(args: TaskArguments): DatasetSettings {
  const model = readModel(args);
  const identities = readIdentities(args, model);
  const rowsAsTheyAre = identities.source === "vectors";
  return {
    identities,
    count: args.optionalInteger("ids", { min: 1 }) ??
      (rowsAsTheyAre ? undefined : 10),
    images: args.optionalInteger("images", { min: 1, max: 1_000_000 }) ??
      (rowsAsTheyAre ? 50 : 5),
    seed: String(args.seed()),
    variation: readVariation(args),
    mask: readMask(args),
    model,
    weights: args.optionalText("weights"),
    output: {
      format: args.choice("format", ["folder", "lmdb"]),
      quality: args.integer("quality", { min: 1, max: 100 }),
    },
    versions: softwareVersions(),
  };
}

function settingsFromRecipe(
  args: TaskArguments,
  path: string,
  recipe: Recipe,
): DatasetSettings {
  const said = RECIPE_FLAGS.find((flag) => args.given(flag));
  if (said !== undefined) {
    throw new UsageError(
      `Cannot start: --${said} cannot be given with --recipe, which says it`,
    );
  }
  const identities = readIdentities(args, recipe.model.name);
  if (identities.source !== recipe.identities.source) {
    const flag = recipe.identities.source === "vectors" ? "--center-feature" : "--moments";
    throw new UsageError(
      `Cannot start: ${path} takes its identities from ${recipe.identities.file}; give it by ${flag}`,
    );
  }
  return {
    ...recipe,
    identities,
    count: recipe.identities.count,
    model: recipe.model.name,
    weights: args.optionalText("weights"),
    output: {
      format: args.given("format") ? args.choice("format", ["folder", "lmdb"]) : recipe.output.format,
      quality: recipe.output.quality,
    },
    versions: softwareVersions(),
  };
}

function readOnly(
  args: TaskArguments,
): { identity: number; image?: number } | undefined {
  const text = args.optionalText("only");
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return { identity: Number(text) };
  const [identity, image] = args.optionalPair("only", { open: true })!;
  return { identity, image };
}

/**
 * Checks everything that can be checked before the network is loaded, and makes the plan.
 *
 * @param args Options of the call.
 * @param signal Stops the reading of large files.
 * @returns The job; close with `using`.
 */
export async function prepareJob(
  args: TaskArguments,
  signal: AbortSignal,
): Promise<DatasetJob> {
  const path = args.optionalText("recipe");
  const expected = path === undefined ? undefined : readRecipe(path);
  if (path !== undefined && expected === undefined) {
    throw new UsageError(`Cannot start: there is no recipe ${path}`);
  }
  const wanted = expected === undefined ? settingsFromOptions(args) : settingsFromRecipe(args, path!, expected);
  const settings = args.flag("dry-run") ? wanted : {
    ...wanted,
    weights: await modelWeights("generators", wanted.model, wanted.weights, signal),
  };
  keptTokens({ ...settings.mask, tokens: 49 }); // refuses impossible masks
  const [only, startEnd] = [readOnly(args), args.optionalPair("start-end")];
  return await prepareDataset(settings, {
    directory: args.text("output"),
    name: args.optionalText("name") ??
      (path === undefined ? undefined : basename(path).replace(/(\.recipe)?\.json$/, "")),
    only,
    startEnd,
    grow: args.flag("grow"),
    replace: args.flag("overwrite") && only === undefined &&
      startEnd === undefined,
    expected,
    signal,
  });
}
