/**
 * The items of a data set class by class.
 */

/** Items grouped by class. */
export interface ClassRuns {
  /** Label of each of C classes. */
  readonly labels: Int32Array;
  /** Where each class begins in `order`, and its end: [C + 1]. */
  readonly starts: Int32Array;
  /** Index of each of N items, class after class, within a class in their own order. */
  readonly order: Int32Array;
}

/**
 * Groups items by class, so that a class can be written or averaged in one go.
 *
 * @param labels Label of each of N items.
 * @param compare Order of two labels; by first appearance when left out.
 * @returns The groups.
 *
 * @example First appearance
 * ```ts
 * import { classRuns } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { labels, starts, order } = classRuns(Int32Array.of(7, 3, 7));
 * assert.deepEqual([[...labels], [...starts], [...order]], [[7, 3], [0, 2, 3], [0, 2, 1]]);
 * ```
 */
export function classRuns(labels: Int32Array, compare?: (a: number, b: number) => number): ClassRuns {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const classes = compare ? [...counts.keys()].sort(compare) : [...counts.keys()];
  const starts = new Int32Array(classes.length + 1);
  classes.forEach((label, c) => {
    starts[c + 1] = starts[c]! + counts.get(label)!;
    counts.set(label, starts[c]!); // from here on: where its next item goes
  });
  const order = new Int32Array(labels.length);
  labels.forEach((label, index) => {
    const place = counts.get(label)!;
    order[place] = index;
    counts.set(label, place + 1);
  });
  return { labels: Int32Array.from(classes), starts, order };
}
