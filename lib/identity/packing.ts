/**
 * Hypersphere packing: ID vectors moved apart until the largest cosine between any two is small.
 *
 * The idea is HyperFace's (H. Otroshi Shahreza, S. Marcel, "HyperFace: Generating Synthetic Face Recognition Datasets
 * by Exploring Face Embedding Hypersphere", ICLR 2025, https://arxiv.org/abs/2411.08470): start from vectors of faces,
 * move them by gradient descent (Adam) so that the largest pairwise cosine falls, and add a term that holds each near
 * a gallery of vectors of faces; packed without it they decode into no face. Written from the paper; deviations:
 * - each row lowers a smooth maximum over its own K hardest neighbours, and the lists of neighbours are renewed every
 *   few steps by blocked products, so nothing of size N x N exists and a step costs N K D, not N^2 D;
 * - Adam moves on the sphere (see _sphere_adam.ts), and the smooth maximum gets sharper from step to step;
 * - the fitted Gaussian can take the gallery's place;
 * - vectors keep a norm, their own or one of a fitted distribution.
 */
import { breathe } from "./_breathe.ts";
import { largestCosine } from "./_largest_cosine.ts";
import { addSmoothMaximum } from "./_packing_gradient.ts";
import { galleryTerm, gaussianTerm, type NearTerm } from "./_packing_near.ts";
import { findNeighbours, NeighbourLists } from "./_packing_neighbours.ts";
import { BlockProducts, productError } from "./_packing_products.ts";
import { checkSettings, FIRST_SHARPNESS } from "./_packing_settings.ts";
import { finalNorms, jitter, readStart } from "./_packing_start.ts";
import { SphereAdam } from "./_sphere_adam.ts";
import type { GaussianMoments } from "./moments.ts";
import { cosine } from "./norm.ts";
import type { Norms } from "./norms.ts";
import type { VectorSource } from "./vectors.ts";

/** What packed rows are kept near to. */
export type PackNear =
  | {
    /** One minus the cosine to the nearest vector of a gallery. */
    readonly kind: "gallery";
    /** The gallery [G, D]; held in memory while packing. */
    readonly vectors: VectorSource;
    /** Weight beside the largest cosine, above 0. @default {0.5} */
    readonly weight?: number;
  }
  | {
    /** Half of (d - 1)^2 where d > 1, with d the Mahalanobis distance / sqrt(D) of the row at its norm. */
    readonly kind: "gaussian";
    /** The fitted Gaussian, width D. */
    readonly moments: GaussianMoments;
    /** Weight beside the largest cosine, above 0. @default {0.5} */
    readonly weight?: number;
  };

/** How far {@link packVectors} is. */
export interface PackingProgress {
  /** Steps done. */
  readonly iteration: number;
  /** Steps in all. */
  readonly iterations: number;
  /** Largest cosine when the neighbours were last looked for, in float32. */
  readonly largest: number;
}

/** Options of {@link packVectors}. */
export interface PackOptions {
  /** Where to start [N, D], N at least 2: rows of a sampler or of a file. Row i of the result starts at row i. */
  readonly start: VectorSource;
  /** What to stay near to; nothing when left out. */
  readonly near?: PackNear;
  /** Norms of the result; natural ones are those of the start rows. @default {NATURAL_NORMS} */
  readonly norms?: Norms;
  /** Seed of the norms and of the first small move that tells equal rows apart. @default {0} */
  readonly seed?: number | bigint;
  /** Steps of Adam. @default {300} */
  readonly iterations?: number;
  /** Length of the first steps in radians, 0..1; falls to 0 along half a cosine. @default {0.05} */
  readonly rate?: number;
  /** Sharpness s of the smooth maximum at the end; a cosine 1/s below the largest weighs 1/e of it. @default {200} */
  readonly sharpness?: number;
  /** Neighbours K of a row that its gradient knows. @default {32} */
  readonly neighbours?: number;
  /** Steps from one search for neighbours to the next. @default {1 up to 4096 rows, else 8} */
  readonly refreshEvery?: number;
  /** Stop as soon as no two rows have a cosine above this; never when left out. */
  readonly target?: number;
  /**
   * Rows of a block B. The result may depend on it in its last bits, as the order of float32 sums does. @default
   * {1024}
   */
  readonly blockRows?: number;
  /** Threads of the products; 0 lets the runtime choose. @default {0} */
  readonly threads?: number;
  /** Ends the work early with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every step. */
  readonly onProgress?: ((progress: PackingProgress) => void) | undefined;
}

/** What {@link packVectors} gives. */
export interface PackingResult {
  /** The rows [N, D], with their norms. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** Number of rows N. */
  readonly count: number;
  /** Width D. */
  readonly width: number;
  /** Steps done: fewer than asked for when the target was met. */
  readonly iterations: number;
  /** Largest cosine between two rows, of the start and of the result as they are stored, in float64. */
  readonly largest: { readonly before: number; readonly after: number };
  /** Mean of the rows' terms of `near`, without its weight; absent without `near`. */
  readonly distance?: { readonly before: number; readonly after: number };
  /** The settings, as JSON; the start and the gallery are not in it. */
  readonly recipe: Readonly<Record<string, unknown>>;
}

/**
 * Moves rows apart on the sphere.
 *
 * The rows depend on each other, so unlike a sampler's they depend on N. Memory in bytes: 4 (3 N D + 2 N K + B^2), and
 * 4 G D for a gallery or 4 D^2 for a Gaussian; for 100,000 rows of 512 that is 0.65 GB. A search for neighbours takes
 * N^2 D / 2 multiplications in ONNX Runtime, a step about 3 N K D here.
 *
 * @param options The start and the settings.
 * @returns The packed rows and what was reached.
 * @throws {TypeError} When widths differ or norms are of no known kind.
 * @throws {RangeError} When an option is out of range, or a vector is zero or not finite.
 *
 * @example Three points of a plane: 120 degrees apart
 * ```ts
 * import { packVectors, sampledVectors, sphereSampler } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const start = sampledVectors(sphereSampler(2, { seed: 1 }), 3);
 * const { largest } = await packVectors({ start, threads: 1 });
 * assert.ok(Math.abs(largest.after + 0.5) < 1e-3);
 * ```
 */
export async function packVectors(options: PackOptions): Promise<PackingResult> {
  const settings = checkSettings(options);
  const { iterations, rate, sharpness, refreshEvery, blockRows, threads, norms, seed, target } = settings;
  const { start, near, signal, onProgress } = options;
  const { count, width } = start;
  const lengths = new Float64Array(count);
  const rows = readStart(start, lengths);
  await using products = await BlockProducts.open(width, threads);
  const before = await largestCosine(
    count,
    rows,
    (i, j) => cosine(start.vector(i), start.vector(j)),
    products,
    blockRows,
    signal,
  );
  finalNorms(lengths, norms, seed);
  await using term = await termOf(near, { count, lengths, products, blockRows, threads });
  const weight = near?.weight ?? 0.5, gradient = new Float32Array(count * width);
  const lists = new NeighbourLists(count, settings.neighbours), adam = new SphereAdam(count, width);
  await term?.refresh(rows, signal);
  const distanceBefore = await term?.add(rows, gradient, 0);
  jitter(rows, width, seed);
  let done = 0, largest = before;
  for (; done < iterations; done++) {
    await breathe(signal);
    if (done % refreshEvery === 0) {
      await findNeighbours(lists, products, rows, blockRows, signal);
      largest = lists.largest();
      if (target !== undefined && largest + productError(width) <= target) break;
      if (done > 0) await term?.refresh(rows, signal);
    }
    const share = done / iterations;
    addSmoothMaximum(rows, lists, FIRST_SHARPNESS * (sharpness / FIRST_SHARPNESS) ** share, gradient);
    await term?.add(rows, gradient, weight);
    adam.step(rows, gradient, rate * 0.5 * (1 + Math.cos(Math.PI * share)));
    onProgress?.({ iteration: done + 1, iterations, largest });
  }
  await term?.refresh(rows, signal);
  const distanceAfter = await term?.add(rows, gradient, 0);
  const stored = (i: number) => rows.slice(i * width, (i + 1) * width).map((value) => value * lengths[i]!);
  const after = await largestCosine(
    count,
    rows,
    (i, j) => cosine(stored(i), stored(j)),
    products,
    blockRows,
    signal,
  );
  for (let i = 0; i < count; i++) rows.set(stored(i), i * width);
  return {
    vectors: rows,
    count,
    width,
    iterations: done,
    largest: { before, after },
    ...(distanceBefore === undefined ? {} : { distance: { before: distanceBefore, after: distanceAfter! } }),
    recipe: {
      kind: "packing",
      seed: String(seed),
      count,
      width,
      iterations,
      rate,
      sharpness,
      neighbours: settings.neighbours,
      refreshEvery,
      target: target ?? null,
      blockRows,
      near: near === undefined ? null : { kind: near.kind, weight },
      norms,
    },
  };
}

interface TermParts {
  readonly count: number;
  readonly lengths: Float64Array;
  readonly products: BlockProducts;
  readonly blockRows: number;
  readonly threads: number;
}

async function termOf(
  near: PackNear | undefined,
  { count, lengths, products, blockRows, threads }: TermParts,
): Promise<NearTerm | undefined> {
  if (near === undefined) return undefined;
  return near.kind === "gallery"
    ? galleryTerm(near.vectors, count, products, blockRows)
    : await gaussianTerm(near.moments, lengths, blockRows, threads);
}
