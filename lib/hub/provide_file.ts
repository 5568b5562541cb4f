/** A file of the catalogue wherever it is: found on this machine, or fetched. */

import { hubEntry } from "./catalogue.ts";
import { fetchFiles } from "./fetch_files.ts";
import { formatBytes } from "./format_bytes.ts";
import type { HubOptions } from "./hub_options.ts";
import { findModelFile, locateModelFile, type LocateOptions } from "./locate.ts";
import type { HubProgress } from "./progress.ts";

/** Choices of {@link provideModelFile}. */
export interface ProvideOptions extends HubOptions, Pick<LocateOptions, "folders"> {
  /** Hears, before anything is fetched, what it is, how large, from where and where to. */
  readonly say?: ((text: string) => void) | undefined;
  /** Hears how far a download is. */
  readonly onProgress?: (progress: HubProgress) => void;
}

/**
 * The path of a file of the catalogue; fetches it into the cache if it is not here.
 *
 * Requires `--allow-read` permission; to fetch also `--allow-net`, `--allow-write` and `--allow-sys=statfs`.
 *
 * @param name Short name or path in the repository: `weights/vec2face_generator.pth`.
 * @param options Settings, network, clock, and folders to look into first.
 * @returns Its path, in the first folder that has it, else in the cache.
 * @throws {RangeError} If the catalogue does not have it.
 * @throws {Deno.errors.NotFound} If it is not here in offline mode; the message has the command that fetches it.
 * @throws {HubError} If it cannot be fetched.
 *
 * @example Offline, with nothing here
 * ```ts
 * import assert from "node:assert/strict";
 * import { hubSettings, provideModelFile } from "@/hub/mod.ts";
 *
 * const variables: Record<string, string> = { HF_HOME: "none", HF_HUB_OFFLINE: "1" };
 * const settings = hubSettings((name) => variables[name]);
 * const outside = { settings, fetch, now: Date.now, sleep: () => Promise.resolve() };
 * await assert.rejects(provideModelFile("centers", outside), /deno task fetch centers/);
 * ```
 */
export async function provideModelFile(name: string, options: ProvideOptions): Promise<string> {
  const { settings, say } = options, entry = hubEntry(name), found = findModelFile(name, options);
  if (found !== undefined || entry === undefined || settings.offline) {
    return found?.path ?? locateModelFile(name, options);
  }
  say?.(
    `${entry.path} is not here yet: fetching it from ${settings.endpoint}/${entry.repo.name} ` +
      `(about ${formatBytes(entry.bytes)}, ${entry.licence}) into ${settings.cacheDir}`,
  );
  const [file] = await fetchFiles([entry], options);
  return file!.path;
}
