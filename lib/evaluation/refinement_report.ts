/**
 * Whether sampled identities can be brought to identity and quality, and how soon: what `deno task generate --attrop` does
 * with each of its rows, measured.
 */
import { type AttributeEvaluator, type EndReason, type RefinedIdentity, refineIdentities } from "@/attributes/mod.ts";
import { mean, median } from "./cosine.ts";
import type { WorkOptions } from "./embed_images.ts";

/** What came of one row. */
export interface RefinedRowFigures {
  /** Row of the sampler. */
  readonly row: number;
  /** Whether identity and quality were both reached. */
  readonly accepted: boolean;
  /** Why it ended. */
  readonly reason: EndReason;
  /** Evaluations made. */
  readonly iterations: number;
  /** Cosine of the best image to the vector drawn; null when no image was finite. */
  readonly cosine: number | null;
  /** Quality of that image. */
  readonly quality: number | null;
  /** Cosine of the first image, before any step. */
  readonly startCosine: number | null;
  /** Quality of the first image. */
  readonly startQuality: number | null;
}

/** Figures of refinement on sampled vectors. */
export interface RefinementReport {
  /** Vectors that were tried. */
  readonly count: number;
  /** Most evaluations of one. */
  readonly cap: number;
  /** Share that reached both, 0..1. */
  readonly accepted: number;
  /** Share whose best image is within the threshold of identity. */
  readonly identityReached: number;
  /** Share whose best image is within the threshold of quality. */
  readonly qualityReached: number;
  /** Share that was accepted after at most 1, 2, ... `cap` evaluations. */
  readonly acceptedWithin: readonly number[];
  /** How many ended for which reason. */
  readonly reasons: Readonly<Partial<Record<EndReason, number>>>;
  /** Evaluations of a vector. */
  readonly iterations: { readonly mean: number; readonly median: number; readonly most: number };
  /** Means over the images before refinement; null when no image was finite. */
  readonly start: { readonly cosine: number | null; readonly quality: number | null };
  /** Means over the best images. */
  readonly end: { readonly cosine: number | null; readonly quality: number | null };
  /** Every vector, by row. */
  readonly rows: readonly RefinedRowFigures[];
}

/** Options of {@link reportRefinement}. */
export interface RefinementReportOptions extends WorkOptions {
  /** Number of vectors, from 1. @default {200} */
  readonly count?: number;
  /** Seed of the masks. @default {0} */
  readonly seed?: number | bigint;
  /** Most evaluations of one vector. @default {30} */
  readonly cap?: number;
  /** Learning rate of Adam. @default {0.1} */
  readonly learningRate?: number;
  /** Vectors evaluated together. @default {8} */
  readonly batchSize?: number;
}

/**
 * Refines vectors and counts how many reach identity and quality.
 *
 * @param evaluator The networks; they have objectives "identity" and "quality".
 * @param draw Vector [D] of a row, 0..count-1.
 * @param options Count, seed, cap, learning rate, batch size, progress (vectors done).
 * @returns The figures.
 * @throws {TypeError} When the networks lack one of the two objectives.
 * @throws {RangeError} When the count or the cap is not a whole number from 1.
 *
 * @example One vector is there at once, the other never
 * ```ts
 * import { reportRefinement } from "@/evaluation/mod.ts";
 * import type { AttributeEvaluator } from "@/attributes/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const label = (name: string) => ({ name, unit: "", threshold: 1 });
 * const networks: AttributeEvaluator = {
 *   vectorSize: 1,
 *   objectives: [label("identity"), label("quality")],
 *   targets: [],
 *   drawMask: () => ({ keep: new Uint8Array(), masked: new Uint8Array() }),
 *   evaluate: (samples) =>
 *     Promise.resolve(samples.map(({ vector }) => {
 *       const miss = Float32Array.of(0, vector[0]!), gradient = Float32Array.of(1);
 *       return { loss: vector[0]!, gradient, image: vector, measured: Float32Array.of(0.9, 20), miss };
 *     })),
 * };
 * const { accepted, reasons } = await reportRefinement(networks, (row) => Float32Array.of(row * 9 + 0.5), { count: 2 });
 * assert.deepEqual([accepted, reasons], [0.5, { accepted: 1, cap: 1 }]);
 * ```
 */
export async function reportRefinement(
  evaluator: AttributeEvaluator,
  draw: (row: number) => Float32Array,
  options: RefinementReportOptions = {},
): Promise<RefinementReport> {
  const { count = 200, seed = 0, cap = 30, learningRate = 0.1, batchSize = 8, onProgress, signal } = options;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`Cannot report on refinement: ${count} vectors, expected a whole number of at least 1`);
  }
  const thresholds = ["identity", "quality"].map((name) => {
    const found = evaluator.objectives.find((objective) => objective.name === name);
    if (found === undefined) {
      throw new TypeError(
        `Cannot report on refinement: the networks have no objective "${name}", theirs are ` +
          evaluator.objectives.map((objective) => objective.name).join(", "),
      );
    }
    return found.threshold;
  });
  const rows = Array.from({ length: count }, (_, row) => row);
  const results: RefinedIdentity[] = [];
  const stop = signal === undefined ? {} : { signal };
  const work = { seed, rows, cap, learningRate, batchSize, history: true, ...stop };
  for await (const result of refineIdentities(evaluator, draw, work)) {
    results.push(result);
    onProgress?.(results.length);
  }
  results.sort((a, b) => a.row - b.row);
  const share = (of: (result: RefinedIdentity) => boolean) => results.filter(of).length / count;
  const reached = (name: string, threshold: number) => share(({ miss }) => (miss[name] ?? Infinity) <= threshold);
  const figures = results.map(rowFigures);
  const iterations = results.map((result) => result.iterations);
  const reasons: Partial<Record<EndReason, number>> = {};
  for (const { reason } of results) reasons[reason] = (reasons[reason] ?? 0) + 1;
  return {
    count,
    cap,
    accepted: share((result) => result.accepted),
    identityReached: reached("identity", thresholds[0]!),
    qualityReached: reached("quality", thresholds[1]!),
    acceptedWithin: Array.from({ length: cap }, (_, k) => {
      return share((result) => result.accepted && result.iterations <= k + 1);
    }),
    reasons,
    iterations: { mean: mean(iterations), median: median(iterations), most: Math.max(...iterations) },
    start: meansOf(figures, "startCosine", "startQuality"),
    end: meansOf(figures, "cosine", "quality"),
    rows: figures,
  };
}

function rowFigures({ row, accepted, reason, iterations, measured, history }: RefinedIdentity): RefinedRowFigures {
  const first = history?.[0]?.measured ?? {};
  return {
    row,
    accepted,
    reason,
    iterations,
    cosine: finite(measured["identity"]),
    quality: finite(measured["quality"]),
    startCosine: finite(first["identity"]),
    startQuality: finite(first["quality"]),
  };
}

function finite(value: number | undefined): number | null {
  return Number.isFinite(value) ? value! : null;
}

/** Means of two columns, over the rows that have them. */
function meansOf(
  rows: readonly RefinedRowFigures[],
  cosine: "cosine" | "startCosine",
  quality: "quality" | "startQuality",
): { cosine: number | null; quality: number | null } {
  const column = (name: keyof RefinedRowFigures) => {
    const values = rows.map((row) => row[name]).filter((value) => typeof value === "number");
    return values.length === 0 ? null : mean(values);
  };
  return { cosine: column(cosine), quality: column(quality) };
}
