/**
 * Pictures that should be aligned faces, looked at.
 */
import { alignmentFault, type AlignmentLimits, measureAlignment } from "./alignment.ts";
import { cutOut } from "./cut_out.ts";
import type { Pixels } from "./pixels.ts";
import { resize } from "./resize.ts";
import { type Affine, ARC_TEMPLATE, type Point, similarityTransform } from "./similarity_transform.ts";
import { toTensor } from "./tensor.ts";
import { alignFace } from "./warp_affine.ts";

/** What finds landmarks, such as `LandmarkEstimator`. */
export interface LandmarkJudge {
  /** Height and width of an image in pixels. */
  readonly imageSize: number;
  /** Images [N,3,H,W] in -1..1 to five points [N,10] in pixels and a face's score [N]. */
  estimate(images: Float32Array, count: number): Promise<{
    readonly points: ArrayLike<number>;
    readonly face: ArrayLike<number>;
  }>;
}

/** What is done with a picture that is no aligned face: `check` refuses it, `fix` aligns it by the landmarks found. */
export type AlignmentMode = "check" | "fix";

/** Options of {@link faceInPlace}. */
export interface FaceInPlaceOptions extends AlignmentLimits {
  /** What is done with a face that is not aligned. @default {"check"} */
  readonly mode?: AlignmentMode;
}

/** A face of 112x112, or why there is none. */
export type FaceInPlace =
  | { readonly image: Pixels; readonly fault?: never }
  | { readonly fault: string; readonly image?: never };

/** Height and width of an aligned face. */
const SIZE = 112;

/** To be aligned by it, a face must be found with this score, and at most as often as this. */
const SURE = 0.5, ROUNDS = 3;

/** Pixels off that are not worth another round. */
const NEAR = 4;

/**
 * Looks whether a picture is an aligned face.
 *
 * `fix` looks for the face in the whole picture, cuts it out by its landmarks, and looks again, up to three times; the last
 * cut must pass as `check` would have it.
 *
 * @param image The picture, of any size. As it is, it is resized to 112x112; to be aligned, it is cut out of all its pixels.
 * @param judge Finds landmarks.
 * @param options What passes, and what is done with the rest.
 * @returns The face of 112x112, or why there is none.
 * @throws {TypeError} When the picture is malformed or the judge takes another size.
 *
 * @example A judge that finds every face 40 pixels too far to the right
 * ```ts
 * import { ARC_TEMPLATE, faceInPlace, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const points = ARC_TEMPLATE.flatMap(([x, y]) => [x + 40, y]);
 * const judge = { imageSize: 112, estimate: () => Promise.resolve({ points, face: [1] }) };
 * assert.match((await faceInPlace(filled(112, 112, [0, 0, 0]), judge)).fault!, /moved by \(40, 0\)/);
 * ```
 */
export async function faceInPlace(
  image: Pixels,
  judge: LandmarkJudge,
  options: FaceInPlaceOptions = {},
): Promise<FaceInPlace> {
  if (judge.imageSize !== SIZE) {
    throw new TypeError(`Cannot look at a face of ${SIZE}x${SIZE}: the landmark estimator takes ${judge.imageSize}`);
  }
  const { width, height } = image;
  const squeezed = width === SIZE && height === SIZE ? image : resize(image, SIZE, SIZE, { filter: "bicubic" });
  if (options.mode !== "fix") {
    const { fault } = await look(squeezed, judge, options);
    return fault === undefined ? { image: squeezed } : { fault };
  }
  // The whole picture in the middle of a square.
  const scale = SIZE / Math.max(width, height);
  let matrix: Affine = [
    scale,
    0,
    (SIZE - 1 - scale * (width - 1)) / 2,
    0,
    scale,
    (SIZE - 1 - scale * (height - 1)) / 2,
  ];
  let face = width === height ? squeezed : cutOut(image, matrix, SIZE);
  for (let round = 0;; round++) {
    const { landmarks, score, fault, off } = await look(face, judge, options);
    const last = round === ROUNDS || round === 0 && width === height || off <= NEAR || !(score >= SURE);
    if (fault === undefined && last) return { image: face };
    const reason = fault ?? "no face is found in it";
    if (last && round > 0 || !(score >= SURE)) return { fault: reason };
    const there = landmarks.map((point) => backwards(matrix, point));
    try {
      matrix = similarityTransform(there, ARC_TEMPLATE);
      face = alignFace(image, there);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { fault: reason }; // the points coincide
    }
  }
}

/** What is found in a picture of 112x112. */
async function look(image: Pixels, judge: LandmarkJudge, options: FaceInPlaceOptions) {
  const found = await judge.estimate(toTensor([image]), 1), score = found.face[0]!;
  const landmarks = [0, 2, 4, 6, 8].map((i): Point => [found.points[i]!, found.points[i + 1]!]);
  return { landmarks, score, fault: alignmentFault(landmarks, score, options), off: measureAlignment(landmarks).off };
}

/** Where a point of the output comes from. */
function backwards([a, b, c, d, e, f]: Affine, [x, y]: Point): Point {
  const determinant = a * e - b * d, [u, v] = [x - c, y - f];
  return [(e * u - b * v) / determinant, (a * v - d * u) / determinant];
}
