/**
 * ID vectors of reference images: a recogniser's features with their natural norm, one row an image.
 *
 * The first half of https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation_with_reference.py ; the second half,
 * images from vectors, is that of every data set. Deviations: an image that cannot be used is left out and told, and the
 * rest goes on; a stopped run goes on where it was; vectors are kept in a file, so that images can be made again.
 */
import { createHash } from "node:crypto";
import { FeatureFile, type ImageEmbedder, type LeftOut } from "@/datasets/mod.ts";
import { toTensor } from "@/images/mod.ts";
import { NpyWriter, openNpy } from "@/weights/mod.ts";
import { sha256File } from "./file_hash.ts";
import type { RecipeFile } from "./recipe.ts";
import { type ReferenceFace, referenceFace, type ReferenceFaceOptions } from "./reference_face.ts";
import { findLandmarks, type Landmarks, type LandmarkTable } from "./reference_landmarks.ts";
import type { ReferenceFile } from "./reference_list.ts";
import { readReferenceTable, type ReferencePaths, type ReferenceRecord } from "./reference_table.ts";

const SCHEMA = "vec2face-reference-vectors/1";

/** Bytes that no image of a face has: a film, an archive. */
const MAX_BYTES = 2 ** 28;

/** A reference image and what its vector depends on. */
export interface Reference extends ReferenceFile {
  /** SHA-256 of the file; null when it cannot be read. */
  readonly sha256: string | null;
  /** Why it cannot be read. */
  readonly fault?: string | undefined;
  /** Points to align it by. */
  readonly landmarks?: Landmarks | undefined;
}

/** What vectors are taken with. */
export interface ReferenceRecipe {
  /** The recogniser: its name in the catalogue, and its weights. */
  readonly recogniser: RecipeFile & { readonly name: string };
  /** Whether images of any size and shape were taken without landmarks. */
  readonly anySize: boolean;
}

/** Options of {@link writeReferenceVectors}. */
export interface ReferenceVectorsOptions {
  /** Images embedded together; speed only. @default {32} */
  readonly batchSize?: number;
  /** What else was there, for the table. */
  readonly leftOut?: readonly LeftOut[];
  /** Stops between two batches; what is done stays for the next run. */
  readonly signal?: AbortSignal;
  /** Called after each image. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called for each image of this run that cannot be used. */
  readonly onSkipped?: (image: LeftOut) => void;
}

/**
 * Hashes reference images and finds their landmarks.
 *
 * Requires `--allow-read` permission.
 *
 * @param files The images.
 * @param options Landmarks, and a signal that stops the work.
 * @returns The images in the same order; those that cannot be read have a fault.
 *
 * @example A file that is not there
 * ```ts
 * import { hashReferences } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const [image] = await hashReferences([{ name: "a.jpg", path: "no such folder/a.jpg" }]);
 * assert.equal(image?.fault, "it is not there");
 * ```
 */
export async function hashReferences(
  files: readonly ReferenceFile[],
  options: { readonly landmarks?: LandmarkTable | undefined; readonly signal?: AbortSignal } = {},
): Promise<Reference[]> {
  const { landmarks, signal } = options;
  const references: Reference[] = [];
  for (const file of files) {
    signal?.throwIfAborted();
    const points = landmarks && findLandmarks(landmarks, file)?.points;
    const aligned = points === undefined ? {} : { landmarks: points };
    try {
      const { isFile, size } = await Deno.stat(file.path);
      const fault = isFile
        ? size > MAX_BYTES ? `it has ${size} bytes, more than an image` : undefined
        : "it is no file";
      if (fault !== undefined) references.push({ ...file, ...aligned, sha256: null, fault });
      else references.push({ ...file, ...aligned, sha256: await sha256File(file.path, signal) });
    } catch (error) {
      references.push({ ...file, ...aligned, sha256: null, fault: readFault(error) });
    }
  }
  return references;
}

/**
 * Reads a reference image and brings it to the recogniser's size.
 *
 * Requires `--allow-read` permission.
 *
 * @param reference The image.
 * @param options Whether any size will do.
 * @returns The face, or why there is none.
 *
 * @example A file that is not there
 * ```ts
 * import { readReference } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = { name: "a.jpg", path: "no such folder/a.jpg", sha256: "0" };
 * assert.deepEqual(await readReference(image), { fault: "it is not there" });
 * ```
 */
export async function readReference(
  reference: Reference,
  options: Pick<ReferenceFaceOptions, "anySize"> = {},
): Promise<ReferenceFace> {
  const { path, sha256, fault, landmarks } = reference;
  if (fault !== undefined) return { fault };
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    return { fault: readFault(error) };
  }
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) return { fault: "it was changed meanwhile" };
  return await referenceFace(bytes, { ...options, landmarks });
}

/**
 * Finds vectors that an earlier run took of the same images in the same way.
 *
 * Requires `--allow-read` permission.
 *
 * @param paths Where they would be.
 * @param references The images.
 * @param recipe How they are taken.
 * @returns The table's lines; undefined when there are none, or others.
 *
 * @example None yet
 * ```ts
 * import { findReferenceVectors, referencePaths } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const recogniser = { name: "mini", file: "r.safetensors", sha256: "0" };
 * const paths = referencePaths("no such folder", "faces");
 * assert.equal(await findReferenceVectors(paths, [], { recogniser, anySize: false }), undefined);
 * ```
 */
export async function findReferenceVectors(
  paths: ReferencePaths,
  references: readonly Reference[],
  recipe: ReferenceRecipe,
): Promise<ReferenceRecord[] | undefined> {
  try {
    const made = JSON.parse(await Deno.readTextFile(paths.made));
    const same = JSON.stringify(identityOf(made)) === JSON.stringify(identityOf(described(references, recipe))) &&
      made?.vectors?.sha256 === await sha256File(paths.vectors) &&
      made?.table?.sha256 === await sha256File(paths.table);
    return same ? await readReferenceTable(paths.table) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Takes the vectors of reference images and writes them, and the table that says which row is which image.
 *
 * Requires `--allow-read` and `--allow-write` permission.
 *
 * @param paths Where; the folder must exist.
 * @param references The images.
 * @param embedder The recogniser; must take 112x112.
 * @param recipe What the recogniser is; a run that was stopped is continued when it is the same.
 * @param options Batches, progress, stopping.
 * @returns The table's lines.
 * @throws {TypeError} When the recogniser takes another size.
 * @throws {RangeError} When no image can be used, or the recogniser gives NaN.
 * @throws {DOMException} The signal's reason, when it fires.
 *
 * @example The mean of an image as its vector
 * ```ts
 * import { hashReferences, referencePaths, writeReferenceVectors } from "@/generation/mod.ts";
 * import { encodePng, filled } from "@/images/mod.ts";
 * import { readNpy } from "@/weights/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const dir = await Deno.makeTempDir(), paths = referencePaths(dir, "faces");
 * await Deno.writeFile(`${dir}/white.png`, await encodePng(filled(112, 112, [255, 255, 255])));
 * const files = ["black.png", "white.png"].map((name) => ({ name, path: `${dir}/${name}` }));
 * const recogniser = { name: "mean", file: "mean.bin", sha256: "0" };
 * const mean = { vectorSize: 1, imageSize: 112, embed: (x: Float32Array) => Promise.resolve(x.slice(0, 1)) };
 * const table = await writeReferenceVectors(paths, await hashReferences(files), mean, { recogniser, anySize: false });
 * assert.deepEqual(table.map(({ label, skipped }) => skipped ?? label), ["it is not there", 0]);
 * assert.deepEqual(readNpy(paths.vectors).data, Float32Array.of(1));
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function writeReferenceVectors(
  paths: ReferencePaths,
  references: readonly Reference[],
  embedder: ImageEmbedder,
  recipe: ReferenceRecipe,
  options: ReferenceVectorsOptions = {},
): Promise<ReferenceRecord[]> {
  if (embedder.imageSize !== 112) {
    throw new TypeError(`Cannot take vectors of faces of 112x112: the recogniser takes ${embedder.imageSize}`);
  }
  const made = described(references, recipe);
  await removeIfThere(paths.made);
  await using file = await FeatureFile.open(paths.work, {
    rows: references.length,
    width: embedder.vectorSize,
    recipe: identityOf(made),
  });
  await embedRest(file, references, embedder, recipe.anySize, options);
  let skipped: Map<number, string>;
  try {
    skipped = new Map((await file.finish()).map(({ row, reason }) => [row, reason]));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    await file[Symbol.asyncDispose]();
    for (const end of [".part", ".part.json", ".part.faults"]) await removeIfThere(paths.work + end);
    throw new RangeError(
      `Cannot take vectors of the reference images: none of the ${references.length} can be used`,
      { cause },
    );
  }
  const records: ReferenceRecord[] = [];
  {
    using all = openNpy(paths.work);
    using writer = new NpyWriter(paths.vectors, { rowShape: [embedder.vectorSize] });
    for (const [row, { name, sha256, landmarks }] of references.entries()) {
      const reason = skipped.get(row);
      if (reason !== undefined) records.push({ label: null, image: name, sha256, skipped: reason });
      else {
        records.push({ label: writer.length, image: name, sha256, ...(landmarks === undefined ? {} : { landmarks }) });
        writer.write(all.rowsFloat32(row, row + 1));
      }
    }
    writer.close();
  }
  for (const { name, reason } of options.leftOut ?? []) {
    records.push({ label: null, image: name, sha256: null, skipped: reason });
  }
  await writeWhole(paths.table, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const hashes = {
    vectors: { sha256: await sha256File(paths.vectors) },
    table: { sha256: await sha256File(paths.table) },
  };
  await writeWhole(paths.made, `${JSON.stringify({ ...made, ...hashes }, null, 2)}\n`);
  await removeIfThere(paths.work);
  return records;
}

/** Embeds the images that the file has no row for; the next batch is decoded meanwhile. */
async function embedRest(
  file: FeatureFile,
  references: readonly Reference[],
  embedder: ImageEmbedder,
  anySize: boolean,
  { batchSize = 32, signal, onProgress, onSkipped }: ReferenceVectorsOptions,
): Promise<void> {
  const width = embedder.vectorSize;
  const read = (from: number): Promise<ReferenceFace[]> => {
    const faces = Promise.all(
      references.slice(from, from + batchSize).map((image) => readReference(image, { anySize })),
    );
    faces.catch(() => {}); // told when its turn comes
    return faces;
  };
  let coming = read(file.done);
  try {
    for (let from = file.done; from < references.length; from += batchSize) {
      signal?.throwIfAborted();
      const faces = await coming;
      coming = read(from + batchSize);
      const images = faces.flatMap(({ image }) => image ?? []);
      const vectors = images.length === 0 ? new Float32Array() : await embedder.embed(toTensor(images), images.length);
      let next = 0;
      for (const [i, { fault }] of faces.entries()) {
        const index = from + i, { name } = references[index]!;
        if (fault !== undefined) {
          await file.write({ index, fault }, name);
          onSkipped?.({ name, reason: fault });
        } else {
          const feature = vectors.slice(next * width, ++next * width);
          if (!feature.every(Number.isFinite) || feature.every((value) => value === 0)) {
            throw new RangeError(
              `Cannot use reference image "${name}": the recogniser gave NaN, an infinite value, or only zeros; ` +
                "check its weights and the device",
            );
          }
          await file.write({ index, feature }, name);
        }
        onProgress?.(file.done, references.length);
      }
    }
  } finally {
    await Promise.allSettled([coming]);
  }
}

interface Made extends ReferenceRecipe {
  readonly schema: string;
  /** Hash over names, hashes and landmarks of the images. */
  readonly references: string;
}

function described(references: readonly Reference[], { recogniser, anySize }: ReferenceRecipe): Made {
  const hash = createHash("sha256");
  for (const { name, sha256, fault, landmarks } of references) {
    hash.update(`${JSON.stringify([name, sha256, fault ?? null, landmarks ?? null])}\n`);
  }
  return { schema: SCHEMA, recogniser, anySize, references: hash.digest("hex") };
}

/** What tells two sets of vectors apart; names of files do not. */
function identityOf(made: Made): Record<string, unknown> {
  const { schema, recogniser, anySize, references } = made ?? {};
  return { schema, recogniser: recogniser?.sha256, anySize, references };
}

/** Why a file cannot be read, when that is the file's own fault. */
function readFault(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it is not there";
  if (error instanceof Deno.errors.PermissionDenied) return "it may not be read";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  if (error instanceof Deno.errors.NotADirectory) return "its path leads through a file";
  if (error instanceof Deno.errors.FilesystemLoop) return "it is a link to itself";
  throw error;
}

async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${Deno.pid}.tmp`;
  await Deno.writeTextFile(draft, text);
  await Deno.rename(draft, path);
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
