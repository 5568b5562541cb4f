/**
 * `deno task generate`: a data set of faces from ID vectors.
 *
 * The counterpart of https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation.py ; it takes that script's options by
 * their names (`--example` is `--images`). What the script does to identities before it varies them is `--attrop` here.
 */
import {
  type DatasetJob,
  generateDataset,
  type GenerationPlan,
  loadAttributeNetworks,
  type MaskedGenerator,
  openDatasetWriter,
  planSize,
} from "@/generation/mod.ts";
import { type GeneratorModel, loadGenerator, type LoadGeneratorOptions } from "@/networks/mod.ts";
import { checkInputs, note, Progress, runTask, say, type TaskArguments, type TaskMain } from "./_cli.ts";
import { type AttributeLoader, beginJob, describePlan, isWhole, writeSheet } from "./_dataset_run.ts";
import { prepareJob, SPEC } from "./_generate_settings.ts";
import { readDevice } from "./_options.ts";
import { refinedJob, refineJob, sayRefined } from "./_refine.ts";

export { SPEC } from "./_generate_settings.ts";

/** Loads the network; replaced in tests. */
export type GeneratorLoader<Mask> = (
  options: LoadGeneratorOptions,
) => Promise<MaskedGenerator<Mask>>;

/** Makes the images of a job with a loaded network, and says what became of it. */
async function carryOut<Mask>(
  args: TaskArguments,
  job: DatasetJob,
  plan: GenerationPlan,
  generator: MaskedGenerator<Mask>,
  signal: AbortSignal,
): Promise<void> {
  const { recipe, paths } = job;
  const total = planSize(plan);
  let progress: Progress | undefined;
  const began = performance.now();
  const writer = await openDatasetWriter(paths, recipe, { now: () => performance.now() });
  try {
    const result = await generateDataset(plan, generator, writer, {
      batchSize: args.integer("batch-size"),
      overwrite: args.flag("overwrite") && !isWhole(args),
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
    const then = signal.aborted ? "" : "once that is mended, ";
    note(`The images so far are in ${paths.data}; ${then}the same command makes the rest.`);
    throw error;
  } finally {
    await writer.close();
  }
}

/**
 * Makes the body of the task.
 *
 * @param load Loads the network.
 * @param loadNetworks Loads the networks of attribute operation.
 * @returns The body.
 */
export function generateMain<Mask>(
  load: GeneratorLoader<Mask>,
  loadNetworks: AttributeLoader = loadAttributeNetworks,
): TaskMain {
  return async (args, signal) => {
    const device = await checkInputs(() => readDevice(args));
    using job = await checkInputs(() => prepareJob(args, signal));
    const { recipe, weights } = job, refine = recipe.refinement !== undefined;
    if (args.flag("dry-run")) {
      say(`Would ${refine ? "refine identities and " : ""}make ${describePlan(job)}`);
      return;
    }
    note(`Making ${describePlan(job)}`);
    const begun = refine && await refineJob(args, job, loadNetworks, device, signal);
    const generator = await checkInputs(() =>
      load({
        ...device,
        model: recipe.model.name as GeneratorModel,
        weights,
        mask: { ...recipe.mask, tokens: 49 },
      })
    );
    if (generator.device !== undefined) note(`${recipe.model.name} runs on ${generator.device}`);
    try {
      signal.throwIfAborted();
      if (!begun) await beginJob(args, job);
      const refined = refine ? await refinedJob(job) : undefined;
      using _stored = refined?.stored;
      await carryOut(args, job, refined?.plan ?? job.plan, generator, signal);
    } finally {
      await generator.release();
    }
    const some = !refine || await sayRefined(job);
    say(`recipe: ${job.paths.recipe}`);
    const sheet = some ? await writeSheet(args, job, job.plan) : undefined;
    if (sheet !== undefined) say(`sheet: ${sheet}`);
    // The set is as was asked, but a script that goes on with it would go on with nothing.
    if (!some) throw new Error(`Made no image: no identity was accepted, ${job.paths.identityReport} says why`);
  };
}

if (import.meta.main) await runTask(SPEC, generateMain(loadGenerator));
