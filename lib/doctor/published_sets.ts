/**
 * Published values of other data sets, to read one's own beside: M. Kim and others, DCFace (https://arxiv.org/abs/2304.07060), 500
 * identities of 20 images each, by an IR-101 AdaFace recogniser trained on WebFace4M at cosine 0.3, style features by
 * Inception; accuracy is the mean over LFW, CFP-FP, CPLFW, AgeDB-30 and CALFW of a recogniser trained on the set.
 */

/** Values of one data set. */
export interface PublishedSet {
  /** Name of the set. */
  readonly name: string;
  /** Share of unique identities. */
  readonly uniqueness: number;
  /** Consistency. */
  readonly consistency: number;
  /** Diversity: recall of real images, person by person. */
  readonly diversity: number;
  /** Mean accuracy of a recogniser trained on it, percent. */
  readonly accuracy: number;
}

/** The values, in the order of accuracy. */
export const PUBLISHED_SETS: readonly PublishedSet[] = [
  { name: "SynFace", uniqueness: 0.08, consistency: 0.9966, diversity: 0.131, accuracy: 74.75 },
  { name: "DCFace, 1 x 1 style grid", uniqueness: 0.978, consistency: 0.9987, diversity: 0.4418, accuracy: 79.28 },
  { name: "DigiFace", uniqueness: 0.178, consistency: 0.9973, diversity: 0.297, accuracy: 83.45 },
  { name: "DCFace, 3 x 3", uniqueness: 0.956, consistency: 0.9809, diversity: 0.703, accuracy: 85.79 },
  { name: "DCFace, 5 x 5", uniqueness: 0.924, consistency: 0.9035, diversity: 0.7734, accuracy: 89.04 },
];
