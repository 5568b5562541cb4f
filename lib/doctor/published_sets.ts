/**
 * Published values of other data sets, to read one's own beside: data/published/dcface_metrics.json, from M. Kim and others,
 * DCFace (https://arxiv.org/abs/2304.07060).
 */
import metrics from "../../data/published/dcface_metrics.json" with { type: "json" };

/** Values of one data set. */
export interface PublishedSet {
  /** Name of the set, and what is particular to it. */
  readonly name: string;
  /** Share of unique identities. */
  readonly uniqueness: number;
  /** Consistency. */
  readonly consistency: number;
  /** Diversity: recall of real images, person by person. */
  readonly diversity: number;
  /** Mean accuracy of a recogniser trained on it, percent. */
  readonly accuracy: number;
  /** What is to be known about the row. */
  readonly note?: string;
  /** Where it was published. */
  readonly source: string;
}

/** A table of published values. */
export interface PublishedSets {
  /** Its heading. */
  readonly title: string;
  /** How the values were measured. */
  readonly note: string;
  /** The rows, in the order of accuracy. */
  readonly rows: readonly PublishedSet[];
}

const { title, note, rows, sources } = metrics;

/**
 * The values of SynFace, DigiFace and DCFace with all its variants.
 *
 * @example A coarse style grid keeps people apart, a fine one does not
 * ```ts
 * import { publishedSets } from "@/doctor/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const of = (name: string) => publishedSets.rows.find((row) => row.name === name)!.uniqueness;
 * assert.deepEqual([of("DCFace, 3 x 3"), of("DCFace, 7 x 7")], [0.956, 0.69]);
 * ```
 */
export const publishedSets: PublishedSets = {
  title,
  note,
  rows: rows.map((row) => {
    const { label, where, url } = sources[row.source as keyof typeof sources];
    return { ...row, source: `${label}, ${where}, ${url}` };
  }).sort((a, b) => a.accuracy - b.accuracy),
};
