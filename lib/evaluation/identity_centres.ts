/**
 * Identity vectors from many images: the mean of each identity's features.
 *
 * As the author made center_feature_examples.npy: plain means, so that the length of a centre tells how well the images of
 * an identity agree (https://github.com/HaiyuWu/Vec2Face/issues/10).
 */
import { wholeRows } from "./cosine.ts";

/**
 * Averages features over the images of each identity.
 *
 * @param features Features [N, D], row after row.
 * @param labels Identity of each image [N], 0..C-1.
 * @param width D.
 * @returns Centres [C, D]; C is the largest label plus one.
 * @throws {TypeError} If the features do not make whole rows, or there is not one label a row.
 * @throws {RangeError} If an identity below the largest label has no image.
 *
 * @example Two images of identity 0, one of identity 1
 * ```ts
 * import { identityCentres } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const centres = identityCentres([1, 2, 3, 4, 8, 9], [0, 0, 1], 2);
 * assert.deepEqual([...centres], [2, 3, 8, 9]);
 * ```
 */
export function identityCentres(
  features: ArrayLike<number>,
  labels: ArrayLike<number>,
  width: number,
): Float32Array<ArrayBuffer> {
  const rows = wholeRows(features, width, "average features");
  if (labels.length !== rows) {
    throw new TypeError(`Cannot average features: ${rows} rows but ${labels.length} labels, expected one a row`);
  }
  let classes = 0;
  for (let i = 0; i < rows; i++) classes = Math.max(classes, labels[i]! + 1);
  const sums = new Float64Array(classes * width), counts = new Float64Array(classes);
  for (let i = 0; i < rows; i++) {
    const at = labels[i]! * width;
    counts[labels[i]!]!++;
    for (let k = 0; k < width; k++) sums[at + k]! += features[i * width + k]!;
  }
  const missing = counts.indexOf(0);
  if (missing !== -1) {
    throw new RangeError(
      `Cannot average features: identity ${missing} of 0..${classes - 1} has no image; renumber them`,
    );
  }
  return Float32Array.from(sums, (sum, i) => sum / counts[Math.floor(i / width)]!);
}
