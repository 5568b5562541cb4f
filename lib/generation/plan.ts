/**
 * Which images a run makes, and from which vectors.
 *
 * An image is named by the global row of its identity and its number within the identity, whatever shard makes it
 * (in the reference, https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation.py, `--start_end` starts labels
 * at 0 again, so that shards overwrite one another).
 */
import { perturb, rotateToCosine, sigmaPlan, type VectorSource } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import type { Recipe } from "./recipe.ts";

/** Name of one image of a data set. */
export interface ImageAddress {
  /** Global row of the identity: the label. */
  readonly identity: number;
  /** Number of the image within the identity, from 0. */
  readonly image: number;
}

/** A part of a data set to make. */
export interface GenerationPlan {
  /** What the images are a function of. */
  readonly recipe: Recipe;
  /** ID vectors, at least `recipe.identities.count` rows. */
  readonly vectors: VectorSource;
  /** First identity of this run. */
  readonly start: number;
  /** Identity after the last one. */
  readonly end: number;
  /** First image of each identity. */
  readonly firstImage: number;
  /** Image after the last one. */
  readonly endImage: number;
  /** Identities of this run that have no images, as those that refinement rejected. */
  readonly leftOut?: ReadonlySet<number>;
}

/** Options of {@link makePlan}. */
export interface PlanOptions {
  /** Identities a to b - 1 only. */
  readonly startEnd?: readonly [number, number] | undefined;
  /** One identity, or one image of it, only. */
  readonly only?: {
    readonly identity: number;
    readonly image?: number | undefined;
  } | undefined;
}

/**
 * Makes the plan of a run: the whole data set, a shard of it, or one image.
 *
 * @param recipe The recipe of the whole data set.
 * @param vectors Where its ID vectors come from.
 * @param options The part to make.
 * @returns The plan.
 * @throws {TypeError} When there are fewer vectors than identities.
 * @throws {RangeError} When the part lies outside the data set.
 *
 * @example A shard
 * ```ts
 * import { makePlan, planSize, type Recipe } from "@/generation/mod.ts";
 * import { arrayVectors } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const vectors = arrayVectors(Float32Array.of(1, 2, 3, 4, 5, 6), 2, "three");
 * const recipe = { identities: { count: 3 }, images: 5 } as Recipe;
 * assert.equal(planSize(makePlan(recipe, vectors, { startEnd: [1, 3] })), 10);
 * ```
 */
export function makePlan(
  recipe: Recipe,
  vectors: VectorSource,
  options: PlanOptions = {},
): GenerationPlan {
  const { count } = recipe.identities;
  if (vectors.count < count) {
    throw new TypeError(
      `Cannot plan ${count} identities: ${vectors.name} has ${vectors.count} rows`,
    );
  }
  const { startEnd, only } = options;
  const [start, end] = only !== undefined ? [only.identity, only.identity + 1] : startEnd ?? [0, count];
  const [firstImage, endImage] = only?.image !== undefined ? [only.image, only.image + 1] : [0, recipe.images];
  if (
    !(Number.isInteger(start) && Number.isInteger(end) && start >= 0 &&
      start < end && end <= count)
  ) {
    throw new RangeError(
      `Cannot plan identities ${start} to ${end - 1}: the data set has identities 0 to ${count - 1}`,
    );
  }
  if (
    startEnd !== undefined && only !== undefined &&
    (only.identity < startEnd[0] || only.identity >= startEnd[1])
  ) {
    throw new RangeError(
      `Cannot plan identity ${only.identity}: the shard has identities ${startEnd[0]} to ${startEnd[1] - 1}`,
    );
  }
  if (
    !(Number.isInteger(firstImage) && firstImage >= 0 &&
      firstImage < endImage && endImage <= recipe.images)
  ) {
    throw new RangeError(
      `Cannot plan image ${firstImage}: each identity has images 0 to ${recipe.images - 1}`,
    );
  }
  return { recipe, vectors, start, end, firstImage, endImage };
}

/**
 * Counts the images of a plan.
 *
 * @param plan The plan.
 * @returns Number of images.
 *
 * @example Two identities of five
 * ```ts
 * import { type GenerationPlan, planSize } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(planSize({ start: 1, end: 3, firstImage: 0, endImage: 5 } as GenerationPlan), 10);
 * ```
 */
export function planSize(plan: GenerationPlan): number {
  const { start, end, leftOut = new Set<number>() } = plan;
  let identities = end - start;
  for (const row of leftOut) if (row >= start && row < end) identities--;
  return identities * (plan.endImage - plan.firstImage);
}

/**
 * Goes through the images of a plan, identity by identity.
 *
 * @param plan The plan.
 * @returns Their addresses in order.
 *
 * @example In order
 * ```ts
 * import { type GenerationPlan, plannedImages } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plan = { start: 4, end: 5, firstImage: 0, endImage: 2 } as GenerationPlan;
 * assert.deepEqual([...plannedImages(plan)], [{ identity: 4, image: 0 }, { identity: 4, image: 1 }]);
 * ```
 */
export function* plannedImages(
  plan: Omit<GenerationPlan, "recipe" | "vectors">,
): Generator<ImageAddress, void, void> {
  for (let identity = plan.start; identity < plan.end; identity++) {
    if (plan.leftOut?.has(identity)) continue;
    for (let image = plan.firstImage; image < plan.endImage; image++) {
      yield { identity, image };
    }
  }
}

/**
 * Gives the function from an image's address to its vector: a pure function of the recipe and the ID vectors.
 *
 * Keeps the last identity's vector, so going through the images in order reads each row once.
 *
 * @param recipe The recipe.
 * @param vectors ID vectors.
 * @returns A function giving a new vector [D].
 *
 * @example Each image is at the cosine asked for
 * ```ts
 * import { imageVectors, type Recipe } from "@/generation/mod.ts";
 * import { arrayVectors, cosine } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const vectors = arrayVectors(Float32Array.of(1, 2, 3, 4), 4, "one");
 * const recipe = { images: 5, seed: "0", variation: { kind: "cosine", cosine: 0.5 } } as Recipe;
 * const vector = imageVectors(recipe, vectors)({ identity: 0, image: 2 });
 * assert.ok(Math.abs(cosine(vector, vectors.vector(0)) - 0.5) < 1e-6);
 * ```
 */
export function imageVectors(
  recipe: Pick<Recipe, "seed" | "images" | "variation">,
  vectors: VectorSource,
): (address: ImageAddress) => Float32Array {
  const { variation, images } = recipe;
  const seed = BigInt(recipe.seed);
  let kept = -1;
  let base: Float32Array = new Float32Array();
  let sigmas: number[] = [];
  return ({ identity, image }) => {
    if (identity !== kept) {
      base = vectors.vector(identity);
      if (variation.kind === "sigma") {
        sigmas = sigmaPlan(
          images,
          variation.sigmas,
          variation.mix,
          new RandomStream(seed, "sigma", identity),
        );
      }
      kept = identity;
    }
    const stream = new RandomStream(seed, "perturb", identity, image);
    return variation.kind === "cosine"
      ? rotateToCosine(base, variation.cosine, stream)
      : perturb(base, sigmas[image]!, stream);
  };
}
