/**
 * Attribute operation as the reference does it, for comparison: one batch, judged by its means.
 *
 * Semantics of gen_image,
 * https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py : the loss is the mean over the
 * batch; an iteration counts only when the mean miss of every objective is within its threshold (NaN is within), and the batch
 * stops after as many counted iterations as asked; every iteration, counted or not, takes a step; every iteration and the final
 * image have new masks, so the image returned is not one that was judged. Deviations: a cap ends what would run for ever; each
 * image has a mask of its own where the reference draws one share of masked tokens a batch.
 *
 * @module
 */
import type { TokenMask } from "@/networks/mod.ts";
import { Adam } from "./adam.ts";
import type { AttributeEvaluation, AttributeEvaluator, AttributeSample } from "./attribute_session.ts";

/** Options of {@linkcode optimiseAsReference}. */
export interface ReferenceOptions {
  /** Counted iterations to make (`num_iter`). @default {1} */
  readonly counted?: number;
  /** Most iterations, counted or not; a whole number from 1. */
  readonly cap: number;
  /** Learning rate of Adam. @default {0.1} */
  readonly learningRate?: number;
  /** Mask of a sample at an iteration, from 0; the final image asks for iteration `iterations`. @default {the samples' own} */
  readonly maskOf?: (iteration: number, sample: number) => TokenMask;
  /** Called after each iteration. */
  readonly onIteration?: (iteration: ReferenceIteration) => void;
}

/** One iteration of the batch. */
export interface ReferenceIteration {
  /** Mean over the batch of the summed losses: what the reference calls `loss`. */
  readonly loss: number;
  /** Mean miss of each objective over the batch. */
  readonly miss: Readonly<Record<string, number>>;
  /** Whether it counted. */
  readonly counted: boolean;
}

/** What came of a batch. */
export interface ReferenceResult {
  /** Why it ended. */
  readonly reason: "counted" | "cap";
  /** All iterations in order. */
  readonly iterations: readonly ReferenceIteration[];
  /** Vectors after the last step [D], one a sample. */
  readonly vectors: readonly Float32Array[];
  /** Evaluations of those vectors with their final masks, images included. */
  readonly final: readonly AttributeEvaluation[];
}

/**
 * Optimises one batch as the reference does.
 *
 * @param evaluator Networks and objectives; the reference's settings are the preset "vec2face" with `unsigned` yaw.
 * @param samples The batch, N >= 1 samples; targets complete.
 * @param options Cap, counted iterations, masks.
 * @returns Iterations, vectors and final images.
 * @throws {RangeError} If the cap or the number of counted iterations is not a whole number from 1, or there are no samples.
 *
 * @example The batch is held up by its mean
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { type AttributeEvaluator, optimiseAsReference } from "@/attributes/mod.ts";
 *
 * const mask = { keep: new Uint8Array(), masked: new Uint8Array() };
 * const toOne: AttributeEvaluator = {
 *   vectorSize: 1,
 *   objectives: [{ name: "one", unit: "", threshold: 0.25 }],
 *   targets: [],
 *   drawMask: () => mask,
 *   evaluate: (samples) =>
 *     Promise.resolve(samples.map(({ vector }) => {
 *       const miss = Float32Array.of(Math.abs(vector[0]! - 1)), gradient = Float32Array.of(Math.sign(vector[0]! - 1));
 *       return { loss: miss[0]!, gradient, image: vector, measured: vector, miss };
 *     })),
 * };
 * const samples = [0.25, 1].map((x) => ({ vector: Float32Array.of(x), mask, targets: {} }));
 * const { iterations } = await optimiseAsReference(toOne, samples, { cap: 9 });
 * deepStrictEqual(iterations.map(({ counted }) => counted), [false, false, false, true]);
 * ```
 */
export async function optimiseAsReference(
  evaluator: AttributeEvaluator,
  samples: readonly AttributeSample[],
  options: ReferenceOptions,
): Promise<ReferenceResult> {
  const { counted = 1, cap, learningRate = 0.1, maskOf, onIteration } = options;
  for (const [name, value] of [["cap", cap], ["number of counted iterations", counted], ["batch", samples.length]]) {
    if (!Number.isSafeInteger(value) || value as number < 1) {
      throw new RangeError(`Cannot optimise as the reference: the ${name} is ${value}, expected a whole number from 1`);
    }
  }
  const { objectives, vectorSize } = evaluator, count = samples.length;
  const vectors = samples.map(({ vector }) => vector.slice());
  const adams = samples.map(() => new Adam(vectorSize, { learningRate }));
  const evaluate = (iteration: number) =>
    evaluator.evaluate(samples.map(({ mask, targets }, i) => {
      return { vector: vectors[i]!, mask: maskOf?.(iteration, i) ?? mask, targets };
    }));
  const iterations: ReferenceIteration[] = [];
  let passed = 0;
  while (passed < counted && iterations.length < cap) {
    const evaluations = await evaluate(iterations.length);
    const mean = (of: (evaluation: AttributeEvaluation) => number) =>
      evaluations.reduce((sum, evaluation) => sum + of(evaluation), 0) / count;
    const means = objectives.map((_, j) => mean(({ miss }) => miss[j]!));
    // As the reference compares: NaN exceeds nothing.
    const counts = !objectives.some(({ threshold }, j) => means[j]! > threshold);
    if (counts) passed++;
    const iteration = {
      loss: mean(({ loss }) => loss),
      miss: Object.fromEntries(objectives.map(({ name }, j) => [name, means[j]!])),
      counted: counts,
    };
    iterations.push(iteration);
    adams.forEach((adam, i) => adam.step(vectors[i]!, evaluations[i]!.gradient, 1 / count));
    onIteration?.(iteration);
  }
  const final = await evaluate(iterations.length);
  return { reason: passed >= counted ? "counted" : "cap", iterations, vectors, final };
}
