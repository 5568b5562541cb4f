/**
 * The vector should stay near the one it started from.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import { checkSettings } from "./_check.ts";
import { type Objective, START_TARGET } from "./objective.ts";

/** Options of {@linkcode distanceObjective}. */
export interface DistanceObjectiveOptions {
  /** Factor of the distance in the loss. @default {1} */
  readonly weight?: number | undefined;
  /** Greatest distance that is accepted, above 0. @default {Infinity} */
  readonly threshold?: number | undefined;
}

/**
 * Makes the objective that pulls a vector back to its start, by the Euclidean distance between the two.
 *
 * @param options Weight and threshold.
 * @returns The objective "distance"; the loop itself tells it where a sample started.
 * @throws {RangeError} If the weight or the threshold cannot work.
 *
 * @example Three and four away
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { distanceObjective } from "@/attributes/mod.ts";
 *
 * const vectors = op.constant(Float32Array.of(3, 4), [1, 2]), target = () => op.full([1, 2], 0);
 * const { measured } = distanceObjective().build({ image: vectors, vectors, target });
 * deepStrictEqual([...(await op.compute(measured)).data], [5]);
 * ```
 */
export function distanceObjective(options: DistanceObjectiveOptions = {}): Objective {
  const { weight = 1, threshold = Infinity } = options;
  checkSettings("distance", weight, threshold);
  return {
    name: "distance",
    unit: "norm",
    threshold,
    targets: [{ name: START_TARGET, kind: "vector" }],
    build: ({ vectors, target }) => {
      const measured = op.squeeze(op.l2norm(op.sub(vectors, target(START_TARGET)), -1), [1]); // N
      return { measured, miss: measured, loss: op.mul(measured, weight) };
    },
  };
}
