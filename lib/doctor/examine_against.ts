/** A data set beside a reference: whether people of the one are in the other, and how far both are apart. */
import {
  classRecall,
  FeatureMoments,
  frechetDistance,
  identityFinder,
  type IdentityRows,
  kernelDistance,
  type Leakage,
  type LeakedRow,
  measureLeakage,
  precisionRecall,
  rowParts,
  sampleRows,
} from "@/metrics/mod.ts";
import { type UnitRows, unitRows } from "@/similarity/mod.ts";
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
  /** Images drawn of each set for precision, recall and the kernel distance. @default {2000} */
  readonly drawn?: number;
}

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
  const { threshold, listed = 100, workers = 0, images = false, paired = false, signal, onProgress } = options;
  const other = "set" in reference ? reference : undefined;
  const thresholds = [...new Set([...THRESHOLDS, threshold])].sort((a, b) => a - b);
  const own = unitRows(set.rows), find = identityFinder(set.starts);
  const ofImage = (row: number) => dataset.itemName(measured.item(row));
  const ofCentre = (c: number) => other === undefined ? `row ${c}` : other.set.nameOf(c);
  const leak = async (
    what: string,
    a: UnitRows,
    b: UnitRows,
    nameOf: (row: number) => string,
    otherName: (row: number) => string,
  ): Promise<LeakageFindings> => {
    const found = await measureLeakage(a, b, {
      ...{ thresholds, listed, workers, signal },
      state: { path: `${folder}/leakage-${what}.npz`, input: `${input} ${reference.input}`, replace: true },
      onProgress: (done, total) => onProgress?.(`${what} against ${reference.name}`, done, total, "pairs"),
    });
    return leakageFindings(found, threshold, ({ row, reference, cosine }) => ({
      ...{ row, name: nameOf(row), reference, referenceName: otherName(reference), cosine },
    }));
  };
  const centreToCentre = await leak("centres", centres, reference.centres, set.nameOf, ofCentre);
  const named = (row: number) => `${ofImage(row)} (${set.nameOf(find(row))})`;
  const imageToCentre = await leak("images", own, reference.centres, named, ofCentre);
  const result = {
    name: reference.name,
    images: other?.statistics.rows ?? null,
    identities: reference.centres.count,
    ...{ paired, centreToCentre, imageToCentre },
  };
  if (other === undefined) return result;
  const otherImage = (row: number) => other.dataset.itemName(other.item(row));
  return {
    ...result,
    ...(images ? { imageToImage: await leak("all images", own, unitRows(other.set.rows), named, otherImage) } : {}),
    distances: measureDistances(other.set, set, options),
  };
}

/**
 * Distances between two sets as distributions of features.
 *
 * @param real The reference.
 * @param made The set that is judged.
 * @param options Images drawn, seed, pairing.
 * @returns Distances; null where there are too few images.
 *
 * @example A set and itself
 * ```ts
 * import { measureDistances } from "@/doctor/mod.ts";
 * import { arrayVectors } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = arrayVectors(Float32Array.of(1, 2, 4, 8, 16), 1, "five");
 * const set = { rows, starts: Int32Array.of(0, 5), nameOf: String };
 * assert.equal(measureDistances(set, set, { threshold: 0.3 }).precision, 1);
 * ```
 */
export function measureDistances(real: IdentityRows, made: IdentityRows, options: AgainstOptions): DistanceFindings {
  const { drawn = 2000, seed = 0, paired = false, signal, onProgress } = options;
  const { width } = real.rows;
  const [a, b] = [sampleRows(real, drawn, seed), sampleRows(made, drawn, seed)];
  const counts = [b.length / width, a.length / width] as const, least = Math.min(...counts);
  const moments = (set: IdentityRows) => {
    const found = new FeatureMoments(width);
    for (const { first, rows } of rowParts(set.rows)) {
      signal?.throwIfAborted();
      found.add(rows);
      onProgress?.("moments", first + rows.length / width, set.rows.count, "images");
    }
    return found;
  };
  const kernel = least < 2 ? null : kernelDistance(a, b, width, { seed });
  const manifold = least <= K ? null : precisionRecall(a, b, width, K);
  const recalls = paired ? classRecall(real, made, { k: K, signal }) : undefined;
  return {
    drawn: [counts[0], counts[1]],
    frechet: least < 2 ? null : frechetDistance(moments(real), moments(made)),
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
