/** Rows of images for the page: identities to look at, and images beside those that they should be, or should not be, like. */
import { readPixels } from "@/datasets/mod.ts";
import { contactSheet, encodeJpeg, type Pixels } from "@/images/mod.ts";
import { identityFinder } from "@/metrics/mod.ts";
import type { Findings } from "./measures.ts";
import type { MeasuredSet } from "./measured_set.ts";

/** A row of images. */
export interface Strip {
  /** What it shows, for the caption and for screen readers. */
  readonly title: string;
  /** JPEG file. */
  readonly jpeg: Uint8Array;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

/** Rows of images by section. */
export type StripSections = Readonly<Record<StripSection, readonly Strip[]>>;

/** Sections with rows of images. */
export type StripSection =
  | "drawn"
  | "best"
  | "worst"
  | "leastVaried"
  | "merged"
  | "mislabelled"
  | "outliers"
  | "duplicates"
  | "leaked";

/** Images of a row, height and width of each, rows of a section. */
const EACH = 8, SIZE = 112, ROWS = 6;

/** An image of a row. */
interface Shot {
  readonly from: MeasuredSet;
  readonly row: number;
  readonly label: string;
}

/**
 * Makes the rows of images of a report; images that have become unreadable since are left blank.
 *
 * @param measured The set.
 * @param findings What was found.
 * @param reference The reference, where it has images.
 * @returns Rows by section.
 *
 * @example Both identities, two images in a row
 * ```ts
 * import { arrayDataset } from "@/datasets/mod.ts";
 * import { examineSet, makeStrips, measureSet, writeImageFiles } from "@/doctor/mod.ts";
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
 *   const set = await examineSet(measured, settings);
 *   const { drawn } = await makeStrips(measured, { set });
 *   assert.deepEqual(drawn.map(({ width }) => width), [230, 230]); // two of 112 pixels and the gaps
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function makeStrips(
  measured: MeasuredSet,
  { set: found, against }: Findings,
  reference?: MeasuredSet,
): Promise<StripSections> {
  const all = (identities: readonly number[]) =>
    together(identities, (c) => strip(describe(measured, c), imagesOf(measured, c, EACH)));
  const mislabelled = found.mislabelled.listed.slice(0, ROWS);
  const outliers = found.outliers.listed.slice(0, ROWS);
  const find = identityFinder(measured.set.starts);
  return {
    drawn: await all(found.shown.drawn),
    best: await all(found.shown.best),
    worst: await all(found.shown.worst),
    leastVaried: await all(found.shown.leastVaried),
    merged: await together(
      found.merged.listed.slice(0, ROWS),
      ({ identity, other, name, otherName, across }) =>
        strip(`identities ${name} and ${otherName}, mean cosine from image to image ${across.toFixed(2)}`, [
          ...imagesOf(measured, identity, EACH / 2, name),
          ...imagesOf(measured, other, EACH / 2, otherName),
        ]),
    ),
    mislabelled: await together(
      mislabelled,
      ({ row, image, identity, other, otherName, own, cosine }) =>
        strip(
          `${image}, filed under ${identity} (cosine ${own?.toFixed(2) ?? "none"}), like ${otherName} (${
            cosine.toFixed(2)
          })`,
          [
            { from: measured, row, label: "this image" },
            ...imagesOf(measured, find(row), 4, "its identity").filter((shot) => shot.row !== row).slice(0, 3),
            ...imagesOf(measured, other, 4, "it looks like"),
          ],
        ),
    ),
    outliers: await together(
      outliers,
      ({ row, image, identity, cosine }) =>
        strip(`${image} of identity ${identity}, cosine to the others ${cosine.toFixed(2)}`, [
          { from: measured, row, label: "this image" },
          ...imagesOf(measured, find(row), EACH, "its identity").filter((shot) => shot.row !== row).slice(0, EACH - 1),
        ]),
    ),
    duplicates: await together(
      found.duplicates.listed.slice(0, ROWS),
      ({ row, other, image, otherImage, cosine }) =>
        strip(`${image} and ${otherImage}, cosine ${cosine.toFixed(4)}`, [
          { from: measured, row, label: "" },
          { from: measured, row: other, label: "" },
        ]),
    ),
    leaked: await together(
      against?.imageToCentre.closest.slice(0, ROWS) ?? [],
      (leak) =>
        strip(`${leak.name}, like ${leak.referenceName} of ${against!.name}, cosine ${leak.cosine.toFixed(2)}`, [
          { from: measured, row: leak.row, label: "this image" },
          ...(reference === undefined ? [] : imagesOf(reference, leak.reference, EACH - 1, "reference")),
        ]),
    ),
  };
}

/** An identity in a line: its name and how its images are. */
function describe({ set, statistics: { images, ownMean, pairMean } }: MeasuredSet, c: number): string {
  const pairs = images[c]! > 1 ? `, of two images ${pairMean[c]!.toFixed(2)}` : "";
  return `identity ${set.nameOf(c)}: ${images[c]} images, mean cosine to the centre ${ownMean[c]!.toFixed(2)}${pairs}`;
}

/** Several images of an identity, spread over all it has. */
function imagesOf(from: MeasuredSet, identity: number, most: number, label = ""): Shot[] {
  const first = from.set.starts[identity]!, n = from.set.starts[identity + 1]! - first;
  const count = Math.min(n, most);
  return Array.from({ length: count }, (_, k) => ({ from, row: first + Math.floor(k * n / count), label }));
}

async function strip(title: string, shots: readonly Shot[]): Promise<Strip> {
  const images = await Promise.all(shots.map(({ from, row }) => look(from, row)));
  const labels = shots.map(({ label }) => label);
  const labelled = labels.some((label) => label !== "");
  const sheet = contactSheet(images, { columns: images.length, gap: 2, ...(labelled ? { labels } : {}) });
  return { title, jpeg: await encodeJpeg(sheet, { quality: 82 }), width: sheet.width, height: sheet.height };
}

async function look({ dataset, item }: MeasuredSet, row: number): Promise<Pixels> {
  try {
    return await readPixels(dataset, item(row), SIZE);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof Deno.errors.NotFound)) throw error;
    return { width: SIZE, height: SIZE, data: new Uint8Array(3 * SIZE * SIZE).fill(230) };
  }
}

/** One after another: a row is in memory at a time. */
async function together<T>(items: readonly T[], make: (item: T) => Promise<Strip>): Promise<Strip[]> {
  const out: Strip[] = [];
  for (const item of items) out.push(await make(item));
  return out;
}
