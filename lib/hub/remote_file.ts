/** Files of the Hub by name and by content. */

/** A repository of the Hub. */
export interface HubRepo {
  /** Kind of repository. */
  readonly type: "model" | "dataset";
  /** Owner and name: `BooBooWu/Vec2Face`. */
  readonly name: string;
}

/** A file in a repository. */
export interface HubFile {
  /** Where. */
  readonly repo: HubRepo;
  /** Path in the repository, with `/`. */
  readonly path: string;
}

/** The hash that a file's content must have. */
export interface ContentHash {
  /** sha256 of the bytes, for large files (Git LFS, Xet); or the id that git gives to a small file's bytes. */
  readonly kind: "sha256" | "git-sha1";
  /** Lower-case hexadecimal; the name of the blob in the cache. */
  readonly hex: string;
}

/** A file as the Hub describes it at one commit. */
export interface RemoteFile extends HubFile {
  /** Commit: 40 hexadecimal digits. */
  readonly commit: string;
  /** Length in bytes. */
  readonly size: number;
  /** Hash of its content. */
  readonly hash: ContentHash;
  /** Address to get it from. */
  readonly url: string;
}

/** A full commit id. */
export const COMMIT_REGEXP = /^[0-9a-f]{40}$/;

/**
 * Tells whether two names mean one file.
 *
 * @param a A file.
 * @param b Another.
 * @returns True for the same repository and path.
 *
 * @example A model and a data set of one name are two repositories
 * ```ts
 * import assert from "node:assert/strict";
 * import { sameFile } from "@/hub/mod.ts";
 *
 * const repo = { type: "model", name: "a/b" } as const;
 * assert.equal(sameFile({ repo, path: "x" }, { repo: { ...repo }, path: "x" }), true);
 * assert.equal(sameFile({ repo, path: "x" }, { repo: { ...repo, type: "dataset" }, path: "x" }), false);
 * ```
 */
export function sameFile(a: HubFile, b: HubFile): boolean {
  return a.path === b.path && a.repo.name === b.repo.name && a.repo.type === b.repo.type;
}

/** A file as messages name it. */
export function nameOf({ repo, path }: HubFile): string {
  return `${path} of ${repo.type === "dataset" ? "data set " : ""}${repo.name}`;
}

/**
 * Refuses paths that would leave the folder they are put into, on any system.
 *
 * @param path Path in a repository.
 * @returns The path.
 * @throws {RangeError} If it is empty, absolute, has a `.` or `..` or empty part, a backslash, a drive, or a control
 *   character.
 *
 * @example A way out
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkRepoPath } from "@/hub/mod.ts";
 *
 * assert.equal(checkRepoPath("weights/a.pth"), "weights/a.pth");
 * assert.throws(() => checkRepoPath("weights/../../.bashrc"), RangeError);
 * ```
 */
export function checkRepoPath(path: string): string {
  const parts = path.split("/");
  const reason = path === ""
    ? "it is empty"
    : path.length > 1024 || parts.some((part) => part.length > 255)
    ? "it is too long"
    : parts.includes("..") || parts.includes(".")
    ? 'it has a part "." or ".."'
    : parts.includes("")
    ? 'it begins or ends with "/" or has two in a row'
    // deno-lint-ignore no-control-regex -- these are what is looked for
    : /[\x00-\x1f\x7f\\]/.test(path)
    ? "it has a backslash or a control character"
    : parts.some((part) => /^[a-z]:/i.test(part))
    ? "it has a drive letter"
    : undefined;
  if (reason === undefined) return path;
  throw new RangeError(`Cannot use ${JSON.stringify(path)} as a file of a repository: ${reason}`);
}

/** Refuses what is no `owner/name`. */
export function checkRepo(repo: HubRepo): HubRepo {
  const part = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
  if (new RegExp(`^${part}/${part}$`).test(repo.name) && !/--|\.\./.test(repo.name)) return repo;
  throw new RangeError(`Cannot use ${JSON.stringify(repo.name)} as a repository: expected OWNER/NAME`);
}

/** Refuses what can be no branch, tag or commit. */
export function checkRevision(revision: string): string {
  const fits = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,254}$/.test(revision) && !/\.\.|\/\/|\/$|\.lock$|\/\./.test(revision);
  if (fits) return revision;
  throw new RangeError(
    `Cannot use ${JSON.stringify(revision)} as a revision: expected a branch, a tag or a commit`,
  );
}
