/**
 * The reference images that faces are generated from: a folder with folders in it, a text list, or one image.
 *
 * Counterpart of `processing_images` of
 * https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation_with_reference.py . Deviations: folders in folders;
 * relative paths of a list are below the list's folder, not below the working directory; images of a folder are sorted,
 * so that it gives the same classes on every machine, where the reference takes them as the file system gives them; an
 * image is told by its path, where the reference names a class by the file's name without its last four characters, so
 * that `a/1.jpg` and `b/1.jpg` become one.
 */
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { LeftOut } from "@/datasets/mod.ts";

/** One reference image. */
export interface ReferenceFile {
  /** Its path below the folder, or as the list has it: what it is called in messages and tables. */
  readonly name: string;
  /** Path to open. */
  readonly path: string;
}

/** The reference images of a folder or list. */
export interface ReferenceList {
  /**
   * Images, those of a folder sorted by name (by UTF-16 units), those of a list in its order: image i becomes class i if
   * all can be used.
   */
  readonly files: readonly ReferenceFile[];
  /** What is there and is no image by its name, cannot be entered, or is listed twice. */
  readonly leftOut: readonly LeftOut[];
}

/** Options of {@link listReferences}. */
export interface ListReferencesOptions {
  /** For a list: folder that relative paths are below. @default {the list's own folder} */
  readonly root?: string | undefined;
}

/** Endings of files that are taken for images; whether they are, their bytes say. */
const ENDINGS = "jpg jpeg jpe jfif png webp avif gif tif tiff bmp heic heif".split(" ");

const hasImageName = (name: string) => ENDINGS.includes(/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? "");

/**
 * Finds reference images; opens none of them.
 *
 * Requires `--allow-read` permission.
 *
 * @param source A folder (folders in it are entered, hidden files passed over), a `.txt` list with a path a line
 * (empty lines and lines that begin with # are passed over), or an image.
 * @param options Where a list's relative paths begin.
 * @returns At least one image.
 * @throws {Deno.errors.NotFound} When there is nothing.
 * @throws {TypeError} When it is something else, or a root is given without a list.
 * @throws {SyntaxError} When the list is not UTF-8 text, or a line is no path.
 * @throws {RangeError} When there is no image.
 *
 * @example Two folders, each with an image of the same name
 * ```ts
 * import { listReferences } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const dir = await Deno.makeTempDir();
 * for (const folder of ["b", "a"]) {
 *   await Deno.mkdir(`${dir}/${folder}`);
 *   await Deno.writeFile(`${dir}/${folder}/1.jpg`, new Uint8Array());
 * }
 * const { files } = await listReferences(dir);
 * assert.deepEqual(files.map(({ name }) => name), ["a/1.jpg", "b/1.jpg"]);
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function listReferences(source: string, options: ListReferencesOptions = {}): Promise<ReferenceList> {
  const isFolder = await isDirectory(source);
  const isList = !isFolder && /\.txt$/i.test(source);
  if (options.root !== undefined && !isList) {
    throw new TypeError(`Cannot use the root ${options.root}: it goes with a .txt list, "${source}" is none`);
  }
  const files: ReferenceFile[] = [], leftOut: LeftOut[] = [];
  if (isFolder) await enter(source, "", [await Deno.realPath(source)], files, leftOut);
  else if (isList) await readLines(source, options.root ?? dirname(source), files, leftOut);
  else if (hasImageName(source)) files.push({ name: basename(source), path: source });
  else {
    throw new TypeError(
      `Cannot take reference images from "${source}": expected a folder of images, a .txt list, or an image`,
    );
  }
  if (files.length === 0) {
    throw new RangeError(
      `Cannot take reference images from "${source}": there is no image ` +
        (isList ? "in the list" : `in it; expected files that end in .${ENDINGS.slice(0, 6).join(", .")}`),
    );
  }
  if (isFolder) files.sort((a, b) => a.name < b.name ? -1 : 1);
  return { files, leftOut };
}

async function isDirectory(source: string): Promise<boolean> {
  try {
    return (await Deno.stat(source)).isDirectory;
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Deno.errors.NotFound(
      `Cannot take reference images from "${source}": it is not there; check the path`,
      { cause },
    );
  }
}

/** Lists a folder and those in it; `trail` are the real paths of the folders above, by which loops are found. */
async function enter(
  root: string,
  below: string,
  trail: readonly string[],
  files: ReferenceFile[],
  leftOut: LeftOut[],
): Promise<void> {
  for await (const entry of Deno.readDir(join(root, below))) {
    if (entry.name.startsWith(".")) continue;
    const name = below === "" ? entry.name : `${below}/${entry.name}`, path = join(root, name);
    if (entry.isDirectory || (entry.isSymlink && await leadsToFolder(path))) {
      const real = await Deno.realPath(path);
      if (trail.includes(real)) leftOut.push({ name, reason: "it leads back to a folder that it lies in" });
      else {
        try {
          await enter(root, name, [...trail, real], files, leftOut);
        } catch (error) {
          if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
          leftOut.push({ name, reason: "the folder may not be read" });
        }
      }
    } else if (hasImageName(name)) files.push({ name, path });
    else leftOut.push({ name, reason: "its name is not that of an image" });
  }
}

async function leadsToFolder(link: string): Promise<boolean> {
  try {
    return (await Deno.stat(link)).isDirectory;
  } catch {
    return false; // told when it is read as an image
  }
}

async function readLines(list: string, root: string, files: ReferenceFile[], leftOut: LeftOut[]): Promise<void> {
  const bytes = await Deno.readFile(list);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SyntaxError(`Cannot read list "${list}": it is not UTF-8 text`, { cause });
  }
  const seen = new Set<string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const name = line.trim();
    if (name === "" || name.startsWith("#")) continue;
    if (name.includes("\0") || name.length > 4096) {
      throw new SyntaxError(
        `Cannot read list "${list}": line ${index + 1} is ${JSON.stringify(name.slice(0, 40))}..., expected a path`,
      );
    }
    const path = isAbsolute(name) ? name : join(root, name);
    if (seen.has(resolve(path))) leftOut.push({ name, reason: `line ${index + 1} lists it again` });
    else files.push({ name, path });
    seen.add(resolve(path));
  }
}
