/**
 * Features of images and their mirror images in a file, so that they are computed once and a stopped run goes on.
 *
 * The file is a .npy matrix [N, 2D]: the feature of an image, then that of its mirror image (as `img_feats` of insightface's eval_ijbc.py),
 * or [N, D] without mirror images. PATH.json beside it tells what it is made of, and which images could not be read.
 */

import type { Pixels } from "@/images/mod.ts";
import { openNpy } from "@/weights/mod.ts";
import { removeIfThere, viaDraft } from "./_draft.ts";
import { embedViews, type ViewOptions } from "./embed_views.ts";
import { FeatureFile, type RowFault } from "./feature_file.ts";
import type { ImageEmbedder } from "./feature_rows.ts";

/** Images that have names. */
export interface NamedImages {
  /** Number of images N. */
  readonly length: number;
  /** Reads one, 0..N-1. */
  image(index: number): Promise<Pixels>;
  /** Its name, for messages. */
  itemName(index: number): string;
}

/** Options of {@link keepViews}. */
export interface KeepOptions extends ViewOptions {
  /** What the features are made of; a file made of something else is made anew. */
  readonly recipe: Readonly<Record<string, unknown>>;
  /** Called with the number of images done, those of earlier runs included. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Features that were kept. */
export interface KeptViews {
  /** Features [N, D] of the images; NaN where one could not be read. */
  readonly plain: Float32Array;
  /** Features [N, D] of their mirror images, where the file has them. */
  readonly mirrored: Float32Array | undefined;
}

/**
 * Computes features into a file, or leaves it when it is there and made of the same; one that has mirror images as well will do.
 *
 * @param path The .npy file; its folder must exist.
 * @param images The images.
 * @param embedder The recogniser; not asked for anything when the file is there.
 * @param options What they are made of, mirror images and batches.
 * @returns Images that could not be read.
 * @throws {RangeError} When the recogniser gives numbers that are not finite, or no image can be read.
 * @throws {TypeError} When a file of that name is there that was not made here.
 *
 * @example Computed once
 * ```ts
 * import { keepViews, readViews } from "@/datasets/mod.ts";
 * import { filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const dir = await Deno.makeTempDir(), path = `${dir}/f.npy`, recipe = { model: "x" };
 * const images = { length: 1, image: async () => filled(1, 1, [255, 0, 0]), itemName: () => "a.png" };
 * const embedder = { vectorSize: 1, imageSize: 1, embed: async (x: Float32Array) => x.slice(0, 1) };
 * await keepViews(path, images, embedder, { recipe });
 * await keepViews(path, images, { ...embedder, embed: () => Promise.reject() }, { recipe });
 * assert.deepEqual(readViews(path, 1), { plain: Float32Array.of(1), mirrored: Float32Array.of(1) });
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function keepViews(
  path: string,
  images: NamedImages,
  embedder: ImageEmbedder,
  { recipe, onProgress, ...options }: KeepOptions,
): Promise<readonly RowFault[]> {
  const { mirror = true } = options, rows = images.length;
  const width = embedder.vectorSize * (mirror ? 2 : 1);
  const made = { ...recipe, images: rows, width: embedder.vectorSize, mirror };
  const before = await keptFaults(path);
  const isMade = (other: unknown) => JSON.stringify(before?.made) === JSON.stringify(other);
  if (before !== undefined && (isMade(made) || isMade({ ...made, mirror: true }))) { // with more than was asked for
    onProgress?.(rows);
    return before.faults;
  }
  if (before !== undefined) await removeIfThere(path);
  else if (await isThere(path)) {
    throw new TypeError(
      `Cannot keep features in "${path}": a file of that name is there, and no "${path}.json" tells what it is; move it`,
    );
  }
  await using file = await FeatureFile.open(path, { rows, width, recipe: made });
  onProgress?.(file.done);
  const indices = Array.from({ length: rows - file.done }, (_, i) => file.done + i);
  for await (const row of embedViews(indices, (i) => images.image(i), embedder, options)) {
    const name = images.itemName(row.index);
    if (row.plain === undefined) await file.write({ index: row.index, fault: row.fault! }, name);
    else {
      const feature = new Float32Array(width);
      feature.set(row.plain);
      if (row.mirrored !== undefined) feature.set(row.mirrored, embedder.vectorSize);
      if (!feature.every(Number.isFinite)) {
        throw new RangeError(`Cannot embed ${name}: its feature is not finite; look at the weights and the device`);
      }
      await file.write({ index: row.index, feature }, name);
    }
    onProgress?.(file.done);
  }
  const { faults } = file;
  if (faults.length < rows) {
    // Before the file has its name, so that none is ever without its description.
    const info = `${JSON.stringify({ ...made, faults }, null, 2)}\n`;
    await viaDraft(`${path}.json`, (draft) => Deno.writeTextFile(draft, info));
  }
  return await file.finish();
}

/** What a file that is there is made of; undefined without a file or a description. */
async function keptFaults(path: string): Promise<{ made: Record<string, unknown>; faults: RowFault[] } | undefined> {
  try {
    const { faults, ...made } = JSON.parse(await Deno.readTextFile(`${path}.json`));
    return Array.isArray(faults) && await isThere(path) ? { made, faults } : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Reads features that were kept.
 *
 * Requires read permission.
 *
 * @param path A .npy file [N, 2D] or [N, D].
 * @param width D.
 * @param options `add`: both features of an image are added in float32, and `mirrored` is undefined.
 * @returns The features, mirror images apart unless they are added.
 * @throws {TypeError} When the file holds a matrix of another width.
 * @throws {SyntaxError} When it is damaged.
 *
 * @example Both halves
 * ```ts
 * import { readViews } from "@/datasets/mod.ts";
 * import { writeNpy } from "@/weights/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npy" });
 * writeNpy(path, { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
 * assert.deepEqual(readViews(path, 1), { plain: Float32Array.of(1, 3), mirrored: Float32Array.of(2, 4) });
 * await Deno.remove(path);
 * ```
 */
export function readViews(path: string, width: number, options: { readonly add?: boolean } = {}): KeptViews {
  using file = openNpy(path);
  const views = file.rowLength / width;
  if (file.shape.length !== 2 || (views !== 1 && views !== 2)) {
    throw new TypeError(
      `Cannot read features "${path}": they have shape [${file.shape.join(", ")}], expected rows of ${width} or ` +
        `${2 * width}`,
    );
  }
  const plain = new Float32Array(file.length * width);
  const mirrored = views === 2 && options.add !== true ? new Float32Array(plain.length) : undefined;
  for (let from = 0; from < file.length; from += PART) {
    const end = Math.min(from + PART, file.length), rows = file.rowsFloat32(from, end);
    for (let r = from; r < end; r++) {
      const at = (r - from) * views * width;
      plain.set(rows.subarray(at, at + width), r * width);
      const other = views === 2 ? rows.subarray(at + width, at + 2 * width) : undefined;
      if (mirrored !== undefined) mirrored.set(other!, r * width);
      else other?.forEach((value, c) => plain[r * width + c]! += value);
    }
  }
  return { plain, mirrored };
}

/** Rows read at once. */
const PART = 4096;
