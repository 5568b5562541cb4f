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
 * - vectors keep a norm, their own or one of a fitted distribution;
 * - rows can be kept away from enrolled ones (see _packing_apart.ts).
 */
import { breathe } from "./_breathe.ts";
import { LargestCosine } from "./_largest_cosine.ts";
import { ApartRows } from "./_packing_apart.ts";
import { addSmoothMaximum } from "./_packing_gradient.ts";
import { galleryTerm, gaussianTerm, type NearTerm } from "./_packing_near.ts";
import { findNeighbours, NeighbourLists } from "./_packing_neighbours.ts";
import { BlockProducts, productError } from "./_packing_products.ts";
import { checkSettings, FIRST_SHARPNESS } from "./_packing_settings.ts";
import { finalNorms, jitter, readUnit } from "./_packing_start.ts";
import { SphereAdam } from "./_sphere_adam.ts";
import { cosine } from "./norm.ts";
import type { PackingResult, PackNear, PackOptions } from "./packing_options.ts";

/**
 * Moves rows apart on the sphere.
 *
 * The rows depend on each other, so unlike a sampler's they depend on N. Memory in bytes: 4 (3 N D + 2 N K + B^2), and
 * 4 G D for a gallery or 4 D^2 for a Gaussian, and 4 (A D + 2 N K) for A enrolled rows; for 100,000 rows of 512 that is
 * 0.64 GB, where 0.78 GB were measured (`deno task bench:packing`). A search for neighbours takes N^2 D / 2 multiplications in
 * ONNX Runtime, N A D more with enrolled rows; a step about 2 N K D here.
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
  const { start, near, against, signal, onProgress } = options;
  const { count, width } = start;
  const lengths = new Float64Array(count);
  const rows = readUnit(start, lengths);
  await using products = await BlockProducts.open(width, threads);
  const apart = against === undefined
    ? undefined
    : new ApartRows(against.vectors, count, { ...against, neighbours: settings.neighbours, blockRows, products, seed });
  finalNorms(lengths, norms, seed);
  await using term = await termOf(near, { count, lengths, products, blockRows, threads });
  const weight = near?.weight ?? 0.5, gradient = new Float32Array(count * width);
  const lists = new NeighbourLists(count, settings.neighbours), adam = new SphereAdam(count, width);
  /** Looks for neighbours, and gives the largest cosines of the vectors that `vector` gives, exact in float64. */
  const lookExactly = async (vector: (i: number) => Float32Array) => {
    const among = new LargestCosine(width, (i, j) => cosine(vector(i), vector(j)));
    const to = new LargestCosine(width, (i, a) => cosine(vector(i), against!.vectors.vector(a)));
    await findNeighbours(lists, products, rows, blockRows, signal, (values, from, at, columns) => {
      among.look(values, from, at, columns, from === at);
    });
    await apart?.refresh(rows, signal, (values, from, at, columns) => to.look(values, from, at, columns, false));
    return { among: among.best, to: apart === undefined ? undefined : to.best };
  };
  const before = await lookExactly((i) => start.vector(i));
  await term?.refresh(rows, signal);
  const distanceBefore = await term?.add(rows, gradient, 0);
  let done = 0, largest = before.among, largestAgainst = before.to;
  const isReached = () => {
    const isApart = largestAgainst === undefined || apart!.holds(largestAgainst);
    return target !== undefined && largest + productError(width) <= target && isApart;
  };
  const isThere = isReached();
  if (!isThere) jitter(rows, width, seed);
  for (; done < iterations && !isThere; done++) {
    await breathe(signal);
    if (done > 0 && done % refreshEvery === 0) {
      await findNeighbours(lists, products, rows, blockRows, signal);
      largest = lists.largest();
      largestAgainst = await apart?.refresh(rows, signal);
      if (isReached()) break;
      await term?.refresh(rows, signal);
    }
    const share = done / iterations;
    addSmoothMaximum(rows, lists, FIRST_SHARPNESS * (sharpness / FIRST_SHARPNESS) ** share, gradient);
    await term?.add(rows, gradient, weight);
    adam.step(rows, gradient, rate * 0.5 * (1 + Math.cos(Math.PI * share)));
    apart?.project(rows);
    onProgress?.({
      ...{ iteration: done + 1, iterations, largest },
      ...(largestAgainst === undefined ? {} : { largestAgainst }),
    });
  }
  await apart?.settle(rows, signal);
  await term?.refresh(rows, signal);
  const distanceAfter = await term?.add(rows, gradient, 0);
  const stored = (i: number) => rows.slice(i * width, (i + 1) * width).map((value) => value * lengths[i]!);
  const after = await lookExactly(stored);
  for (let i = 0; i < count; i++) rows.set(stored(i), i * width);
  return {
    vectors: rows,
    count,
    width,
    iterations: done,
    largest: { before: before.among, after: after.among },
    ...(before.to === undefined ? {} : { largestAgainst: { before: before.to, after: after.to! } }),
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
      ...(against === undefined ? {} : { against: { maxCosine: against.maxCosine } }),
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
