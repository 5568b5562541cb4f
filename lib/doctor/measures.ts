/**
 * The numbers of a report by name: what conditions ask for, what tables show, what is compared between two sets.
 */
import type { AgainstFindings, SetFindings } from "./findings.ts";

/** All that a report is made of. */
export interface Findings {
  /** The data set. */
  readonly set: SetFindings;
  /** Against a reference, where one was given. */
  readonly against?: AgainstFindings | undefined;
  /** Another data set beside it, where one was given. */
  readonly compare?: SetFindings | undefined;
}

/** One number of a report. */
export interface Measure {
  /** Its name on the command line and in JSON. */
  readonly name: string;
  /** What it is, for tables. */
  readonly title: string;
  /** How it is written. */
  readonly unit: "number" | "whole" | "share" | "degrees" | "levels";
  /** What it needs besides the data set. */
  readonly needs?: "against" | "features of the reference" | "all images" | "paired" | "pose" | "quality";
  /** Its value; null or undefined when it could not be measured. */
  readonly of: (findings: Findings) => number | null | undefined;
}

/** Shorthand of the table. */
type Row = readonly [
  name: string,
  title: string,
  unit: Measure["unit"],
  of: (set: SetFindings) => number | null | undefined,
  needs?: Measure["needs"],
];

const OF_SET: readonly Row[] = [
  ["images", "images", "whole", (set) => set.images],
  ["identities", "identities", "whole", (set) => set.identities],
  ["images-each", "images of an identity, mean", "number", (set) => set.imagesEach.mean],
  ["singles", "identities with a single image", "share", (set) => set.singles],
  ["unreadable", "images that cannot be used", "share", (set) => set.unreadable.share],
  ["uniqueness", "unique identities (DCFace)", "share", (set) => set.uniqueness.separated],
  ["uniqueness-kept", "unique identities, greedy count", "share", (set) => set.uniqueness.kept],
  ["merged", "identities that look like another one", "share", (set) => set.merged.share],
  ["consistency", "consistency (DCFace)", "share", (set) => set.consistency],
  ["outliers", "images unlike their identity", "share", (set) => set.outliers.share],
  ["mislabelled", "images that look like another identity", "share", (set) => set.mislabelled.share],
  ["eer", "equal error rate", "share", (set) => set.scores?.equalErrorRate],
  ["auc", "area under the ROC curve", "number", (set) => set.scores?.areaUnderRoc],
  ["d-prime", "d'", "number", (set) => set.scores?.dPrime],
  ["tar-1e-3", "true matches at 1 in 1000 false ones", "share", (set) => tarAt(set, 1e-3)],
  ["diversity", "1 - cosine of two images of an identity, mean", "number", (set) => finite(set.diversity.distance)],
  ["vendi", "Vendi score of an identity's images, mean", "number", (set) => finite(set.diversity.vendi)],
  ["variation", "difference of two images of an identity, median", "levels", (set) => set.variation.quantiles["0.5"]],
  ["duplicates", "images with a near duplicate in their identity", "share", (set) => set.duplicates.share],
  ["alike", "images that look like another of their identity", "share", (set) => set.alike.share],
  ["repeated", "images that are there twice", "share", (set) => set.repeated.share],
  ["norm", "norm of features, median", "number", (set) => set.norms.quantiles["0.5"]],
  ["yaw-spread", "yaw, standard deviation", "degrees", (set) => set.pose?.yaw.sd, "pose"],
  ["yaw-within", "yaw, standard deviation within an identity", "degrees", (set) => set.pose?.yawWithin, "pose"],
  ["pitch-spread", "pitch, standard deviation", "degrees", (set) => set.pose?.pitch.sd, "pose"],
  ["drift", "cosine lost from frontal to 30 degrees and more", "number", (set) => set.pose?.driftSlope, "pose"],
  ["quality", "quality, median", "number", (set) => set.quality?.quantiles["0.5"], "quality"],
];

const OF_REFERENCE: readonly Measure[] = [
  {
    name: "leakage",
    title: "images like an identity of the reference",
    unit: "share",
    needs: "against",
    of: ({ against }) => against?.imageToCentre.share,
  },
  {
    name: "leakage-identities",
    title: "identities like one of the reference",
    unit: "share",
    needs: "against",
    of: ({ against }) => against?.centreToCentre.share,
  },
  {
    name: "leakage-images",
    title: "images like an image of the reference",
    unit: "share",
    needs: "all images",
    of: ({ against }) => against?.imageToImage?.share,
  },
  {
    name: "fid",
    title: "Fréchet distance of features",
    unit: "number",
    needs: "features of the reference",
    of: ({ against }) => against?.distances?.frechet,
  },
  {
    name: "kid",
    title: "kernel distance of features",
    unit: "number",
    needs: "features of the reference",
    of: ({ against }) => against?.distances?.kernel?.mean,
  },
  {
    name: "precision",
    title: "images on the manifold of the reference",
    unit: "share",
    needs: "features of the reference",
    of: ({ against }) => against?.distances?.precision,
  },
  {
    name: "recall",
    title: "reference on the manifold of the images",
    unit: "share",
    needs: "features of the reference",
    of: ({ against }) => against?.distances?.recall,
  },
  {
    name: "class-recall",
    title: "diversity person by person (DCFace)",
    unit: "share",
    needs: "paired",
    of: ({ against }) => against?.distances?.classRecall?.mean,
  },
];

/** Every number of a report. */
export const MEASURES: readonly Measure[] = [
  ...OF_SET.map(([name, title, unit, of, needs]): Measure => ({
    ...{ name, title, unit, of: ({ set }) => of(set) },
    ...(needs === undefined ? {} : { needs }),
  })),
  ...OF_REFERENCE,
];

/**
 * All numbers of a report that were measured.
 *
 * @param findings What was found.
 * @returns Values by name.
 *
 * @example A report as its numbers
 * ```ts
 * import { type Findings, measuredValues } from "@/doctor/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const nothing: unknown = new Proxy(() => undefined, { get: () => nothing });
 * const set: unknown = new Proxy({}, { get: (_, key) => key === "images" ? 12 : nothing });
 * assert.deepEqual([...measuredValues({ set } as Findings)], [["images", 12]]);
 * ```
 */
export function measuredValues(findings: Findings): Map<string, number> {
  return new Map(
    MEASURES.flatMap(({ name, of }) => {
      const value = of(findings);
      return typeof value === "number" && Number.isFinite(value) ? [[name, value] as const] : [];
    }),
  );
}

/**
 * A number as a reader wants it.
 *
 * @param value The number, or nothing.
 * @param unit How it is written.
 * @returns Text; a dash for nothing.
 *
 * @example Shares
 * ```ts
 * import { measureText } from "@/doctor/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([0.9312, 1, 0.00031, undefined].map((x) => measureText(x, "share")), ["93.1 %", "100 %", "0.031 %", "–"]);
 * ```
 */
export function measureText(value: number | null | undefined, unit: Measure["unit"]): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (unit === "whole") return Math.round(value).toLocaleString("en-US");
  if (unit === "share") return `${digits(100 * value)} %`;
  return `${digits(value)}${unit === "degrees" ? "°" : unit === "levels" ? " of 255" : ""}`;
}

/** Three digits, or two behind the point of what is below ten; no zeros at the end. */
function digits(value: number): string {
  const size = Math.abs(value);
  const text = size === 0 ? "0" : size < 0.1 ? value.toPrecision(2) : size < 10 ? value.toFixed(2) : value.toFixed(1);
  return String(Number(text)).replace("-", "−");
}

function tarAt({ scores }: SetFindings, far: number): number | null | undefined {
  return scores?.tar.find((each) => each.far === far)?.tar;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
