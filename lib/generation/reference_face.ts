/**
 * From the file of a reference image to the face that a recogniser takes.
 *
 * Follows https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation_with_reference.py , which resizes every image
 * to 112x112 by Pillow's default filter, bicubic. Deviations: an image that cannot be an aligned face by its size is
 * refused, as squeezing a photograph gives the vector of nobody, unless it is allowed or landmarks say where the face
 * is; a camera's orientation tag is applied.
 *
 * A square of 56 to 256 pixels may be an aligned face, or a portrait, a detector's box, a picture of a house. A landmark
 * estimator tells ({@link faceInPlace}) where one is given; without one such a square is taken for an aligned face.
 */
import { imageFault } from "@/datasets/mod.ts";
import {
  alignFace,
  ARC_TEMPLATE,
  decodeImage,
  type FaceInPlace,
  faceInPlace,
  type LandmarkJudge,
  type Pixels,
  resize,
  similarityTransform,
} from "@/images/mod.ts";
import type { Landmarks } from "./reference_landmarks.ts";

/** Height and width that recognisers take. */
const SIZE = 112;

/** Sides of squares that are taken for aligned faces: half of 112 to the largest usual crop. */
const SIDES = [56, 256] as const;

/** Options of {@link referenceFace}. */
export interface ReferenceFaceOptions {
  /** Points of the face, by which it is cut out and aligned. */
  readonly landmarks?: Landmarks | undefined;
  /** Take an image of any size and shape without landmarks, as the reference does. @default {false} */
  readonly anySize?: boolean;
  /** Finds landmarks in images that come without, which are refused where they are not in place; not looked at when left out. */
  readonly judge?: LandmarkJudge | undefined;
}

/** A face of 112x112, or why there is none. */
export type ReferenceFace = FaceInPlace;

/**
 * Decodes a reference image and brings it to 112x112: by its landmarks where they are given, else as it is, or resized.
 *
 * Without landmarks and without a judge only shape and size are looked at; that a face is in place is up to the caller.
 *
 * @param bytes The file: JPEG, PNG, WebP, GIF, TIFF or AVIF.
 * @param options Landmarks, whether any size will do, and what looks for landmarks.
 * @returns The face, or in a few words why the image cannot be used.
 *
 * @example A photograph needs landmarks
 * ```ts
 * import { referenceFace } from "@/generation/mod.ts";
 * import { encodePng, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const photograph = await encodePng(filled(40, 30, [1, 2, 3]));
 * assert.match((await referenceFace(photograph)).fault!, /40x30 pixels/);
 * const landmarks = [[12, 9], [21, 9], [16.5, 14], [13, 19], [20, 19]] as const;
 * assert.equal((await referenceFace(photograph, { landmarks })).image?.width, 112);
 * ```
 */
export async function referenceFace(bytes: Uint8Array, options: ReferenceFaceOptions = {}): Promise<ReferenceFace> {
  const { landmarks, anySize = false, judge } = options;
  const broken = await imageFault(bytes, "quick"); // a decoder forgives a missing end
  if (broken !== undefined) return { fault: broken };
  let image: Pixels;
  try {
    image = await decodeImage(bytes);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    return { fault: error.message.replace(/^Cannot decode the image: /, "") };
  }
  if (landmarks !== undefined) {
    const fault = landmarkFault(image, landmarks);
    return fault === undefined ? { image: alignFace(image, landmarks) } : { fault };
  }
  const { width, height } = image;
  if (!anySize && (width !== height || width < SIDES[0] || width > SIDES[1])) {
    return {
      fault: `it is ${width}x${height} pixels; expected an aligned face of ${SIZE}x${SIZE}, or a square of ` +
        `${SIDES[0]} to ${SIDES[1]} pixels`,
    };
  }
  if (judge !== undefined) return await faceInPlace(image, judge);
  return { image: width === SIZE && height === SIZE ? image : resize(image, SIZE, SIZE, { filter: "bicubic" }) };
}

/** Why five points cannot be those of a face in the image. */
function landmarkFault({ width, height }: Pixels, landmarks: Landmarks): string | undefined {
  const mean = [0, 1].map((axis) => landmarks.reduce((sum, point) => sum + point[axis]!, 0) / landmarks.length);
  if (!(mean[0]! >= 0 && mean[0]! < width && mean[1]! >= 0 && mean[1]! < height)) {
    return `its landmarks lie around (${
      mean.map((v) => v.toFixed(0)).join(", ")
    }), outside of its ${width}x${height} pixels`;
  }
  let matrix;
  try {
    matrix = similarityTransform(landmarks, ARC_TEMPLATE);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return "its landmarks coincide";
  }
  const [a, b, c, d, e, f] = matrix;
  const [left, right, , mouthLeft, mouthRight] = landmarks.map(([x, y]) => [a * x + b * y + c, d * x + e * y + f]);
  const upright = left![0]! < right![0]! && mouthLeft![0]! < mouthRight![0]! &&
    left![1]! < mouthLeft![1]! && right![1]! < mouthRight![1]!;
  return upright
    ? undefined
    : "its landmarks are no face: expected left eye, right eye, nose, left and right corner of the mouth, " +
      "left and right as seen in the image";
}
