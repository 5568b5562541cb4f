/**
 * Consistency, and diversity as far as it needs no real counterpart, from the numbers of each identity.
 *
 * Consistency: M. Kim and others, DCFace (https://arxiv.org/abs/2304.07060), equation 13, C_intra = mean over identities of the share
 * of images that lie near their centre; "near" is printed as a distance below r = 0.3, and meant is a cosine above 0.3,
 * the verification threshold of their recogniser. Diversity (equations 14 and 15) compares with real images of the same
 * person, see {@linkcode classRecall}; where there are none, {@linkcode diversity} says how different the images of
 * an identity are from each other.
 */
import type { IdentityStatistics } from "./identity_statistics.ts";

/** How much the images of an identity vary, over the identities with more than one image. */
export interface Diversity {
  /** Identities with at least two images. */
  readonly identities: number;
  /** Mean over identities of the mean of 1 - cosine over all pairs of images; NaN without such identities. */
  readonly distance: number;
  /** Mean over identities of the Vendi score of the images compared; NaN when it was not asked for. */
  readonly vendi: number;
  /** The same divided by the number of images compared: 1 when they have nothing in common. */
  readonly vendiShare: number;
}

/**
 * Consistency of a set: the mean over identities of the share of their images above the threshold.
 *
 * @param statistics Numbers of each identity.
 * @returns The share, 0..1.
 * @throws {RangeError} When there is no identity.
 *
 * @example Half of one identity, all of the other
 * ```ts
 * import { consistency } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(consistency({ images: Float64Array.of(4, 2), consistent: Float64Array.of(2, 2) }), 0.75);
 * ```
 */
export function consistency({ images, consistent }: Pick<IdentityStatistics, "images" | "consistent">): number {
  if (images.length === 0) throw new RangeError("Cannot find the consistency: there is no identity");
  return images.reduce((sum, n, c) => sum + consistent[c]! / n, 0) / images.length;
}

/**
 * Diversity of a set without reference.
 *
 * @param statistics Numbers of each identity.
 * @returns Means over the identities with more than one image.
 *
 * @example One pair of images at right angles
 * ```ts
 * import { diversity } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const found = diversity({
 *   images: Float64Array.of(2, 1),
 *   compared: Float64Array.of(2, 1),
 *   pairMean: Float64Array.of(0, NaN),
 *   vendi: Float64Array.of(2, 1),
 * });
 * assert.deepEqual(found, { identities: 1, distance: 1, vendi: 2, vendiShare: 1 });
 * ```
 */
export function diversity(
  { images, compared, pairMean, vendi }: Pick<IdentityStatistics, "images" | "compared" | "pairMean" | "vendi">,
): Diversity {
  let [identities, distance, score, share] = [0, 0, 0, 0];
  images.forEach((n, c) => {
    if (n < 2) return;
    identities++;
    distance += 1 - pairMean[c]!;
    score += vendi[c]!;
    share += vendi[c]! / compared[c]!;
  });
  const mean = (sum: number) => sum / identities;
  return { identities, distance: mean(distance), vendi: mean(score), vendiShare: mean(share) };
}
