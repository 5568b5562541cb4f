/**
 * Where a data set's identities come from: a file of vectors, or a Gaussian fitted to such vectors.
 */
import { fileURLToPath } from "node:url";
import {
  checkVectors,
  gaussianSampler,
  gaussianVectors,
  loadMoments,
  openVectors,
  type VectorSource,
} from "@/identity/mod.ts";

/** A file that identities come from. */
export interface IdentityFile {
  /** Rows as they are, or a Gaussian they are drawn from. */
  readonly source: "gaussian" | "vectors";
  /** Its path. */
  readonly path: string;
}

/** What the user said about identities. */
export interface LocateIdentitiesOptions {
  /** Name of the generator, for its bundled Gaussian. */
  readonly model: string;
  /** A .npy file of vectors [N, D]. */
  readonly vectors?: string | undefined;
  /** A .safetensors file of a Gaussian, see `saveMoments`. */
  readonly moments?: string | undefined;
}

/** Gaussians that are shipped, by generator. */
const BUNDLED: Readonly<Record<string, string>> = {
  mini: "../../data/mini/id_moments.safetensors",
};

/**
 * Finds the file that identities come from: the one given, or the generator's bundled Gaussian.
 *
 * @param options What was given.
 * @returns The file; it need not exist.
 * @throws {RangeError} When both kinds are given, or none and the generator has no bundled Gaussian.
 *
 * @example Vectors that were given
 * ```ts
 * import { locateIdentities } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(locateIdentities({ model: "base", vectors: "ids.npy" }), {
 *   source: "vectors",
 *   path: "ids.npy",
 * });
 * assert.throws(() => locateIdentities({ model: "base" }), RangeError);
 * ```
 */
export function locateIdentities(
  options: LocateIdentitiesOptions,
): IdentityFile {
  const { model, vectors, moments } = options;
  if (vectors !== undefined && moments !== undefined) {
    throw new RangeError(
      `Cannot choose identities: both vectors (${vectors}) and a Gaussian (${moments}) are given; give one`,
    );
  }
  if (vectors !== undefined) return { source: "vectors", path: vectors };
  if (moments !== undefined) return { source: "gaussian", path: moments };
  const bundled = Object.hasOwn(BUNDLED, model) ? BUNDLED[model] : undefined;
  if (bundled === undefined) {
    throw new RangeError(
      `Cannot choose identities: no Gaussian is bundled for model "${model}"; give a file of ID vectors or of a fitted Gaussian`,
    );
  }
  return {
    source: "gaussian",
    path: fileURLToPath(new URL(bundled, import.meta.url)),
  };
}

/** Options of {@link openIdentities}. */
export interface OpenIdentitiesOptions {
  /** Seed of the Gaussian's rows; rows of a file do not depend on it. */
  readonly seed: number | bigint;
  /** Number of identities; all rows when left out, which a Gaussian has no end of. */
  readonly count?: number | undefined;
  /** Width D that the generator takes. */
  readonly width: number;
}

/** Rows of ID vectors, and what can take their places. */
export interface IdentityVectors extends VectorSource, Disposable {
  /**
   * Draws another vector for a row; undefined where rows have no replacements, as those of a file.
   *
   * @param row Global row index.
   * @param attempt 0 for the row itself, 1 and more for its replacements.
   * @returns A new vector [D].
   */
  readonly redraw?: ((row: number, attempt: number) => Float32Array) | undefined;
}

/**
 * Opens and checks the identities of a data set.
 *
 * Requires `--allow-read` permission.
 *
 * @param file Where they come from.
 * @param options Seed, number, width.
 * @returns The rows; close with `using`.
 * @throws {TypeError} When the file has another shape or width, or fewer rows.
 * @throws {RangeError} When a row that is used holds NaN, an infinity, or only zeros.
 * @throws {SyntaxError} When the file cannot be read as what it should be.
 * @throws {Deno.errors.NotFound} When there is no such file.
 *
 * @example Two of three rows
 * ```ts
 * import { openIdentities } from "@/generation/mod.ts";
 * import { writeNpy } from "@/weights/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npy" });
 * writeNpy(path, { dtype: "float32", shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
 * {
 *   using identities = openIdentities({ source: "vectors", path }, { seed: 0, count: 2, width: 2 });
 *   assert.equal(identities.count, 2);
 * }
 * await Deno.remove(path);
 * ```
 */
export function openIdentities(
  file: IdentityFile,
  options: OpenIdentitiesOptions,
): IdentityVectors {
  const { seed, count, width } = options;
  requireFile(file);
  if (file.source === "gaussian") {
    const moments = loadMoments(file.path);
    if (moments.width !== width) {
      throw new TypeError(
        `Cannot use ${file.path}: its vectors have ${moments.width} values, the generator takes ${width}`,
      );
    }
    if (count === undefined) {
      throw new TypeError("Cannot draw identities: their number is not given");
    }
    const sampler = gaussianSampler(moments, { seed });
    return {
      ...gaussianVectors(moments, seed, count),
      redraw: (row, attempt) => sampler.draw(row, attempt),
      [Symbol.dispose]: () => {},
    };
  }
  const vectors = openVectors(file.path);
  try {
    if (count !== undefined && count > vectors.count) {
      throw new TypeError(
        `Cannot use ${count} identities of ${file.path}: it has ${vectors.count} rows`,
      );
    }
    checkVectors(vectors, width, 0, count);
  } catch (error) {
    vectors[Symbol.dispose]();
    throw error;
  }
  return { ...vectors, count: count ?? vectors.count };
}

function requireFile({ source, path }: IdentityFile): void {
  try {
    Deno.statSync(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    const what = source === "vectors" ? "file of ID vectors" : "fitted Gaussian";
    throw new Deno.errors.NotFound(
      `Cannot open identities: the ${what} ${path} is not there; check the path, or give another`,
      { cause },
    );
  }
}
