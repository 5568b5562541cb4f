/**
 * A data set with all that its images and identities were measured for: files that stay on disk, and numbers of each identity.
 */
import { createHash } from "node:crypto";
import { type DatasetReader, FeatureFile, identityRuns, type RowFault } from "@/datasets/mod.ts";
import {
  type GroupedRows,
  identityRows,
  type IdentityStatistics,
  type IdentityStatisticsOptions,
  type MeasuredIdentity,
  measureIdentities,
  orderedRows,
  type PassState,
} from "@/metrics/mod.ts";
import { openRows, type RowSource, type UnitRows, unitRows } from "@/similarity/mod.ts";
import { openNpy } from "@/weights/mod.ts";
import { removeIfThere, textIfThere } from "./_files.ts";
import type { ImageFiles } from "./image_files.ts";

/** Columns of the file of image measures. */
const OWN = 0, OTHERS = 1, NORM = 2, MEASURES = 3;

/** Told of progress: what is done, how much of it, of how much, in which unit. */
export type DoctorProgress = (step: string, done: number, total: number, unit: string) => void;

/** Settings of a whole examination. */
export interface DoctorSettings {
  /** Cosine above which two images, or centres, are taken for one person. */
  readonly threshold: number;
  /** Cosine above which two images of an identity are duplicates. @default {0.98} */
  readonly duplicate?: number;
  /** Entries of each list. @default {100} */
  readonly listed?: number;
  /** Seed of all draws. @default {0} */
  readonly seed?: number;
  /** Worker threads for products. @default {0} */
  readonly workers?: number;
  /** Find Vendi scores; takes 2 ms for each identity of 50 images. @default {true} */
  readonly vendi?: boolean;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
  /** Told of progress. */
  readonly onProgress?: DoctorProgress | undefined;
}

/** A measured data set; close it with `using`. */
export interface MeasuredSet extends Disposable {
  /** Name of the set. */
  readonly name: string;
  /** The images; closing is left to their owner. */
  readonly dataset: DatasetReader;
  /** Features by identity. */
  readonly set: GroupedRows;
  /** Profiles by identity, the rows of `set`. */
  readonly profiles: RowSource;
  /** Mean of the features at length 1 of each identity [C, D]. */
  readonly centres: UnitRows;
  /** Numbers of each identity. */
  readonly statistics: IdentityStatistics;
  /** Images that could not be read. */
  readonly faults: readonly RowFault[];
  /** Tells this set's files from others. */
  readonly input: string;
  /** Folder of its files. */
  readonly folder: string;
  /** Cosine of a row to the centre of its identity. */
  own(row: number): number;
  /** Cosine of a row to the centre of the other rows of its identity. */
  others(row: number): number;
  /** Norm of a row. */
  norm(row: number): number;
  /** Item of the data set that a row belongs to. */
  item(row: number): number;
}

/**
 * Measures the identities of a set whose images were judged.
 *
 * @param name Name of the set.
 * @param dataset Its images.
 * @param files What was found of each.
 * @param folder Where further files go; it must exist.
 * @param settings Thresholds, limits.
 * @returns The measured set.
 * @throws {RangeError} When no image has a usable feature.
 *
 * @example Two identities of two images
 * ```ts
 * import { arrayDataset } from "@/datasets/mod.ts";
 * import { measureSet, writeImageFiles } from "@/doctor/mod.ts";
 * import { encodePng, filled } from "@/images/mod.ts";
 * import { imageProfiler } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const face = async (label: number, red: number) => ({ label, bytes: await encodePng(filled(8, 8, [red, 255 * label, 0])) });
 * const faces = arrayDataset(await Promise.all([face(0, 10), face(0, 60), face(1, 10), face(1, 90)]));
 * const embed = (x: Float32Array, n: number) =>
 *   Promise.resolve(Float32Array.from({ length: 2 * n }, (_, k) => x[192 * (k >> 1) + 64 * (k & 1)]!)); // red and green
 * const profiler = imageProfiler({ recogniser: { vectorSize: 2, imageSize: 8, embed } });
 * const folder = await Deno.makeTempDir(), settings = { threshold: 0.5 };
 * const files = await writeImageFiles(folder, faces, profiler, { model: "red and green" });
 * {
 *   using measured = await measureSet("faces", faces, files, folder, settings);
 *   assert.deepEqual([...measured.statistics.images], [2, 2]);
 *   assert.ok(measured.own(0) > 0.9);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function measureSet(
  name: string,
  dataset: DatasetReader,
  files: ImageFiles,
  folder: string,
  settings: DoctorSettings,
): Promise<MeasuredSet> {
  const { threshold, duplicate = 0.98, listed = 100, seed = 0, vendi = true, signal, onProgress } = settings;
  using stack = new DisposableStack();
  const features = stack.use(openRows(files.features)), profileRows = stack.use(openRows(files.profiles));
  const runs = identityRuns(dataset);
  const set = identityRows(features, runs, (label) => dataset.className(label));
  const profiles = set.order === undefined ? profileRows : orderedRows(profileRows, set.order);
  const rows = set.starts.at(-1)!;
  const input = await fileKey(files.features);
  const paths = { centres: `${folder}/centres.npy`, images: `${folder}/measures.npy` };
  const statistics = await identityPass(set, paths, {
    ...{ threshold, duplicate, listed, seed, vendi, signal },
    state: { path: `${folder}/identities.npz`, input, replace: true },
    onProgress: (done, total) => onProgress?.(`identities of ${name}`, done, total, "images"),
  });
  const centres = stack.use(openRows(paths.centres)), measures = stack.use(openNpy(paths.images));
  // Asked for row after row: a part is kept.
  let first = 0, part = new Float32Array(0);
  const measure = (row: number, column: number): number => {
    if (row < first || row >= first + part.length / MEASURES) {
      first = row;
      part = Float32Array.from(measures.rowsFloat32(row, Math.min(rows, row + 4096)));
    }
    return part[MEASURES * (row - first) + column]!;
  };
  const owned = stack.move();
  return {
    ...{ name, dataset, set, profiles, statistics, faults: files.faults, input, folder, centres: unitRows(centres) },
    own: (row) => measure(row, OWN),
    others: (row) => measure(row, OTHERS),
    norm: (row) => measure(row, NORM),
    item: (row) => set.order?.[row] ?? row,
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** What tells a file from one of the same name: its size and when it was written. */
async function fileKey(path: string): Promise<string> {
  const { size, mtime } = await Deno.stat(path);
  return createHash("sha256").update(`${size} ${mtime?.getTime()}`).digest("hex").slice(0, 16);
}

/** Goes through the identities, or on from where it was stopped, and writes centres and measures of images. */
async function identityPass(
  set: GroupedRows,
  paths: { readonly centres: string; readonly images: string },
  options: IdentityStatisticsOptions & { readonly state: PassState },
): Promise<IdentityStatistics> {
  const { state, threshold, duplicate, listed, seed, vendi } = options;
  const marker = `${state.path}.json`;
  const recipe = { ...{ input: state.input, threshold, duplicate, listed, seed, vendi }, rows: set.starts.at(-1)! };
  const complete = await textIfThere(marker) === JSON.stringify(recipe);
  if (complete) return await measureIdentities(set, options);
  await removeIfThere(marker);
  const sizes = { identities: set.starts.length - 1, rows: set.starts.at(-1)!, width: set.rows.width };
  await using centres = await FeatureFile.open(paths.centres, { rows: sizes.identities, width: sizes.width, recipe });
  await using images = await FeatureFile.open(paths.images, { rows: sizes.rows, width: MEASURES, recipe });
  // Files that begin anew go with a state that begins anew.
  if (centres.done === 0 || images.done === 0) await removeIfThere(state.path);
  const onIdentity = async ({ identity, centre, own, others, norms }: MeasuredIdentity) => {
    const name = set.nameOf(identity), first = set.starts[identity]!;
    if (identity > centres.done || first > images.done) {
      throw new Error(`Cannot go on with ${paths.centres}: the state is ahead of the files; delete their folder`);
    }
    // After a kill the files may be ahead of the state; what they hold is what would be written.
    if (identity === centres.done) await centres.write({ index: identity, feature: Float32Array.from(centre) }, name);
    const values = new Float32Array(MEASURES * own.length);
    for (let i = 0; i < own.length; i++) values.set([own[i]!, others[i]!, norms[i]!], MEASURES * i);
    const there = Math.min(own.length, images.done - first);
    await images.writeRows(values.subarray(MEASURES * there));
  };
  const statistics = await measureIdentities(set, { ...options, onIdentity });
  await centres.finish();
  await images.finish();
  await Deno.writeTextFile(marker, JSON.stringify(recipe));
  return statistics;
}
