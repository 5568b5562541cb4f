/**
 * The cache of Hub files that Python's `huggingface_hub`, Rust's `hf-hub` and others share
 * (https://huggingface.co/docs/hub/local-cache).
 *
 * ```
 * CACHE/.locks/models--ORG--NAME/HASH.lock        flock(2) while HASH is on its way
 * CACHE/models--ORG--NAME/refs/main               the commit that "main" was at last, without a line break
 * CACHE/models--ORG--NAME/blobs/HASH              a file by its hash: sha256, or git's sha1 for small files
 * CACHE/models--ORG--NAME/blobs/HASH.incomplete   its beginning
 * CACHE/models--ORG--NAME/snapshots/COMMIT/PATH   link to ../../blobs/HASH, one ".." more for each folder in PATH
 * ```
 */

import { join } from "node:path";
import { checkRepo, checkRepoPath, checkRevision, COMMIT_REGEXP, type HubFile, type HubRepo } from "./remote_file.ts";

/** A file in the cache. */
export interface CachedFile {
  /** Its path below a snapshot; a link where links are possible. */
  readonly path: string;
  /** The commit of the snapshot. */
  readonly commit: string;
  /** Its length in bytes. */
  readonly bytes: number;
}

/**
 * The folder of a repository in the cache.
 *
 * @param cacheDir The cache.
 * @param repo The repository.
 * @returns For example `CACHE/models--BooBooWu--Vec2Face`.
 * @throws {RangeError} If the name of the repository cannot be one.
 *
 * @example A data set
 * ```ts
 * import assert from "node:assert/strict";
 * import { basename } from "node:path";
 * import { repoFolder } from "@/hub/mod.ts";
 *
 * assert.equal(basename(repoFolder("cache", { type: "dataset", name: "a/b" })), "datasets--a--b");
 * ```
 */
export function repoFolder(cacheDir: string, repo: HubRepo): string {
  return join(cacheDir, folderName(repo));
}

function folderName(repo: HubRepo): string {
  return [`${repo.type}s`, ...checkRepo(repo).name.split("/")].join("--");
}

/** Where one blob of a repository is, grows, and is locked. */
export function blobPaths(cacheDir: string, repo: HubRepo, hash: string): { blob: string; part: string; lock: string } {
  const blob = join(repoFolder(cacheDir, repo), "blobs", hash);
  return { blob, part: `${blob}.incomplete`, lock: join(cacheDir, ".locks", folderName(repo), `${hash}.lock`) };
}

/** Path of a file in the snapshot of a commit. */
export function snapshotPath(cacheDir: string, { repo, path }: HubFile, commit: string): string {
  return join(repoFolder(cacheDir, repo), "snapshots", commit, ...checkRepoPath(path).split("/"));
}

/** File that remembers the commit of a branch or tag. */
export function refPath(cacheDir: string, repo: HubRepo, revision: string): string {
  return join(repoFolder(cacheDir, repo), "refs", ...checkRevision(revision).split("/"));
}

/**
 * Looks for a file in the cache, without asking the Hub.
 *
 * Requires `--allow-read` permission.
 *
 * @param cacheDir The cache.
 * @param file The file.
 * @param revision Branch, tag or commit.
 * @returns The file as of the commit that the revision was at when it was last fetched; else, for the branch "main",
 *   from the newest snapshot that has it; else undefined.
 * @throws {RangeError} If the names cannot be those of a file of the Hub.
 *
 * @example An empty cache
 * ```ts
 * import assert from "node:assert/strict";
 * import { findCached, hubEntry } from "@/hub/mod.ts";
 *
 * assert.equal(findCached("no-such-folder", hubEntry("generator")!), undefined);
 * ```
 */
export function findCached(cacheDir: string, file: HubFile, revision = "main"): CachedFile | undefined {
  const commit = COMMIT_REGEXP.test(revision) ? revision : readRef(refPath(cacheDir, file.repo, revision));
  const exact = commit === undefined ? undefined : cachedAt(cacheDir, file, commit);
  if (exact !== undefined || revision !== "main") return exact;
  return snapshotsByAge(join(repoFolder(cacheDir, file.repo), "snapshots"))
    .map((commit) => cachedAt(cacheDir, file, commit))
    .find((found) => found !== undefined);
}

function cachedAt(cacheDir: string, file: HubFile, commit: string): CachedFile | undefined {
  const path = snapshotPath(cacheDir, file, commit);
  const bytes = lengthOf(path);
  return bytes === undefined ? undefined : { path, commit, bytes };
}

/** Length of a file, through links; undefined where there is none. */
export function lengthOf(path: string): number | undefined {
  return absent(() => {
    const { isFile, size } = Deno.statSync(path);
    return isFile ? size : undefined;
  });
}

function readRef(path: string): string | undefined {
  const text = absent(() => Deno.readTextFileSync(path).trim());
  return text !== undefined && COMMIT_REGEXP.test(text) ? text : undefined;
}

/** Commits that have a snapshot, the last touched first. */
function snapshotsByAge(folder: string): string[] {
  const names = absent(() => [...Deno.readDirSync(folder)]) ?? [];
  return names.filter(({ name, isDirectory }) => isDirectory && COMMIT_REGEXP.test(name))
    .map(({ name }) => ({ name, time: absent(() => Deno.statSync(join(folder, name)).mtime?.getTime()) ?? 0 }))
    .sort((a, b) => b.time - a.time || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

/** What `look` finds, or undefined where there is nothing at the path, or a folder, or a link to nowhere. */
function absent<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    const nothing = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
      error instanceof Deno.errors.IsADirectory || error instanceof Deno.errors.FilesystemLoop;
    if (nothing) return undefined;
    throw error;
  }
}
