/**
 * Images to attribute targets: each starts from a vector near its identity and goes down the gradient until pose and quality
 * are as asked and the identity is still there.
 *
 * The second use of gen_image, in
 * https://github.com/HaiyuWu/Vec2Face/blob/main/pose_image_generation.py ; deviations: each image has targets of its own, and
 * the image returned is the one that passed.
 *
 * @module
 */
import { RandomStream } from "@/random/mod.ts";
import type { AttributeEvaluator } from "./attribute_session.ts";
import { type AttributeJob, type AttributeResult, type OptimiseOptions, runJobs } from "./optimise.ts";

/** Which image of which identity. */
export interface TargetedTag {
  /** Row of the identity. */
  readonly row: number;
  /** Number of the image within the identity, from 0. */
  readonly image: number;
}

/** One image to make. */
export interface TargetedImage extends TargetedTag {
  /** Vector to start from [D], such as the identity's with noise. */
  readonly vector: Float32Array;
  /** The identity's own vector [D], which the image's features are compared with. */
  readonly identity: Float32Array;
  /** Numbers asked for by objective: `{ yaw: -30, pitch: 10, quality: 25 }`. */
  readonly targets: Readonly<Record<string, number>>;
}

/** What came of one image. */
export interface TargetedResult extends TargetedTag, Omit<AttributeResult<TargetedTag>, "tag" | "image"> {
  /** What was asked. */
  readonly asked: Readonly<Record<string, number>>;
  /** The image of the best iteration [3,H,W], RGB, -1..1; absent when no iteration was finite. */
  readonly tensor?: Float32Array;
}

/** Options of {@linkcode generateToTargets}. */
export interface TargetedOptions extends OptimiseOptions<TargetedTag> {
  /** Seed of the data set, 0..2^64-1; the masks are those that generation draws for the same seed, row and image. */
  readonly seed: number | bigint;
}

/**
 * Makes images that have what is asked of them.
 *
 * Results come in the order in which they end; each depends on its own entry, the seed, the networks, cap and learning rate alone.
 *
 * @param evaluator Networks and objectives.
 * @param images What to make; taken when there is room in the batch.
 * @param options Seed, and those of the loop.
 * @returns A result for every image.
 *
 * @example What was asked comes back beside what was measured
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { type AttributeEvaluator, generateToTargets } from "@/attributes/mod.ts";
 *
 * const mask = { keep: new Uint8Array(), masked: new Uint8Array() };
 * const network: AttributeEvaluator = {
 *   vectorSize: 1,
 *   objectives: [{ name: "yaw", unit: "degrees", threshold: 5 }],
 *   targets: [{ name: "yaw", kind: "number" }],
 *   drawMask: () => mask,
 *   evaluate: (samples) =>
 *     Promise.resolve(samples.map(({ vector, targets }) => {
 *       const miss = Float32Array.of(Math.abs(vector[0]! - (targets.yaw as number)));
 *       return { loss: miss[0]!, gradient: Float32Array.of(1), image: vector, measured: vector, miss };
 *     })),
 * };
 * const vector = Float32Array.of(42), entry = { row: 3, image: 0, vector, identity: vector, targets: { yaw: 45 } };
 * const [result] = await Array.fromAsync(generateToTargets(network, [entry], { seed: 1 }));
 * deepStrictEqual([result!.asked, result!.measured, result!.accepted], [{ yaw: 45 }, { yaw: 42 }, true]);
 * ```
 */
export async function* generateToTargets(
  evaluator: AttributeEvaluator,
  images: Iterable<TargetedImage> | AsyncIterable<TargetedImage>,
  options: TargetedOptions,
): AsyncGenerator<TargetedResult, void, void> {
  const { seed } = options;
  const asked = new Map<TargetedTag, TargetedImage["targets"]>();
  const iterator = Symbol.asyncIterator in images ? images[Symbol.asyncIterator]() : images[Symbol.iterator]();
  let done = false;
  const source = {
    next: async (): Promise<AttributeJob<TargetedTag> | undefined> => {
      if (done) return undefined;
      const next = await iterator.next();
      done = next.done === true;
      if (next.done === true) return undefined;
      const { row, image, vector, identity, targets } = next.value, tag = { row, image };
      asked.set(tag, targets);
      const mask = evaluator.drawMask(new RandomStream(seed, "mask", row, image));
      return { tag, vector, mask, targets: { ...targets, identity } };
    },
    close: async () => {
      if (!done) await iterator.return?.();
    },
  };
  for await (const { tag, image: tensor, ...result } of runJobs(evaluator, source, options)) {
    const targets = asked.get(tag)!;
    asked.delete(tag);
    yield { ...tag, ...result, asked: targets, ...(tensor === undefined ? {} : { tensor }) };
  }
}
