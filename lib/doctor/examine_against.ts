/** A data set beside a reference: whether people of the one are in the other, and how far both are apart. */
import {
  classRecall,
  frechetDistance,
  identityFinder,
  type IdentityRows,
  kernelDistance,
  type Leakage,
  type LeakageOptions,
  type LeakedRow,
  measureLeakage,
  measureMoments,
  type PassState,
  precisionRecall,
  sampleRows,
} from "@/metrics/mod.ts";
import { type UnitRows, unitRows } from "@/similarity/mod.ts";
import { writeWholeText } from "./_files.ts";
import { withNearestFile } from "./_nearest_file.ts";
import type { AgainstFindings, DistanceFindings, LeakageFindings } from "./findings.ts";
import type { DoctorSettings, MeasuredSet } from "./measured_set.ts";

/** A reference that is a file of centres. */
export interface CentreReference {
  /** Name. */
  readonly name: string;
  /** Tells the file from others, such as its hash. */
  readonly input: string;
  /** Centres [M, D]. */
  readonly centres: UnitRows;
}

/** Options of {@linkcode examineAgainst}. */
export interface AgainstOptions extends DoctorSettings {
  /** Also compare images with images, N M D products. @default {false} */
  readonly images?: boolean;
  /** Identities of one name are one person: also find the recall person by person. @default {false} */
  readonly paired?: boolean;
  /**
   * Folder that the nearest reference of every row is written to, as .npy files that the findings name; not written when left
   * out.
   */
  readonly nearest?: string | undefined;
  /** Images drawn of each set for precision, recall and the kernel distance. @default {2000} */
  readonly drawn?: number;
}

/** Options of {@linkcode measureDistances}. */
export interface DistanceOptions extends AgainstOptions {
  /** Where to keep the moments of both sets, so that an interrupted pass goes on. */
  readonly states?: { readonly real: PassState; readonly made: PassState } | undefined;
}

/** Rows of one side of a comparison. */
interface Side {
  readonly rows: UnitRows;
  readonly nameOf: (row: number) => string;
  /** Number that a row is written by: of an identity, or of an item of the data set. */
  readonly numberOf: (row: number) => number;
}

/** Names of the files of nearest references. */
const NEAREST_FILES = {
  centres: "nearest-identities.npy",
  images: "nearest-images.npy",
  "all images": "nearest-all-images.npy",
} as const;
/** Names of the identities of both sides by number, JSON. */
const NEAREST_NAMES = "nearest-names.json";

/** Cosines at which leakage is counted besides the threshold of the examination. */
const THRESHOLDS = [0.3, 0.4, 0.5];
/** Neighbour of the manifolds. */
const K = 3;

/**
 * Examines a set against a reference.
 *
 * @param measured The set.
 * @param reference Another measured set, or a file of centres.
 * @param options What to compare.
 * @returns What was found.
 * @throws {TypeError} When the features are of different widths.
 *
 * @example A set against itself: everybody leaked
 * ```ts
 * import { arrayDataset } from "@/datasets/mod.ts";
 * import { examineAgainst, measureSet, writeImageFiles } from "@/doctor/mod.ts";
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
 *   const { imageToCentre, distances } = await examineAgainst(measured, measured, settings);
 *   assert.deepEqual([imageToCentre.share, distances!.precision], [1, 1]);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function examineAgainst(
  measured: MeasuredSet,
  reference: MeasuredSet | CentreReference,
  options: AgainstOptions,
): Promise<AgainstFindings> {
  const { set, centres, input, folder, dataset } = measured;
  const { threshold, listed = 100, workers = 0, images = false, paired = false, nearest, signal, onProgress } = options;
  const other = "set" in reference ? reference : undefined;
  const thresholds = [...new Set([...THRESHOLDS, threshold])].sort((a, b) => a - b);
  const own = unitRows(set.rows), find = identityFinder(set.starts);
  const ofImage = (row: number) => dataset.itemName(measured.item(row));
  const ofCentre = (c: number) => other === undefined ? `row ${c}` : other.set.nameOf(c);
  const leak = async (
    what: keyof typeof NEAREST_FILES,
    a: Side,
    b: Side,
  ): Promise<LeakageFindings> => {
    const state = { path: `${folder}/leakage-${what}.npz`, input: `${input} ${reference.input}`, replace: true };
    const pass = (onNearest?: LeakageOptions["onNearest"]) =>
      measureLeakage(a.rows, b.rows, {
        ...{ thresholds, listed, workers, signal, state },
        ...(onNearest === undefined ? {} : { onNearest }),
        onProgress: (done, total) => onProgress?.(`${what} against ${reference.name}`, done, total, "pairs"),
      });
    const file = NEAREST_FILES[what];
    const found = nearest === undefined ? await pass() : await withNearestFile({
      ...{ path: `${nearest}/${file}`, state, rows: a.rows.count },
      ...{ rowNumber: a.numberOf, referenceNumber: b.numberOf },
    }, pass);
    return {
      ...leakageFindings(found, threshold, ({ row, reference, cosine }) => ({
        ...{ row, name: a.nameOf(row), reference, referenceName: b.nameOf(reference), cosine },
      })),
      ...(nearest === undefined ? {} : { nearestFile: file }),
    };
  };
  const ofReference: Side = { rows: reference.centres, nameOf: ofCentre, numberOf: (row) => row };
  const centreToCentre = await leak(
    "centres",
    { rows: centres, nameOf: set.nameOf, numberOf: (row) => row },
    ofReference,
  );
  const named = (row: number) => `${ofImage(row)} (${set.nameOf(find(row))})`;
  const ofImages: Side = { rows: own, nameOf: named, numberOf: measured.item };
  const imageToCentre = await leak("images", ofImages, ofReference);
  if (nearest !== undefined) {
    const namesOf = (count: number, nameOf: (row: number) => string) =>
      Array.from({ length: count }, (_, c) => nameOf(c));
    const names = {
      identities: namesOf(centres.count, set.nameOf),
      references: other === undefined ? null : namesOf(reference.centres.count, ofCentre),
    };
    await writeWholeText(`${nearest}/${NEAREST_NAMES}`, `${JSON.stringify(names, null, 1)}\n`);
  }
  const result = {
    name: reference.name,
    images: other?.statistics.rows ?? null,
    identities: reference.centres.count,
    ...{ paired, centreToCentre, imageToCentre },
  };
  if (other === undefined) return result;
  const otherImages: Side = {
    rows: unitRows(other.set.rows),
    nameOf: (row) => other.dataset.itemName(other.item(row)),
    numberOf: other.item,
  };
  return {
    ...result,
    ...(images ? { imageToImage: await leak("all images", ofImages, otherImages) } : {}),
    distances: await measureDistances(other.set, set, {
      ...options,
      states: {
        real: { path: `${folder}/moments-reference.npz`, input: other.input, replace: true },
        made: { path: `${folder}/moments.npz`, input, replace: true },
      },
    }),
  };
}

/**
 * Distances between two sets as distributions of features.
 *
 * @param real The reference.
 * @param made The set that is judged.
 * @param options Images drawn, seed, pairing, states.
 * @returns Distances; null where there are too few images.
 * @throws {RangeError} When a feature is not finite, or a state belongs to another pass.
 *
 * @example A set and itself
 * ```ts
 * import { measureDistances } from "@/doctor/mod.ts";
 * import { arrayVectors } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = arrayVectors(Float32Array.of(1, 2, 4, 8, 16), 1, "five");
 * const set = { rows, starts: Int32Array.of(0, 5), nameOf: String };
 * assert.equal((await measureDistances(set, set, { threshold: 0.3 })).precision, 1);
 * ```
 */
export async function measureDistances(
  real: IdentityRows,
  made: IdentityRows,
  options: DistanceOptions,
): Promise<DistanceFindings> {
  const { drawn = 2000, seed = 0, paired = false, states, signal, onProgress } = options;
  const { width } = real.rows;
  const [a, b] = [sampleRows(real, drawn, seed), sampleRows(made, drawn, seed)];
  const counts = [b.length / width, a.length / width] as const, least = Math.min(...counts);
  const moments = (which: "real" | "made", { rows }: IdentityRows) =>
    measureMoments(rows, {
      ...{ state: states?.[which], signal },
      onProgress: (done, total) =>
        onProgress?.(which === "real" ? "moments of the reference" : "moments", done, total, "images"),
    });
  const kernel = least < 2 ? null : kernelDistance(a, b, width, { seed });
  const manifold = least <= K ? null : precisionRecall(a, b, width, K);
  const recalls = paired ? classRecall(real, made, { k: K, signal }) : undefined;
  return {
    drawn: [counts[0], counts[1]],
    frechet: least < 2 ? null : frechetDistance(await moments("real", real), await moments("made", made)),
    kernel: kernel === null ? null : { mean: kernel.mean, sd: kernel.sd },
    precision: manifold?.precision ?? null,
    recall: manifold?.recall ?? null,
    ...(recalls === undefined ? {} : {
      classRecall: {
        mean: Number.isNaN(recalls.mean) ? null : recalls.mean,
        identities: recalls.identities,
      },
    }),
  };
}

function leakageFindings(
  { rows, references, thresholds, rowsAbove, pairsAbove, nearest, closest }: Leakage,
  threshold: number,
  name: (row: LeakedRow) => LeakageFindings["closest"][number],
): LeakageFindings {
  const rowShares = rowsAbove.map((count) => count / rows);
  return {
    ...{ rows, references, thresholds, rowShares },
    pairShares: pairsAbove.map((count) => count / (rows * references)),
    share: rowShares[thresholds.indexOf(threshold)]!,
    nearest: nearest.report(),
    closest: closest.map(name),
  };
}
