/**
 * Centres of a set of images for `deno task separability`, embedded so that a stopped run goes on.
 *
 * Beside the centres lie, until they are there, the features of the images so far (see `keepViews`), and afterwards what the centres were
 * made of, so that the same call does not embed the images again.
 */
import { basename, dirname, extname, join } from "node:path";
import {
  type ClassRuns,
  classRuns,
  type FeatureRow,
  identityRuns,
  type ImageEmbedder,
  keepViews,
  type LeftOut,
  type NamedImages,
  openDataset,
  type RowFault,
  writeCentres,
} from "@/datasets/mod.ts";
import { decodeImage } from "@/images/mod.ts";
import { PackedImages } from "@/training/mod.ts";
import { openNpy } from "@/weights/mod.ts";
import { checkInputs, note, Progress } from "./_cli.ts";
import { removeAll } from "./_dataset_options.ts";
import { isPacked, packedPixels } from "./_face_centres.ts";
import type { FeatureRecipe } from "./_recogniser_options.ts";
import { namesHash, sourceStamp } from "./_source_stamp.ts";
import { writeWhole } from "./_write_whole.ts";

/** Images by identity. */
interface IdentityImages extends NamedImages {
  readonly runs: ClassRuns;
  className(label: number): string;
}

/** What is embedded, and into which file. */
export interface CentresJob {
  /** Images: a data set or packed renders. */
  readonly path: string;
  /** Name of the set. */
  readonly name: string;
  /** Where the centres go, .npy; its folder must exist. */
  readonly to: string;
  readonly embedder: ImageEmbedder;
  /** What features are made of. */
  readonly recipe: FeatureRecipe;
  /** Images embedded together. */
  readonly batchSize: number;
  readonly signal: AbortSignal;
}

/** Most items left out that are told one by one. */
const TOLD = 10;

/** Writes the centres of a set, or leaves them when they are there and made of the same. */
export async function embedCentres(job: CentresJob): Promise<void> {
  const { path, to, recipe } = job, info = `${to}.json`;
  await using resources = new AsyncDisposableStack();
  const images = await checkInputs(() => openImages(path, resources));
  const made = { ...recipe, names: namesHash(images), stamp: await sourceStamp(path), images: images.length };
  const there = await readInfo(to, info, made);
  if (there !== undefined) note(`The centres of ${job.name} are in ${to} already`);
  else await removeAll(info); // until the new ones are there
  const leftOut = there ?? await makeCentres(job, images, made);
  if (there === undefined) await writeWhole(info, `${JSON.stringify({ ...made, leftOut }, null, 2)}\n`);
  await removeFeatures(to);
  for (const { name, reason } of leftOut.slice(0, TOLD)) note(`left out ${name}: ${reason}`);
  if (leftOut.length > TOLD) note(`and ${leftOut.length - TOLD} more`);
}

/** The images of a data set, or of packed renders. */
async function openImages(path: string, resources: AsyncDisposableStack): Promise<IdentityImages> {
  if (isPacked(path)) {
    const data = resources.use(new PackedImages(path));
    return {
      length: data.length,
      runs: classRuns(data.labels),
      image: (index) => Promise.resolve(packedPixels(data, index)),
      itemName: (index) => `image ${index}`,
      className: String,
    };
  }
  const dataset = resources.use(await openDataset(path));
  return {
    length: dataset.length,
    runs: identityRuns(dataset),
    image: async (index) =>
      await decodeImage((await dataset.get(index)).bytes, { name: `"${dataset.itemName(index)}"` }),
    itemName: (index) => dataset.itemName(index),
    className: (label) => dataset.className(label),
  };
}

/** Embeds the images, on from where a stopped run came, and averages their features. */
async function makeCentres(
  { name, to, embedder, batchSize, signal }: CentresJob,
  images: IdentityImages,
  recipe: Readonly<Record<string, unknown>>,
): Promise<readonly LeftOut[]> {
  const features = featuresPath(to);
  let progress: Progress | undefined;
  const onProgress = (done: number) => {
    if (progress === undefined && done > 0) note(`Going on after ${done} of ${images.length} images of ${name}`);
    progress ??= new Progress({ total: images.length, start: done, unit: `images of ${name}` });
    progress.update(done);
  };
  let faults: readonly RowFault[];
  try {
    faults = await keepViews(features, images, embedder, { recipe, mirror: false, batchSize, signal, onProgress });
  } finally {
    progress?.stop();
  }
  using file = openNpy(features);
  const rows = keptRows(images.runs.order, faults, (index) => file.rowsFloat32(index, index + 1));
  return (await writeCentres(to, images, images.runs, rows, { signal })).leftOut;
}

/** Kept features in another order. */
async function* keptRows(
  order: Iterable<number>,
  faults: readonly RowFault[],
  read: (index: number) => Float32Array,
): AsyncGenerator<FeatureRow> {
  const reasons = new Map(faults.map(({ row, reason }) => [row, reason]));
  for (const index of order) {
    const fault = reasons.get(index);
    yield await Promise.resolve(fault === undefined ? { index, feature: read(index) } : { index, fault });
  }
}

/** Where the features are as long as the centres are not there. */
function featuresPath(centres: string): string {
  return join(dirname(centres), `${basename(centres, extname(centres))}.features.npy`);
}

async function removeFeatures(centres: string): Promise<void> {
  const features = featuresPath(centres);
  for (const end of ["", ".json"]) await removeAll(features + end);
}

/** What was left out of centres that are there; undefined when there are none of these images by this recogniser. */
async function readInfo(
  to: string,
  info: string,
  made: Readonly<Record<string, unknown>>,
): Promise<readonly LeftOut[] | undefined> {
  try {
    const { leftOut, ...before } = JSON.parse(await Deno.readTextFile(info));
    return JSON.stringify(before) === JSON.stringify(made) && (await Deno.stat(to)).isFile ? leftOut : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
