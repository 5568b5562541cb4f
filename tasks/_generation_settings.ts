/**
 * From the options of a task that makes data sets, or from a recipe, to a job.
 */
import { basename } from "node:path";
import {
  type DatasetJob,
  type DatasetSettings,
  type IdentityFile,
  type ModelChoice,
  ONNX_MODEL,
  prepareDataset,
  readRecipe,
  type Recipe,
  type RecipeAttributes,
} from "@/generation/mod.ts";
import { type GeneratorModel, keptTokens } from "@/networks/mod.ts";
import { type TaskArguments, UsageError } from "./_cli.ts";
import { MASK_OPTIONS, readIdentities, readMask, readModel } from "./_options.ts";
import { modelWeights } from "./_hub.ts";
import { softwareVersions } from "./_versions.ts";

const SIGMAS_OF_THREE = [0.4, 0.4, 0.2];

/** Options that a recipe says itself. */
const RECIPE_FLAGS = [
  ...["model", "ids", "images", "sigma", "mix", "cosine", "seed", "quality"],
  ...MASK_OPTIONS.map(({ flag }) => flag),
];

/** The part of settings by which the tasks differ. */
export type AttributeSettings = Pick<DatasetSettings, "refinement" | "targets" | "firstLabel">;

/** How a task reads its own options. */
export interface AttributeUse {
  /** Options of its own that a recipe says itself. */
  readonly flags: readonly string[];
  /** Reads them. */
  fromOptions(args: TaskArguments, model: GeneratorModel, identities: IdentityFile): AttributeSettings;
  /** Takes what a recipe says. */
  fromRecipe(args: TaskArguments, path: string, recipe: Recipe): AttributeSettings;
}

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

function settingsFromOptions(args: TaskArguments, use: AttributeUse): DatasetSettings {
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
    ...use.fromOptions(args, model, identities),
  };
}

function settingsFromRecipe(
  args: TaskArguments,
  path: string,
  recipe: Recipe,
  use: AttributeUse,
): DatasetSettings {
  const said = [...RECIPE_FLAGS, ...use.flags].find((flag) => args.given(flag));
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
    ...use.fromRecipe(args, path, recipe),
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

/** The same network, with the path of its weights where they are published: found, or fetched. */
async function fetched<Part extends { readonly model: ModelChoice }>(
  kind: "recognisers" | "poseEstimators",
  part: Part,
  signal: AbortSignal,
): Promise<Part> {
  const { name, weights } = part.model;
  if (name === ONNX_MODEL) return part; // a file of the user's own
  return { ...part, model: { name, weights: await modelWeights(kind, name, weights, signal) } };
}

async function fetchedEstimators<Part extends RecipeAttributes<ModelChoice>>(
  part: Part,
  signal: AbortSignal,
): Promise<Part> {
  return {
    ...part,
    identity: await fetched("recognisers", part.identity, signal),
    quality: await fetched("recognisers", part.quality, signal),
  };
}

/** The same settings, with the paths of weights that are published. */
async function withWeights(settings: DatasetSettings, signal: AbortSignal): Promise<DatasetSettings> {
  const { model, refinement, targets } = settings;
  return {
    ...settings,
    weights: await modelWeights("generators", model, settings.weights, signal),
    refinement: refinement && await fetchedEstimators(refinement, signal),
    targets: targets && {
      ...await fetchedEstimators(targets, signal),
      pose: await fetched("poseEstimators", targets.pose, signal),
    },
  };
}

/**
 * Checks everything that can be checked before a network is loaded, and makes the plan.
 *
 * @param args Options of the call.
 * @param use How the task reads its own options.
 * @param signal Stops the reading of large files.
 * @returns The job; close with `using`.
 */
export async function prepareWith(
  args: TaskArguments,
  use: AttributeUse,
  signal: AbortSignal,
): Promise<DatasetJob> {
  const path = args.optionalText("recipe");
  const expected = path === undefined ? undefined : readRecipe(path);
  if (path !== undefined && expected === undefined) {
    throw new UsageError(`Cannot start: there is no recipe ${path}`);
  }
  const wanted = expected === undefined
    ? settingsFromOptions(args, use)
    : settingsFromRecipe(args, path!, expected, use);
  const settings = args.flag("dry-run") ? wanted : await withWeights(wanted, signal);
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
