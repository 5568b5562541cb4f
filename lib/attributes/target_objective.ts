/**
 * The objective behind most others: something is estimated from the image and should be near a number, at least, or at most it.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { checkSettings } from "./_check.ts";
import { once } from "./_once.ts";
import type { Objective } from "./objective.ts";

/** Estimates one number an image: images [N,3,H,W], RGB in -1..1, to [N]; any differentiable graph. */
export type Estimator = (image: Value) => Value;

/** Options of {@linkcode targetObjective}. */
export interface TargetObjectiveOptions {
  /** Which side of the target is good. */
  readonly toward: "near" | "at least" | "at most";
  /** Greatest distance from the target that is accepted, above 0; Infinity to descend without deciding. */
  readonly threshold: number;
  /** Target of samples that give none under the objective's name; without it every sample must give one. */
  readonly target?: number | undefined;
  /** Factor of the distance in the loss. @default {1} */
  readonly weight?: number | undefined;
  /** Unit of the number, for people. @default {""} */
  readonly unit?: string | undefined;
}

/**
 * Makes an objective of an estimator: the number it gives should reach a target.
 *
 * The loss is weight times the distance; for "at least" and "at most" the distance of the good side is 0.
 *
 * @param name Name of the objective and of its target.
 * @param estimate The estimator.
 * @param options Which side is good, threshold, target, weight.
 * @returns The objective.
 * @throws {RangeError} If the weight, the threshold or the target cannot work.
 *
 * @example Brighter than a given value
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { targetObjective } from "@/attributes/mod.ts";
 *
 * const brightness = targetObjective("brightness", (image) => op.reduceMean(image, [1, 2, 3], false), {
 *   toward: "at least",
 *   target: 0.2,
 *   threshold: 0.05,
 * });
 * const image = op.full([1, 3, 2, 2], 0), target = () => op.full([1], 0.2);
 * const { miss } = brightness.build({ image, vectors: image, target });
 * strictEqual((await op.compute(miss)).data[0], Math.fround(0.2));
 * ```
 */
export function targetObjective(name: string, estimate: Estimator, options: TargetObjectiveOptions): Objective {
  const { toward, threshold, target, weight = 1, unit = "" } = options;
  checkSettings(name, weight, threshold, target);
  return {
    name,
    unit,
    threshold,
    targets: [{ name, kind: "number", ...(target === undefined ? {} : { fallback: target }) }],
    build: (context) => {
      const measured = once(estimate, context.image), wanted = context.target(name);
      const miss = distance(measured, wanted, toward);
      return { measured, miss, loss: op.mul(miss, weight) };
    },
  };
}

/** Distance between two values [N]. */
function distance(measured: Value, wanted: Value, toward: TargetObjectiveOptions["toward"]): Value {
  switch (toward) {
    case "near":
      return op.abs(op.sub(measured, wanted));
    case "at least":
      return op.relu(op.sub(wanted, measured));
    case "at most":
      return op.relu(op.sub(measured, wanted));
  }
}
