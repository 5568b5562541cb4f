/**
 * The image should be of the asked person.
 *
 * `id_loss` of gen_image,
 * https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py ; the hinge is that of
 * https://github.com/HaiyuWu/Vec2Face_plus/blob/main/pixel_generator/vec2face/model_vec2face.py . Deviation: one value a
 * sample, not the batch's mean.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import { checkSettings } from "./_check.ts";
import { once } from "./_once.ts";
import type { FeatureNetwork } from "./feature_network.ts";
import type { Objective } from "./objective.ts";

/** Options of {@linkcode identityObjective}. */
export interface IdentityObjectiveOptions {
  /** Greatest 1 - cosine that is accepted, above 0. @default {0.3} */
  readonly threshold?: number | undefined;
  /** Factor of 1 - cosine in the loss. @default {100} */
  readonly weight?: number | undefined;
  /** Values of 1 - cosine up to this cost nothing. @default {0} */
  readonly hinge?: number | undefined;
  /** Name of the objective. @default {"identity"} */
  readonly name?: string | undefined;
  /** Name under which samples give the class vector [D]. @default {"identity"} */
  readonly target?: string | undefined;
}

/**
 * Makes the objective that the recogniser's features of the image point to a class vector.
 *
 * What is measured is the cosine; the miss is 1 - cosine.
 *
 * @param recognise The recogniser; its features must be as wide as an identity vector.
 * @param options Weight, threshold and hinge.
 * @returns The objective; each sample must give the class vector.
 * @throws {RangeError} If the weight, the threshold or the hinge cannot work.
 *
 * @example Features at a right angle to the class vector
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { identityObjective } from "@/attributes/mod.ts";
 *
 * const features = op.constant(Float32Array.of(3, 0), [1, 2]), image = op.full([1, 3, 1, 1], 0);
 * const target = () => op.constant(Float32Array.of(0, 5), [1, 2]);
 * const { loss } = identityObjective(() => features).build({ image, vectors: features, target });
 * deepStrictEqual([...(await op.compute(loss)).data], [100]);
 * ```
 */
export function identityObjective(recognise: FeatureNetwork, options: IdentityObjectiveOptions = {}): Objective {
  const { threshold = 0.3, weight = 100, hinge = 0, name = "identity" } = options;
  const { target: key = "identity" } = options;
  checkSettings(name, weight, threshold);
  if (!(hinge >= 0 && hinge <= threshold)) {
    throw new RangeError(
      `Cannot make objective "${name}": its hinge is ${hinge}, expected 0 to its threshold ${threshold}; ` +
        "above it nothing would pull an image that is not accepted",
    );
  }
  return {
    name,
    unit: "cosine",
    threshold,
    targets: [{ name: key, kind: "vector" }],
    build: ({ image, target }) => {
      const features = once(recognise, image), wanted = target(key);
      if (features.shape[1] !== wanted.shape[1]) {
        throw new TypeError(
          `Cannot build objective "${name}": the recogniser's features are [${features.shape}], ` +
            `identity vectors [${wanted.shape}]; use the recogniser that the generator was trained with`,
        );
      }
      const measured = op.cosine(features, wanted); // N
      const miss = op.sub(1, measured);
      const counted = hinge === 0 ? miss : op.where(op.greater(miss, hinge), miss, 0);
      return { measured, miss, loss: op.mul(counted, weight) };
    },
  };
}
