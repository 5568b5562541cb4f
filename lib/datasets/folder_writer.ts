/**
 * Writes a folder of image files: <dir>/<label, 6 digits>/<image, 3 digits>.jpg .
 *
 * The layout of utils/lmdb2dataset.py of https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test . Deviation:
 * every file is complete from the moment it has its name, because it is written under <dir>/.partial and moved.
 */

import { imageFormat } from "@/images/mod.ts";
import { assertPlace, assertRecord } from "./_assert.ts";
import type { DatasetRecord, DatasetWriter } from "./dataset.ts";

/** Folder of the files being written; each writer has a folder of its own in it. */
const PARTIAL = ".partial";
const LOCK = "lock";
/** Endings that "auto" gives; what is none of these formats gets the first. */
const ENDINGS: Readonly<Record<string, string>> = { JPEG: ".jpg", PNG: ".png", WebP: ".webp" };

/** Options of `openFolderWriter`. */
export interface FolderWriterOptions {
  /** End of the file names, with its dot; "auto" looks at the bytes: .jpg, .png or .webp. @default ".jpg" */
  extension?: string;
}

/**
 * Opens a folder for writing; an existing one is continued, and what killed writers left half done is removed.
 *
 * Several writers, also of several processes, may write to one folder at once. Features are left out: the layout
 * has no place for them. A kill of the process loses at most the files being written; after a loss of power a file
 * may be empty, and `has` says no to those.
 *
 * @param dir The folder; made when it is missing.
 * @param options End of the file names.
 * @returns The writer.
 * @throws {RangeError} When the extension is neither "auto" nor a dot and letters or digits.
 *
 * @example One image
 * ```ts
 * import { openFolderWriter } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const dir = await Deno.makeTempDir();
 * await using writer = await openFolderWriter(dir);
 * await writer.write({ label: 12, image: 3, bytes: Uint8Array.of(1, 2, 3) });
 * assert.equal(await writer.has(12, 3), true);
 * assert.equal((await Deno.readFile(`${dir}/000012/003.jpg`)).length, 3);
 * await writer.close();
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function openFolderWriter(
  dir: string,
  options: FolderWriterOptions = {},
): Promise<DatasetWriter> {
  const { extension = ".jpg" } = options;
  if (extension !== "auto" && !/^\.[A-Za-z0-9]+$/.test(extension)) {
    throw new RangeError(
      `Cannot open folder "${dir}": extension is ${JSON.stringify(extension)}, ` +
        'expected "auto", or a dot and letters or digits',
    );
  }
  await Deno.mkdir(`${dir}/${PARTIAL}`, { recursive: true });
  await removeLeftovers(`${dir}/${PARTIAL}`);
  for (;;) {
    const own = `${dir}/${PARTIAL}/${crypto.randomUUID()}`;
    await Deno.mkdir(own, { recursive: true });
    const lock = await lockOf(own);
    if (lock) return new FolderWriter(dir, own, lock, extension);
  }
}

/** Takes the lock of a new writer's folder; undefined when another writer took the folder for a leftover. */
async function lockOf(own: string): Promise<Deno.FsFile | undefined> {
  let lock: Deno.FsFile | undefined;
  try {
    lock = await Deno.open(`${own}/${LOCK}`, { write: true, create: true });
    await lock.lock(true);
    await Deno.stat(`${own}/${LOCK}`);
    return lock;
  } catch (error) {
    lock?.close();
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

class FolderWriter implements DatasetWriter {
  readonly #dir: string;
  readonly #own: string;
  readonly #lock: Deno.FsFile;
  /** Endings that files can have. */
  readonly #endings: readonly string[];
  readonly #made = new Set<number>();
  #count = 0;
  #closed = false;

  constructor(dir: string, own: string, lock: Deno.FsFile, extension: string) {
    this.#dir = dir;
    this.#own = own;
    this.#lock = lock;
    this.#endings = extension === "auto" ? Object.values(ENDINGS) : [extension];
  }

  async write(record: DatasetRecord): Promise<void> {
    this.#assertOpen();
    assertRecord(record, `"${this.#dir}"`);
    const { label, image, bytes } = record;
    const partial = `${this.#own}/${this.#count++}${this.#endings[0]}`;
    await Deno.writeFile(partial, bytes);
    if (!this.#made.has(label)) {
      await Deno.mkdir(this.#folder(label), { recursive: true });
      this.#made.add(label);
    }
    const ending = this.#endings.length === 1 ? this.#endings[0]! : ENDINGS[imageFormat(bytes) ?? ""] ?? ".jpg";
    await Deno.rename(partial, this.#file(label, image, ending));
  }

  async has(label: number, image: number): Promise<boolean> {
    this.#assertOpen();
    assertPlace(label, image, `look into "${this.#dir}"`);
    for (const ending of this.#endings) {
      try {
        const info = await Deno.stat(this.#file(label, image, ending));
        if (info.isFile && info.size > 0) return true;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return false;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await removeFolder(this.#own);
    await this.#lock.unlock(); // a process just being started may hold a copy of the file
    this.#lock.close();
    try {
      await Deno.remove(`${this.#dir}/${PARTIAL}`);
    } catch {
      // Not empty: another writer is at work.
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #assertOpen(): void {
    if (this.#closed) {
      throw new TypeError(
        `Cannot use folder "${this.#dir}": its writer is closed`,
      );
    }
  }

  #folder(label: number): string {
    return `${this.#dir}/${String(label).padStart(6, "0")}`;
  }

  #file(label: number, image: number, ending: string): string {
    return `${this.#folder(label)}/${String(image).padStart(3, "0")}${ending}`;
  }
}

/** Removes the folders of writers that are no more: the system gave up their locks when they ended. */
async function removeLeftovers(partial: string): Promise<void> {
  for (const name of await namesIn(partial)) {
    const folder = `${partial}/${name}`;
    try {
      using lock = await Deno.open(`${folder}/${LOCK}`, { write: true });
      if (await lock.tryLock(true)) await removeFolder(folder);
    } catch (error) {
      // A writer that has just made its folder, or one that has just closed, has no lock file.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Names in a folder; none when it is not there, as when another writer has just closed and taken it away. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function removeFolder(folder: string): Promise<void> {
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
