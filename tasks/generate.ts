/**
 * `deno task generate`: a data set of faces from ID vectors.
 *
 * The counterpart of https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation.py without attribute targets; it
 * takes that script's options by their names (`--example` is `--images`).
 */
import { basename, dirname } from "node:path";
import {
  beginDataset,
  type DatasetJob,
  datasetPaths,
  datasetSheet,
  generateDataset,
  type MaskedGenerator,
  openDatasetWriter,
  planSize,
  readRecipe,
  removeDataset,
} from "@/generation/mod.ts";
import { encodePng } from "@/images/mod.ts";
import { type GeneratorModel, loadGenerator, type LoadGeneratorOptions } from "@/networks/mod.ts";
import { checkInputs, note, Progress, runTask, say, type TaskArguments, type TaskMain } from "./_cli.ts";
import { prepareJob, SPEC } from "./_generate_settings.ts";
import { readDevice } from "./_options.ts";

export { SPEC } from "./_generate_settings.ts";

/** Loads the network; replaced in tests. */
export type GeneratorLoader<Mask> = (
  options: LoadGeneratorOptions,
) => Promise<MaskedGenerator<Mask>>;

function describePlan({ plan, paths, state }: DatasetJob): string {
  const { start, end, firstImage, endImage } = plan;
  const range = (a: number, b: number) => b - a === 1 ? `${a}` : `${a} to ${b - 1}`;
  return `${planSize(plan)} images (identities ${range(start, end)}, images ${range(firstImage, endImage)}) ` +
    `into ${paths.data} (${state === "new" ? "new" : state === "to grow" ? "grows" : "continued"})`;
}

async function writeSheet({ paths, recipe }: DatasetJob): Promise<boolean> {
  const sheet = await datasetSheet(paths, recipe);
  if (sheet === undefined) return false;
  const draft = `${paths.sheet}.${Deno.pid}.tmp`;
  await Deno.writeFile(draft, await encodePng(sheet));
  await Deno.rename(draft, paths.sheet);
  return true;
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

/** Makes the images of a job with a loaded network, and says what became of it. */
async function carryOut<Mask>(
  args: TaskArguments,
  job: DatasetJob,
  generator: MaskedGenerator<Mask>,
  signal: AbortSignal,
): Promise<void> {
  const { recipe, plan, paths } = job;
  const whole = !args.given("only") && !args.given("start-end");
  const overwrite = args.flag("overwrite");
  await checkInputs(() => {
    if (overwrite && whole) removeOld(job);
    beginDataset(paths, recipe, { grow: args.flag("grow") });
  });
  const total = planSize(plan);
  let progress: Progress | undefined;
  const began = performance.now();
  const writer = await openDatasetWriter(paths, recipe);
  try {
    const result = await generateDataset(plan, generator, writer, {
      batchSize: args.integer("batch-size"),
      overwrite: overwrite && !whole,
      signal,
      onProgress: ({ done, skipped }) => {
        progress ??= new Progress({ total, start: skipped, unit: "images" });
        progress.update(done);
      },
    });
    await writer.close();
    progress?.stop();
    const seconds = (performance.now() - began) / 1000;
    const rate = result.written > 0 ? `, ${(result.written / seconds).toFixed(1)} images/s` : "";
    say(`${paths.data}: ${total} images, ${result.written} new${rate}`);
  } catch (error) {
    progress?.stop();
    if (signal.aborted) {
      note(
        `The images so far are in ${paths.data}; the same command makes the rest.`,
      );
    }
    throw error;
  } finally {
    await writer.close();
  }
  say(`recipe: ${paths.recipe}`);
  if (!args.given("only") && plan.start === 0 && await writeSheet(job)) {
    say(`sheet: ${paths.sheet}`);
  }
}

/**
 * Makes the body of the task.
 *
 * @param load Loads the network.
 * @returns The body.
 */
export function generateMain<Mask>(load: GeneratorLoader<Mask>): TaskMain {
  return async (args, signal) => {
    const device = await checkInputs(() => readDevice(args));
    using job = await checkInputs(() => prepareJob(args, signal));
    if (args.flag("dry-run")) {
      say(`Would make ${describePlan(job)}`);
      return;
    }
    note(`Making ${describePlan(job)}`);
    const { recipe, weights } = job;
    const generator = await checkInputs(() =>
      load({
        ...device,
        model: recipe.model.name as GeneratorModel,
        weights,
        mask: { ...recipe.mask, tokens: 49 },
      })
    );
    try {
      signal.throwIfAborted();
      await carryOut(args, job, generator, signal);
    } finally {
      await generator.release();
    }
  };
}

if (import.meta.main) await runTask(SPEC, generateMain(loadGenerator));
