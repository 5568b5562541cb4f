/**
 * Whether faces turn as far as they are asked to and stay themselves: what `deno task generate:pose` does, measured by yaw.
 *
 * A pose estimator that was descended tells what it was made to tell, so each image is also read after it was saved as JPEG,
 * by the same estimator and by one that was not optimised against.
 */
import { type AttributeEvaluator, type EndReason, generateToTargets, type TargetedImage } from "@/attributes/mod.ts";
import { perturb } from "@/identity/mod.ts";
import { decodeImage, encodeJpeg, fromTensor, toTensor } from "@/images/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { type AxisError, axisError } from "./axis_error.ts";
import { mean } from "./cosine.ts";
import type { WorkOptions } from "./embed_images.ts";
import type { PoseJudge } from "./pose_report.ts";

/** One image that was asked to have a yaw. */
export interface YawImage {
  /** Row of the identity. */
  readonly identity: number;
  /** Yaw asked for, degrees. */
  readonly target: number;
  /** Yaw of the best image by the estimator that was descended; null when no image was finite. */
  readonly yaw: number | null;
  /** Cosine of that image to the identity's vector. */
  readonly cosine: number | null;
  /** Its quality; null when quality is not measured. */
  readonly quality: number | null;
  /** Yaw by the same estimator after the image was saved; null without one. */
  readonly saved: number | null;
  /** Yaw of the saved image by an estimator that was not descended; null without one. */
  readonly second: number | null;
  /** Why it ended. */
  readonly reason: EndReason;
  /** Evaluations made. */
  readonly iterations: number;
}

/** Figures of one target. */
export interface YawTargetFigures {
  /** Yaw asked for, degrees. */
  readonly target: number;
  /** Images. */
  readonly count: number;
  /** Share within the tolerance. */
  readonly within: number;
  /** Share of at least the least cosine. */
  readonly kept: number;
  /** Share with both. */
  readonly reached: number;
  /** Mean distance of the yaw from the target, degrees; null when no image was finite. */
  readonly error: number | null;
  /** Mean distance of the saved images' yaw from the target. */
  readonly savedError: number | null;
  /** Mean distance of the second estimator's yaw from the target. */
  readonly secondError: number | null;
  /** Mean cosine. */
  readonly cosine: number | null;
  /** Mean number of evaluations. */
  readonly iterations: number;
}

/** Figures of yaw targets. */
export interface YawReport {
  /** Identities; each is asked for every target. */
  readonly identities: number;
  /** Greatest distance of a yaw that counts as reached, degrees. */
  readonly tolerance: number;
  /** Least cosine of an image that counts as its identity. */
  readonly leastCosine: number;
  /** Standard deviation of the noise on the vectors that are started from. */
  readonly sigma: number;
  /** Share of all images within tolerance and of the least cosine. */
  readonly reached: number;
  /** By target. */
  readonly targets: readonly YawTargetFigures[];
  /** The second estimator against what was asked; null without one. */
  readonly secondToAsked: AxisError | null;
  /** The second estimator against the one that was descended, both on saved images; null without the two. */
  readonly secondToFirst: AxisError | null;
  /** Every image, by identity and target. */
  readonly images: readonly YawImage[];
}

/** Options of {@link reportYaw}. */
export interface YawReportOptions extends WorkOptions {
  /** Yaws to ask each identity for, degrees. @default {[-45, -30, -15, 0, 15, 30, 45]} */
  readonly yaws?: readonly number[];
  /** Number of identities, from 1. @default {200} */
  readonly count?: number;
  /** Seed of noise and masks. @default {0} */
  readonly seed?: number | bigint;
  /** Standard deviation of the noise on the vectors that are started from. @default {0.7} */
  readonly sigma?: number;
  /** Greatest distance of a yaw that counts as reached, degrees. @default {5} */
  readonly tolerance?: number;
  /** Least cosine of an image that counts as its identity. @default {0.5} */
  readonly leastCosine?: number;
  /** Most evaluations of one image. @default {30} */
  readonly cap?: number;
  /** Learning rate of Adam. @default {0.1} */
  readonly learningRate?: number;
  /** Images evaluated together. @default {8} */
  readonly batchSize?: number;
  /** The estimator that is descended, to read saved images with. */
  readonly first?: PoseJudge | undefined;
  /** An estimator that is not descended. */
  readonly second?: PoseJudge | undefined;
}

/**
 * Asks identities for yaws and measures what comes out.
 *
 * Image k of an identity has the k-th target; it starts where `generate:pose` with the same seed would start it.
 *
 * @param evaluator The networks; they have objectives "identity" and "yaw".
 * @param draw Vector [D] of a row, 0..count-1.
 * @param options Yaws, count, seed, tolerance, other estimators, progress (images done).
 * @returns The figures.
 * @throws {TypeError} When the networks lack an objective, or a target is missing.
 * @throws {RangeError} When there is no identity or no yaw.
 *
 * @example A head that turns where its vector says
 * ```ts
 * import { reportYaw } from "@/evaluation/mod.ts";
 * import type { AttributeEvaluator } from "@/attributes/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const label = (name: string, threshold: number) => ({ name, unit: "", threshold });
 * const networks: AttributeEvaluator = {
 *   vectorSize: 1,
 *   objectives: [label("identity", 0.5), label("yaw", 5)],
 *   targets: [{ name: "yaw", kind: "number" }],
 *   drawMask: () => ({ keep: new Uint8Array(), masked: new Uint8Array() }),
 *   evaluate: (samples) =>
 *     Promise.resolve(samples.map(({ vector, targets }) => {
 *       const off = 100 * vector[0]! - (targets.yaw as number), miss = Float32Array.of(0.2, Math.abs(off));
 *       const measured = Float32Array.of(0.8, 100 * vector[0]!), gradient = Float32Array.of(Math.sign(off));
 *       return { loss: miss[1]!, gradient, image: new Float32Array(3), measured, miss };
 *     })),
 * };
 * const { reached, targets } = await reportYaw(networks, () => Float32Array.of(0.1), { count: 1, yaws: [0, 30], sigma: 0 });
 * assert.equal(reached, 1);
 * assert.ok(Math.abs(targets[1]!.error!) < 1e-4);
 * ```
 */
export async function reportYaw(
  evaluator: AttributeEvaluator,
  draw: (row: number) => Float32Array,
  options: YawReportOptions = {},
): Promise<YawReport> {
  const { yaws = [-45, -30, -15, 0, 15, 30, 45], count = 200, seed = 0, sigma = 0.7 } = options;
  const { tolerance = 5, leastCosine = 0.5, cap = 30, learningRate = 0.1, batchSize = 8 } = options;
  const { first, second, onProgress, signal } = options;
  check(evaluator, count, yaws);
  function* asked(): Generator<TargetedImage, void, void> {
    for (let row = 0; row < count; row++) {
      const identity = draw(row);
      for (const [image, yaw] of yaws.entries()) {
        const vector = perturb(identity, sigma, new RandomStream(seed, "perturb", row, image));
        yield { row, image, vector, identity, targets: { yaw } };
      }
    }
  }
  const images: (YawImage & { readonly image: number })[] = [];
  const stop = signal === undefined ? {} : { signal };
  for await (
    const result of generateToTargets(evaluator, asked(), { seed, cap, learningRate, batchSize, ...stop })
  ) {
    const { row, image, measured, reason, iterations, tensor } = result;
    const [yaw, cosine, quality] = ["yaw", "identity", "quality"].map((name) => measured[name] ?? null);
    const saved = tensor === undefined ? undefined : await savedTensor(tensor);
    const read = async (judge: PoseJudge | undefined) =>
      saved === undefined || judge === undefined ? null : (await judge.estimate(saved, 1)).yaw[0]!;
    images.push({
      ...{ identity: row, image, target: yaws[image]!, yaw: yaw!, cosine: cosine!, quality: quality! },
      ...{ saved: await read(first), second: await read(second), reason, iterations },
    });
    onProgress?.(images.length);
  }
  images.sort((a, b) => a.identity - b.identity || a.image - b.image);
  const rules = { tolerance, leastCosine };
  const pairs = (a: "second", b: "target" | "saved") => {
    const both = images.filter((image) => image[a] !== null && image[b] !== null);
    return both.length === 0 ? null : axisError(both.map((image) => image[a]!), both.map((image) => image[b]!));
  };
  return {
    ...{ identities: count, ...rules, sigma, reached: shareOf(images, (image) => isReached(image, rules)) },
    targets: yaws.map((target, k) => targetFigures(target, images.filter(({ image }) => image === k), rules)),
    secondToAsked: pairs("second", "target"),
    secondToFirst: pairs("second", "saved"),
    images: images.map(({ image: _, ...figures }) => figures),
  };
}

interface Rules {
  readonly tolerance: number;
  readonly leastCosine: number;
}

function check(evaluator: AttributeEvaluator, count: number, yaws: readonly number[]): void {
  if (!Number.isSafeInteger(count) || count < 1 || yaws.length === 0) {
    throw new RangeError(
      `Cannot report on yaws: ${count} identities and ${yaws.length} targets, expected at least 1 of each`,
    );
  }
  const names = evaluator.objectives.map(({ name }) => name);
  const missing = ["identity", "yaw"].find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new TypeError(
      `Cannot report on yaws: the networks have no objective "${missing}", theirs are ${names.join(", ")}`,
    );
  }
}

/** The image as a data set has it: 8 bits, JPEG of quality 95, and back [1,3,H,W]. */
async function savedTensor(tensor: Float32Array): Promise<Float32Array> {
  const pixels = fromTensor(tensor, 0, Math.sqrt(tensor.length / 3));
  return toTensor([await decodeImage(await encodeJpeg(pixels))]);
}

function shareOf(images: readonly YawImage[], of: (image: YawImage) => boolean): number {
  return images.filter(of).length / images.length;
}

function isWithin({ yaw, target }: YawImage, { tolerance }: Rules): boolean {
  return yaw !== null && Math.abs(yaw - target) <= tolerance;
}

function isKept({ cosine }: YawImage, { leastCosine }: Rules): boolean {
  return cosine !== null && cosine >= leastCosine;
}

function isReached(image: YawImage, rules: Rules): boolean {
  return isWithin(image, rules) && isKept(image, rules);
}

function targetFigures(target: number, images: readonly YawImage[], rules: Rules): YawTargetFigures {
  const meanOf = (of: (image: YawImage) => number | null) => {
    const values = images.map(of).filter((value) => value !== null);
    return values.length === 0 ? null : mean(values);
  };
  const off = (name: "yaw" | "saved" | "second") =>
    meanOf((image) => image[name] === null ? null : Math.abs(image[name] - target));
  return {
    target,
    count: images.length,
    within: shareOf(images, (image) => isWithin(image, rules)),
    kept: shareOf(images, (image) => isKept(image, rules)),
    reached: shareOf(images, (image) => isReached(image, rules)),
    error: off("yaw"),
    savedError: off("saved"),
    secondError: off("second"),
    cosine: meanOf(({ cosine }) => cosine),
    iterations: mean(images.map(({ iterations }) => iterations)),
  };
}
