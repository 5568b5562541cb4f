/**
 * `deno task features`: a feature vector for each image of a data set.
 *
 * One command for feature_extractor.py and file_path_extractor.py of
 * https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test and, with an .lmdb, scripts/prepare_training_set.py of
 * https://github.com/HaiyuWu/Vec2Face . Deviation: one matrix, or one database, instead of a file for each image.
 */
import { dirname, resolve } from "node:path";
import {
  classRuns,
  type DatasetReader,
  embedRows,
  FeatureFile,
  type LeftOut,
  openLmdbWriter,
  selectItems,
} from "@/datasets/mod.ts";
import type { RecipeFile } from "@/generation/mod.ts";
import type { Pixels } from "@/images/mod.ts";
import { loadRecogniser } from "@/networks/mod.ts";
import {
  ALIGNMENT_OPTION,
  facePreparer,
  type JudgeLoader,
  type LoadedJudge,
  loadJudge,
  readAlignment,
} from "./_alignment_options.ts";
import {
  checkInputs,
  note,
  Progress,
  runTask,
  say,
  type TaskArguments,
  type TaskMain,
  type TaskSpec,
  UsageError,
} from "./_cli.ts";
import { isThere, openSource, removeAll, SOURCE_OPTIONS, throughMask, writeText } from "./_dataset_options.ts";
import { readDevice } from "./_options.ts";
import {
  type FeatureRecipe,
  type LoadedRecogniser,
  readRecogniser,
  RECOGNISER_OPTIONS,
  type RecogniserLoader,
} from "./_recogniser_options.ts";
import { namesHash } from "./_source_stamp.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "features",
  summary: "Computes a feature vector for each image. A stopped run goes on where it was, with the same command.",
  usage: "deno task features IMAGES --out FILE.npy|FILE.lmdb [options]",
  positionals: { value: "IMAGES", help: "folder of class folders, .lmdb, or .txt list", min: 1, max: 1 },
  options: [
    {
      flag: "out",
      value: "FILE",
      help: ".npy: [N, D] float32, a row for each image in their order, NaN for one that cannot be read; " +
        ".lmdb: images, features and labels, ready for training",
    },
    ...RECOGNISER_OPTIONS,
    ...SOURCE_OPTIONS,
    ALIGNMENT_OPTION,
    { flag: "overwrite", help: "replace the file" },
  ],
  examples: [
    "deno task features output/mini-10x5 --out features.npy",
    "deno task features WebFace4M.lmdb --model arcface-r100 --out WebFace4M_features.npy --batch-size 64",
    "deno task features images --model arcface-r100 --out training.lmdb",
  ],
};

/** What vectors depend on. */
type Recipe = FeatureRecipe & { readonly alignment?: RecipeFile };

interface Job {
  readonly args: TaskArguments;
  readonly out: string;
  readonly dataset: DatasetReader;
  readonly recogniser: LoadedRecogniser;
  readonly recipe: Recipe;
  /** Looks at each image. */
  readonly prepare: { readonly prepare?: (image: Pixels) => Promise<Pixels> };
  readonly batchSize: number;
  readonly signal: AbortSignal;
}

/** Says how far an earlier run came, and makes the display. */
function begin(done: number, total: number): Progress {
  if (done > 0) note(`Going on after ${done} of ${total} images.`);
  return new Progress({ total, start: done, unit: "images" });
}

/** Writes the matrix; returns images without a feature. */
async function makeMatrix(
  { args, out, dataset, recogniser, recipe, prepare, batchSize, signal }: Job,
): Promise<LeftOut[]> {
  if (args.flag("overwrite")) { for (const end of [".part", ".part.json"]) await removeAll(out + end); }
  await using file = await FeatureFile.open(out, {
    rows: dataset.length,
    width: recogniser.vectorSize,
    recipe: { ...recipe, names: namesHash(dataset) },
  });
  const start = file.done;
  const progress = begin(start, dataset.length);
  try {
    const indices = Array.from({ length: dataset.length - start }, (_, i) => start + i);
    for await (
      const row of embedRows(dataset, recogniser, { indices, flip: recipe.flip, batchSize, signal, ...prepare })
    ) {
      await file.write(row, dataset.itemName(row.index));
      progress.update(file.done);
    }
  } finally {
    progress.stop();
  }
  return [...await file.finish()];
}

/** Writes a training database, images class by class; returns images that are not in it. */
async function makeDatabase(
  { args, out, dataset, recogniser, recipe, prepare, batchSize, signal }: Job,
): Promise<LeftOut[]> {
  const draft = `${out}.part`, recipeFile = `${draft}.json`;
  const made = JSON.stringify({ ...recipe, names: namesHash(dataset) });
  const goesOn = !args.flag("overwrite") && await isThere(recipeFile) && await Deno.readTextFile(recipeFile) === made;
  if (!goesOn) await removeAll(draft);
  await writeText(recipeFile, made);
  const sorted = selectItems(dataset, classRuns(dataset.labels).order, { relabel: true });
  const leftOut: LeftOut[] = [];
  {
    await using writer = await openLmdbWriter(draft, { features: true, indexOf: (_, place) => place });
    const missing: number[] = [];
    for (let place = 0; place < sorted.length; place++) {
      if (!goesOn || !await writer.has(sorted.labels[place]!, place)) missing.push(place);
    }
    const progress = begin(sorted.length - missing.length, sorted.length);
    let done = sorted.length - missing.length;
    try {
      for await (
        const { index, feature, fault } of embedRows(sorted, recogniser, {
          indices: missing,
          flip: recipe.flip,
          batchSize,
          signal,
          ...prepare,
        })
      ) {
        if (feature === undefined) leftOut.push({ name: sorted.itemName(index), reason: fault ?? "" });
        else await writer.write({ ...await sorted.get(index), feature, image: index });
        progress.update(++done);
      }
    } finally {
      progress.stop();
    }
  }
  if (leftOut.length === dataset.length) {
    await removeAll(draft);
    throw new RangeError(
      `Cannot compute features: no image can be read ("${leftOut[0]!.name}": ${leftOut[0]!.reason})`,
    );
  }
  await removeAll(out);
  await Deno.rename(draft, out);
  await removeAll(recipeFile);
  return leftOut;
}

/**
 * Makes the body of the task.
 *
 * @param load Loads the network.
 * @param judgeLoader Loads the landmark estimator.
 * @returns The body.
 */
export function featuresMain(load: RecogniserLoader, judgeLoader: JudgeLoader = loadJudge): TaskMain {
  return async (args, signal) => {
    const source = args.positionals[0]!;
    const out = args.text("out");
    const make = /\.npy$/i.test(out) ? makeMatrix : /\.lmdb$/i.test(out) ? makeDatabase : undefined;
    if (make === undefined) throw new UsageError(`Cannot write ${out}: expected a name that ends in .npy or .lmdb`);
    if (!await isThere(dirname(resolve(out)))) {
      throw new UsageError(`Cannot write ${out}: there is no folder ${dirname(resolve(out))}`);
    }
    if (await isThere(out) && !args.flag("overwrite")) {
      throw new UsageError(`Cannot write ${out}: it is there already; give --overwrite to replace it`);
    }
    await using dataset = await checkInputs(async () => throughMask(await openSource(source, args), args));
    const { options, recipe: network, batchSize, width } = await checkInputs(() => readRecogniser(args, signal));
    const alignment = await checkInputs(() => readAlignment(args, signal));
    const recipe: Recipe = alignment === undefined ? network : { ...network, alignment };
    const recogniser = await checkInputs(() => load(options));
    let leftOut: LeftOut[], judge: LoadedJudge | undefined;
    try {
      const { device, threads } = readDevice(args);
      judge = alignment && await checkInputs(() => judgeLoader({ model: "mini", device, threads }));
      const prepare = judge === undefined ? {} : { prepare: facePreparer(judge) };
      leftOut = await make({ args, out, dataset, recogniser, recipe, prepare, batchSize, signal });
    } catch (error) {
      if (signal.aborted) note(`The features so far are in ${out}.part; the same command goes on.`);
      throw error;
    } finally {
      await judge?.release();
      await recogniser.release();
    }
    const info = { source: resolve(source), images: dataset.length, width, ...recipe, leftOut };
    await writeText(`${out}.json`, `${JSON.stringify(info, null, 2)}\n`);
    say(`${out}: features of ${dataset.length - leftOut.length} images, ${width} values each`);
    for (const { name, reason } of leftOut.slice(0, 5)) note(`no feature: ${name}: ${reason}`);
    if (leftOut.length > 0) say(`without a feature: ${leftOut.length}, listed in ${out}.json`);
  };
}

if (import.meta.main) await runTask(SPEC, featuresMain(loadRecogniser));
