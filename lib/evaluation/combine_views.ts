/**
 * One feature for an image and its mirror image.
 *
 * insightface (recognition/arcface_torch/eval/verification.py) always adds both features; test.py of
 * https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test takes the plain one, adds both with `--add_flip`, or with `--add_norm`
 * adds unit vectors that are multiplied by their norms. The last two are the same but for rounding: a unit vector times
 * its norm is the vector. Both are here because both are asked for by name. Sums are float64, as insightface's
 * arrays are (SOTA-Face-Recognition adds in float32 before it stores float64).
 */
import { wholeRows } from "./cosine.ts";

/** How the two features become one: the plain one alone, their sum, or the sum of unit vectors weighted by norms. */
export type ViewFusion = "none" | "sum" | "norm";

/** Names of all ways. */
export const VIEW_FUSIONS: readonly ViewFusion[] = ["none", "sum", "norm"];

/**
 * Combines the features of images with those of their mirror images.
 *
 * @param plain Features [N, D] of the images, natural norm.
 * @param mirrored Features [N, D] of the mirror images; not looked at for "none".
 * @param width D.
 * @param fusion How.
 * @returns Features [N, D], float64, natural norm. NaN rows stay NaN.
 * @throws {TypeError} When the values do not make whole rows, or the two sides differ in size.
 *
 * @example The sum
 * ```ts
 * import { combineViews } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...combineViews([1, 2], [3, 5], 2, "sum")], [4, 7]);
 * ```
 */
export function combineViews(
  plain: ArrayLike<number>,
  mirrored: ArrayLike<number> | undefined,
  width: number,
  fusion: ViewFusion,
): Float64Array<ArrayBuffer> {
  const rows = wholeRows(plain, width, "combine features");
  const out = Float64Array.from(plain);
  if (fusion === "none") return out;
  if (mirrored?.length !== plain.length) {
    throw new TypeError(
      `Cannot combine features: ${plain.length} values of images and ${mirrored?.length ?? "no"} values of their ` +
        "mirror images, expected as many",
    );
  }
  if (fusion === "sum") {
    for (let i = 0; i < out.length; i++) out[i]! += mirrored[i]!;
    return out;
  }
  for (let r = 0; r < rows; r++) {
    const [a, b] = [plain, mirrored].map((values) => {
      let square = 0;
      for (let c = r * width; c < (r + 1) * width; c++) square += values[c]! ** 2;
      return Math.sqrt(square);
    }) as [number, number];
    for (let c = r * width; c < (r + 1) * width; c++) out[c] = plain[c]! / a * a + mirrored[c]! / b * b;
  }
  return out;
}
