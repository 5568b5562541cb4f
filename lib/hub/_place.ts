/** Where a file goes: into the shared cache, or into a folder of the user's. */

import { dirname, join, relative } from "node:path";
import { blobPaths, findCached, lengthOf, refPath, snapshotPath } from "./cache.ts";
import type { HubOptions } from "./hub_options.ts";
import { checkRepoPath, COMMIT_REGEXP, type RemoteFile } from "./remote_file.ts";

/** Where one file goes. */
export interface Place {
  /** Path under which the user finds it. */
  readonly path: string;
  /** Where the whole content is put first; the same as `path` in a folder. */
  readonly content: string;
  /** Where its beginning grows. */
  readonly part: string;
  /** Locked meanwhile. */
  readonly lock: string;
  /** Content of the wrong hash may be removed: true in the cache, never among the user's own files. */
  readonly ours: boolean;
  /** A file with these bytes that is here already and may be copied. */
  readonly copyOf?: string | undefined;
  /** True where content of the right length needs no second look: it was checked when it came. */
  trusted(): Promise<boolean>;
  /** Makes `content` appear as `path`, and notes down what Python looks for. */
  publish(): Promise<void>;
}

/** A place in the cache. */
export function cachePlace(remote: RemoteFile, revision: string, { settings }: HubOptions): Place {
  const { cacheDir, symlinks } = settings;
  const { blob, part, lock } = blobPaths(cacheDir, remote.repo, remote.hash.hex);
  const path = snapshotPath(cacheDir, remote, remote.commit);
  return {
    ...{ path, content: blob, part, lock, ours: true },
    trusted: () => Promise.resolve(true),
    async publish() {
      if (lengthOf(path) !== remote.size) await link(blob, path, symlinks);
      await tagFolder(cacheDir);
      if (COMMIT_REGEXP.test(revision)) return;
      await writeWhole(refPath(cacheDir, remote.repo, revision), remote.commit);
    },
  };
}

/**
 * A place in a folder, as `hf_hub_download(local_dir=...)` lays it out: beside the file, `.cache/huggingface/download`
 * remembers commit, hash and time, so that Python does not fetch it again.
 */
export function folderPlace(remote: RemoteFile, folder: string, { settings, now }: HubOptions): Place {
  const parts = checkRepoPath(remote.path).split("/");
  const path = join(folder, ...parts);
  const notes = join(folder, ".cache", "huggingface", "download", ...parts);
  const { blob } = blobPaths(settings.cacheDir, remote.repo, remote.hash.hex);
  const cached = [blob, findCached(settings.cacheDir, remote, remote.commit)?.path]
    .find((candidate) => candidate !== undefined && lengthOf(candidate) === remote.size);
  return {
    ...{ path, content: path, part: `${notes}.${remote.hash.hex}.incomplete`, lock: `${notes}.lock`, ours: false },
    copyOf: cached,
    async trusted() {
      const [, hash, time] = (await readText(`${notes}.metadata`))?.split("\n") ?? [];
      const changed = (await Deno.stat(path)).mtime?.getTime() ?? Infinity;
      return hash === remote.hash.hex && changed <= (Number(time) + 1) * 1000; // times of files are not exact
    },
    async publish() {
      await tagFolder(join(folder, ".cache", "huggingface"));
      await writeWhole(join(folder, ".cache", "huggingface", ".gitignore"), "*");
      await writeWhole(`${notes}.metadata`, `${remote.commit}\n${remote.hash.hex}\n${now() / 1000}\n`);
    },
  };
}

/** Lets programs that make backups leave a cache out (https://bford.info/cachedir/). */
async function tagFolder(folder: string): Promise<void> {
  const path = join(folder, "CACHEDIR.TAG");
  if (lengthOf(path) !== undefined) return;
  await writeWhole(
    path,
    "Signature: 8a477f597d28d172789f06886806bc55\n# This folder can be fetched again from the Hub.\n",
  );
}

/** Links `path` to the blob; where links are not possible the blob itself moves there, as in Python. */
async function link(blob: string, path: string, symlinks: boolean): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  if (symlinks) {
    try {
      await Deno.symlink(relative(dirname(path), blob), draft, { type: "file" });
      return await Deno.rename(draft, path);
    } catch {
      await Deno.remove(draft).catch(() => {}); // Windows without the right to link, or a disk that knows none
    }
  }
  await Deno.rename(blob, path);
}

/** Writes a small file whole or not at all, and not if it is there with this text. */
async function writeWhole(path: string, text: string): Promise<void> {
  if (await readText(path) === text) return;
  await Deno.mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  await Deno.writeTextFile(draft, text);
  await Deno.rename(draft, path);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
