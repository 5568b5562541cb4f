/** What would have to be fetched. */

import { findCached, lengthOf } from "./cache.ts";
import { describeFiles } from "./describe_files.ts";
import { HubError } from "./hub_error.ts";
import type { HubOptions } from "./hub_options.ts";
import { cachePlace, folderPlace, type Place } from "./_place.ts";
import { checkRevision, type HubFile, type HubRepo, nameOf, type RemoteFile, sameFile } from "./remote_file.ts";

/** Choices of {@link planFetch}. */
export interface PlanOptions extends HubOptions {
  /** Branch, tag or commit. @default {"main"} */
  readonly revision?: string;
  /** Folder that gets the files under their paths in the repository; the shared cache when left out. */
  readonly localDir?: string | undefined;
}

/** One file of a plan. */
export interface PlannedFile {
  /** Its repository. */
  readonly repo: HubRepo;
  /** Path where it is or will be. */
  readonly path: string;
  /** Path in the repository. */
  readonly name: string;
  /** Length in bytes. */
  readonly bytes: number;
  /** Bytes that have to come from the Hub: 0 where it is here, the rest where its beginning is here. */
  readonly toReceive: number;
  /** Bytes that the disk has to take. */
  readonly toStore: number;
  /** What the Hub says of it; undefined in offline mode, where only what is here is planned. */
  readonly remote: RemoteFile | undefined;
}

/** What is here and what has to come. */
export interface FetchPlan {
  /** Every file once. */
  readonly files: readonly PlannedFile[];
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Folder that gets the files, or undefined for the cache. */
  readonly localDir: string | undefined;
}

/**
 * Asks the Hub for lengths and hashes, and looks at what is here.
 *
 * In offline mode nothing is asked, and a file that is not here is an error.
 *
 * Requires `--allow-net` and `--allow-read` permissions.
 *
 * @param wanted The files; doubles count once.
 * @param options Settings, network, clock, revision, folder.
 * @returns The plan for `runFetch`.
 * @throws {HubError} If the Hub cannot be asked or lacks a file, or a file is not here in offline mode.
 * @throws {RangeError} If a name can be none of the Hub's.
 *
 * @example Offline, with nothing here
 * ```ts
 * import assert from "node:assert/strict";
 * import { hubEntry, planFetch } from "@/hub/mod.ts";
 *
 * const settings = { endpoint: "https://hub.example", cacheDir: "none", offline: true, symlinks: true, idleSeconds: 9 };
 * const outside = { settings, fetch, now: Date.now, sleep: () => Promise.resolve() };
 * await assert.rejects(planFetch([hubEntry("generator")!], outside), { name: "HubError", problem: "offline" });
 * ```
 */
export async function planFetch(wanted: readonly HubFile[], options: PlanOptions): Promise<FetchPlan> {
  const { revision = "main", localDir, settings } = options;
  checkRevision(revision);
  const files = wanted.filter((file, i) => wanted.findIndex((other) => sameFile(file, other)) === i);
  if (settings.offline) {
    return { files: files.map((file) => offlineFile(file, revision, options)), revision, localDir };
  }
  const described = await describeAll(files, revision, options);
  return { files: described.map((remote) => planned(remote, revision, options)), revision, localDir };
}

async function describeAll(files: readonly HubFile[], revision: string, hub: HubOptions): Promise<RemoteFile[]> {
  const repos = [...new Map(files.map(({ repo }) => [`${repo.type} ${repo.name}`, repo])).values()];
  const lists = await Promise.all(repos.map((repo) => {
    const paths = files.filter((file) => sameFile({ repo, path: file.path }, file)).map(({ path }) => path);
    return describeFiles(repo, paths, revision, hub);
  }));
  return files.map((file) => lists.flat().find((remote) => sameFile(remote, file))!);
}

function planned(remote: RemoteFile, revision: string, options: PlanOptions): PlannedFile {
  const place = placeOf(remote, revision, options.localDir, options);
  const here = [place.path, place.content].some((path) => lengthOf(path) === remote.size);
  const have = here ? remote.size : Math.min(lengthOf(place.part) ?? 0, remote.size);
  return {
    repo: remote.repo,
    name: remote.path,
    path: place.path,
    bytes: remote.size,
    toReceive: place.copyOf === undefined ? remote.size - have : 0,
    toStore: remote.size - have,
    remote,
  };
}

/** Where a file goes, by the plan's choices. */
export function placeOf(
  remote: RemoteFile,
  revision: string,
  localDir: string | undefined,
  hub: HubOptions,
): Place {
  return localDir === undefined ? cachePlace(remote, revision, hub) : folderPlace(remote, localDir, hub);
}

function offlineFile(file: HubFile, revision: string, { settings, localDir }: PlanOptions): PlannedFile {
  const inFolder = localDir === undefined ? undefined : `${localDir}/${file.path}`;
  const found = inFolder === undefined
    ? findCached(settings.cacheDir, file, revision)
    : { path: inFolder, bytes: lengthOf(inFolder) };
  if (found?.bytes === undefined) {
    throw new HubError(
      "offline",
      `Cannot fetch ${nameOf(file)}: HF_HUB_OFFLINE is set and no copy is in ${
        localDir ?? settings.cacheDir
      }; unset it ` +
        "to use the network",
    );
  }
  return {
    ...{ repo: file.repo, name: file.path, path: found.path, bytes: found.bytes },
    ...{ toReceive: 0, toStore: 0, remote: undefined },
  };
}
