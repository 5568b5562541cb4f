/**
 * Everything that is measured of an image while it is in memory, as one row: feature, pose, quality, a hash of its pixels and a
 * thumbnail. So a data set is read and decoded once.
 */
import type { ImageEmbedder } from "@/datasets/mod.ts";
import type { PoseJudge, QualityJudge } from "@/evaluation/mod.ts";

/** What looks at images. */
export interface ImageJudges {
  /** Makes features. */
  readonly recogniser: ImageEmbedder;
  /** Estimates poses; without it, angles are NaN. */
  readonly pose?: PoseJudge | undefined;
  /** Estimates qualities; without it, they are NaN. */
  readonly quality?: QualityJudge | undefined;
}

/** Height and width of a thumbnail in pixels. */
export const THUMBNAIL_SIZE = 8;

/** Columns of a profile. */
export const PROFILE_COLUMNS = {
  /** Turn to the side in degrees. */
  yaw: 0,
  /** Nod in degrees. */
  pitch: 1,
  /** Tilt in degrees. */
  roll: 2,
  /** Quality; its unit is that of the estimator. */
  quality: 3,
  /** First of three columns of 24 bits, which are equal for equal pixels. */
  hash: 4,
  /** First column of the thumbnail: mean red, green, blue (0..255) of each of 8 x 8 tiles. */
  thumbnail: 7,
  /** Number of columns. */
  width: 7 + 3 * THUMBNAIL_SIZE ** 2,
} as const;

/** What {@linkcode imageProfiler} makes. */
export interface ImageProfiler extends ImageEmbedder {
  /** Width D of the feature, which a row begins with; the profile follows. */
  readonly features: number;
}

/**
 * Makes one embedder of several judges, for `embedRows`: a row is the feature and, behind it, the profile.
 *
 * @param judges Who looks at the images.
 * @returns The embedder; its vectors are D + `PROFILE_COLUMNS.width` long.
 * @throws {TypeError} When the judges want images of different sizes.
 *
 * @example A white image
 * ```ts
 * import { imageProfiler, PROFILE_COLUMNS } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const recogniser = { vectorSize: 1, imageSize: 8, embed: () => Promise.resolve(Float32Array.of(5)) };
 * const profiler = imageProfiler({ recogniser });
 * const row = await profiler.embed(new Float32Array(3 * 8 * 8).fill(1), 1);
 * assert.deepEqual([row[0], row[1 + PROFILE_COLUMNS.thumbnail], row.length], [5, 255, 200]);
 * ```
 */
export function imageProfiler({ recogniser, pose, quality }: ImageJudges): ImageProfiler {
  const { imageSize, vectorSize: features } = recogniser;
  for (const [what, judge] of [["pose", pose], ["quality", quality]] as const) {
    if (judge !== undefined && judge.imageSize !== imageSize) {
      throw new TypeError(
        `Cannot look at images together: the recogniser takes ${imageSize} pixels, the ${what} estimator ` +
          `${judge.imageSize}`,
      );
    }
  }
  const vectorSize = features + PROFILE_COLUMNS.width;
  return {
    imageSize,
    vectorSize,
    features,
    async embed(images, count) {
      const vectors = await recogniser.embed(images, count);
      const angles = await pose?.estimate(images, count), scores = await quality?.estimate(images, count);
      const out = new Float32Array(count * vectorSize), size = 3 * imageSize * imageSize;
      for (let i = 0; i < count; i++) {
        const row = out.subarray(i * vectorSize, (i + 1) * vectorSize);
        row.set(vectors.subarray(i * features, (i + 1) * features));
        const image = images.subarray(i * size, (i + 1) * size), profile = row.subarray(features);
        profile.set([angles?.yaw[i] ?? NaN, angles?.pitch[i] ?? NaN, angles?.roll[i] ?? NaN, scores?.[i] ?? NaN]);
        profile.set(pixelHash(image), PROFILE_COLUMNS.hash);
        profile.set(thumbnail(image, imageSize), PROFILE_COLUMNS.thumbnail);
      }
      return out;
    },
  };
}

/** Three times 24 bits that follow from the pixels: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) from three starts. */
function pixelHash(image: Float32Array): [number, number, number] {
  let [a, b, c] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b];
  for (let at = 0; at < image.length; at++) {
    const byte = Math.round((image[at]! + 1) * 127.5);
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x01000193) ^ at;
    c = Math.imul(c ^ byte, 0x01000193) + at | 0;
  }
  const mix = (h: number) => {
    h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
    return (h ^ h >>> 13) >>> 8;
  };
  return [mix(a), mix(b), mix(c)];
}

/** Mean red, green and blue of tiles, 0..255. */
function thumbnail(image: Float32Array, size: number): Float32Array {
  const out = new Float32Array(3 * THUMBNAIL_SIZE ** 2);
  const edge = (tile: number) => Math.floor(tile * size / THUMBNAIL_SIZE);
  for (let ty = 0; ty < THUMBNAIL_SIZE; ty++) {
    for (let tx = 0; tx < THUMBNAIL_SIZE; tx++) {
      const [top, bottom, left, right] = [edge(ty), edge(ty + 1), edge(tx), edge(tx + 1)];
      const pixels = Math.max(1, (bottom - top) * (right - left));
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let y = top; y < bottom; y++) {
          const row = (channel * size + y) * size;
          for (let x = left; x < right; x++) sum += image[row + x]!;
        }
        out[3 * (ty * THUMBNAIL_SIZE + tx) + channel] = (sum / pixels + 1) * 127.5;
      }
    }
  }
  return out;
}
