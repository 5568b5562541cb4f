/**
 * Precision and recall of one set of features against another: how much of each lies on the other's manifold.
 *
 * T. Kynkäänniemi and others, "Improved precision and recall metric for assessing generative models", NeurIPS 2019
 * (https://arxiv.org/abs/1904.06991): the manifold of a set is the union of balls around its points, each as large as the distance
 * to the k-th nearest other point. Distances are Euclidean, in float64 from the features as stored; for directions, bring
 * rows to length 1 first.
 */
import { wholeRows } from "@/evaluation/mod.ts";
import { dotRows } from "@/similarity/mod.ts";

/** What {@linkcode precisionRecall} finds. */
export interface PrecisionRecall {
  /** Share of the generated points that lie on the manifold of the real ones: fidelity. */
  readonly precision: number;
  /** Share of the real points that lie on the manifold of the generated ones: coverage. */
  readonly recall: number;
}

/** Squares of the lengths of rows. */
function squares(rows: Float32Array, width: number): Float64Array {
  return Float64Array.from({ length: rows.length / width }, (_, i) => dotRows(rows, i, rows, i, width));
}

/**
 * Squared distance of each point to its k-th nearest other point.
 *
 * @param points Features [N, D], N above k.
 * @param width D.
 * @param k Which neighbour, from 1.
 * @returns Squared radii of the manifold's balls [N].
 * @throws {RangeError} When there are no k other points.
 *
 * @example Three points on a line
 * ```ts
 * import { manifoldRadii } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...manifoldRadii(Float32Array.of(0, 1, 3), 1, 1)], [1, 1, 4]);
 * ```
 */
export function manifoldRadii(points: Float32Array, width: number, k: number): Float64Array {
  const n = wholeRows(points, width, "find the manifold of points");
  if (!Number.isInteger(k) || k < 1 || k >= n) {
    throw new RangeError(`Cannot find neighbour ${k} among ${n} points: expected 1 to ${n - 1}`);
  }
  const lengths = squares(points, width);
  // Row i holds its k least squared distances so far, ascending.
  const nearest = new Float64Array(n * k).fill(Infinity);
  const insert = (i: number, distance: number) => {
    const end = (i + 1) * k - 1;
    if (!(distance < nearest[end]!)) return;
    let at = end;
    while (at > i * k && nearest[at - 1]! > distance) {
      nearest[at] = nearest[at - 1]!;
      at--;
    }
    nearest[at] = distance;
  };
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const distance = Math.max(0, lengths[i]! + lengths[j]! - 2 * dotRows(points, i, points, j, width));
      insert(i, distance);
      insert(j, distance);
    }
  }
  return Float64Array.from({ length: n }, (_, i) => nearest[(i + 1) * k - 1]!);
}

/**
 * Share of points that lie on the manifold of others.
 *
 * @param points Features [N, D].
 * @param others Features [M, D] that span the manifold.
 * @param width D.
 * @param radii Squared radii of the balls [M], from {@linkcode manifoldRadii}.
 * @returns The share, 0..1.
 * @throws {RangeError} When there is no point, or not one radius for each of the others.
 *
 * @example One of two
 * ```ts
 * import { manifoldRadii, shareInside } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const others = Float32Array.of(0, 1, 2);
 * assert.equal(shareInside(Float32Array.of(0.5, 9), others, 1, manifoldRadii(others, 1, 1)), 0.5);
 * ```
 */
export function shareInside(points: Float32Array, others: Float32Array, width: number, radii: Float64Array): number {
  const n = wholeRows(points, width, "place points"), m = wholeRows(others, width, "place points");
  if (n === 0 || radii.length !== m) {
    throw new RangeError(`Cannot place ${n} points on the manifold of ${m} with ${radii.length} radii`);
  }
  const lengths = squares(points, width), otherLengths = squares(others, width);
  let inside = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      if (lengths[i]! + otherLengths[j]! - 2 * dotRows(points, i, others, j, width) <= radii[j]!) {
        inside++;
        break;
      }
    }
  }
  return inside / n;
}

/**
 * Precision and recall of generated points against real ones.
 *
 * Takes (N^2 + M^2) D / 2 products and at most 2 N M D more, so draw some thousands of points from large sets.
 *
 * @param real Features of real images [N, D].
 * @param generated Features of generated images [M, D].
 * @param width D.
 * @param k Neighbour that the radii reach to. @default {3}
 * @returns Both shares.
 * @throws {RangeError} When a side has no more than k points.
 *
 * @example The generated points keep to one end
 * ```ts
 * import { precisionRecall } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const found = precisionRecall(Float32Array.of(0, 1, 2, 3, 8, 9), Float32Array.of(0.5, 1.5, 1.7), 1, 1);
 * assert.deepEqual(found, { precision: 1, recall: 2 / 6 });
 * ```
 */
export function precisionRecall(real: Float32Array, generated: Float32Array, width: number, k = 3): PrecisionRecall {
  return {
    precision: shareInside(generated, real, width, manifoldRadii(real, width, k)),
    recall: shareInside(real, generated, width, manifoldRadii(generated, width, k)),
  };
}
