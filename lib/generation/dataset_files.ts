/**
 * The files of a data set: its images, its recipe and its contact sheet, side by side.
 *
 * | format | images | recipe | sheet |
 * |---|---|---|---|
 * | folder | DIR/NAME/000003/002.jpg | DIR/NAME.recipe.json | DIR/NAME.sheet.png |
 * | lmdb | DIR/NAME.lmdb (and NAME.lmdb-lock) | DIR/NAME.recipe.json | DIR/NAME.sheet.png |
 *
 * Refined identities add DIR/NAME.identities.npy and DIR/NAME.identities.jsonl, images made to targets DIR/NAME.images.jsonl.
 *
 * Recipe and sheet lie beside the images, not among them, as loaders take every folder under NAME for a class.
 */
import { dirname, join } from "node:path";
import { checkRecipe, type Recipe, recipeDifferences, recipeText } from "./recipe.ts";

/** Paths of one data set. */
export interface DatasetPaths {
  /** Folder of class folders, or LMDB file. */
  readonly data: string;
  /** Recipe. */
  readonly recipe: string;
  /** Contact sheet. */
  readonly sheet: string;
  /** Refined ID vectors [N, D], see `openIdentityStore`. */
  readonly identities: string;
  /** What refinement came to, a JSON line an identity. */
  readonly identityReport: string;
  /** What was asked of images and what they have, a JSON line an image, see `openImageReport`. */
  readonly imageReport: string;
}

/** State of a place where a data set is to be written. */
export type DatasetState = "new" | "same recipe" | "to grow";

/** Options of {@link inspectDataset} and {@link beginDataset}. */
export interface BeginDatasetOptions {
  /** Take a data set of the same recipe with fewer identities for one to add to. @default {false} */
  readonly grow?: boolean;
}

/**
 * Names the files of a data set.
 *
 * @param directory Folder that holds data sets.
 * @param name Name of the data set: one path segment.
 * @param format How images are stored.
 * @returns The paths.
 * @throws {RangeError} When the name is not one usable path segment.
 *
 * @example A folder
 * ```ts
 * import { datasetPaths } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(datasetPaths("output", "faces", "folder").recipe, "output/faces.recipe.json");
 * ```
 */
export function datasetPaths(
  directory: string,
  name: string,
  format: Recipe["output"]["format"],
): DatasetPaths {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (!/^[^./\\\x00-\x1f][^/\\\x00-\x1f]{0,199}$/.test(name)) {
    throw new RangeError(
      `Cannot use "${name}" as the name of a data set: expected 1 to 200 characters without slashes, not starting with a dot`,
    );
  }
  return {
    data: join(directory, format === "lmdb" ? `${name}.lmdb` : name),
    recipe: join(directory, `${name}.recipe.json`),
    sheet: join(directory, `${name}.sheet.png`),
    identities: join(directory, `${name}.identities.npy`),
    identityReport: join(directory, `${name}.identities.jsonl`),
    imageReport: join(directory, `${name}.images.jsonl`),
  };
}

/**
 * Reads the recipe of a data set.
 *
 * Requires `--allow-read` permission.
 *
 * @param path The recipe's file.
 * @returns The recipe, or undefined when there is no such file.
 * @throws {SyntaxError} When the file is not a recipe.
 * @throws {Deno.errors.NotADirectory} When a file is in the place of its folder.
 *
 * @example No recipe
 * ```ts
 * import { readRecipe } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(readRecipe("no such file.json"), undefined);
 * ```
 */
export function readRecipe(path: string): Recipe | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) {
      throw new Deno.errors.NotADirectory(`Cannot look for ${path}: ${dirname(path)} is a file, expected a folder`);
    }
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`Cannot read recipe ${path}: it is not JSON`, {
      cause,
    });
  }
  return checkRecipe(value, path);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function isEmptyFolder(path: string): boolean {
  return Deno.lstatSync(path).isDirectory &&
    Deno.readDirSync(path)[Symbol.iterator]().next().done === true;
}

/**
 * Says whether a recipe can be carried out at a place; writes nothing.
 *
 * Requires `--allow-read` permission.
 *
 * @param paths Where.
 * @param recipe What is to be made there.
 * @param options Whether a smaller data set may be added to.
 * @returns "new" when nothing is there, "same recipe" when a data set of this recipe is, "to grow" when one of this
 * recipe with fewer identities is and that is allowed.
 * @throws {RangeError} When a data set of another recipe is there (the message names the first differing field), or
 * images without a recipe.
 * @throws {SyntaxError} When the recipe there cannot be read.
 *
 * @example Nothing there
 * ```ts
 * import { datasetPaths, inspectDataset, type Recipe } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const paths = datasetPaths("no such folder", "faces", "folder");
 * assert.equal(inspectDataset(paths, {} as Recipe), "new");
 * ```
 */
export function inspectDataset(
  paths: DatasetPaths,
  recipe: Recipe,
  options: BeginDatasetOptions = {},
): DatasetState {
  const found = readRecipe(paths.recipe);
  if (found === undefined) {
    const data = exists(paths.data) && !isEmptyFolder(paths.data) ? paths.data : undefined;
    const stray = data ?? [paths.identities, paths.identityReport, paths.imageReport].find(exists);
    if (stray === undefined) return "new";
    throw new RangeError(
      `Cannot write to ${stray}: it is there without a recipe (${paths.recipe}), so what it holds is unknown; ` +
        "choose another name, or overwrite it",
    );
  }
  const differences = recipeDifferences(found, recipe);
  if (differences.length === 0) return "same recipe";
  const [first, ...others] = differences;
  const more = differences.length === 1 &&
    first!.field === "identities.count" &&
    recipe.identities.count > found.identities.count;
  if (more && options.grow === true) return "to grow";
  const rest = others.length === 0 ? "" : ` (and ${others.map(({ field }) => field).join(", ")})`;
  throw new RangeError(
    `Cannot continue ${paths.data}: its recipe has ${first!.field} ${first!.found}, this run asks for ${
      first!.wanted
    }${rest}; ask for the same, choose another name, ${more ? "let it grow, " : ""}or overwrite it`,
  );
}

/**
 * Writes the recipe of a new data set, so that a second process with another recipe is refused from then on.
 *
 * Requires `--allow-read` and `--allow-write` permission.
 *
 * @param paths Where.
 * @param recipe What is to be made there.
 * @param options Whether a smaller data set may be added to; its recipe is then replaced.
 * @returns What was there before.
 * @throws {RangeError} See {@link inspectDataset}.
 *
 * @example The second one finds the first one's recipe
 * ```ts
 * import { beginDataset, datasetPaths, type Recipe, RECIPE_SCHEMA } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const sha256 = "0".repeat(64);
 * const recipe: Recipe = {
 *   schema: RECIPE_SCHEMA,
 *   identities: { source: "vectors", file: "ids.npy", sha256, count: 2 },
 *   images: 5,
 *   seed: "0",
 *   variation: { kind: "cosine", cosine: 0.75 },
 *   mask: { min: 0.1, max: 1, mean: 0.15, sd: 0.25 },
 *   model: { name: "mini", file: "generator.safetensors", sha256 },
 *   output: { format: "folder", quality: 95 },
 *   versions: {},
 * };
 * const directory = await Deno.makeTempDir();
 * const paths = datasetPaths(directory, "faces", "folder");
 * assert.equal(beginDataset(paths, recipe), "new");
 * assert.equal(beginDataset(paths, recipe), "same recipe");
 * assert.throws(() => beginDataset(paths, { ...recipe, seed: "1" }), /has seed "0", this run asks for "1"/);
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export function beginDataset(
  paths: DatasetPaths,
  recipe: Recipe,
  options: BeginDatasetOptions = {},
): DatasetState {
  const state = inspectDataset(paths, recipe, options);
  if (state === "same recipe") return state;
  Deno.mkdirSync(dirname(paths.recipe), { recursive: true });
  const text = recipeText(recipe);
  const draft = `${paths.recipe}.${Deno.pid}.tmp`;
  try {
    Deno.writeTextFileSync(draft, text);
    if (state === "to grow") Deno.renameSync(draft, paths.recipe);
    else publish(draft, paths.recipe, text);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return inspectDataset(paths, recipe, options); // another process was first
  } finally {
    removeFile(draft);
  }
  return state;
}

/**
 * Writes the recipe of a data set that is there again, as when what was achieved is known.
 *
 * Requires `--allow-write` permission.
 *
 * @param path The recipe's file.
 * @param recipe The recipe.
 *
 * @example Over the old one
 * ```ts
 * import { readRecipe, type Recipe, replaceRecipe } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile();
 * replaceRecipe(path, {} as Recipe);
 * assert.throws(() => readRecipe(path), /schema is undefined/);
 * await Deno.remove(path);
 * ```
 */
export function replaceRecipe(path: string, recipe: Recipe): void {
  const draft = `${path}.${Deno.pid}.tmp`;
  try {
    Deno.writeTextFileSync(draft, recipeText(recipe));
    Deno.renameSync(draft, path);
  } finally {
    removeFile(draft);
  }
}

/** Gives a file its name, whole or not at all, and never over another process's file. */
function publish(draft: string, path: string, text: string): void {
  try {
    Deno.linkSync(draft, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    Deno.writeTextFileSync(path, text, { createNew: true }); // a file system without hard links
  }
}

/**
 * Removes a data set: its recipe first, so that a stop halfway leaves nothing that looks complete.
 *
 * Requires `--allow-read` and `--allow-write` permission.
 *
 * @param paths Where.
 * @throws {RangeError} When the folder holds anything but class folders of six digits or more with images named by
 * digits; nothing is removed then.
 *
 * @example Nothing there is no error
 * ```ts
 * import { datasetPaths, removeDataset } from "@/generation/mod.ts";
 *
 * removeDataset(datasetPaths("no such folder", "faces", "folder"));
 * ```
 */
export function removeDataset(paths: DatasetPaths): void {
  const isFolder = exists(paths.data) && Deno.lstatSync(paths.data).isDirectory;
  if (isFolder) refuseStrangers(paths.data);
  const { recipe, sheet, identities, identityReport, imageReport } = paths;
  for (const path of [recipe, sheet, identities, identityReport, imageReport]) removeFile(path);
  if (isFolder) Deno.removeSync(paths.data, { recursive: true });
  else [paths.data, `${paths.data}-lock`].forEach(removeFile);
}

/** The folder in which the writer of image folders keeps files it has not finished. */
const PARTIAL = ".partial";

function refuseStrangers(directory: string): void {
  const refuse = (path: string): never => {
    throw new RangeError(
      `Cannot overwrite ${directory}: it holds ${path}, which is no part of a data set; move it away, or choose another name`,
    );
  };
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (isDirectory && name === PARTIAL) continue;
    const path = join(directory, name);
    if (!isDirectory || !/^\d{6,}$/.test(name)) refuse(path);
    for (const file of Deno.readDirSync(path)) {
      if (!file.isFile || !/^\d{3,}\.jpg$/.test(file.name)) {
        refuse(join(path, file.name));
      }
    }
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
