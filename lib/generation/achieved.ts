/**
 * What refinement and targets came to, in a few numbers beside what the recipe asks.
 */
import { JsonLog, readJsonLog, shortNumber } from "./_json_log.ts";
import { type DatasetPaths, readRecipe, replaceRecipe } from "./dataset_files.ts";
import type { IdentityRecord } from "./identity_store.ts";
import { readImageReport } from "./image_report.ts";

/** What refinement came to. */
export interface AchievedIdentities {
  /** Rows that are settled. */
  readonly settled: number;
  /** Rows with a vector that was accepted. */
  readonly accepted: number;
  /** Rows whose vector took the place of a rejected one. */
  readonly replaced: number;
  /** Rows without images. */
  readonly leftOut: number;
  /** Mean number of evaluations of a vector that is used; null when there is none. */
  readonly iterations: number | null;
  /** Mean cosine of those. */
  readonly cosine: number | null;
  /** Mean quality of those. */
  readonly quality: number | null;
}

/** What targets came to. */
export interface AchievedImages {
  /** Images that are settled. */
  readonly settled: number;
  /** Images that were accepted. */
  readonly accepted: number;
  /** Images that were rejected and are not there. */
  readonly leftOut: number;
  /** Mean number of evaluations of an image that is there; null when there is none. */
  readonly iterations: number | null;
  /** Mean of what was measured on those. */
  readonly mean: Readonly<Record<string, number | null>>;
  /** Mean distance of those from what was asked. */
  readonly missed: Readonly<Record<string, number | null>>;
}

/** What a data set came to so far. */
export interface RecipeAchieved {
  /** Refinement. */
  readonly identities?: AchievedIdentities;
  /** Targets. */
  readonly images?: AchievedImages;
}

/**
 * Sums up the reports of a data set, and writes the sums into its recipe.
 *
 * Requires `--allow-read` and `--allow-write` permission.
 *
 * @param paths The data set.
 * @returns The sums; undefined when its recipe asks for neither refinement nor targets.
 * @throws {SyntaxError} When recipe or report cannot be read.
 *
 * @example No recipe, no sums
 * ```ts
 * import { datasetPaths, recordAchieved } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(await recordAchieved(datasetPaths("no such folder", "faces", "folder")), undefined);
 * ```
 */
export async function recordAchieved(paths: DatasetPaths): Promise<RecipeAchieved | undefined> {
  const recipe = readRecipe(paths.recipe);
  if (recipe === undefined || (recipe.refinement === undefined && recipe.targets === undefined)) return undefined;
  using log = await JsonLog.open(recipe.refinement === undefined ? paths.imageReport : paths.identityReport);
  return await log.locked(async () => {
    const achieved: RecipeAchieved = {
      ...(recipe.refinement === undefined ? {} : { identities: await identitiesOf(paths.identityReport) }),
      ...(recipe.targets === undefined ? {} : { images: await imagesOf(paths.imageReport) }),
    };
    // Read again, as it may have grown meanwhile.
    replaceRecipe(paths.recipe, { ...(readRecipe(paths.recipe) ?? recipe), achieved });
    return achieved;
  });
}

/** Means of numbers by name; those that are null do not count. */
class Means {
  readonly #sums = new Map<string, { sum: number; count: number }>();

  add(values: Readonly<Record<string, number | null>>): void {
    for (const [name, value] of Object.entries(values)) {
      if (value === null) continue;
      const { sum, count } = this.#sums.get(name) ?? { sum: 0, count: 0 };
      this.#sums.set(name, { sum: sum + value, count: count + 1 });
    }
  }

  get(name: string): number | null {
    const found = this.#sums.get(name);
    return found === undefined ? null : shortNumber(found.sum / found.count);
  }

  all(): Record<string, number | null> {
    return Object.fromEntries([...this.#sums.keys()].map((name) => [name, this.get(name)]));
  }
}

async function identitiesOf(path: string): Promise<AchievedIdentities> {
  const rows = new Map<number, IdentityRecord>(), means = new Means();
  for await (const value of readJsonLog(path)) rows.set((value as IdentityRecord).identity, value as IdentityRecord);
  let [accepted, replaced, leftOut] = [0, 0, 0];
  for (const record of rows.values()) {
    const { iterations, cosine, quality } = record;
    if (record.accepted) accepted++;
    if (record.used && record.attempt > 0) replaced++;
    if (record.used) means.add({ iterations, cosine, quality });
    else leftOut++;
  }
  const [iterations, cosine, quality] = ["iterations", "cosine", "quality"].map((name) => means.get(name));
  return {
    ...{ settled: rows.size, accepted, replaced, leftOut },
    ...{ iterations: iterations!, cosine: cosine!, quality: quality! },
  };
}

async function imagesOf(path: string): Promise<AchievedImages> {
  const mean = new Means(), missed = new Means(), made = new Means();
  let [settled, accepted, leftOut] = [0, 0, 0];
  for await (const record of readImageReport(path)) {
    settled++;
    if (record.accepted) accepted++;
    if (!record.written) {
      leftOut++;
      continue;
    }
    mean.add(record.achieved);
    missed.add(record.missed);
    made.add({ iterations: record.iterations });
  }
  return { settled, accepted, leftOut, iterations: made.get("iterations"), mean: mean.all(), missed: missed.all() };
}
