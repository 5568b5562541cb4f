/**
 * Generated images that are looked at and not stored: those of `generateDataset`, before they become JPEG files.
 */
import type { StreamedFace } from "@/datasets/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import type { MaskedGenerator } from "./generator.ts";
import { type GenerationPlan, type ImageAddress, imageVectors, plannedImages } from "./plan.ts";
import type { Recipe } from "./recipe.ts";

/** Which images, and what they are a function of: the part of a {@link GenerationPlan} that is no file. */
export interface FacePlan extends Pick<GenerationPlan, "vectors" | "start" | "end" | "leftOut"> {
  /** Seed, images of each identity, and how they differ. */
  readonly recipe: Pick<Recipe, "seed" | "images" | "variation">;
}

/** A generated image. */
export interface GeneratedFace extends StreamedFace {
  /** Which image of its identity. */
  readonly number: number;
}

/** Options of {@link generatedFaces}. */
export interface GeneratedFacesOptions {
  /** Images decoded together; memory and speed only, never the images. @default {8} */
  readonly batchSize?: number;
  /** Stops between two batches. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Decodes the images of a plan, identity by identity.
 *
 * @param plan ID vectors, identities, and how the images of one differ.
 * @param generator The network.
 * @param options Batches, stopping.
 * @returns The images [3, 112, 112] in order; the same numbers that `generateDataset` encodes.
 * @throws {TypeError} When vectors and network differ in width.
 *
 * @example Two images of each of two people, by a network that paints its vector
 * ```ts
 * import { generatedFaces } from "@/generation/mod.ts";
 * import { arrayVectors } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const network = {
 *   tokens: 1,
 *   vectorSize: 1,
 *   drawMask: () => null,
 *   decode: (v: Float32Array) =>
 *     Promise.resolve(Float32Array.from({ length: v.length * 37632 }, (_, i) => v[Math.floor(i / 37632)]!)),
 *   release: () => Promise.resolve(),
 * };
 * const recipe = { seed: "0", images: 2, variation: { kind: "sigma", sigmas: [0], mix: [1] } } as const;
 * const vectors = arrayVectors(Float32Array.of(0.25, -0.5), 1, "two");
 * const faces = generatedFaces({ recipe, vectors, start: 0, end: 2 }, network);
 * const seen = await Array.fromAsync(faces, ({ identity, number, image }) => [identity, number, image[0]]);
 * assert.deepEqual(seen, [[0, 0, 0.25], [0, 1, 0.25], [1, 0, -0.5], [1, 1, -0.5]]);
 * ```
 */
export async function* generatedFaces<Mask>(
  plan: FacePlan,
  generator: MaskedGenerator<Mask>,
  options: GeneratedFacesOptions = {},
): AsyncGenerator<GeneratedFace, void, undefined> {
  const { recipe, vectors } = plan, { batchSize = 8, signal } = options;
  if (vectors.width !== generator.vectorSize) {
    throw new TypeError(
      `Cannot generate: ${vectors.name} has vectors of ${vectors.width} values, the network takes ${generator.vectorSize}`,
    );
  }
  const vectorOf = imageVectors(recipe, vectors), seed = BigInt(recipe.seed);
  const decode = async function* (batch: readonly ImageAddress[]): AsyncGenerator<GeneratedFace, void, undefined> {
    signal?.throwIfAborted();
    const input = new Float32Array(batch.length * vectors.width); // [B, D]
    batch.forEach((address, b) => input.set(vectorOf(address), b * vectors.width));
    const masks = batch.map(({ identity, image }) =>
      generator.drawMask(new RandomStream(seed, "mask", identity, image))
    );
    const images = await generator.decode(input, masks); // [B, 3, H, W]
    const size = images.length / batch.length;
    for (const [b, { identity, image: number }] of batch.entries()) {
      yield { identity, number, image: images.slice(b * size, (b + 1) * size) };
    }
  };
  let batch: ImageAddress[] = [];
  for (const address of plannedImages({ ...plan, firstImage: 0, endImage: recipe.images })) {
    batch.push(address);
    if (batch.length < batchSize) continue;
    yield* decode(batch);
    batch = [];
  }
  if (batch.length > 0) yield* decode(batch);
}
