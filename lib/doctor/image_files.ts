/**
 * One pass over the images of a data set, to files that every measure reads: features, and a profile of each image. A pass
 * that was stopped goes on; one that is complete is used again as long as it was made the same way.
 */
import { type DatasetReader, embedRows, FeatureFile, type RowFault } from "@/datasets/mod.ts";
import { type ImageProfiler, PROFILE_COLUMNS } from "@/metrics/mod.ts";

/** Files of a data set's images, a row for each image in the data set's order. */
export interface ImageFiles {
  /** Features [N, D], NaN for an image that cannot be read. */
  readonly features: string;
  /** Profiles [N, PROFILE_COLUMNS.width]. */
  readonly profiles: string;
  /** Images that cannot be read. */
  readonly faults: readonly RowFault[];
}

/** Options of {@linkcode writeImageFiles}. */
export interface ImageFilesOptions {
  /** Images judged together. @default {32} */
  readonly batchSize?: number;
  /** Stops the work between two batches. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each image with the number done and of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Judges all images of a data set, or finds what was judged before.
 *
 * @param folder Where the files are, or will be; it must exist.
 * @param dataset The images.
 * @param profiler What judges them.
 * @param recipe What the rows follow from: networks, and what tells the images from others.
 * @param options Batches, progress.
 * @returns The files.
 * @throws {RangeError} When no image can be read.
 * @throws {Error} When another process writes them.
 *
 * @example Two images by a recogniser that tells their first value
 * ```ts
 * import { arrayDataset } from "@/datasets/mod.ts";
 * import { writeImageFiles } from "@/doctor/mod.ts";
 * import { encodePng, filled } from "@/images/mod.ts";
 * import { imageProfiler } from "@/metrics/mod.ts";
 * import { readNpy } from "@/weights/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * const items = [255, 0].map(async (grey) => ({ label: 0, bytes: await encodePng(filled(8, 8, [grey, 0, 0])) }));
 * const faces = arrayDataset(await Promise.all(items));
 * const embed = (x: Float32Array, n: number) => Promise.resolve(Float32Array.from({ length: n }, (_, i) => x[192 * i]!));
 * const profiler = imageProfiler({ recogniser: { vectorSize: 1, imageSize: 8, embed } });
 * const { features, faults } = await writeImageFiles(folder, faces, profiler, { model: "first value" });
 * assert.deepEqual([[...readNpy(features).data], faults], [[1, -1], []]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeImageFiles(
  folder: string,
  dataset: DatasetReader,
  profiler: ImageProfiler,
  recipe: Readonly<Record<string, unknown>>,
  options: ImageFilesOptions = {},
): Promise<ImageFiles> {
  const { batchSize = 32, signal, onProgress } = options;
  const [features, profiles, complete] = ["features.npy", "profiles.npy", "images.json"].map((name) =>
    `${folder}/${name}`
  ) as [string, string, string];
  const made = { ...recipe, rows: dataset.length, width: profiler.features };
  const before = await readJson(complete);
  if (before !== undefined && JSON.stringify(before.made) === JSON.stringify(made)) {
    return { features, profiles, faults: before.faults };
  }
  await Deno.remove(complete).catch(() => {});
  const rows = dataset.length;
  await using featureFile = await FeatureFile.open(features, { rows, width: profiler.features, recipe: made });
  await using profileFile = await FeatureFile.open(profiles, { rows, width: PROFILE_COLUMNS.width, recipe: made });
  let done = Math.min(featureFile.done, profileFile.done);
  const indices = Array.from({ length: rows - done }, (_, i) => done + i);
  const batches = embedRows(dataset, profiler, { indices, batchSize, ...(signal === undefined ? {} : { signal }) });
  for await (const { index, feature, fault } of batches) {
    const name = dataset.itemName(index);
    const part = (from: number, to?: number) => feature === undefined ? {} : { feature: feature.slice(from, to) };
    const why = fault === undefined ? {} : { fault };
    if (index >= featureFile.done) await featureFile.write({ index, ...part(0, profiler.features), ...why }, name);
    if (index >= profileFile.done) await profileFile.write({ index, ...part(profiler.features), ...why }, name);
    onProgress?.(++done, rows);
  }
  const faults = await featureFile.finish();
  await profileFile.finish();
  await Deno.writeTextFile(`${complete}.tmp`, `${JSON.stringify({ made, faults })}\n`);
  await Deno.rename(`${complete}.tmp`, complete);
  return { features, profiles, faults };
}

/** What a complete pass left; undefined when there is none. */
async function readJson(path: string): Promise<{ made: unknown; faults: RowFault[] } | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
