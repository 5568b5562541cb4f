/**
 * ID vectors of reference images: a recogniser's features with their natural norm, one row an image.
 *
 * The first half of https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation_with_reference.py ; the second half,
 * images from vectors, is that of every data set. Deviations: an image that cannot be used is left out and told, and the
 * rest goes on; a stopped run goes on where it was; vectors are kept in a file, so that images can be made again.
 */
import { createHash } from "node:crypto";
import { FeatureFile, type ImageEmbedder, type LeftOut } from "@/datasets/mod.ts";
import { type LandmarkJudge, toTensor } from "@/images/mod.ts";
import { NpyWriter, openNpy } from "@/weights/mod.ts";
import { sha256File } from "./file_hash.ts";
import type { RecipeFile } from "./recipe.ts";
import type { ReferenceFace, ReferenceFaceOptions } from "./reference_face.ts";
import { readReference, type Reference } from "./reference_image.ts";
import { readReferenceTable, type ReferencePaths, type ReferenceRecord } from "./reference_table.ts";

const SCHEMA = "vec2face-reference-vectors/1";

/** Images decoded at once: a photograph may take 200 MB until it is cut to 112x112. */
const DECODED = 4;

/** What vectors are taken with. */
export interface ReferenceRecipe {
  /** The recogniser: its name in the catalogue, and its weights. */
  readonly recogniser: RecipeFile & { readonly name: string };
  /** Whether images of any size and shape were taken without landmarks. */
  readonly anySize: boolean;
  /** Weights of what looked whether images without landmarks are aligned; nothing did when left out. */
  readonly alignment?: RecipeFile;
}

/** Options of {@link writeReferenceVectors}. */
export interface ReferenceVectorsOptions {
  /** Images embedded together; speed only. @default {32} */
  readonly batchSize?: number;
  /** Finds landmarks where the recipe has an alignment. */
  readonly judge?: LandmarkJudge | undefined;
  /** Replace a file of vectors that something else wrote. @default {false} */
  readonly overwrite?: boolean;
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
 * @returns The table's lines: a line for each of `references` in their order, then what was left out.
 * @throws {TypeError} When the recogniser takes another size, or the recipe has an alignment and there is no judge.
 * @throws {RangeError} When no image can be used, or the place holds vectors that were not made of reference images.
 * @throws {Error} When another process takes the same vectors.
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
  if ((recipe.alignment === undefined) !== (options.judge === undefined)) {
    throw new TypeError("Cannot take vectors: a judge of landmarks and the recipe's alignment go together");
  }
  if (options.overwrite !== true) refuseForeign(paths);
  const made = described(references, recipe);
  await using file = await FeatureFile.open(paths.work, {
    rows: references.length,
    width: embedder.vectorSize,
    recipe: identityOf(made),
  });
  await embedRest(file, references, embedder, recipe, options);
  const skipped = await finish(file, paths, references.length);
  await removeIfThere(paths.made); // until the others are whole again
  const records = writeRows(paths, references, skipped, embedder.vectorSize);
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

/** Refuses to write over vectors that lie there without {@link ReferencePaths.made}, and are no remains of a kill. */
function refuseForeign({ vectors, made, work }: ReferencePaths): void {
  if (!isThere(vectors) || [made, work, `${work}.part`].some(isThere)) return;
  throw new RangeError(
    `Cannot write to ${vectors}: it is there without ${made}, so it was not made of reference images; ` +
      "choose another name, or overwrite it",
  );
}

/** Ends the rows, and says which have no vector and why. */
async function finish(file: FeatureFile, { work }: ReferencePaths, count: number): Promise<Map<number, string>> {
  try {
    return new Map((await file.finish()).map(({ row, reason }) => [row, reason]));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    await file[Symbol.asyncDispose]();
    for (const end of [".part", ".part.json", ".part.faults"]) await removeIfThere(work + end);
    throw new RangeError(
      `Cannot take vectors of the reference images: ${
        count === 1 ? "the only one" : `none of the ${count}`
      } can be used`,
      { cause },
    );
  }
}

/** Writes the rows that have a vector, and gives the table's lines. */
function writeRows(
  { work, vectors }: ReferencePaths,
  references: readonly Reference[],
  skipped: ReadonlyMap<number, string>,
  width: number,
): ReferenceRecord[] {
  const records: ReferenceRecord[] = [];
  using all = openNpy(work);
  using writer = new NpyWriter(vectors, { rowShape: [width] });
  for (const [row, { name, sha256, landmarks }] of references.entries()) {
    const reason = skipped.get(row);
    if (reason !== undefined) records.push({ label: null, image: name, sha256, skipped: reason });
    else {
      records.push({ label: writer.length, image: name, sha256, ...(landmarks === undefined ? {} : { landmarks }) });
      writer.write(all.rowsFloat32(row, row + 1));
    }
  }
  writer.close();
  return records;
}

/** Embeds the images that the file has no row for; the next batch is decoded meanwhile. */
async function embedRest(
  file: FeatureFile,
  references: readonly Reference[],
  embedder: ImageEmbedder,
  { anySize }: ReferenceRecipe,
  { batchSize = 32, judge, signal, onProgress, onSkipped }: ReferenceVectorsOptions,
): Promise<void> {
  const width = embedder.vectorSize;
  const read = (from: number): Promise<ReferenceFace[]> => {
    const faces = readFaces(references.slice(from, from + batchSize), { anySize, judge });
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
      for (const [i, face] of faces.entries()) {
        const index = from + i, { name } = references[index]!;
        const feature = face.fault === undefined ? vectors.slice(next * width, ++next * width) : undefined;
        const fault = face.fault ?? vectorFault(feature!);
        await file.write(fault === undefined ? { index, feature: feature! } : { index, fault }, name);
        if (fault !== undefined) onSkipped?.({ name, reason: fault });
        onProgress?.(file.done, references.length);
      }
    }
  } finally {
    await Promise.allSettled([coming]);
  }
}

/** Reads images, {@link DECODED} at once. */
async function readFaces(
  references: readonly Reference[],
  options: Omit<ReferenceFaceOptions, "landmarks">,
): Promise<ReferenceFace[]> {
  const faces: ReferenceFace[] = [];
  const rest = references.entries(); // shared: who is free takes the next
  await Promise.all(Array.from({ length: DECODED }, async () => {
    for (const [i, reference] of rest) faces[i] = await readReference(reference, options);
  }));
  return faces;
}

/** Why a vector cannot be used. */
function vectorFault(vector: Float32Array): string | undefined {
  if (!vector.every(Number.isFinite)) return "the recogniser gave NaN or infinity for it";
  return vector.every((value) => value === 0) ? "the recogniser gave only zeros for it" : undefined;
}

interface Made extends ReferenceRecipe {
  readonly schema: string;
  /** Hash over names, hashes and landmarks of the images. */
  readonly references: string;
}

function described(
  references: readonly Reference[],
  { recogniser, anySize, alignment }: ReferenceRecipe,
): Made {
  const hash = createHash("sha256");
  for (const { name, sha256, fault, landmarks } of references) {
    hash.update(`${JSON.stringify([name, sha256, fault ?? null, landmarks ?? null])}\n`);
  }
  const looked = alignment === undefined ? {} : { alignment };
  return { schema: SCHEMA, recogniser, anySize, ...looked, references: hash.digest("hex") };
}

/** What tells two sets of vectors apart; names of files do not. */
function identityOf(made: Made): Record<string, unknown> {
  const { schema, recogniser, anySize, alignment, references } = made ?? {};
  const looked = alignment === undefined ? {} : { alignment: alignment.sha256 };
  return { schema, recogniser: recogniser?.sha256, anySize, ...looked, references };
}

async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${Deno.pid}.tmp`;
  await Deno.writeTextFile(draft, text);
  await Deno.rename(draft, path);
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
