/**
 * Warping by an affine transform with bilinear interpolation.
 *
 * Follows OpenCV's warpAffine (https://docs.opencv.org/4.x/da/d54/group__imgproc__transform.html) with INTER_LINEAR
 * and a constant border, which face alignment uses. Deviation: exact positions, where OpenCV rounds them to 1/32
 * of a pixel, so results differ by a few levels at sharp edges.
 */

import { assertPixels, type Colour, type Pixels } from "./pixels.ts";
import { type Affine, ARC_TEMPLATE, type Point, similarityTransform } from "./similarity_transform.ts";

/** Options of `warpAffine` and `alignFace`. */
export interface WarpOptions {
  /** Colour beyond the image's edges. @default [0, 0, 0] */
  background?: Colour;
}

/**
 * Warps an image: output pixel (x, y) shows the place of the input that `matrix` sends to (x, y).
 *
 * @param image The image.
 * @param matrix From input to output coordinates; pixel centres have integer coordinates.
 * @param width Output width in pixels.
 * @param height Output height in pixels.
 * @param options Colour of the border.
 * @returns A new image.
 * @throws {TypeError} When the image is malformed.
 * @throws {RangeError} When the matrix cannot be inverted or a size is not an integer in 1..65535.
 *
 * @example Shift by one pixel
 * ```ts
 * import { warpAffine } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
 * const moved = warpAffine(image, [1, 0, 1, 0, 1, 0], 2, 1);
 * assert.deepEqual([...moved.data], [0, 0, 0, 1, 2, 3]);
 * ```
 */
export function warpAffine(
  image: Pixels,
  matrix: Affine,
  width: number,
  height: number,
  options: WarpOptions = {},
): Pixels {
  const { background = [0, 0, 0] } = options;
  assertPixels(image, "warp");
  for (const size of [width, height]) {
    if (!Number.isInteger(size) || size < 1 || size > 65535) {
      throw new RangeError(
        `Cannot warp: output size is ${width}x${height}, expected integers in 1..65535`,
      );
    }
  }
  const [a, b, c, d, e, f] = matrix;
  const determinant = a * e - b * d;
  if (!(Math.abs(determinant) > 1e-12) || !matrix.every(Number.isFinite)) {
    throw new RangeError(
      `Cannot warp: matrix [${matrix.join(", ")}] cannot be inverted`,
    );
  }
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sourceX = (e * (x - c) - b * (y - f)) / determinant;
      const sourceY = (a * (y - f) - d * (x - c)) / determinant;
      const left = Math.floor(sourceX), top = Math.floor(sourceY);
      const right = sourceX - left, down = sourceY - top;
      for (let channel = 0; channel < 3; channel++) {
        const border = background[channel]!;
        const upper = (1 - right) * sample(image, left, top, channel, border) +
          right * sample(image, left + 1, top, channel, border);
        const lower = (1 - right) * sample(image, left, top + 1, channel, border) +
          right * sample(image, left + 1, top + 1, channel, border);
        data[3 * (y * width + x) + channel] = (1 - down) * upper +
          down * lower + 0.5;
      }
    }
  }
  return { width, height, data };
}

function sample(
  image: Pixels,
  x: number,
  y: number,
  channel: number,
  border: number,
): number {
  return x >= 0 && y >= 0 && x < image.width && y < image.height
    ? image.data[3 * (y * image.width + x) + channel]!
    : border;
}

/**
 * Cuts a face out so that its landmarks lie where recognition networks expect them.
 *
 * @param image The photograph.
 * @param landmarks Five points of it, in the order of `ARC_TEMPLATE`.
 * @param options Colour of the border.
 * @returns The aligned face, 112x112.
 * @throws {TypeError} When the image is malformed or there are not five landmarks.
 * @throws {RangeError} When the landmarks coincide.
 *
 * @example A face already in place stays there
 * ```ts
 * import { alignFace, ARC_TEMPLATE, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = filled(112, 112, [9, 9, 9]);
 * image.data[0] = 200;
 * assert.deepEqual(alignFace(image, ARC_TEMPLATE), image);
 * ```
 */
export function alignFace(
  image: Pixels,
  landmarks: readonly Point[],
  options: WarpOptions = {},
): Pixels {
  if (landmarks.length !== ARC_TEMPLATE.length) {
    throw new TypeError(
      `Cannot align face: ${landmarks.length} landmarks, expected 5 (eyes, nose, corners of the mouth)`,
    );
  }
  return warpAffine(
    image,
    similarityTransform(landmarks, ARC_TEMPLATE),
    112,
    112,
    options,
  );
}
