/**
 * `deno task centers`: the centre of each identity, as identity vectors for `deno task generate`.
 *
 * One command for what scripts/center_features.py of https://github.com/HaiyuWu/Vec2Face needs a file for each image
 * and lists of them for (issue 2 of it).
 */
import { dirname, resolve } from "node:path";
import {
  datasetForm,
  type DatasetReader,
  embedRows,
  type FeatureRow,
  identityRuns,
  openFeatureFiles,
  storedRows,
  withFeatures,
  writeCentres,
} from "@/datasets/mod.ts";
import { loadRecogniser } from "@/networks/mod.ts";
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
import { isThere, openSource, SOURCE_OPTIONS, throughMask, writeText } from "./_dataset_options.ts";
import { readRecogniser, RECOGNISER_OPTIONS, type RecogniserLoader } from "./_recogniser_options.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "centers",
  summary: "Averages the features of each identity's images, not normalised, in one pass; identities in the order of " +
    "their sorted paths.",
  usage: "deno task centers DATASET --out FILE.npy [options]",
  positionals: {
    value: "DATASET",
    help: "images (folder of class folders, .lmdb, .txt list), or features: an .lmdb that has them, a folder of " +
      "folders of .npy files or a .txt list of those, as the reference's scripts make",
    min: 1,
    max: 1,
  },
  options: [
    { flag: "out", value: "FILE.npy", help: "centres [C, D] float32; names and counts are in FILE.npy.json" },
    { flag: "features", value: "FILE.npy", help: "features of the images, as deno task features writes them" },
    ...RECOGNISER_OPTIONS,
    ...SOURCE_OPTIONS,
    { flag: "overwrite", help: "replace the file" },
  ],
  examples: [
    "deno task centers output/mini-10x5 --out centers.npy",
    "deno task centers images --features features.npy --out centers.npy",
    "deno task centers WebFace4M.lmdb --out WebFace4M_centers.npy",
  ],
};

/** Whether a folder or list holds .npy files where images would be. */
async function holdsFeatureFiles(path: string): Promise<boolean> {
  const form = datasetForm(path);
  if (form === "list") return /^[^\n]*\.npy\s*$/m.test((await Deno.readTextFile(path)).split("\n", 1)[0]!);
  if (form === "lmdb") return false;
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (!isDirectory || name.startsWith(".")) continue;
    for await (const file of Deno.readDir(`${path}/${name}`)) {
      if (/\.npy$/i.test(file.name)) return true;
      if (/\.(jpe?g|png|webp)$/i.test(file.name)) return false;
    }
  }
  return false;
}

/** Opens the data set; says whether its items have features. */
async function openCentred(args: TaskArguments, path: string): Promise<{ dataset: DatasetReader; stored: boolean }> {
  const matrix = args.optionalText("features");
  if (matrix === undefined && await holdsFeatureFiles(path)) {
    return { dataset: throughMask(await openFeatureFiles(path), args), stored: true };
  }
  const images = await openSource(path, args);
  try {
    if (matrix !== undefined) return { dataset: throughMask(withFeatures(images, matrix), args), stored: true };
    const asked = ["model", "weights", "flip"].some((flag) => args.given(flag));
    const stored = !asked && "hasFeatures" in images && images.hasFeatures === true;
    return { dataset: throughMask(images, args), stored };
  } catch (error) {
    await images.close();
    throw error;
  }
}

/**
 * Makes the body of the task.
 *
 * @param load Loads the network, where features are to be computed.
 * @returns The body.
 */
export function centersMain(load: RecogniserLoader): TaskMain {
  return async (args, signal) => {
    const source = args.positionals[0]!, out = args.text("out");
    if (!/\.npy$/i.test(out)) throw new UsageError(`Cannot write ${out}: expected a name that ends in .npy`);
    if (!await isThere(dirname(resolve(out)))) {
      throw new UsageError(`Cannot write ${out}: there is no folder ${dirname(resolve(out))}`);
    }
    if (await isThere(out) && !args.flag("overwrite")) {
      throw new UsageError(`Cannot write ${out}: it is there already; give --overwrite to replace it`);
    }
    const { dataset, stored } = await checkInputs(() => openCentred(args, source));
    await using _ = dataset;
    const network = stored ? undefined : await checkInputs(() => readRecogniser(args, signal));
    const runs = await checkInputs(() => identityRuns(dataset));
    const recogniser = network && await checkInputs(() => load(network.options));
    const rows: AsyncIterable<FeatureRow> = recogniser && network
      ? embedRows(dataset, recogniser, {
        indices: runs.order,
        flip: network.recipe.flip,
        batchSize: network.batchSize,
        signal,
      })
      : storedRows(dataset, runs.order);
    const progress = new Progress({ total: dataset.length, unit: stored ? "features" : "images" });
    try {
      const { width, identities, leftOut } = await writeCentres(out, dataset, runs, rows, {
        signal,
        onProgress: (done) => progress.update(done),
      });
      progress.stop();
      const head = {
        source: resolve(source),
        features: network?.recipe ?? args.optionalText("features") ?? "stored",
        width,
        images: dataset.length - leftOut.filter(({ name }) => !name.startsWith("identity ")).length,
        leftOut,
      };
      const lines = identities.map((identity, row) => `    ${JSON.stringify({ row, ...identity })}`).join(",\n");
      const text = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "identities": [\n${lines}\n  ]\n}\n`;
      await writeText(`${out}.json`, text);
      say(`${out}: ${identities.length} centres of ${width} values`);
      say(`identities: ${out}.json`);
      for (const { name, reason } of leftOut.slice(0, 5)) note(`left out: ${name}: ${reason}`);
      if (leftOut.length > 0) say(`left out: ${leftOut.length}, listed in ${out}.json`);
    } finally {
      progress.stop();
      await recogniser?.release();
    }
  };
}

if (import.meta.main) await runTask(SPEC, centersMain(loadRecogniser));
