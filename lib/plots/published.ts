/**
 * The published figure of identity separability, as far as it can be read: data/published/separability.json.
 */
import json from "../../data/published/separability.json" with { type: "json" };

/** One curve of a published figure. */
export interface PublishedSeries {
  /** Data set. */
  readonly name: string;
  /** Identities in it, ascending. */
  readonly identities: readonly number[];
  /** Well-separated ones among them. */
  readonly separated: readonly number[];
}

/** Values of a published figure. */
export interface PublishedSeparability {
  /** Cosine above which two identities conflict. */
  readonly threshold: number;
  /** How the values were had: `read off the figure`. */
  readonly how: string;
  /** Where the figure is. */
  readonly source: {
    /** Name for a legend. */
    readonly label: string;
    /** Authors, title and place. */
    readonly paper: string;
    /** Where to read it. */
    readonly url: string;
    /** Which of its figures. */
    readonly figure: string;
  };
  /** The curves. */
  readonly series: readonly PublishedSeries[];
}

/**
 * Read-off points of the Vec2Face paper's figure: Vec2Face and seven other data sets at 10,000 and 200,000 identities.
 *
 * @example Half of Arc2Face's identities collide at 200,000
 * ```ts
 * import { publishedSeparability } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const arc2face = publishedSeparability.series.find((each) => each.name === "Arc2Face")!;
 * assert.equal(arc2face.separated.at(-1)! / arc2face.identities.at(-1)!, 0.48);
 * assert.equal(publishedSeparability.how, "read off the figure");
 * ```
 */
export const publishedSeparability: PublishedSeparability = json;
