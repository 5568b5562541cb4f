/**
 * Weights and thresholds that belong together.
 *
 * Numbers of "vec2face" from gen_image of
 * https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py , those of "vec2face-plus" from
 * https://github.com/HaiyuWu/Vec2Face_plus/blob/main/pixel_generator/vec2face/model_vec2face.py . Deviations: Vec2Face has no
 * cap; Vec2Face+ compares its scaled quality and yaw losses with the unscaled thresholds 1 and 5, so that neither ever decides:
 * here they decide in norm and degrees, as meant (Infinity gives its behaviour). Those of "mini" are ours: its quality norms have a
 * mean of 27 on rendered heads and 30 on generated faces, and lie lower for faces turned away: with 25 in the place of 22 a tenth
 * of the faces turned by 45 degrees could not have both. Once a face is its identity's, only the other wishes weigh.
 *
 * @module
 */
import type { FeatureNetwork } from "./feature_network.ts";
import { identityObjective } from "./identity_objective.ts";
import type { Objective } from "./objective.ts";
import { type PoseAngle, type PoseNetwork, poseObjective } from "./pose_objective.ts";
import { qualityObjective } from "./quality_objective.ts";
import { type Estimator, targetObjective } from "./target_objective.ts";

/** Settings of one way to do attribute operation. */
export interface AttributePreset {
  /** Learning rate of Adam. */
  readonly learningRate: number;
  /** Most evaluations of one sample. */
  readonly cap: number;
  /** Identity: 1 - cosine. */
  readonly identity: { readonly weight: number; readonly threshold: number; readonly hinge: number };
  /** Quality: norm of the features. */
  readonly quality: { readonly weight: number; readonly threshold: number; readonly target: number };
  /** Each angle, in degrees. */
  readonly pose: { readonly weight: number; readonly threshold: number };
  /** In the place of the cap and of identity's threshold and hinge where a pose is asked for; the same ones when left out. */
  readonly turned?: { readonly cap: number; readonly threshold: number; readonly hinge: number };
}

/** Names of the presets. */
export type AttributePresetName = "vec2face" | "vec2face-plus" | "mini";

/** The presets by name. */
export const ATTRIBUTE_PRESETS: Readonly<Record<AttributePresetName, AttributePreset>> = {
  vec2face: {
    learningRate: 0.1,
    cap: 100,
    identity: { weight: 100, threshold: 0.3, hinge: 0 },
    quality: { weight: 1, threshold: 1, target: 27 },
    pose: { weight: 1, threshold: 5 },
  },
  "vec2face-plus": {
    learningRate: 0.1,
    cap: 31, // 30 that do not count and one that does
    identity: { weight: 1, threshold: 0.3, hinge: 0.3 },
    quality: { weight: 1 / 30, threshold: 1, target: 24 },
    pose: { weight: 1 / 90, threshold: 5 },
  },
  mini: {
    learningRate: 0.1,
    cap: 30,
    identity: { weight: 100, threshold: 0.3, hinge: 0.3 },
    quality: { weight: 1, threshold: 1, target: 22 },
    pose: { weight: 1, threshold: 5 },
    turned: { cap: 100, threshold: 0.5, hinge: 0.4 }, // to its recogniser a face seen from the side is less like itself
  },
};

/** Networks that the objectives of a preset are made of. */
export interface PresetNetworks {
  /** The recogniser that the generator was trained with. */
  readonly recognise: FeatureNetwork;
  /** Quality by the norm of its features; without it quality is not asked for. */
  readonly quality?: FeatureNetwork | undefined;
  /** Quality by a number of its own, in the place of a norm. */
  readonly score?: Estimator | undefined;
  /** Pose; without it no angle is asked for. */
  readonly pose?: PoseNetwork | undefined;
}

/** What is asked beyond identity and quality. */
export interface PresetRequest {
  /** Angles to control; each sample gives a target for each. @default {["yaw"]} */
  readonly angles?: readonly PoseAngle[] | undefined;
  /** Take yaw without its sign, as the reference does. @default {false} */
  readonly unsigned?: boolean | undefined;
}

/**
 * Makes the objectives of a preset: identity, and quality and pose where there are networks for them.
 *
 * @param preset Weights and thresholds: one of {@linkcode ATTRIBUTE_PRESETS}, or one with fields of your own.
 * @param networks What measures.
 * @param request Which angles, and whether yaw has a sign.
 * @returns The objectives.
 * @throws {RangeError} If a weight or a threshold cannot work.
 *
 * @example Identity and quality
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { ATTRIBUTE_PRESETS, presetObjectives } from "@/attributes/mod.ts";
 *
 * const network = () => { throw new Error("not built yet"); };
 * const objectives = presetObjectives(ATTRIBUTE_PRESETS.vec2face, { recognise: network, quality: network });
 * deepStrictEqual(objectives.map(({ name, threshold }) => [name, threshold]), [["identity", 0.3], ["quality", 1]]);
 * ```
 */
export function presetObjectives(
  preset: AttributePreset,
  { recognise, quality, score, pose }: PresetNetworks,
  { angles = ["yaw"], unsigned = false }: PresetRequest = {},
): Objective[] {
  return [
    identityObjective(recognise, preset.identity),
    ...(quality === undefined ? [] : [qualityObjective(quality, preset.quality)]),
    ...(score === undefined ? [] : [targetObjective("quality", score, { toward: "at least", ...preset.quality })]),
    ...(pose === undefined ? [] : angles.map((angle) => {
      return poseObjective(angle, pose, { ...preset.pose, unsigned: unsigned && angle === "yaw" });
    })),
  ];
}
