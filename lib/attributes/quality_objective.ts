/**
 * The image should be of good quality, told by the length of MagFace's features.
 *
 * `q_loss` of gen_image,
 * https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py ; deviation: one value a sample.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import { once } from "./_once.ts";
import type { FeatureNetwork } from "./feature_network.ts";
import type { Objective } from "./objective.ts";
import { type Estimator, targetObjective } from "./target_objective.ts";

/** Options of {@linkcode qualityObjective}. */
export interface QualityObjectiveOptions {
  /** Norm to reach for samples that give none as "quality". @default {27} */
  readonly target?: number | undefined;
  /** Greatest shortfall of the norm that is accepted, above 0. @default {1} */
  readonly threshold?: number | undefined;
  /** Factor of the shortfall in the loss. @default {1} */
  readonly weight?: number | undefined;
}

/**
 * Makes an estimator of the length of a network's features.
 *
 * @param network The network.
 * @returns Images to norms [N].
 *
 * @example A length
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { featureNorm } from "@/attributes/mod.ts";
 *
 * const estimate = featureNorm(() => op.constant(Float32Array.of(3, 4), [1, 2]));
 * deepStrictEqual([...(await op.compute(estimate(op.full([1, 3, 1, 1], 0)))).data], [5]);
 * ```
 */
export function featureNorm(network: FeatureNetwork): Estimator {
  return (image) => op.squeeze(op.l2norm(once(network, image), -1), [1]);
}

/**
 * Makes the objective that the norm of a network's features reaches a target; more costs nothing.
 *
 * @param network The quality network, such as MagFace.
 * @param options Target, threshold and weight.
 * @returns The objective "quality"; a sample may give a target of its own under that name.
 * @throws {RangeError} If the weight, the threshold or the target cannot work.
 *
 * @example Two short of the target
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { qualityObjective } from "@/attributes/mod.ts";
 *
 * const features = op.constant(Float32Array.of(3, 4), [1, 2]), image = op.full([1, 3, 1, 1], 0);
 * const { miss } = qualityObjective(() => features).build({ image, vectors: image, target: () => op.full([1], 7) });
 * deepStrictEqual([...(await op.compute(miss)).data], [2]);
 * ```
 */
export function qualityObjective(network: FeatureNetwork, options: QualityObjectiveOptions = {}): Objective {
  const { target = 27, threshold = 1, weight = 1 } = options;
  return targetObjective("quality", featureNorm(network), {
    toward: "at least",
    target,
    threshold,
    weight,
    unit: "norm",
  });
}
