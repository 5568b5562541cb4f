/**
 * `deno task generate:reference`: a data set of faces of the people in reference images.
 *
 * The counterpart of https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation_with_reference.py ; it takes that
 * script's options by their names. It takes a vector of each reference image and hands them to `deno task generate`, so
 * that recipe, resuming, formats and attribute operation are those of every data set.
 *
 * Deviations: classes are numbered, and a table says which image each one is, where the script names folders by files;
 * the script moves every single vector until its face is true to it (AttrOP, quality 24), here `--attrop` does so to the
 * vector of each image, before it is varied, and is off unless asked for.
 */
import {
  findReferenceVectors,
  hashReferences,
  readRecipe,
  readReference,
  type Reference,
  type ReferenceRecord,
  writeReferenceVectors,
} from "@/generation/mod.ts";
import type { LeftOut } from "@/datasets/mod.ts";
import type { LandmarkJudge } from "@/images/mod.ts";
import { loadGenerator, type LoadLandmarkEstimatorOptions, loadRecogniser } from "@/networks/mod.ts";
import { normalize } from "node:path";
import { type JudgeLoader, type LoadedJudge, loadJudge } from "./_alignment_options.ts";
import { checkInputs, note, Progress, runTask, say, type TaskArguments, type TaskMain, UsageError } from "./_cli.ts";
import type { RecogniserLoader } from "./_recogniser_options.ts";
import { generateArguments, readReferenceSettings, type ReferenceSettings } from "./_reference_settings.ts";
import { generateMain } from "./generate.ts";

export { SPEC } from "./_reference_settings.ts";
import { SPEC } from "./_reference_settings.ts";

/** Most images that are told one by one. */
const TOLD = 10;

/** Tells images that are not used, each once, the first of them one by one. */
class Failures {
  readonly #names = new Set<string>();
  #unaligned = false;

  /** Images so far. */
  get count(): number {
    return this.#names.size;
  }

  add({ name, reason }: LeftOut): void {
    if (this.#names.has(name)) return;
    this.#names.add(name);
    if (this.count <= TOLD) note(`not used: ${name}: ${reason}`);
    this.#unaligned ||= reason.includes("expected an aligned face");
  }

  /** Sums up, and says what to do. */
  end(total: number, where: string): void {
    if (this.count > 0) note(`${this.count} of ${total} reference images ${where}`);
    if (this.#unaligned) {
      note(
        "Align photographs with --landmarks FILE, or have them squeezed to 112x112 with --accept-any-size; " +
          "--alignment trust takes squares as they are.",
      );
    }
  }
}

/** Says which landmarks belong to no image, and which images are copies. */
function sayOddities({ landmarks, list }: ReferenceSettings, references: readonly Reference[]): void {
  if (landmarks !== undefined) {
    const names = new Set(list.files.flatMap(({ name, path }) => [normalize(name), normalize(path)]));
    const [strange] = [...landmarks.keys()].filter((key) => !names.has(key));
    const used = references.filter((reference) => reference.landmarks !== undefined).length;
    if (used === 0) {
      throw new UsageError(
        `Cannot align: no landmarks are of a reference image; they have "${strange}", images are called ` +
          `"${list.files[0]!.name}"`,
      );
    }
    if (strange !== undefined) note(`Landmarks of ${used} reference images; others belong to none, as "${strange}".`);
  }
  const known = new Map<string, string>();
  let copies = 0, example = "";
  for (const { sha256, name } of references) {
    const twin = sha256 === null ? undefined : known.get(sha256);
    if (twin !== undefined && copies++ === 0) example = `${name} of ${twin}`;
    if (sha256 !== null) known.set(sha256, twin ?? name);
  }
  const what = copies === 1 ? "1 reference image is a copy" : `${copies} reference images are copies`;
  if (copies > 0) note(`${what} (${example}); each becomes a class of its own.`);
}

/** Opens every image and says what would come of them. */
async function tryImages(
  settings: ReferenceSettings,
  references: readonly Reference[],
  judge: LandmarkJudge | undefined,
  failures: Failures,
  signal: AbortSignal,
): Promise<void> {
  const { anySize } = settings.recipe;
  for (const reference of references) {
    signal.throwIfAborted();
    const { fault } = await readReference(reference, { anySize, judge });
    if (fault !== undefined) failures.add({ name: reference.name, reason: fault });
  }
}

/** Takes the vectors, or finds those of an earlier run. */
async function takeVectors(
  args: TaskArguments,
  settings: ReferenceSettings,
  references: readonly Reference[],
  { load, judge: loadJudge }: Loaders,
  failures: Failures,
  signal: AbortSignal,
): Promise<ReferenceRecord[]> {
  const { paths, recipe, dataset, list, batchSize } = settings;
  const overwrite = args.flag("overwrite");
  const begun = overwrite ? undefined : await checkInputs(() => readRecipe(dataset.recipe));
  const found = overwrite ? undefined : await findReferenceVectors(paths, references, recipe);
  if (found !== undefined) {
    note(`The vectors are there: ${paths.vectors}`);
    return found;
  }
  if (begun !== undefined) {
    throw new UsageError(
      `Cannot continue ${dataset.data}: it was not made from these reference images, landmarks and recogniser` +
        `${recipe.alignment === undefined ? "" : ", or without a look at their alignment"}; ` +
        "choose another --name, or --overwrite it",
    );
  }
  const recogniser = await checkInputs(() => load(settings.recogniser));
  let progress: Progress | undefined, judge: LoadedJudge | undefined;
  try {
    judge = recipe.alignment && await checkInputs(() => loadJudge(judgeOptions(settings)));
    await checkInputs(() => Deno.mkdir(args.text("output"), { recursive: true }));
    return await checkInputs(() =>
      writeReferenceVectors(paths, references, recogniser, recipe, {
        batchSize,
        judge,
        overwrite,
        leftOut: list.leftOut,
        signal,
        onProgress: (done, total) => {
          progress ??= new Progress({ total, start: done - 1, unit: "vectors" });
          progress.update(done);
        },
        onSkipped: (image) => {
          progress?.clear();
          failures.add(image);
        },
      })
    );
  } catch (error) {
    if (signal.aborted) note("The vectors so far are kept; the same command goes on.");
    throw error;
  } finally {
    progress?.stop();
    await judge?.release();
    await recogniser.release();
  }
}

/** What loads the networks; replaced in tests. */
interface Loaders {
  readonly load: RecogniserLoader;
  readonly judge: JudgeLoader;
}

/** The landmark estimator runs where the recogniser does. */
function judgeOptions({ recogniser: { device, threads } }: ReferenceSettings): LoadLandmarkEstimatorOptions {
  return {
    model: "mini",
    ...(device === undefined ? {} : { device }),
    ...(threads === undefined ? {} : { threads }),
  };
}

/**
 * Makes the body of the task.
 *
 * @param load Loads the recogniser.
 * @param generate The body of `deno task generate`.
 * @param judge Loads the landmark estimator.
 * @returns The body.
 */
export function generateReferenceMain(
  load: RecogniserLoader,
  generate: TaskMain,
  judge: JudgeLoader = loadJudge,
): TaskMain {
  return async (args, signal) => {
    const settings = await checkInputs(() => readReferenceSettings(args, signal));
    const { source, name, list, landmarks, paths, dataset } = settings, total = list.files.length;
    note(`Reading ${total} reference images of ${source}`);
    for (const { name, reason } of list.leftOut.slice(0, 3)) note(`left out: ${name}: ${reason}`);
    if (list.leftOut.length > 3) note(`left out: ${list.leftOut.length - 3} more`);
    const references = await hashReferences(list.files, { landmarks, signal });
    sayOddities(settings, references);
    const failures = new Failures();
    const ended = () => failures.count > 0 && !args.flag("allow-failures") ? 1 : 0;
    if (args.flag("dry-run")) {
      const loaded = settings.recipe.alignment && await checkInputs(() => judge(judgeOptions(settings)));
      try {
        await tryImages(settings, references, loaded, failures, signal);
      } finally {
        await loaded?.release();
      }
      failures.end(total, "cannot be used");
      const used = total - failures.count, images = args.integer("images", { min: 1 });
      say(`Would make ${used * images} images of ${used} reference images in ${dataset.data}`);
      return ended();
    }
    const records = await takeVectors(args, settings, references, { load, judge }, failures, signal);
    for (const { image, skipped } of records.slice(0, total)) { // those of an earlier part of this work too
      if (skipped !== undefined) failures.add({ name: image, reason: skipped });
    }
    say(`${paths.vectors}: vectors of ${total - failures.count} reference images`);
    const code = await generate(generateArguments(args, name, paths.vectors), signal);
    say(`references: ${paths.table}`);
    failures.end(total, `were not used; ${paths.table} says why`);
    return code || ended();
  };
}

if (import.meta.main) await runTask(SPEC, generateReferenceMain(loadRecogniser, generateMain(loadGenerator)));
