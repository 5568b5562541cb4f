/**
 * `deno task convert:dataset`: a data set from one form to another, without loss.
 *
 * One command for scripts/prepare_training_set.py, identity_label_collection.py and small_portion_training_mask.py of
 * https://github.com/HaiyuWu/Vec2Face, and utils/imagelist2lmdb.py, lmdb2dataset.py, prepare_test_images.py and
 * xz2bin.py of https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test .
 */
import { resolve } from "node:path";
import {
  chooseItems,
  convertDataset,
  type ConvertResult,
  datasetForm,
  type DatasetReader,
  type LeftOut,
  openFolder,
  openFolderWriter,
  openLmdbWriter,
  openVerificationSet,
  pairedImages,
  selectItems,
  withFeatures,
  writeMask,
} from "@/datasets/mod.ts";
import { checkInputs, note, Progress, runTask, say, type TaskArguments, type TaskMain, UsageError } from "./_cli.ts";
import { type ConvertSettings, readConvertSettings, SPEC } from "./_convert_settings.ts";
import { describePairs, drawPairs, makePairs } from "./_convert_pairs.ts";
import { openSource, readChoice, readNotedMask, removeAll, writeText } from "./_dataset_options.ts";

export { SPEC } from "./_convert_settings.ts";

/** Items left out that are named on the screen; all are in the file. */
const SHOWN = 5;

/** Opens FROM with its features, narrowed; also gives the indices that were chosen of it. */
async function openNarrowed(args: TaskArguments, { from, seed }: ConvertSettings) {
  const features = args.optionalText("features"), mask = args.optionalText("mask");
  const isMatrix = /\.npy$/i.test(features ?? "");
  const whole = await openSource(from, args, {
    labels: args.optionalText("labels"),
    features: isMatrix ? undefined : features,
  });
  try {
    const complete = isMatrix ? withFeatures(whole, features!) : whole;
    const masked = mask === undefined ? undefined : readNotedMask(mask, whole.length);
    const choice = readChoice(args, seed);
    if (choice === undefined) {
      return { dataset: masked === undefined ? complete : selectItems(complete, masked), indices: masked };
    }
    const labels = masked === undefined ? complete.labels : masked.map((index) => complete.labels[index]!);
    const chosen = chooseItems(labels, choice);
    const indices = masked === undefined ? chosen : chosen.map((place) => masked[place]!);
    return { dataset: selectItems(complete, indices), indices };
  } catch (error) {
    await whole.close();
    throw error;
  }
}

/** Says what was left out and lists all of it beside TO; removes the list of an earlier run. */
async function reportLeftOut(to: string, leftOut: readonly LeftOut[]): Promise<void> {
  const list = `${to}.left_out.txt`;
  if (leftOut.length === 0) return await removeAll(list);
  await writeText(list, leftOut.map(({ name, reason }) => `${name}\t${reason.replaceAll(/\s+/g, " ")}\n`).join(""));
  for (const { name, reason } of leftOut.slice(0, SHOWN)) note(`left out: ${name}: ${reason}`);
  if (leftOut.length > SHOWN) note(`left out: ${leftOut.length - SHOWN} more`);
  say(`left out: ${leftOut.length}, listed in ${list}`);
}

/** What openFolder passed over, which training codes would stumble on. */
async function strangers(from: string): Promise<readonly LeftOut[]> {
  return datasetForm(from) === "folder" ? (await openFolder(from)).leftOut : [];
}

async function firstHasFeature(dataset: DatasetReader): Promise<boolean> {
  for (let index = 0; index < Math.min(dataset.length, 100); index++) {
    try {
      return (await dataset.get(index)).feature !== undefined;
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return false;
}

/** Writes a folder or an LMDB file under another name, which it changes when all is well. */
async function makeTrainingSet(
  args: TaskArguments,
  { from, to, target, check }: ConvertSettings,
  dataset: DatasetReader,
  signal: AbortSignal,
): Promise<void> {
  const features = target === "lmdb" && !args.flag("no-features") && await checkInputs(() => firstHasFeature(dataset));
  const draft = `${to.replace(/\/+$/, "")}.part`;
  const passed = args.given("mask") ? [] : await strangers(from);
  await removeAll(draft);
  const progress = new Progress({ total: dataset.length, unit: "images" });
  let result: ConvertResult;
  try {
    const writer = target === "lmdb"
      ? await openLmdbWriter(draft, { features, commitEvery: 256, subdir: args.flag("subdir") })
      : await openFolderWriter(draft, { extension: "auto" });
    try {
      result = await convertDataset(dataset, writer, {
        check,
        needFeature: features,
        signal,
        onProgress: ({ done, leftOut }) => progress.update(done, leftOut > 0 ? `${leftOut} left out` : ""),
      });
    } finally {
      await writer.close();
      progress.stop();
    }
    const leftOut = [...passed, ...result.leftOut];
    if (args.flag("strict") && leftOut.length > 0) {
      const [{ name, reason }] = leftOut as [LeftOut];
      throw new RangeError(
        `Cannot convert ${from}: ${leftOut.length} things would be left out, first "${name}": ${reason}`,
      );
    }
    await removeAll(to);
    await Deno.rename(draft, to);
    const classes = result.classes.map(({ name, from, images }, label) => ({ label, name, from, images }));
    const rows = classes.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
    const head = JSON.stringify({ source: resolve(from), images: result.images, features }, null, 2).slice(0, -2);
    await writeText(`${to}.classes.json`, `${head},\n  "classes": [\n${rows}\n  ]\n}\n`);
    await reportLeftOut(to, leftOut);
  } catch (error) {
    await removeAll(draft);
    throw error;
  }
  say(`${to}: ${result.images} images of ${result.classes.length} classes${features ? ", with features" : ""}`);
  say(`classes: ${to}.classes.json`);
}

/** The reference's list files of a folder or list: paths and labels, sorted. */
async function makeList(
  args: TaskArguments,
  { from, to }: ConvertSettings,
  dataset: DatasetReader,
): Promise<void> {
  const base = (await Deno.stat(from)).isDirectory ? from : args.optionalText("root") ?? resolve(from, "..");
  if (datasetForm(from) === "lmdb") {
    throw new UsageError(`Cannot list the files of ${from}: a database has none; make a folder of it first`);
  }
  const paths = Array.from({ length: dataset.length }, (_, index) => resolve(base, dataset.itemName(index)));
  const order = Array.from(paths, (_, i) => i).sort((a, b) => paths[a]! < paths[b]! ? -1 : 1);
  const ordered = selectItems(dataset, order, { relabel: true });
  const labels = to.replace(/\.txt$/i, "_labels.txt");
  await writeText(to, order.map((index) => `${paths[index]}\n`).join(""));
  await writeText(labels, `${ordered.labels.join("\n")}\n`);
  say(`${to}: ${dataset.length} paths`);
  say(`labels: ${labels}`);
}

/** Body of the task. */
export const convertMain: TaskMain = async (args, signal) => {
  const settings = await checkInputs(() => readConvertSettings(args));
  const { from, to, target, fromPairs } = settings;
  if (fromPairs) {
    await using set = await checkInputs(() => openVerificationSet(from));
    if (args.flag("dry-run")) return say(`Would write ${set.length} pairs to ${to}`);
    return await makePairs(args, settings, set, signal);
  }
  const { dataset, indices } = await checkInputs(() => openNarrowed(args, settings));
  try {
    if (args.flag("dry-run")) return say(`Would write ${dataset.length} items of ${from} to ${to} (${target})`);
    if (target === "mask") {
      if (indices === undefined) {
        throw new UsageError("Cannot make a mask: say what it chooses by --classes, --limit, --per-class or --mask");
      }
      writeMask(to, indices);
      return say(`${to}: ${indices.length} items`);
    }
    if (target === "list") return await checkInputs(() => makeList(args, settings, dataset));
    if (target === "bin" || target === "pixels") {
      const pairs = await checkInputs(() => drawPairs(args, settings.seed, dataset));
      await makePairs(args, settings, pairedImages(dataset, pairs), signal);
      return await describePairs(args, settings, pairs, indices);
    }
    await makeTrainingSet(args, settings, dataset, signal);
  } finally {
    await dataset.close();
  }
};

if (import.meta.main) await runTask(SPEC, convertMain);
