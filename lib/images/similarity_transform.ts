/**
 * Least-squares similarity transforms of the plane, for aligning faces.
 *
 * S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns", PAMI 13 (1991),
 * https://doi.org/10.1109/34.88573 , as skimage.transform.SimilarityTransform and insightface's face_align.py
 * (https://github.com/deepinsight/insightface) use it. Deviation: in the plane the best rotation with scale is a
 * complex ratio, so no singular value decomposition is needed; the result is the same, reflections excluded.
 */

/** A point: x to the right, y down, in pixels; pixel centres have integer coordinates. */
export type Point = readonly [x: number, y: number];

/** A 2x3 matrix [a, b, c, d, e, f]: (x, y) goes to (a x + b y + c, d x + e y + f). */
export type Affine = readonly [number, number, number, number, number, number];

/**
 * Where five landmarks lie on the 112x112 ArcFace template: left and right eye as seen in the image, tip of the
 * nose, left and right corner of the mouth. From insightface's face_align.py (`arcface_dst`).
 */
export const ARC_TEMPLATE: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

/**
 * The rotation, uniform scale and shift that bring one set of points closest to another.
 *
 * @param from N points, at least two of them different.
 * @param to The N points they should go to.
 * @returns The transform, float64; it never mirrors.
 * @throws {TypeError} When the sets differ in size or a coordinate is not finite.
 * @throws {RangeError} When the points of a set coincide, or no rotation fits better than another.
 *
 * @example Turn, double and shift
 * ```ts
 * import { similarityTransform } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const matrix = similarityTransform([[0, 0], [1, 0]], [[5, 5], [5, 7]]);
 * assert.deepEqual(matrix.map((v) => v + 0), [0, -2, 5, 2, 0, 5]);
 * ```
 */
export function similarityTransform(
  from: readonly Point[],
  to: readonly Point[],
): Affine {
  if (from.length !== to.length) {
    throw new TypeError(
      `Cannot fit similarity transform: ${from.length} points against ${to.length}, expected as many`,
    );
  }
  const n = from.length;
  let fromX = 0, fromY = 0, toX = 0, toY = 0;
  for (let i = 0; i < n; i++) {
    const all = [...from[i]!, ...to[i]!];
    if (all.length !== 4 || !all.every(Number.isFinite)) {
      throw new TypeError(
        `Cannot fit similarity transform: point ${i} is (${from[i]}) against (${
          to[i]
        }), expected two finite numbers each`,
      );
    }
    fromX += all[0]! / n;
    fromY += all[1]! / n;
    toX += all[2]! / n;
    toY += all[3]! / n;
  }
  let square = 0, targetSquare = 0, dot = 0, cross = 0;
  for (let i = 0; i < n; i++) {
    const x = from[i]![0] - fromX, y = from[i]![1] - fromY;
    const u = to[i]![0] - toX, v = to[i]![1] - toY;
    square += x * x + y * y;
    targetSquare += u * u + v * v;
    dot += x * u + y * v;
    cross += x * v - y * u;
  }
  const size = Math.sqrt(square * targetSquare);
  if (!(Math.hypot(dot, cross) > 1e-12 * size)) {
    throw new RangeError(
      `Cannot fit similarity transform: ${n} points that coincide or determine no rotation; ` +
        "expected at least two different points in each set",
    );
  }
  const a = dot / square, b = cross / square;
  return [
    a,
    -b,
    toX - a * fromX + b * fromY,
    b,
    a,
    toY - b * fromX - a * fromY,
  ];
}
