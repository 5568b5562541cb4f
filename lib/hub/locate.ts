/** Where a file of the catalogue is on this machine. */

import { join } from "node:path";
import { findCached, lengthOf } from "./cache.ts";
import { type HubEntry, hubEntry } from "./catalogue.ts";
import type { HubSettings } from "./settings.ts";

/** Choices of {@link locateModelFile}. */
export interface LocateOptions {
  /** Where the cache is. */
  readonly settings: Pick<HubSettings, "cacheDir">;
  /** Folders that may hold the file under its path in the repository, as `weights/vec2face_generator.pth`. */
  readonly folders?: readonly string[];
}

/** A file that was found. */
export interface LocatedFile {
  /** Its path. */
  readonly path: string;
  /** Found in a folder of the user's, or in the cache. */
  readonly where: "folder" | "cache";
  /** Its length in bytes. */
  readonly bytes: number;
}

/**
 * Looks for a file of the catalogue: in the folders first, then in the cache.
 *
 * Requires `--allow-read` permission.
 *
 * @param name Short name or path in the repository.
 * @param options Where to look.
 * @returns The file, or undefined if it is not here or not in the catalogue.
 *
 * @example Not here
 * ```ts
 * import assert from "node:assert/strict";
 * import { findModelFile } from "@/hub/mod.ts";
 *
 * assert.equal(findModelFile("generator", { settings: { cacheDir: "none" } }), undefined);
 * ```
 */
export function findModelFile(name: string, options: LocateOptions): LocatedFile | undefined {
  const entry = hubEntry(name);
  return entry === undefined ? undefined : find(entry, options);
}

/**
 * The path of a file of the catalogue, or an error that says how to get it.
 *
 * Requires `--allow-read` permission.
 *
 * @param name Short name or path in the repository.
 * @param options Where to look.
 * @returns Its path, in the first folder that has it, else in the cache.
 * @throws {RangeError} If the catalogue does not have it.
 * @throws {Deno.errors.NotFound} If it is not here; the message has the command that fetches it.
 *
 * @example The command that helps
 * ```ts
 * import assert from "node:assert/strict";
 * import { locateModelFile } from "@/hub/mod.ts";
 *
 * assert.throws(() => locateModelFile("base", { settings: { cacheDir: "none" } }), /deno task fetch generator/);
 * ```
 */
export function locateModelFile(name: string, options: LocateOptions): string {
  const entry = hubEntry(name);
  if (entry === undefined) throw new RangeError(`Cannot find ${JSON.stringify(name)}: it is not in the catalogue`);
  const found = find(entry, options);
  if (found !== undefined) return found.path;
  const places = [...(options.folders ?? []), options.settings.cacheDir].join(", ");
  throw new Deno.errors.NotFound(
    `Cannot find ${entry.path}: it is not in ${places}; fetch it with: deno task fetch ${entry.name}`,
  );
}

function find(entry: HubEntry, { settings, folders = [] }: LocateOptions): LocatedFile | undefined {
  for (const folder of folders) {
    const path = join(folder, ...entry.path.split("/"));
    const bytes = lengthOf(path);
    if (bytes !== undefined) return { path, where: "folder", bytes };
  }
  const cached = findCached(settings.cacheDir, entry);
  return cached && { path: cached.path, where: "cache", bytes: cached.bytes };
}
