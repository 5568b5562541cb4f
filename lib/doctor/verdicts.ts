/**
 * Verdicts in plain words: what a number means for training a recogniser, how good it is, and what to do about it.
 *
 * Limits are rules of thumb. Those of uniqueness and consistency come from the values that DCFace publishes beside the
 * accuracy of training (https://arxiv.org/abs/2304.07060): it trained best at .92 and .90; sets with uniqueness below .2
 * (SynFace, DigiFace), and sets with consistency near 1 and little diversity, trained worse. The others say where a defect of the labels begins to cost accuracy that training cannot win back.
 */
import { type Findings, type Measure, MEASURES, measureText } from "./measures.ts";

/** How good a number is. */
export type Grade = "good" | "fair" | "poor" | "unknown";

/** One verdict. */
export interface Verdict {
  /** Name of the measure that it is about. */
  readonly measure: string;
  /** The question it answers. */
  readonly question: string;
  /** How good it is. */
  readonly grade: Grade;
  /** The value, as text. */
  readonly value: string;
  /** Limits of "good" and "fair", as text. */
  readonly limits: string;
  /** What was found, in a sentence. */
  readonly finding: string;
  /** What is wrong, in a few words, should it be. */
  readonly problem: string;
  /** What to do; empty when nothing is. */
  readonly advice: string;
}

/** How a measure is judged. */
interface Rule {
  readonly measure: string;
  readonly question: string;
  /** Good and fair up to, or from, these. */
  readonly good: number;
  readonly fair: number;
  readonly more: "better" | "worse";
  readonly finding: (value: string, findings: Findings) => string;
  /** Why the number says nothing about this set, if it does not. */
  readonly idle?: (findings: Findings) => string | undefined;
  /** What is found when the value is 0, where that reads better than a number. */
  readonly none?: string;
  /** What is wrong, in a few words, when it is. */
  readonly problem: string;
  readonly advice: string;
}

/** One identity is unlike all others whatever it is. */
const alone = ({ set }: Findings) => set.identities < 2 ? "there is a single identity" : undefined;
/** One image is its own centre. */
const onlySingles = ({ set }: Findings) => set.singles === 1 ? "every identity has a single image" : undefined;

const RULES: readonly Rule[] = [
  {
    measure: "unreadable",
    question: "Can all images be read?",
    ...{ good: 0, fair: 0.001, more: "worse" },
    finding: (value) => `${value} of the images cannot be read or give no feature.`,
    none: "All images can be read.",
    problem: "unreadable images",
    advice: "Make or fetch the listed images again; deno task convert:dataset leaves unreadable ones out.",
  },
  {
    measure: "identities",
    question: "Are there people to tell apart?",
    ...{ good: 2, fair: 2, more: "better" },
    finding: (value) => `The number of identities is ${value}.`,
    problem: "a single identity",
    advice: "Put identities together: a recogniser learns by telling people apart.",
  },
  {
    measure: "uniqueness",
    question: "Are the identities different people?",
    ...{ good: 0.92, fair: 0.8, more: "better" },
    finding: (value, { set }) => `${value} of the identities are unlike every earlier one at cosine ${set.threshold}.`,
    idle: alone,
    problem: "identities too much alike",
    advice:
      "Sample identities farther apart (deno task sample gaussian --max-cosine), or drop one of each two whose centres " +
      "are listed as near.",
  },
  {
    measure: "merged",
    question: "Is nobody there under two labels?",
    ...{ good: 0.001, fair: 0.02, more: "worse" },
    finding: (value) => `${value} of the identities look, image by image, like another one.`,
    none: "No two identities look, image by image, like one.",
    idle: alone,
    problem: "people under two labels",
    advice: "Give the images of each listed group one label, or drop all but one of its identities.",
  },
  {
    measure: "consistency",
    question: "Do the images of an identity show one person?",
    ...{ good: 0.9, fair: 0.75, more: "better" },
    finding: (value, { set }) => `${value} of an identity's images lie above cosine ${set.threshold} to its centre.`,
    idle: onlySingles,
    problem: "identities that are not one person",
    advice:
      "Vary identities less (deno task generate --cosine, smaller --sigma), or drop the images listed as outliers.",
  },
  {
    measure: "mislabelled",
    question: "Are images filed under the right identity?",
    ...{ good: 0.001, fair: 0.01, more: "worse" },
    finding: (value) => `${value} of the images are nearer to another identity than to their own.`,
    none: "No image is nearer to another identity than to its own.",
    idle: alone,
    problem: "images under the wrong label",
    advice: "Look at the listed images: move or remove them. Where most belong to a few identities, those are merged.",
  },
  {
    measure: "eer",
    question: "Can two images be told to be of one person?",
    ...{ good: 0.03, fair: 0.1, more: "worse" },
    finding: (value) => `At the best threshold ${value} of pairs are decided wrongly on either side.`,
    problem: "pairs that cannot be told apart",
    advice: "Raise consistency or uniqueness, whichever is lower; a training cannot learn what pairs do not show.",
  },
  {
    measure: "variation",
    question: "Do the images of an identity differ to the eye?",
    ...{ good: 15, fair: 8, more: "better" },
    finding: (value) => `Two images of an identity differ by ${value} grey levels (8 x 8 tiles, median of identities).`,
    problem: "too little variation",
    advice: "Add variation: larger --sigma, poses (deno task generate:pose), or stronger augmentation when training.",
  },
  {
    measure: "duplicates",
    question: "Is every image new?",
    ...{ good: 0.01, fair: 0.1, more: "worse" },
    finding: (value, { set }) =>
      `${value} of the images have a near duplicate in their identity; ` +
      `${measureText(set.repeated.share, "share")} are there twice, pixel by pixel.`,
    problem: "near duplicates",
    advice: "Drop one of each listed pair, or raise the variation; near duplicates add time but no information.",
  },
  {
    measure: "singles",
    question: "Has every identity several images?",
    ...{ good: 0, fair: 0.05, more: "worse" },
    finding: (value) => `${value} of the identities have a single image.`,
    none: "Every identity has several images.",
    problem: "identities with a single image",
    advice: "Give them more images or leave them out: a single image has no genuine pair.",
  },
  {
    measure: "yaw-spread",
    question: "Are faces turned, too?",
    ...{ good: 15, fair: 8, more: "better" },
    finding: (value) => `Yaw has a standard deviation of ${value}.`,
    problem: "too few turned faces",
    advice: "Add turned faces: deno task generate:pose.",
  },
  {
    measure: "drift",
    question: "Does a turned face stay the same person?",
    ...{ good: 0.1, fair: 0.2, more: "worse" },
    finding: (value, { set }) =>
      (set.pose?.driftSlope ?? 0) > 0
        ? `Turned faces (30° and more) lie ${value} lower in cosine to their identity than frontal ones.`
        : "Turned faces (30° and more) lie as close to their identity as frontal ones.",
    problem: "turned faces that become somebody else",
    advice:
      "Turn faces less far, or accept only images that keep their identity (deno task generate:pose checks each).",
  },
  {
    measure: "leakage",
    question: "Is nobody of the reference in the set?",
    ...{ good: 0.001, fair: 0.01, more: "worse" },
    finding: (value, { set, against }) =>
      `${value} of the images look like an identity of ${against?.name} (cosine above ${set.threshold}).` +
      (against?.paired ? " The sets were said to show the same people, so this is expected and not judged." : ""),
    problem: "images of people of the reference",
    advice: "Drop the listed images and identities, and sample new ones away from the reference " +
      "(deno task sample --against).",
  },
  {
    measure: "leakage-identities",
    question: "Is no identity one of the reference?",
    ...{ good: 0, fair: 0.001, more: "worse" },
    finding: (value, { against }) => `${value} of the identities have their centre near one of ${against?.name}.`,
    none: "No identity has its centre near one of the reference.",
    problem: "identities of the reference",
    advice: "Drop the listed identities.",
  },
];

/**
 * Judges what was found.
 *
 * @param findings What was found.
 * @returns A verdict on each question that can be answered, and on those that a reader expects but that could not be.
 *
 * @example No reference, no verdict on leakage
 * ```ts
 * import { type Findings, judge } from "@/doctor/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const nothing: unknown = new Proxy(() => undefined, { get: () => nothing });
 * const set: unknown = new Proxy({}, { get: (_, key) => key === "singles" ? 0 : nothing });
 * const verdicts = judge({ set } as Findings);
 * assert.equal(verdicts.find(({ measure }) => measure === "singles")!.grade, "good");
 * assert.equal(verdicts.some(({ measure }) => measure === "leakage"), false);
 * ```
 */
export function judge(findings: Findings): Verdict[] {
  return RULES.flatMap((rule): Verdict[] => {
    const measure = MEASURES.find(({ name }) => name === rule.measure)!;
    const value = measure.of(findings), text = (number: number) => measureText(number, measure.unit);
    const fromReference = measure.needs === "against";
    if (fromReference && findings.against === undefined) return [];
    const { question, good, fair, more, problem } = rule;
    const word = more === "better" ? "at least" : "at most";
    const about = {
      measure: rule.measure,
      question,
      problem,
      limits: `good: ${word} ${text(good)}, fair: ${word} ${text(fair)}`,
    };
    if (value === null || value === undefined || !Number.isFinite(value)) {
      return [{ ...about, grade: "unknown", value: "–", finding: `Not measured${why(measure)}.`, advice: "" }];
    }
    const idle = rule.idle?.(findings);
    if (idle !== undefined) {
      return [{ ...about, grade: "unknown", value: text(value), finding: `Not judged: ${idle}.`, advice: "" }];
    }
    const within = (limit: number) => more === "better" ? value >= limit : value <= limit;
    const expected = fromReference && findings.against!.paired;
    const grade: Grade = expected ? "unknown" : within(good) ? "good" : within(fair) ? "fair" : "poor";
    const advice = grade === "good" || expected ? "" : rule.advice;
    const finding = value === 0 && rule.none !== undefined ? rule.none : rule.finding(text(value), findings);
    return [{ ...about, grade, value: text(value), finding, advice }];
  });
}

function why({ needs }: Measure): string {
  if (needs === "pose" || needs === "quality") return `: there is no ${needs} estimator, see Left out`;
  return "";
}

/**
 * The one-line summary of all verdicts.
 *
 * @param verdicts The verdicts.
 * @returns The worst grade, and a sentence.
 *
 * @example All is well
 * ```ts
 * import { overall } from "@/doctor/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(overall([]).grade, "unknown");
 * ```
 */
export function overall(verdicts: readonly Verdict[]): { readonly grade: Grade; readonly sentence: string } {
  const count = (grade: Grade) => verdicts.filter((verdict) => verdict.grade === grade).length;
  const [poor, fair, good] = [count("poor"), count("fair"), count("good")];
  if (poor + fair + good === 0) return { grade: "unknown", sentence: "Nothing could be judged." };
  const of = `of ${poor + fair + good} checks`;
  if (poor > 0) {
    const worst = verdicts.filter(({ grade }) => grade === "poor").map(({ problem }) => problem);
    return { grade: "poor", sentence: `Not fit as it is: ${worst.join(", ")} (${poor} ${of}).` };
  }
  if (fair > 0) return { grade: "fair", sentence: `Usable: ${good} ${of} are good, ${fair} could be better.` };
  return { grade: "good", sentence: `All ${good} checks are good.` };
}
