/**
 * From settings to a job: finds the files, hashes and checks them, makes the recipe and the plan. Writes nothing.
 */
import { basename } from "node:path";
import { catalogueEntry, weightsPath } from "@/networks/mod.ts";
import {
  type BeginDatasetOptions,
  type DatasetPaths,
  datasetPaths,
  type DatasetState,
  inspectDataset,
} from "./dataset_files.ts";
import { identifyModels, locateModels } from "./_attribute_models.ts";
import type { EstimatorFiles, ModelChoice, RecipeRefinement, RecipeTargets } from "./attribute_recipe.ts";
import { sha256File } from "./file_hash.ts";
import { type IdentityFile, type IdentityVectors, openIdentities } from "./identity_source.ts";
import { type GenerationPlan, makePlan, type PlanOptions } from "./plan.ts";
import { checkRecipe, type Recipe, RECIPE_SCHEMA } from "./recipe.ts";

/** Settings of a data set: its recipe with paths in the place of hashes. */
export interface DatasetSettings extends
  Pick<
    Recipe,
    "images" | "seed" | "variation" | "mask" | "output" | "versions"
  > {
  /** Where identities come from. */
  readonly identities: IdentityFile;
  /** Number of identities N; all rows of a file of vectors when left out. */
  readonly count?: number | undefined;
  /** The generator's name in the catalogue. */
  readonly model: string;
  /** Its weights; the catalogue's when left out. */
  readonly weights?: string | undefined;
  /** Label of row 0. @default {0} */
  readonly firstLabel?: number | undefined;
  /** How identities are refined before they are varied. */
  readonly refinement?: RecipeRefinement<ModelChoice> | undefined;
  /** What is asked of each image. */
  readonly targets?: RecipeTargets<ModelChoice> | undefined;
}

/** Options of {@link prepareDataset}. */
export interface PrepareOptions extends PlanOptions, BeginDatasetOptions {
  /** Folder that holds data sets. */
  readonly directory: string;
  /** Name of the data set; made from the identities' file and the numbers when left out. */
  readonly name?: string | undefined;
  /** The data set that is there will be removed: do not compare recipes. @default {false} */
  readonly replace?: boolean;
  /** A recipe the files must have the hashes of. */
  readonly expected?: Recipe | undefined;
  /** Stops the hashing. */
  readonly signal?: AbortSignal;
}

/** A data set that can be made. */
export interface DatasetJob extends Disposable {
  /** What its images are a function of. */
  readonly recipe: Recipe;
  /** What this run makes. */
  readonly plan: GenerationPlan;
  /** Where. */
  readonly paths: DatasetPaths;
  /** What is there. */
  readonly state: DatasetState;
  /** Path of the generator's weights. */
  readonly weights: string;
  /** Paths of the weights of what measures, where attributes are asked for. */
  readonly estimators: EstimatorFiles;
  /** The identities as they are before refinement; same rows as `plan.vectors`. */
  readonly identities: IdentityVectors;
}

/**
 * Checks everything that can be checked before the network is loaded, and makes the plan.
 *
 * Requires `--allow-read` permission.
 *
 * @param settings What to make.
 * @param options Where, and which part of it.
 * @returns The job; close with `using`.
 * @throws {RangeError} When a setting is outside its range, a vector cannot be used, or another data set is in the place.
 * @throws {TypeError} When a file has another shape.
 * @throws {SyntaxError} When a file cannot be read as what it should be.
 * @throws {Deno.errors.NotFound} When a file is missing.
 *
 * @example An unknown model is refused before anything is read
 * ```ts
 * import { type DatasetSettings, prepareDataset } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const settings = { model: "maxi" } as DatasetSettings;
 * await assert.rejects(prepareDataset(settings, { directory: "output" }), /known generators are mini/);
 * ```
 */
export async function prepareDataset(
  settings: DatasetSettings,
  options: PrepareOptions,
): Promise<DatasetJob> {
  const { model, identities } = settings;
  const { config } = catalogueEntry("generators", model);
  const weights = weightsPath("generators", model, settings.weights);
  const estimators = locateModels(settings);
  const vectors = openIdentities(identities, {
    seed: BigInt(settings.seed),
    count: settings.count,
    width: config.vectorSize,
  });
  try {
    return await assemble(settings, options, { weights, estimators }, vectors);
  } catch (error) {
    vectors[Symbol.dispose]();
    throw error;
  }
}

async function assemble(
  settings: DatasetSettings,
  options: PrepareOptions,
  { weights, estimators }: Pick<DatasetJob, "weights" | "estimators">,
  vectors: IdentityVectors,
): Promise<DatasetJob> {
  const { model, identities, images, seed, variation, mask, output, versions, firstLabel = 0 } = settings;
  const { directory, expected, signal, replace = false } = options;
  const { count } = vectors;
  const name = options.name ?? defaultName(settings, count);
  const paths = datasetPaths(directory, name, output.format);
  const [identitiesHash, weightsHash] = [
    await sha256File(identities.path, signal),
    await sha256File(weights, signal),
  ];
  const parts = await identifyModels(settings, estimators, signal);
  const recipe = checkRecipe({
    schema: RECIPE_SCHEMA,
    identities: {
      source: identities.source,
      file: basename(identities.path),
      sha256: identitiesHash,
      count,
      ...(firstLabel === 0 ? {} : { firstLabel }),
    },
    images,
    seed,
    variation,
    ...parts,
    mask,
    model: { name: model, file: basename(weights), sha256: weightsHash },
    output,
    versions,
  }, name);
  if (expected !== undefined) {
    requireFile(
      "identities",
      identities.path,
      identitiesHash,
      expected.identities,
    );
    requireFile("weights", weights, weightsHash, expected.model);
    for (const part of ["refinement", "targets"] as const) {
      for (const objective of ["identity", "quality", "pose"] as const) {
        const [wanted, found] = [expected, recipe].map((r) => (r[part] as Partial<RecipeTargets>)?.[objective]?.model);
        if (wanted === undefined || found === undefined) continue;
        requireFile(`${objective} weights`, estimators[objective]!, found.sha256, wanted);
      }
    }
  }
  const plan = makePlan(recipe, vectors, options);
  const state = replace ? "new" : inspectDataset(paths, recipe, options);
  return {
    recipe,
    plan,
    paths,
    state,
    weights,
    estimators,
    identities: vectors,
    [Symbol.dispose]: () => vectors[Symbol.dispose](),
  };
}

function defaultName({ identities: { source, path }, model, images, targets }: DatasetSettings, count: number): string {
  const stem = source === "vectors" ? basename(path).replace(/\.npy$/i, "").replace(/^\.+/, "") : model;
  return `${stem}-${count}x${images}${targets === undefined ? "" : "-pose"}`;
}

function requireFile(
  what: string,
  path: string,
  found: string,
  wanted: { file: string; sha256: string },
): void {
  if (found === wanted.sha256) return;
  throw new RangeError(
    `Cannot follow the recipe: its ${what} are ${wanted.file} with SHA-256 ${wanted.sha256.slice(0, 12)}..., ` +
      `${path} has ${found.slice(0, 12)}...; give the file the recipe was made with`,
  );
}
