/**
 * Which items of a data set make a smaller one.
 *
 * Does what scripts/small_portion_training_mask.py of https://github.com/HaiyuWu/Vec2Face does; deviations: the classes
 * are drawn by this project's random numbers, and the items keep their order.
 */

import { RandomStream } from "@/random/mod.ts";
import { classRuns } from "./class_runs.ts";

/** What to choose; all together narrow the choice. */
export interface ChooseOptions {
  /** That many classes, or those from the first number to before the second, counted as they appear. */
  classes?: number | readonly [from: number, to: number];
  /** Seed by which that many classes are drawn at random; the first ones are taken when left out. */
  random?: number | bigint;
  /** At most that many images of each class, the first ones. */
  perClass?: number;
  /** At most that many images in all, the first ones. */
  limit?: number;
}

/**
 * Chooses items by class and number.
 *
 * @param labels Label of each of N items.
 * @param options What to choose.
 * @returns Indices of the items, ascending.
 * @throws {RangeError} When a number is below 1, or there are fewer classes than asked for.
 *
 * @example One image of each of two classes
 * ```ts
 * import { chooseItems } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...chooseItems(Int32Array.of(4, 4, 9, 2), { classes: 2, perClass: 1 })], [0, 2]);
 * ```
 */
export function chooseItems(labels: Int32Array, options: ChooseOptions): Int32Array {
  const { classes, random, perClass = Infinity, limit = Infinity } = options;
  for (const [name, value] of [["perClass", perClass], ["limit", limit]] as const) {
    if (!(value >= 1) || (value !== Infinity && !Number.isInteger(value))) {
      throw new RangeError(`Cannot choose items: ${name} is ${value}, expected a whole number of at least 1`);
    }
  }
  const { starts, order, labels: all } = classRuns(labels);
  const taken: number[] = [];
  for (const c of chosenClasses(all.length, classes, random)) {
    const end = Math.min(starts[c + 1]!, starts[c]! + perClass);
    for (let place = starts[c]!; place < end; place++) taken.push(order[place]!);
  }
  return Int32Array.from(taken).sort().subarray(0, Math.min(limit, taken.length));
}

function chosenClasses(there: number, classes: ChooseOptions["classes"], random: ChooseOptions["random"]) {
  const [from, to] = typeof classes === "object" ? classes : [0, classes ?? there];
  const whole = Number.isInteger(from) && Number.isInteger(to);
  if (!whole || from < 0 || to <= from || to > there) {
    throw new RangeError(`Cannot choose items: classes ${from} to ${to} (exclusive), the data set has ${there}`);
  }
  if (random === undefined || typeof classes === "object") {
    return Int32Array.from({ length: to - from }, (_, i) => from + i);
  }
  return new RandomStream(random, "class choice").permutation(there).subarray(0, to);
}
