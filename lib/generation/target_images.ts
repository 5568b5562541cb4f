/**
 * Makes images to targets of pose and quality: the second use of attribute operation.
 *
 * The counterpart of https://github.com/HaiyuWu/Vec2Face/blob/main/pose_image_generation.py . Deviations: every image is a
 * function of (recipe, ID vectors, weights, identity, image) alone, batch size and order change nothing; the image written
 * is the one that passed; one that did not pass is left out, or kept, and told in the report either way.
 */
import {
  type AttributeEvaluator,
  generateToTargets,
  type PoseAngle,
  scheduledAngle,
  type TargetedImage,
  type TargetedResult,
} from "@/attributes/mod.ts";
import type { DatasetWriter } from "@/datasets/mod.ts";
import { encodeJpeg, fromTensor } from "@/images/mod.ts";
import { breathing } from "./_breathing.ts";
import { InOrder } from "./_in_order.ts";
import { shortNumber } from "./_json_log.ts";
import type { ImageRecord, ImageReport } from "./image_report.ts";
import { type GenerationPlan, type ImageAddress, imageVectors, plannedImages, planSize } from "./plan.ts";
import type { RecipeTargets } from "./attribute_recipe.ts";
import type { Recipe } from "./recipe.ts";

/** How far a run is. */
export interface TargetProgress {
  /** Images of the plan that are settled. */
  readonly done: number;
  /** Images of the plan. */
  readonly total: number;
  /** Images that were settled before. */
  readonly skipped: number;
  /** Images of this run that were accepted. */
  readonly accepted: number;
}

/** Options of {@link generateTargetImages}. */
export interface TargetImagesOptions {
  /** Vectors evaluated together; memory and speed only, never the images. @default {8} */
  readonly batchSize?: number;
  /** Make images again that are there, and try again those that were left out. @default {false} */
  readonly overwrite?: boolean;
  /** Called when an image is settled. */
  readonly onProgress?: (progress: TargetProgress) => void;
  /** Stops between two evaluations; what is written stays. */
  readonly signal?: AbortSignal;
}

/** What a run did. */
export interface TargetImagesResult {
  /** Images of the plan. */
  readonly total: number;
  /** Images written by this run. */
  readonly written: number;
  /** Images of this run that were accepted. */
  readonly accepted: number;
  /** Images that were settled before. */
  readonly skipped: number;
}

/**
 * What is asked of an image: a pure function of the recipe.
 *
 * @param recipe The recipe; it has targets.
 * @param address The image.
 * @returns Angles in degrees and the quality's norm, by objective.
 *
 * @example The same for every image
 * ```ts
 * import { askedOf, type Recipe } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const targets = { quality: { target: 25 }, angles: { yaw: { kind: "constant", angle: -30 } } };
 * const recipe = { seed: "0", targets } as unknown as Recipe;
 * assert.deepEqual(askedOf(recipe as never, { identity: 3, image: 1 }), { yaw: -30, quality: 25 });
 * ```
 */
export function askedOf(
  { seed, targets }: Pick<Recipe, "seed"> & { readonly targets: RecipeTargets },
  { identity, image }: ImageAddress,
): Readonly<Record<string, number>> {
  const key = { seed: BigInt(seed), identity, image }, asked: Record<string, number> = {};
  for (const [angle, schedule] of Object.entries(targets.angles)) {
    asked[angle] = scheduledAngle(schedule, angle as PoseAngle, key);
  }
  return { ...asked, quality: targets.quality.target };
}

/**
 * Makes the images of a plan that are not settled yet: written with a line in the report, or left out by one.
 *
 * @param plan What to make; its recipe has targets.
 * @param evaluator The networks, see `loadAttributeNetworks`.
 * @param writer The data set; stays open.
 * @param report Its report; stays open. From one run, its lines are in the order of the images.
 * @param options Batch size, progress, interruption.
 * @returns How many images were made, accepted, and there.
 * @throws {TypeError} When the recipe has no targets, or the networks have vectors of another width.
 * @throws {DOMException} The signal's reason, when it fires; what is settled stays.
 *
 * @example A recipe that says nothing of targets
 * ```ts
 * import { type GenerationPlan, generateTargetImages } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plan = { recipe: {} } as GenerationPlan, none = undefined as never;
 * await assert.rejects(generateTargetImages(plan, none, none, none), /has no targets/);
 * ```
 */
export async function generateTargetImages(
  plan: GenerationPlan,
  evaluator: AttributeEvaluator,
  writer: Pick<DatasetWriter, "write" | "has">,
  report: Pick<ImageReport, "state" | "add">,
  options: TargetImagesOptions = {},
): Promise<TargetImagesResult> {
  const { recipe, vectors } = plan, { targets } = recipe;
  if (targets === undefined) throw new TypeError("Cannot make images to targets: the recipe has no targets");
  const { batchSize = 8, overwrite = false, onProgress, signal } = options;
  if (vectors.width !== evaluator.vectorSize) {
    throw new TypeError(
      `Cannot make images to targets: ${vectors.name} has vectors of ${vectors.width} values, the network takes ` +
        `${evaluator.vectorSize}`,
    );
  }
  const firstLabel = recipe.identities.firstLabel ?? 0;
  const total = planSize(plan), vectorOf = imageVectors(recipe, vectors);
  const places = new Map<string, number>(), ordered = new InOrder<ImageRecord>();
  const key = ({ identity, image }: ImageAddress) => `${identity}:${image}`;
  let [started, settled, skipped, written, accepted] = [0, 0, 0, 0, 0];

  const there = async (address: ImageAddress): Promise<boolean> => {
    const state = report.state(address);
    if (overwrite || state === "unknown") return false;
    return state === "left out" || await writer.has(firstLabel + address.identity, address.image);
  };
  async function* images(): AsyncGenerator<TargetedImage, void, void> {
    for (const address of plannedImages(plan)) {
      if (await there(address)) {
        skipped++;
        continue;
      }
      places.set(key(address), started++);
      const { identity, image } = address, asked = askedOf({ ...recipe, targets: targets! }, address);
      yield { row: identity, image, vector: vectorOf(address), identity: vectors.vector(identity), targets: asked };
    }
  }
  try {
    for await (
      const result of generateToTargets(breathing(evaluator), images(), {
        seed: BigInt(recipe.seed),
        cap: targets.iterations,
        learningRate: targets.learningRate,
        batchSize,
        ...(signal === undefined ? {} : { signal }),
      })
    ) {
      const { row, image, tensor } = result;
      const keep = tensor !== undefined && (result.accepted || targets.rejected === "keep");
      if (keep) {
        const bytes = await encodeJpeg(fromTensor(tensor, 0), { quality: recipe.output.quality });
        await writer.write({ label: firstLabel + row, image, bytes });
        written++;
      }
      if (result.accepted) accepted++;
      settled++;
      const place = places.get(key({ identity: row, image }))!;
      places.delete(key({ identity: row, image }));
      await report.add(ordered.add(place, recordOf(result, firstLabel, keep)));
      onProgress?.({ done: settled + skipped, total, skipped, accepted });
    }
  } finally {
    await report.add(ordered.rest());
  }
  onProgress?.({ done: settled + skipped, total, skipped, accepted });
  return { total, written, accepted, skipped };
}

function recordOf(result: TargetedResult, firstLabel: number, written: boolean): ImageRecord {
  const { row, image, asked, measured, miss, accepted, reason, iterations } = result;
  const achieved = Object.entries(measured).map(([name, value]) => [
    name === "identity" ? "cosine" : name,
    shortNumber(value),
  ]);
  const missed = Object.keys(asked).filter((name) => name in miss).map((name) => [name, shortNumber(miss[name])]);
  return {
    identity: row,
    image,
    ...(firstLabel === 0 ? {} : { label: firstLabel + row }),
    asked: Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, shortNumber(value)!])),
    achieved: Object.fromEntries(achieved),
    missed: Object.fromEntries(missed),
    accepted,
    reason,
    iterations,
    written,
  };
}
