/**
 * The head should be turned as asked.
 *
 * `pose_loss` of gen_image,
 * https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py . Deviations: one value a sample;
 * yaw with its sign, so that left and right are told apart (`unsigned` gives the reference's |yaw|); pitch and roll likewise.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { checkSettings } from "./_check.ts";
import { once } from "./_once.ts";
import type { Objective } from "./objective.ts";

/** An angle of the head. */
export type PoseAngle = "yaw" | "pitch" | "roll";

/** Angles of each head in degrees, each [N]. */
export type PoseValues = Readonly<Record<PoseAngle, Value>>;

/** Estimates poses: images [N,3,H,W], RGB in -1..1, to angles; it prepares its own input. */
export type PoseNetwork = (image: Value) => PoseValues;

/** Options of {@linkcode poseObjective}. */
export interface PoseObjectiveOptions {
  /** Degrees to reach for samples that give none under the angle's name; without it every sample must give one. */
  readonly target?: number | undefined;
  /** Greatest error that is accepted in degrees, above 0. @default {5} */
  readonly threshold?: number | undefined;
  /** Factor of the error in the loss. @default {1} */
  readonly weight?: number | undefined;
  /** Take the angle without its sign, cut to 90 degrees, as the reference does. @default {false} */
  readonly unsigned?: boolean | undefined;
}

/**
 * Makes the objective that an angle of the head is near a target.
 *
 * Objectives of several angles share one run of the network when they are given the same function.
 *
 * @param angle Which angle; also the name of the objective and of its target.
 * @param network The pose network.
 * @param options Target, threshold, weight and sign.
 * @returns The objective; what is measured keeps its sign.
 * @throws {RangeError} If the weight, the threshold or the target cannot work.
 *
 * @example Turned to the other side
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { poseObjective } from "@/attributes/mod.ts";
 *
 * const turned = { yaw: op.full([1], -30), pitch: op.full([1], 0), roll: op.full([1], 0) };
 * const image = op.full([1, 3, 1, 1], 0), context = { image, vectors: image, target: () => op.full([1], 40) };
 * const missed = async (unsigned: boolean) =>
 *   (await op.compute(poseObjective("yaw", () => turned, { unsigned }).build(context).miss)).data[0];
 * deepStrictEqual([await missed(false), await missed(true)], [70, 10]);
 * ```
 */
export function poseObjective(angle: PoseAngle, network: PoseNetwork, options: PoseObjectiveOptions = {}): Objective {
  const { target, threshold = 5, weight = 1, unsigned = false } = options;
  checkSettings(angle, weight, threshold, target);
  return {
    name: angle,
    unit: "degrees",
    threshold,
    targets: [{ name: angle, kind: "number", ...(target === undefined ? {} : { fallback: target }) }],
    build: (context) => {
      const measured = once(network, context.image)[angle];
      const compared = unsigned ? op.abs(op.clip(measured, -90, 90)) : measured;
      const miss = op.abs(op.sub(context.target(angle), compared));
      return { measured, miss, loss: op.mul(miss, weight) };
    },
  };
}
