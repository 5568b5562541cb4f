/**
 * Published results of recognisers on verification sets, each row with its source: data/published/*.json.
 */
import calibration from "../../data/published/real_data_calibration.json" with { type: "json" };
import dcfaceHarder from "../../data/published/dcface_harder_sets.json" with { type: "json" };
import dcface from "../../data/published/dcface.json" with { type: "json" };
import modelZoo from "../../data/published/sota_model_zoo.json" with { type: "json" };
import halfMillion from "../../data/published/vec2face_half_million.json" with { type: "json" };
import hardSets from "../../data/published/vec2face_hard_sets.json" with { type: "json" };
import plus from "../../data/published/vec2face_plus.json" with { type: "json" };
import projectPage from "../../data/published/vec2face_project_page.json" with { type: "json" };
import scaling from "../../data/published/vec2face_scaling.json" with { type: "json" };
import vigface from "../../data/published/vigface.json" with { type: "json" };

/** Where numbers were published. */
export interface PublishedSource {
  /** Short name. */
  readonly label: string;
  /** Authors, title and place. */
  readonly paper: string;
  /** Where to read it. */
  readonly url: string;
  /** Which of its tables. */
  readonly where: string;
}

/** What a column tells. */
export interface PublishedColumn {
  /** Set as its file is called: `cfp_fp`. */
  readonly set: string;
  /** Its usual name: `CFP-FP`. */
  readonly label: string;
  /** What of it: `accuracy`, `tar at far 1e-4`, `rank 1`, `rank 5`. */
  readonly figure: string;
}

/** Results of one recogniser. */
export interface PublishedRow {
  /** Training set, and the recogniser where it is another than the table's. */
  readonly name: string;
  /** Whether real photographs were among the training images. */
  readonly real: boolean;
  /** Number of training images as printed. */
  readonly images?: string;
  /** Percent, one for each column. */
  readonly values: readonly number[];
  /** Mean of the five standard sets as printed, percent. */
  readonly average?: number;
  /** Key of its source in the table. */
  readonly source: string;
  /** What is to be known about the row. */
  readonly note?: string;
}

/** A published table. */
export interface PublishedTable {
  /** Its heading. */
  readonly title: string;
  /** What was trained. */
  readonly recogniser: string;
  /** Sources by key. */
  readonly sources: Readonly<Record<string, PublishedSource>>;
  /** Columns. */
  readonly columns: readonly PublishedColumn[];
  /** Rows. */
  readonly rows: readonly PublishedRow[];
  /** What is to be known about the table. */
  readonly note?: string;
}

/**
 * All published tables: the three of the Vec2Face README, its project page, Vec2Face+, DCFace, VIGFace with sets of others, and
 * recognisers trained on real data.
 *
 * @example HSFace10K on LFW
 * ```ts
 * import { publishedVerification } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { columns, rows } = publishedVerification[0]!;
 * const row = rows.find(({ name }) => name === "HSFace10K")!;
 * assert.equal(row.values[columns.findIndex(({ set }) => set === "lfw")], 98.87);
 * ```
 */
export const publishedVerification: readonly PublishedTable[] = [
  halfMillion,
  scaling,
  hardSets,
  projectPage,
  plus,
  dcface,
  dcfaceHarder,
  vigface,
  calibration,
  modelZoo,
];

/** One recogniser's published results on some sets. */
export interface PublishedResult {
  /** Training set, and recogniser where named. */
  readonly name: string;
  /** Number of training images as printed. */
  readonly images: string | undefined;
  /** Percent on each of the sets asked for; undefined where nothing was published. */
  readonly values: readonly (number | undefined)[];
  /** Mean of the five standard sets as printed, percent. */
  readonly average: number | undefined;
  /** Where the numbers stand. */
  readonly sources: readonly PublishedSource[];
  /** What is to be known about the numbers. */
  readonly notes: readonly string[];
}

/** The five sets whose accuracies are usually averaged, as their files are called. */
export const STANDARD_SETS: readonly string[] = ["lfw", "cfp_fp", "cplfw", "agedb_30", "calfw"];

const OTHER_NAMES = new Map([["agedb", "agedb_30"], ["cfpfp", "cfp_fp"], ["ijb_b", "ijbb"], ["ijb_c", "ijbc"]]);

/**
 * The usual file name of a set.
 *
 * @param name As a user's file or a paper calls it.
 * @returns In lower case with underscores, known spellings brought together.
 *
 * @example As in a paper
 * ```ts
 * import { setName } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(["CFP-FP", "AgeDB", "lfw"].map(setName), ["cfp_fp", "agedb_30", "lfw"]);
 * ```
 */
export function setName(name: string): string {
  const plain = name.trim().toLowerCase().replaceAll(/[\s.-]+/g, "_");
  return OTHER_NAMES.get(plain) ?? plain;
}

/**
 * Published results on some sets, one for each recogniser; tables that tell of the same one are joined.
 *
 * @param sets Sets, in any usual spelling.
 * @param figure What of them. @default {"accuracy"}
 * @returns Those with a number for at least one set, by average and then by the first number, falling.
 *
 * @example Who was measured on Hadrian
 * ```ts
 * import { publishedResults } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const found = publishedResults(["Hadrian", "lfw"]).find(({ name }) => name === "HSFace300K")!;
 * assert.deepEqual([found.values, found.average], [[81.55, 99.3], 93.52]);
 * ```
 */
export function publishedResults(sets: readonly string[], figure = "accuracy"): PublishedResult[] {
  const wanted = sets.map(setName);
  const found = new Map<string, { -readonly [K in keyof PublishedResult]: PublishedResult[K] }>();
  for (const { columns, rows, sources, note } of publishedVerification) {
    for (const row of rows) {
      const values = wanted.map((set) => row.values[columns.findIndex((c) => c.set === set && c.figure === figure)]);
      if (values.every((value) => value === undefined)) continue;
      const before = found.get(row.name);
      const used = [...before?.sources ?? []], source = sources[row.source]!;
      if (!used.includes(source)) used.push(source);
      found.set(row.name, {
        name: row.name,
        images: row.images ?? before?.images,
        values: values.map((value, k) => value ?? before?.values[k]),
        average: row.average ?? before?.average,
        sources: used,
        notes: [...new Set([...before?.notes ?? [], row.note ?? [], note ?? []].flat())],
      });
    }
  }
  const rank = ({ average, values }: PublishedResult) => average ?? values.find((value) => value !== undefined)!;
  return [...found.values()].sort((a, b) => rank(b) - rank(a));
}
