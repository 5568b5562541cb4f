/**
 * Refines the identities of a plan before they are varied: the first use of attribute operation.
 *
 * Rows that a store has already are not refined again; a plan then takes its vectors from the store. The counterpart of the
 * first loop of https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation.py , which keeps the vectors in memory and
 * never ends for a batch that holds one vector out of reach.
 */
import { type RefinedIdentity, refineIdentities } from "@/attributes/mod.ts";
import type { AttributeEvaluator } from "@/attributes/mod.ts";
import { breathing } from "./_breathing.ts";
import { InOrder } from "./_in_order.ts";
import { shortNumber } from "./_json_log.ts";
import type { IdentityVectors } from "./identity_source.ts";
import type { IdentityRecord, IdentityStore, IdentityTry, RefinedRow, StoredIdentities } from "./identity_store.ts";
import type { GenerationPlan } from "./plan.ts";

/** How far refinement is. */
export interface RefineProgress {
  /** Rows that are settled. */
  readonly done: number;
  /** Rows to settle. */
  readonly total: number;
  /** Settled rows that were accepted. */
  readonly accepted: number;
  /** Vectors that were rejected, replaced ones included. */
  readonly rejected: number;
}

/** Options of {@link refinePlan}. */
export interface RefinePlanOptions {
  /** Vectors evaluated together; memory and speed only, never the vectors. @default {8} */
  readonly batchSize?: number;
  /** Called when a vector has ended. */
  readonly onProgress?: (progress: RefineProgress) => void;
  /** Stops between two evaluations; rows that are settled stay. */
  readonly signal?: AbortSignal;
}

/**
 * Lists the identities of a plan that are not refined yet.
 *
 * @param plan The plan.
 * @param stored What is refined.
 * @returns Rows in order.
 *
 * @example Rows 0 and 1, when none is there
 * ```ts
 * import { type GenerationPlan, type StoredIdentities, unrefinedRows } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plan = { start: 0, end: 2 } as GenerationPlan;
 * assert.deepEqual(unrefinedRows(plan, { has: () => false } as unknown as StoredIdentities), [0, 1]);
 * ```
 */
export function unrefinedRows(
  { start, end }: Pick<GenerationPlan, "start" | "end">,
  stored: Pick<StoredIdentities, "has">,
): number[] {
  const rows: number[] = [];
  for (let row = start; row < end; row++) if (!stored.has(row)) rows.push(row);
  return rows;
}

/**
 * Refines identities and stores them as they are settled.
 *
 * What becomes of a row depends on the recipe, the networks and the row alone; from one run, the lines of the report are in
 * the order of the rows.
 *
 * @param plan The recipe, and the vectors before refinement.
 * @param rows Rows to refine, rising.
 * @param evaluator The networks, see `loadAttributeNetworks`.
 * @param store Where refined rows go; stays open.
 * @param options Batch size, progress, interruption.
 * @throws {TypeError} When the recipe has no refinement, the networks have vectors of another width, or rejected rows are to
 * be replaced and have no replacements.
 * @throws {DOMException} The signal's reason, when it fires.
 *
 * @example A recipe that says nothing of refinement
 * ```ts
 * import { type GenerationPlan, refinePlan } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plan = { recipe: {} } as GenerationPlan;
 * await assert.rejects(refinePlan(plan, [0], undefined as never, undefined as never), /has no refinement/);
 * ```
 */
export async function refinePlan(
  plan: Pick<GenerationPlan, "recipe"> & { readonly vectors: Omit<IdentityVectors, typeof Symbol.dispose> },
  rows: readonly number[],
  evaluator: AttributeEvaluator,
  store: Pick<IdentityStore, "add">,
  options: RefinePlanOptions = {},
): Promise<void> {
  const { recipe: { refinement, seed }, vectors } = plan;
  if (refinement === undefined) throw new TypeError("Cannot refine identities: the recipe has no refinement");
  const { batchSize = 8, onProgress, signal } = options;
  const { redraw, width, name } = vectors, { rejected } = refinement;
  if (width !== evaluator.vectorSize) {
    throw new TypeError(
      `Cannot refine identities: ${name} has vectors of ${width} values, the network takes ${evaluator.vectorSize}`,
    );
  }
  if (rejected === "replace" && redraw === undefined) {
    throw new TypeError(
      `Cannot replace rejected identities of ${name}: its rows have no replacements; keep or skip them instead`,
    );
  }
  const draw = (row: number, attempt: number) => attempt === 0 ? vectors.vector(row) : redraw!(row, attempt);
  const refused = new Map<number, IdentityTry[]>(), place = new Map(rows.map((row, i) => [row, i]));
  const ordered = new InOrder<RefinedRow>();
  let [done, accepted, failed] = [0, 0, 0];
  try {
    for await (
      const result of refineIdentities(breathing(evaluator), draw, {
        seed: BigInt(seed),
        rows,
        attempts: rejected === "replace" ? refinement.attempts : 1,
        cap: refinement.iterations,
        learningRate: refinement.learningRate,
        batchSize,
        ...(signal === undefined ? {} : { signal }),
      })
    ) {
      const { row, settled } = result, before = refused.get(row) ?? [];
      if (!result.accepted) failed++;
      if (settled) {
        done++;
        if (result.accepted) accepted++;
        refused.delete(row);
        const record = settledRecord(result, before, rejected === "keep");
        await store.add(ordered.add(place.get(row)!, { record, vector: result.vector }));
      } else {
        refused.set(row, [...before, tryOf(result)]);
      }
      onProgress?.({ done, total: rows.length, accepted, rejected: failed });
    }
  } finally {
    await store.add(ordered.rest());
  }
}

/**
 * Makes a plan of refined identities: vectors from the store, and without the rows that have no images.
 *
 * @param plan The plan of the vectors before refinement.
 * @param stored The refined ones, all rows of the plan.
 * @returns The plan.
 *
 * @example Row 1 was rejected
 * ```ts
 * import { type GenerationPlan, type IdentityRecord, planSize, refinedPlan, type StoredIdentities } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const records = new Map([[0, { used: true }], [1, { used: false }]] as [number, IdentityRecord][]);
 * const plan = { start: 0, end: 2, firstImage: 0, endImage: 5 } as GenerationPlan;
 * assert.equal(planSize(refinedPlan(plan, { records } as unknown as StoredIdentities)), 5);
 * ```
 */
export function refinedPlan(plan: GenerationPlan, stored: StoredIdentities): GenerationPlan {
  const leftOut = new Set<number>();
  for (let row = plan.start; row < plan.end; row++) if (stored.records.get(row)?.used === false) leftOut.add(row);
  return { ...plan, vectors: stored, leftOut };
}

function tryOf({ attempt, accepted, reason, iterations, measured }: RefinedIdentity): IdentityTry {
  const [cosine, quality] = [shortNumber(measured["identity"]), shortNumber(measured["quality"])];
  return { attempt, accepted, reason, iterations, cosine, quality };
}

function settledRecord(result: RefinedIdentity, refused: readonly IdentityTry[], keep: boolean): IdentityRecord {
  const told = tryOf(result);
  const used = result.accepted || (keep && result.best > 0); // without a finite image there is nothing to keep
  return { identity: result.row, ...told, used, ...(refused.length === 0 ? {} : { refused }) };
}
