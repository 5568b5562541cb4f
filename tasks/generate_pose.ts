/**
 * `deno task generate:pose`: faces from ID vectors, each to targets of pose and quality.
 *
 * The counterpart of https://github.com/HaiyuWu/Vec2Face/blob/main/pose_image_generation.py ; it takes that script's options
 * by their names (`--example` is `--images`).
 */
import {
  type AttributeNetworks,
  type DatasetJob,
  generateTargetImages,
  loadAttributeNetworks,
  openDatasetWriter,
  openImageReport,
  planSize,
  recordAchieved,
} from "@/generation/mod.ts";
import { checkInputs, note, Progress, runTask, say, type TaskArguments, type TaskMain } from "./_cli.ts";
import { type AttributeLoader, beginJob, describePlan, isWhole, loadAttributes, writeSheet } from "./_dataset_run.ts";
import { readDevice } from "./_options.ts";
import { preparePoseJob, SPEC } from "./_pose_settings.ts";

export { SPEC } from "./_pose_settings.ts";

/** Makes the images of a job with loaded networks, and says what became of it. */
async function carryOut(
  args: TaskArguments,
  job: DatasetJob,
  networks: AttributeNetworks,
  signal: AbortSignal,
): Promise<void> {
  const { recipe, plan, paths } = job, total = planSize(plan);
  let progress: Progress | undefined;
  using report = await checkInputs(() => openImageReport(paths, plan));
  const writer = await openDatasetWriter(paths, recipe, { now: () => performance.now() });
  try {
    const result = await generateTargetImages(plan, networks, writer, report, {
      batchSize: args.integer("batch-size"),
      overwrite: args.flag("overwrite") && !isWhole(args),
      signal,
      onProgress: ({ done, skipped, accepted }) => {
        progress ??= new Progress({ total, start: skipped, unit: "images" });
        progress.update(done, `${accepted} accepted`);
      },
    });
    await writer.close();
    progress?.stop();
    const { written, accepted, skipped } = result, tried = total - skipped;
    say(`${paths.data}: ${total} images asked for, ${written} new, ${accepted} of ${tried} tried were accepted`);
    if (accepted < tried) {
      const fate = recipe.targets!.rejected === "keep" ? "are the best there were" : "were left out";
      note(`${tried - accepted} images ${fate}; ${paths.imageReport} says why`);
    }
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
 * Sums up what the data set has beside what was asked, in the recipe and on the screen.
 *
 * @returns Whether it has some image.
 */
async function sayAchieved({ paths }: DatasetJob): Promise<boolean> {
  const found = (await recordAchieved(paths))?.images;
  if (found === undefined) return true;
  const number = (value: number | null | undefined, digits: number) => value?.toFixed(digits) ?? "-";
  const errors = Object.entries(found.missed)
    .filter(([name]) => name !== "quality")
    .map(([name, value]) => `${name} off by ${number(value, 1)} degrees`);
  const { cosine, quality } = found.mean;
  say(
    `images: ${paths.imageReport}: ${found.accepted} of ${found.settled} accepted, ${found.leftOut} left out; mean ` +
      [...errors, `cosine ${number(cosine, 3)}`, `quality ${number(quality, 1)}`].join(", "),
  );
  return found.settled === 0 || found.leftOut < found.settled;
}

/**
 * Makes the body of the task.
 *
 * @param load Loads the networks.
 * @returns The body.
 */
export function generatePoseMain(load: AttributeLoader = loadAttributeNetworks): TaskMain {
  return async (args, signal) => {
    const device = await checkInputs(() => readDevice(args));
    using job = await checkInputs(() => preparePoseJob(args, signal));
    if (args.flag("dry-run")) {
      say(`Would make ${describePlan(job)}`);
      return;
    }
    note(`Making ${describePlan(job)}`);
    const networks = await loadAttributes(args, load, job, device);
    try {
      signal.throwIfAborted();
      await beginJob(args, job);
      await carryOut(args, job, networks, signal);
    } finally {
      await networks.release();
    }
    const some = await sayAchieved(job);
    say(`recipe: ${job.paths.recipe}`);
    const sheet = some ? await writeSheet(args, job, job.plan) : undefined;
    if (sheet !== undefined) say(`sheet: ${sheet}`);
    if (!some) {
      throw new Error(
        `Made no image: none was accepted, ${job.paths.imageReport} says what each lacked; ask for a pose nearer to the ` +
          "front, more --iterations, or a higher --id-threshold or --pose-threshold",
      );
    }
  };
}

if (import.meta.main) await runTask(SPEC, generatePoseMain());
