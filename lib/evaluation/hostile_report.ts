/**
 * Whether attribute operation ends, whatever vector it is given.
 */
import { type AttributeEvaluator, type AttributeJob, type EndReason, optimiseAttributes } from "@/attributes/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import type { WorkOptions } from "./embed_images.ts";

/**
 * Kinds of vectors that are no identities.
 *
 * | kind | values |
 * |---|---|
 * | isotropic | N(0, 1): a direction off the manifold of faces |
 * | huge | N(0, 1) times 10^3 to 10^37: past float32 in the first layers, or nearly so |
 * | tiny | N(0, 1) times 10^-2 to 10^-40, denormal numbers included |
 * | zero | all 0 |
 * | nan | N(0, 1), one value NaN |
 * | infinite | N(0, 1), one value infinite, of either sign |
 */
export const HOSTILE_KINDS = ["isotropic", "huge", "tiny", "zero", "nan", "infinite"] as const;

/** One of {@link HOSTILE_KINDS}. */
export type HostileKind = typeof HOSTILE_KINDS[number];

/** A vector that is no identity. */
export interface HostileVector {
  /** What is wrong with it. */
  readonly kind: HostileKind;
  /** The vector [D]. */
  readonly vector: Float32Array;
}

/** What came of the vectors of one kind. */
export interface HostileFigures {
  /** Vectors of the kind. */
  readonly count: number;
  /** Most evaluations of one. */
  readonly mostIterations: number;
  /** How many ended for which reason. */
  readonly reasons: Readonly<Partial<Record<EndReason, number>>>;
}

/** What came of hostile vectors. */
export interface HostileReport {
  /** Vectors that were tried. */
  readonly count: number;
  /** Vectors that ended; the rest is lost. */
  readonly ended: number;
  /** Most evaluations allowed for one. */
  readonly cap: number;
  /** Most evaluations made for one. */
  readonly mostIterations: number;
  /** By kind. */
  readonly kinds: Readonly<Record<HostileKind, HostileFigures>>;
}

/** Options of {@link reportHostile}. */
export interface HostileReportOptions extends WorkOptions {
  /** Number of vectors; the kinds take turns. @default {1000} */
  readonly count?: number;
  /** Seed of vectors and masks. @default {0} */
  readonly seed?: number | bigint;
  /** Most evaluations of one vector. @default {30} */
  readonly cap?: number;
  /** Vectors evaluated together. @default {8} */
  readonly batchSize?: number;
  /** Targets besides the identity, which is the vector itself: `{ yaw: 30 }`. @default {{}} */
  readonly targets?: Readonly<Record<string, number>>;
}

/**
 * Makes a vector that is no identity.
 *
 * @param row Number of the vector; the kinds take turns.
 * @param width Width D.
 * @param seed Seed.
 * @returns The vector, a pure function of row, width and seed.
 *
 * @example The fourth is zero
 * ```ts
 * import { hostileVector } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { kind, vector } = hostileVector(3, 2, 0);
 * assert.deepEqual([kind, [...vector]], ["zero", [0, 0]]);
 * ```
 */
export function hostileVector(row: number, width: number, seed: number | bigint): HostileVector {
  const kind = HOSTILE_KINDS[row % HOSTILE_KINDS.length]!, stream = new RandomStream(seed, "hostile", row);
  const vector = stream.fillNormal(new Float32Array(width)), place = stream.integer(width);
  if (kind === "huge") scale(vector, 10 ** stream.uniformIn(3, 37));
  if (kind === "tiny") scale(vector, 10 ** stream.uniformIn(-40, -2));
  if (kind === "zero") vector.fill(0);
  if (kind === "nan") vector[place] = NaN;
  if (kind === "infinite") vector[place] = stream.integer(2) === 0 ? Infinity : -Infinity;
  return { kind, vector };
}

/**
 * Gives hostile vectors to attribute operation and counts how they end; all kinds are in each batch.
 *
 * @param evaluator Networks and objectives.
 * @param options Count, seed, cap, batch size, targets, progress (vectors done).
 * @returns The figures.
 * @throws {TypeError} When a target is missing.
 * @throws {RangeError} When the cap is not a whole number from 1.
 *
 * @example None gets past the cap
 * ```ts
 * import { reportHostile } from "@/evaluation/mod.ts";
 * import type { AttributeEvaluator } from "@/attributes/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const unreachable: AttributeEvaluator = {
 *   vectorSize: 2,
 *   objectives: [{ name: "far", unit: "", threshold: 1 }],
 *   targets: [],
 *   drawMask: () => ({ keep: new Uint8Array(), masked: new Uint8Array() }),
 *   evaluate: (samples) =>
 *     Promise.resolve(samples.map(({ vector }) => {
 *       const nine = Float32Array.of(9);
 *       return { loss: 9, gradient: Float32Array.of(1, 1), image: vector, measured: nine, miss: nine };
 *     })),
 * };
 * const { ended, kinds } = await reportHostile(unreachable, { count: 6, cap: 4 });
 * assert.deepEqual([ended, kinds.isotropic.reasons, kinds.zero.reasons], [6, { cap: 1 }, { "no norm": 1 }]);
 * ```
 */
export async function reportHostile(
  evaluator: AttributeEvaluator,
  options: HostileReportOptions = {},
): Promise<HostileReport> {
  const { count = 1000, seed = 0, cap = 30, batchSize = 8, targets = {}, onProgress, signal } = options;
  function* jobs(): Generator<AttributeJob<HostileKind>, void, void> {
    for (let row = 0; row < count; row++) {
      const { kind, vector } = hostileVector(row, evaluator.vectorSize, seed);
      const mask = evaluator.drawMask(new RandomStream(seed, "hostile-mask", row));
      yield { tag: kind, vector, mask, targets: { ...targets, identity: vector } };
    }
  }
  const found = new Map<HostileKind, { count: number; mostIterations: number; reasons: HostileFigures["reasons"] }>(
    HOSTILE_KINDS.map((kind) => [kind, { count: 0, mostIterations: 0, reasons: {} }]),
  );
  let ended = 0;
  const stop = signal === undefined ? {} : { signal };
  for await (const { tag, reason, iterations } of optimiseAttributes(evaluator, jobs(), { cap, batchSize, ...stop })) {
    const figures = found.get(tag)!;
    figures.count++;
    figures.mostIterations = Math.max(figures.mostIterations, iterations);
    figures.reasons = { ...figures.reasons, [reason]: (figures.reasons[reason] ?? 0) + 1 };
    ended++;
    onProgress?.(ended);
  }
  const mostIterations = Math.max(...[...found.values()].map((figures) => figures.mostIterations));
  const kinds = Object.fromEntries(found) as Record<HostileKind, HostileFigures>;
  return { count, ended, cap, mostIterations, kinds };
}

function scale(vector: Float32Array, factor: number): void {
  vector.forEach((value, i) => vector[i] = value * factor);
}
