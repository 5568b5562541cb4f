/**
 * Templates of IJB: one feature for all images of a person in a set of photographs and videos.
 *
 * Follows `image2template_feature` of eval_ijb.py
 * (https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test/blob/main/eval_ijb.py), which is that of
 * https://github.com/deepinsight/insightface/blob/master/recognition/arcface_torch/eval_ijbc.py : features keep their norm (N1) and are multiplied by
 * the detector's score (D1), images of one medium are averaged, the media of a template are added in the order of their
 * numbers, and the sum is normalised. The reference's arrays are float32 until the sum, so each step is rounded to float32
 * here too, and its scores agree in all digits. Deviation: rows of NaN, images that could not be read, are left out and told.
 */
import { missingRows } from "./_missing_rows.ts";
import { wholeRows } from "./cosine.ts";

/** Images and what they belong to. */
export interface TemplateInput {
  /** Features [N, D], that of the mirror image added, natural norm; a row of NaN where there is none. */
  readonly features: Float32Array;
  /** D. */
  readonly width: number;
  /** Template of each image [N]. */
  readonly templates: ArrayLike<number>;
  /** Medium of each image [N]. */
  readonly medias: ArrayLike<number>;
  /** Weight of each image [N]; all 1 when left out. */
  readonly scores?: ArrayLike<number> | undefined;
  /** Keep the norm of features as a weight; else they become unit rows first. @default {true} */
  readonly keepNorm?: boolean;
}

/** Pooled templates. */
export interface PooledTemplates {
  /** Number of each of T templates, rising. */
  readonly ids: Int32Array;
  /** Unit features [T, D]; NaN where no image of a template has one. */
  readonly features: Float64Array;
  /** D. */
  readonly width: number;
  /** Images without a feature, rising. */
  readonly leftOut: readonly number[];
  /** Templates without a feature. */
  readonly empty: readonly number[];
}

/**
 * Pools images to templates.
 *
 * @param input Features of images, and what they belong to.
 * @returns The templates.
 * @throws {TypeError} When features, templates, media and scores do not match in number.
 * @throws {RangeError} When a feature is neither finite nor NaN as a whole, or no image has one.
 *
 * @example Two frames of a video and a photograph
 * ```ts
 * import { poolTemplates } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { ids, features } = poolTemplates({
 *   features: Float32Array.of(2, 0, 4, 0, 0, 4),
 *   width: 2,
 *   templates: [5, 5, 5],
 *   medias: [1, 1, 2],
 * });
 * assert.deepEqual([...ids], [5]);
 * assert.deepEqual([...features], [0.6, 0.8]); // (mean of 2 and 4, 4) / 5
 * ```
 */
export function poolTemplates(input: TemplateInput): PooledTemplates {
  const { features, width, templates, medias, scores, keepNorm = true } = input;
  const rows = wholeRows(features, width, "pool templates");
  if (templates.length !== rows || medias.length !== rows || (scores ?? templates).length !== rows) {
    throw new TypeError(
      `Cannot pool templates: ${rows} features, ${templates.length} templates, ${medias.length} media and ` +
        `${scores?.length ?? "no"} scores, expected one of each an image`,
    );
  }
  const leftOut = missingRows(features, width, rows, "pool templates");
  const order = Uint32Array.from({ length: rows }, (_, i) => i)
    .sort((a, b) => templates[a]! - templates[b]! || medias[a]! - medias[b]! || a - b);
  const ids: number[] = [];
  for (const i of order) if (ids.at(-1) !== templates[i]) ids.push(templates[i]!);
  const out = new Float64Array(ids.length * width).fill(NaN);
  const medium = new Float32Array(width), sum = new Float32Array(width);
  const missing = new Set(leftOut), empty: number[] = [];
  for (let at = 0, t = 0; at < rows; t++) {
    const id = templates[order[at]!];
    let media = 0;
    while (at < rows && templates[order[at]!] === id) {
      const group = medias[order[at]!];
      let images = 0;
      for (; at < rows && templates[order[at]!] === id && medias[order[at]!] === group; at++) {
        const i = order[at]!;
        if (missing.has(i)) continue;
        addRow(medium, features, i, weightOf(features, i, width, keepNorm), scores?.[i], images++ === 0);
      }
      if (images === 0) continue;
      if (images > 1) { for (let c = 0; c < width; c++) medium[c] = medium[c]! / images; }
      if (media++ === 0) sum.set(medium);
      else for (let c = 0; c < width; c++) sum[c] = sum[c]! + medium[c]!;
    }
    if (media === 0) empty.push(id!);
    else writeUnit(out, t * width, sum);
  }
  return { ids: Int32Array.from(ids), features: out, width, leftOut, empty };
}

/** Norm that a feature is divided by. */
function weightOf(features: Float32Array, i: number, width: number, keepNorm: boolean): number {
  if (keepNorm) return 1;
  let square = 0;
  for (let c = i * width; c < (i + 1) * width; c++) square += features[c]! * features[c]!;
  return Math.fround(Math.sqrt(square));
}

/** Adds a feature to a row of float32, or puts it there. */
function addRow(
  into: Float32Array,
  features: Float32Array,
  i: number,
  norm: number,
  score: number | undefined,
  first: boolean,
): void {
  const width = into.length, weight = score === undefined ? 1 : Math.fround(score);
  for (let c = 0; c < width; c++) {
    const value = Math.fround(Math.fround(features[i * width + c]! / norm) * weight);
    into[c] = first ? value : into[c]! + value;
  }
}

/** A row divided by its norm; a row of zeros stays one, as with scikit-learn's normalize. */
function writeUnit(out: Float64Array, at: number, row: Float32Array): void {
  let square = 0;
  for (const value of row) square += value * value;
  const norm = square === 0 ? 1 : Math.sqrt(square);
  for (let c = 0; c < row.length; c++) out[at + c] = row[c]! / norm;
}

/**
 * Compares templates: the cosine of both.
 *
 * @param templates From {@link poolTemplates}.
 * @param first Number of the first template of each of P pairs.
 * @param second Number of the second.
 * @returns P cosines; NaN where a template has no feature.
 * @throws {RangeError} When a template is not there, or the two sides differ in length.
 *
 * @example A template with itself
 * ```ts
 * import { poolTemplates, templateScores } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const templates = poolTemplates({ features: Float32Array.of(2), width: 1, templates: [5], medias: [1] });
 * assert.deepEqual([...templateScores(templates, [5], [5])], [1]);
 * ```
 */
export function templateScores(
  { ids, features, width }: PooledTemplates,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): Float64Array {
  if (first.length !== second.length) {
    throw new RangeError(`Cannot compare templates: ${first.length} first and ${second.length} second ones`);
  }
  const rowOf = new Map(Array.from(ids, (id, t) => [id, t]));
  const row = (id: number) => {
    const found = rowOf.get(id);
    if (found === undefined) throw new RangeError(`Cannot compare templates: no image belongs to template ${id}`);
    return found;
  };
  return Float64Array.from({ length: first.length }, (_, p) => {
    const a = row(first[p]!) * width, b = row(second[p]!) * width;
    let sum = 0;
    for (let c = 0; c < width; c++) sum += features[a + c]! * features[b + c]!;
    return sum;
  });
}
