/**
 * How far a face is from where recognition networks expect it, by five landmarks.
 */
import { ARC_TEMPLATE, type Point, similarityTransform } from "./similarity_transform.ts";

/** Where a face lies in a picture of 112x112, against the ArcFace template. */
export interface Alignment {
  /** Its size, 1 for an aligned face. */
  readonly scale: number;
  /** How it is turned in the picture, degrees, positive clockwise. */
  readonly turn: number;
  /** How far the middle of its five points is moved, pixels to the right and down. */
  readonly shift: Point;
  /** Pixels between the template's points and where scale, turn and shift bring them, root of the mean square. */
  readonly off: number;
  /** How far the points lie from the template's, moved so, root of the mean square in pixels of an aligned face: a head that
   * turns away has a larger one. Infinite for points that coincide. */
  readonly residual: number;
}

/** What {@link alignmentFault} lets pass. */
export interface AlignmentLimits {
  /** Largest {@link Alignment.off}, pixels of 112, of a face that looks at the camera. @default {ALIGNMENT_LIMITS.off} */
  readonly off?: number;
  /** What {@link Alignment.residual} has above this is added to `off`: near profile, five points hardly fix size and turn, and
   * aligners differ. @default {ALIGNMENT_LIMITS.residual} */
  readonly residual?: number;
  /** Least score of a face, 0..1. @default {ALIGNMENT_LIMITS.face} */
  readonly face?: number;
}

/**
 * Limits for the bundled landmark estimator. `deno task evaluate:landmarks` measures what they let pass: they are set so that
 * aligned faces are almost never refused, which costs that small misalignments pass.
 */
export const ALIGNMENT_LIMITS: Required<AlignmentLimits> = { off: 8, residual: 4, face: 0.1 };

/**
 * Measures an alignment by the similarity transform that fits the points best. It takes no notice of how the points lie among
 * each other, so a face that turns away, or laughs, is not misaligned for that.
 *
 * @param landmarks Eyes, tip of the nose, corners of the mouth, image left first, pixels of a picture of 112x112.
 * @returns Size, turn and shift; points that coincide have no size.
 * @throws {TypeError} When there are not five points, or a coordinate is not finite.
 *
 * @example A face of half the size, 10 pixels too low
 * ```ts
 * import { ARC_TEMPLATE, measureAlignment } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { scale, turn } = measureAlignment(ARC_TEMPLATE.map(([x, y]) => [x / 2 + 28, y / 2 + 46]));
 * assert.ok(Math.abs(scale - 0.5) < 1e-9 && Math.abs(turn) < 1e-9);
 * ```
 */
export function measureAlignment(landmarks: readonly Point[]): Alignment {
  const middle = (points: readonly Point[], axis: 0 | 1) =>
    points.reduce((sum, point) => sum + point[axis] / points.length, 0);
  let [a, b] = [0, 0];
  try {
    [a, , , b] = similarityTransform(ARC_TEMPLATE, landmarks);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  const [x, y] = [middle(ARC_TEMPLATE, 0), middle(ARC_TEMPLATE, 1)];
  const shift: Point = [middle(landmarks, 0) - x, middle(landmarks, 1) - y];
  const squares = ARC_TEMPLATE.map(([px, py]) => {
    const [u, v] = [px - x, py - y];
    return (a * u - b * v - u + shift[0]) ** 2 + (b * u + a * v - v + shift[1]) ** 2;
  });
  const away = ARC_TEMPLATE.map(([px, py], i) => {
    const [u, v] = [px - x, py - y], [lx, ly] = landmarks[i]!;
    return (a * u - b * v + x + shift[0] - lx) ** 2 + (b * u + a * v + y + shift[1] - ly) ** 2;
  });
  const scale = Math.hypot(a, b),
    root = (list: number[]) => Math.sqrt(list.reduce((sum, v) => sum + v / list.length, 0));
  const residual = scale === 0 ? Infinity : root(away) / scale;
  return { scale, turn: Math.atan2(b, a) * 180 / Math.PI, shift, off: root(squares), residual };
}

/**
 * Says why a picture is no aligned face.
 *
 * @param landmarks Five points found in it, pixels of a picture of 112x112.
 * @param face Score of there being a face, 0..1.
 * @param limits What passes.
 * @returns The reason in a few words, with what was measured; undefined for an aligned face.
 * @throws {TypeError} When there are not five points, or a coordinate is not finite.
 *
 * @example A face on its side
 * ```ts
 * import { alignmentFault, ARC_TEMPLATE } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(alignmentFault(ARC_TEMPLATE, 1), undefined);
 * assert.match(alignmentFault(ARC_TEMPLATE.map(([x, y]) => [111 - y, x]), 1)!, /turned by 90 degrees/);
 * ```
 */
export function alignmentFault(
  landmarks: readonly Point[],
  face: number,
  limits: AlignmentLimits = {},
): string | undefined {
  const { off: most, residual: free, face: least } = { ...ALIGNMENT_LIMITS, ...limits };
  const { scale, turn, shift: [x, y], off, residual } = measureAlignment(landmarks);
  // NaN fails both comparisons, and is refused.
  if (!(face >= least)) return `no face is found in it (score ${face.toFixed(2)}); expected an aligned face`;
  if (scale > 0 && off <= most + Math.max(0, residual - free)) return undefined;
  const [right, down] = [x, y].map((v) => Math.round(v) + 0); // no -0
  return `its face looks ${scale.toFixed(2)} times the size of an aligned one, turned by ${
    Math.round(turn) + 0
  } degrees ` +
    `and moved by (${right}, ${down}) of 112 pixels; expected an aligned face`;
}
