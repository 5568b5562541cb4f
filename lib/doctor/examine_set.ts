/** All measures of one data set. */
import { areaUnderRoc, dPrime, equalErrorRate, rocCurve, tarAtFar } from "@/evaluation/mod.ts";
import {
  type Appearance,
  consistency,
  COSINE_BINS,
  type Distribution,
  distributionOf,
  diversity,
  type DuplicatePair,
  measureAppearance,
  mergedIdentities,
  mislabelledImages,
  PROFILE_COLUMNS,
  repeatedImages,
  sampleScores,
  Tally,
  uniqueness,
} from "@/metrics/mod.ts";
import { measureSeparability, separabilityReport } from "@/separability/mod.ts";
import { examinePoses } from "./_examine_poses.ts";
import { hashRows, profileColumn, thumbnailRows } from "./_profile_columns.ts";
import { mapPoints, shownIdentities } from "./_shown.ts";
import type { DuplicateFinding, ImageName, ScoreFindings, SetFindings } from "./findings.ts";
import type { DoctorSettings, MeasuredSet } from "./measured_set.ts";

/** False match rates that the true match rate is read at. */
const FARS = [1e-2, 1e-3, 1e-4];
/** Thresholds of the separability curve besides that of the examination. */
const CURVES = [0.3, 0.4];

/**
 * Examines one data set.
 *
 * @param measured The set, from `measureSet`.
 * @param settings The settings that it was measured with.
 * @param missing Judges that were not there, by section, and why; such sections are left out.
 * @returns What was found.
 * @throws {RangeError} When a setting is out of range.
 *
 * @example Two identities that are nobody else
 * ```ts
 * import { arrayDataset } from "@/datasets/mod.ts";
 * import { examineSet, measureSet, writeImageFiles } from "@/doctor/mod.ts";
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
 *   const { identities, uniqueness, consistency, leftOut } = await examineSet(measured, settings);
 *   assert.deepEqual([identities, uniqueness.separated, consistency, leftOut], [2, 1, 1, []]);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function examineSet(
  measured: MeasuredSet,
  settings: DoctorSettings,
  missing: SetFindings["leftOut"] = [],
): Promise<SetFindings> {
  const { name, set, statistics, centres, dataset, folder, input } = measured;
  const { threshold, listed = 100, seed = 0, workers = 0, signal, onProgress } = settings;
  const identities = statistics.identities, images = statistics.rows;
  const told = (step: string, unit: string) => (done: number, total: number) =>
    onProgress?.(`${step} of ${name}`, done, total, unit);

  const state = (pass: string) => ({ path: `${folder}/${pass}.npz`, input, replace: true });

  const counted = identities < 2 ? undefined : await measureSeparability(centres, {
    thresholds: [...new Set([...CURVES, threshold])],
    ...{ workers, signal, onProgress: told("separability", "pairs") },
    state: state("separability"),
  });
  const merged = await mergedIdentities(centres, {
    ...{ threshold, listed, workers, signal, onProgress: told("merged identities", "pairs") },
    state: state("merged"),
  });
  const mislabelled = identities < 2
    ? { count: 0, worst: [], nearestOther: new Tally(COSINE_BINS) }
    : await mislabelledImages(set, centres, measured.others, {
      ...{ threshold, listed, workers, signal, onProgress: told("labels", "pairs") },
      state: state("mislabelled"),
    });
  const appearance = await measureAppearance(thumbnailRows(measured), {
    ...{ listed, seed, signal, onProgress: told("thumbnails", "images") },
    state: state("appearance"),
  });
  const repeated = repeatedImages(hashRows(measured), listed);
  const far = countOutliers(measured, threshold);

  const imageName = (row: number, identity: number): ImageName => ({
    ...{ row, image: dataset.itemName(measured.item(row)), identity: set.nameOf(identity) },
  });
  const duplicate = (pair: DuplicatePair): DuplicateFinding => ({
    ...imageName(pair.row, pair.identity),
    other: pair.other,
    otherImage: dataset.itemName(measured.item(pair.other)),
    cosine: pair.cosine,
  });
  const compared = statistics.compared.reduce((sum, n) => sum + n, 0);
  const duplicateRows = statistics.duplicateRows.reduce((sum, n) => sum + n, 0);
  const faults = listFaults(measured, listed);
  const pose = examinePoses(measured);
  const quality = column(measured, PROFILE_COLUMNS.quality);
  return {
    name,
    images,
    identities,
    unreadable: faults,
    emptyIdentities: set.empty.slice(0, listed).map((label) => dataset.className(label)),
    imagesEach: distributionOf(() => statistics.images),
    singles: statistics.images.filter((n) => n === 1).length / identities,
    threshold,
    uniqueness: counted === undefined ? { threshold, separated: 1, kept: 1 } : uniqueness(counted, threshold),
    separability: counted === undefined
      ? emptyReport(name, threshold)
      : separabilityReport(counted, { name, prefixStep: prefixStep(identities) }),
    consistency: consistency(statistics),
    diversity: diversity(statistics),
    own: statistics.own.report(),
    nearestOther: mislabelled.nearestOther.report(),
    norms: distributionOf(() => rowValues(images, measured.norm)),
    variation: appearance.variation.report(),
    duplicates: {
      ...{ count: duplicateRows, share: duplicateRows / compared },
      listed: statistics.duplicates.map(duplicate),
    },
    alike: alikeFindings(appearance, duplicate),
    repeated: {
      ...{ count: repeated.count, share: repeated.count / images },
      listed: repeated.groups.map((rows) => rows.map((row) => dataset.itemName(measured.item(row)))),
    },
    outliers: {
      ...{ count: far, share: far / images },
      listed: statistics.outliers.filter(({ cosine }) => cosine <= threshold).map(({ row, identity, cosine }) => ({
        ...imageName(row, identity),
        cosine,
      })),
    },
    mislabelled: {
      ...{ count: mislabelled.count, share: mislabelled.count / images },
      listed: mislabelled.worst.map(({ row, identity, own, other, cosine }) => ({
        ...imageName(row, identity),
        own: Number.isNaN(own) ? null : own,
        other,
        otherName: set.nameOf(other),
        cosine,
      })),
    },
    merged: {
      ...{ count: merged.identities, share: merged.identities / identities },
      listed: merged.closest.map((pair) => ({
        ...pair,
        name: set.nameOf(pair.identity),
        otherName: set.nameOf(pair.other),
      })),
      groups: merged.groups.map((group) => group.map(set.nameOf)),
    },
    ...scoreFindings(measured, seed),
    ...(pose === undefined ? {} : { pose }),
    ...(quality.count === 0 ? {} : { quality }),
    map: counted === undefined ? [] : mapPoints(measured, counted, seed),
    shown: shownIdentities(statistics, appearance, seed),
    leftOut: missing,
  };
}

/** Scores of drawn pairs, where there are pairs of both kinds. */
function scoreFindings({ set }: MeasuredSet, seed: number): { scores?: ScoreFindings } {
  const { genuine, impostor, identities, images } = sampleScores(set, { seed });
  if (genuine.length === 0 || impostor.length === 0) return {};
  const curve = rocCurve(genuine, impostor);
  const report = (values: Float64Array): Distribution => {
    const tally = new Tally(COSINE_BINS);
    values.forEach((value) => tally.add(value));
    return tally.report();
  };
  const apart = dPrime(genuine, impostor);
  return {
    scores: {
      ...{ identities, images, genuine: report(genuine), impostor: report(impostor) },
      equalErrorRate: equalErrorRate(curve),
      areaUnderRoc: areaUnderRoc(curve),
      dPrime: Number.isFinite(apart) ? apart : null,
      tar: FARS.map((far) => ({ far, tar: tarAtFar(curve, far).tar ?? null })),
    },
  };
}

function alikeFindings({ alike, compared, closest }: Appearance, name: (pair: DuplicatePair) => DuplicateFinding) {
  return { count: alike, share: alike / compared, listed: closest.map(name) };
}

/** Images whose cosine to the centre of the others of their identity is not above the threshold. */
function countOutliers({ statistics, others }: MeasuredSet, threshold: number): number {
  let count = 0;
  for (let row = 0; row < statistics.rows; row++) if (others(row) <= threshold) count++;
  return count;
}

/** Images that cannot be used: unreadable ones, and those whose feature is no vector. */
function listFaults({ set, faults, dataset }: MeasuredSet, listed: number): SetFindings["unreadable"] {
  const reasons = new Map(faults.map(({ row, reason }) => [row, reason]));
  return {
    count: set.unusable.length,
    share: set.unusable.length / dataset.length,
    listed: set.unusable.slice(0, listed).map((item) => ({
      image: dataset.itemName(item),
      reason: reasons.get(item) ?? "its feature is not finite, or zero",
    })),
  };
}

/** Distribution of a column of the profiles. */
function column(measured: MeasuredSet, index: number): Distribution {
  return distributionOf(() => profileColumn(measured, index));
}

function* rowValues(rows: number, value: (row: number) => number): Generator<number> {
  for (let row = 0; row < rows; row++) yield value(row);
}

/** About 50 prefixes. */
function prefixStep(identities: number): number {
  return Math.max(1, Math.ceil(identities / 50));
}

/** The report on a single identity, which is separated from nobody. */
function emptyReport(name: string, threshold: number): SetFindings["separability"] {
  const one = [[1]], kind = "separability" as const;
  const counts = { thresholds: [threshold], prefixes: [1], separated: one, greedy: one };
  return { kind, name, rows: 1, ...counts, nearest: { quantiles: {} } };
}
