/**
 * The Gaussian of identities: mean and covariance of ID vectors, and new identities drawn from it.
 *
 * The author samples new identities by PCA with 512 of 512 components, a Gaussian in PCA space and back
 * (https://github.com/HaiyuWu/Vec2Face/issues/10, https://github.com/HaiyuWu/Vec2Face/issues/11). With all components
 * kept that is one Gaussian N(mean, covariance) in the vectors' own space, so no PCA is needed: one Cholesky factor L,
 * and mean + L z for normal z.
 *
 * Deviation: `ridge` times the mean variance is added to the diagonal, so that fewer than D + 1 identities, or
 * columns that never vary, still give a factor.
 */
import type { RandomStream } from "@/random/mod.ts";
import { openWeights, writeSafetensors } from "@/weights/mod.ts";
import { cholesky } from "./cholesky.ts";

/** A Gaussian over ID vectors. */
export interface GaussianMoments {
  /** Width D. */
  readonly width: number;
  /** Mean [D]. */
  readonly mean: Float64Array;
  /** Lower triangular factor L [D, D], row-major; the covariance is L L^T. */
  readonly factor: Float64Array;
  /** Number of identities it was fitted on. */
  readonly count: number;
}

/** Options of {@link fitMoments}. */
export interface FitMomentsOptions {
  /** Added to the diagonal, as a share of the mean variance. @default {1e-6} */
  readonly ridge?: number;
}

/** Options of {@link saveMoments}. */
export interface SaveMomentsOptions {
  /** Type of the numbers in the file. @default {"float32"} */
  readonly dtype?: "float32" | "float16";
  /** What else to write into the file's metadata, such as the model the vectors belong to. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Fits mean and covariance (divided by N - 1, as numpy.cov does) to ID vectors.
 *
 * Takes N D^2 / 2 multiplications.
 *
 * @param vectors ID vectors [N, D], row after row, N at least 2.
 * @param width D.
 * @param options Regularisation.
 * @returns The Gaussian.
 * @throws {TypeError} When the values do not make at least two rows.
 * @throws {RangeError} When a value is not finite or all rows are the same.
 *
 * @example The mean of two
 * ```ts
 * import { fitMoments } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...fitMoments(Float32Array.of(1, 2, 3, 6), 2).mean], [2, 4]);
 * ```
 */
export function fitMoments(
  vectors: Float32Array,
  width: number,
  options: FitMomentsOptions = {},
): GaussianMoments {
  const count = vectors.length / width;
  if (!Number.isInteger(count) || count < 2) {
    throw new TypeError(
      `Cannot fit a Gaussian: ${vectors.length} values of width ${width}, expected at least two whole rows`,
    );
  }
  const mean = new Float64Array(width);
  for (let at = 0; at < vectors.length; at += width) {
    for (let c = 0; c < width; c++) mean[c]! += vectors[at + c]!;
  }
  for (let c = 0; c < width; c++) mean[c]! /= count;
  const covariance = new Float64Array(width * width); // lower triangle only
  const centred = new Float64Array(width);
  for (let at = 0; at < vectors.length; at += width) {
    for (let c = 0; c < width; c++) centred[c] = vectors[at + c]! - mean[c]!;
    for (let i = 0; i < width; i++) {
      const scale = centred[i]! / (count - 1);
      const row = covariance.subarray(i * width, i * width + i + 1);
      for (let j = 0; j <= i; j++) row[j]! += scale * centred[j]!;
    }
  }
  let trace = 0;
  for (let i = 0; i < width; i++) trace += covariance[i * width + i]!;
  if (!(trace > 0 && trace < Infinity)) {
    throw new RangeError(
      `Cannot fit a Gaussian: the variance of the ${count} rows is ${trace}, expected finite rows that differ`,
    );
  }
  const ridge = (options.ridge ?? 1e-6) * trace / width;
  for (let i = 0; i < width; i++) covariance[i * width + i]! += ridge;
  return { width, mean, factor: cholesky(covariance, width), count };
}

/**
 * Draws one ID vector.
 *
 * @param moments The Gaussian.
 * @param stream Where the randomness comes from, one stream for each row; D normal numbers are taken.
 * @returns A new vector [D], with its natural norm.
 *
 * @example A vector of the right width
 * ```ts
 * import { fitMoments, sampleGaussian } from "@/identity/mod.ts";
 * import { RandomStream } from "@/random/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const moments = fitMoments(Float32Array.of(1, 2, 3, 6), 2);
 * assert.equal(sampleGaussian(moments, new RandomStream(0, "identity", 5)).length, 2);
 * ```
 */
export function sampleGaussian(
  moments: GaussianMoments,
  stream: RandomStream,
): Float32Array {
  const { width, mean, factor } = moments;
  const z = Float64Array.from(mean, () => stream.normal());
  const out = new Float32Array(width);
  for (let i = 0; i < width; i++) {
    let sum = mean[i]!;
    for (let j = 0; j <= i; j++) sum += factor[i * width + j]! * z[j]!;
    out[i] = sum;
  }
  return out;
}

/**
 * Writes a Gaussian as a safetensors file with the tensors `mean` [D] and `factor` [D, D].
 *
 * Requires `--allow-write` permission.
 *
 * @param path File to write; replaced at once when it is there.
 * @param moments The Gaussian.
 * @param options Type of the numbers, more metadata.
 *
 * @example There and back
 * ```ts
 * import { fitMoments, loadMoments, saveMoments } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * const moments = fitMoments(Float32Array.of(1, 2, 3, 6), 2);
 * saveMoments(path, moments);
 * assert.deepEqual(loadMoments(path).mean, moments.mean);
 * await Deno.remove(path);
 * ```
 */
export function saveMoments(
  path: string,
  moments: GaussianMoments,
  options: SaveMomentsOptions = {},
): void {
  const { width, mean, factor, count } = moments;
  const { dtype = "float32", metadata = {} } = options;
  const tensor = (name: string, shape: number[], values: Float64Array) => ({
    name,
    dtype,
    shape,
    data: Float32Array.from(values),
  });
  writeSafetensors(path, [
    tensor("mean", [width], mean),
    tensor("factor", [width, width], factor),
  ], { ...metadata, kind: "id-moments", count: String(count) });
}

/**
 * Reads a Gaussian that {@link saveMoments} wrote.
 *
 * Requires `--allow-read` permission.
 *
 * @param path A safetensors file with the tensors `mean` [D] and `factor` [D, D].
 * @returns The Gaussian.
 * @throws {TypeError} When a tensor is missing or has another shape.
 * @throws {RangeError} When a value is not finite or the factor has a negative or zero diagonal.
 * @throws {SyntaxError} When the file does not parse.
 *
 * @example See saveMoments
 * ```ts
 * import { loadMoments } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.throws(() => loadMoments("no such file.safetensors"));
 * ```
 */
export function loadMoments(path: string): GaussianMoments {
  const file = openWeights(path);
  const shapeOf = (name: string) => file.tensors.get(name)?.shape.join(", ");
  const width = file.tensors.get("mean")?.shape[0];
  if (
    width === undefined || width < 1 || shapeOf("mean") !== String(width) ||
    shapeOf("factor") !== `${width}, ${width}`
  ) {
    throw new TypeError(
      `Cannot read identity moments from ${path}: found mean [${shapeOf("mean") ?? "missing"}] and factor [${
        shapeOf("factor") ?? "missing"
      }], expected [D] and [D, D]; write the file with saveMoments`,
    );
  }
  const mean = Float64Array.from(file.readFloat32("mean"));
  const factor = Float64Array.from(file.readFloat32("factor"));
  const bad = [mean, factor].some((values) => !values.every(Number.isFinite));
  const diagonal = mean.every((_, i) => factor[i * width + i]! > 0);
  if (bad || !diagonal) {
    throw new RangeError(
      `Cannot read identity moments from ${path}: ${
        bad ? "a value is NaN or infinite" : "the factor's diagonal is not positive"
      }; fit them again`,
    );
  }
  const count = Number(file.metadata.values["count"] ?? 0);
  return { width, mean, factor, count };
}
