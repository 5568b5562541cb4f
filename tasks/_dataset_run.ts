/**
 * What the tasks that make data sets do alike: say what is made, begin it, load what measures, and draw the sheet.
 */
import { basename, dirname } from "node:path";
import {
  type AttributeNetworks,
  type AttributeNetworksOptions,
  beginDataset,
  type DatasetJob,
  datasetPaths,
  datasetSheet,
  type GenerationPlan,
  planSize,
  readRecipe,
  removeDataset,
} from "@/generation/mod.ts";
import { encodePng } from "@/images/mod.ts";
import type { GeneratorModel } from "@/networks/mod.ts";
import { checkInputs, type TaskArguments } from "./_cli.ts";
import type { readDevice } from "./_options.ts";
import { writeWhole } from "./_write_whole.ts";

/** Loads the networks of attribute operation; replaced in tests. */
export type AttributeLoader = (options: AttributeNetworksOptions) => Promise<AttributeNetworks>;

/** Says what a job makes, and where. */
export function describePlan({ plan, paths, state }: DatasetJob): string {
  const { start, end, firstImage, endImage } = plan;
  const range = (a: number, b: number) => b - a === 1 ? `${a}` : `${a} to ${b - 1}`;
  return `${planSize(plan)} images (identities ${range(start, end)}, images ${range(firstImage, endImage)}) ` +
    `into ${paths.data} (${state === "new" ? "new" : state === "to grow" ? "grows" : "continued"})`;
}

/** Whether a call is about all identities. */
export function isWhole(args: TaskArguments): boolean {
  return !args.given("only") && !args.given("start-end");
}

/** Removes the data set of the same name, whatever its format was. */
function removeOld({ paths, recipe }: DatasetJob): void {
  let before = recipe.output.format;
  try {
    before = readRecipe(paths.recipe)?.output.format ?? before;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error; // a recipe that cannot be read is replaced
  }
  const directory = dirname(paths.recipe);
  removeDataset(
    datasetPaths(directory, basename(paths.recipe, ".recipe.json"), before),
  );
}

/** Writes the recipe, after removing what is there if that was asked for. */
export async function beginJob(args: TaskArguments, job: DatasetJob): Promise<void> {
  await checkInputs(() => {
    if (args.flag("overwrite") && isWhole(args)) removeOld(job);
    beginDataset(job.paths, job.recipe, { grow: args.flag("grow") });
  });
}

/** Loads what a job's attributes need. */
export async function loadAttributes(
  args: TaskArguments,
  load: AttributeLoader,
  { recipe, weights, estimators }: DatasetJob,
  { device, threads }: ReturnType<typeof readDevice>,
): Promise<AttributeNetworks> {
  const attributes = recipe.refinement ?? recipe.targets!;
  const model = recipe.model.name as GeneratorModel;
  return await checkInputs(() =>
    load({
      ...{ device, threads, model, weights, mask: recipe.mask, attributes, files: estimators },
      bulk: !args.flag("less-memory"),
    })
  );
}

/** Draws the sheet of a data set, and gives its path, if there is anything to show. */
export async function writeSheet(
  args: TaskArguments,
  { paths, recipe }: DatasetJob,
  plan: GenerationPlan,
): Promise<string | undefined> {
  if (args.given("only") || plan.start !== 0) return undefined;
  const sheet = await datasetSheet(paths, recipe);
  if (sheet === undefined) return undefined;
  await writeWhole(paths.sheet, await encodePng(sheet));
  return paths.sheet;
}
