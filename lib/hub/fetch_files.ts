/** Files from the Hub, several at once. */

import { checkRoom, freeBytesAt } from "./_disk_space.ts";
import { download } from "./_download.ts";
import { type FetchPlan, placeOf, planFetch, type PlannedFile, type PlanOptions } from "./plan_fetch.ts";
import { type HubArrival, type HubProgress, TransferAccount } from "./progress.ts";
import type { HubFile, RemoteFile } from "./remote_file.ts";

/** Choices of {@link fetchFiles}. */
export interface FetchOptions extends PlanOptions {
  /** Files at once, 1 or more. @default {4} */
  readonly jobs?: number;
  /** Reads and hashes what is here already; what is damaged in the cache is fetched anew. @default {false} */
  readonly verify?: boolean;
  /** Free bytes of the disk of a folder, or undefined where it is not known. @default {statfs} */
  readonly freeBytes?: (folder: string) => number | undefined;
  /** Hears of every piece that comes. */
  readonly onProgress?: (progress: HubProgress) => void;
}

/** A file that is here now. */
export interface FetchedFile {
  /** Path in the repository. */
  readonly name: string;
  /** Path on this machine. */
  readonly path: string;
  /** Length in bytes. */
  readonly bytes: number;
  /** Commit that it is of; undefined in offline mode. */
  readonly commit: string | undefined;
  /** It was here, it came, or it was damaged and came anew. */
  readonly state: HubArrival;
}

/**
 * Fetches files that are not here yet.
 *
 * A file is received into `HASH.incomplete`, continued where it was cut off, compared with the Hub's hash and only then
 * renamed. If a file fails, the others go on, and what came of it is kept for the next time.
 *
 * Requires `--allow-net`, `--allow-read`, `--allow-write` and `--allow-sys=statfs` permissions (without the last the
 * room on the disk is not checked).
 *
 * @param wanted The files; doubles count once.
 * @param options Settings, network, clock, and how.
 * @returns The files in the order of `wanted`.
 * @throws {HubError} If a file cannot be had, or the disk has no room.
 * @throws {AggregateError} If several fail; the message has a line for each.
 * @throws {RangeError} If a name can be none of the Hub's, or `jobs` is less than 1.
 *
 * @example A small file from a Hub that is a function
 * ```ts
 * import assert from "node:assert/strict";
 * import { createHash } from "node:crypto";
 * import { fetchFiles } from "@/hub/mod.ts";
 *
 * const cacheDir = await Deno.makeTempDir();
 * const content = new TextEncoder().encode("three");
 * const oid = createHash("sha1").update("blob 5\0").update(content).digest("hex"); // as git names it
 * const repo = { type: "model", name: "a/b" } as const;
 * const [file] = await fetchFiles([{ repo, path: "n.txt" }], {
 *   settings: { endpoint: "https://hub.example", cacheDir, offline: false, symlinks: true, idleSeconds: 9 },
 *   fetch: (url) =>
 *     Promise.resolve(
 *       String(url).includes("/revision/")
 *         ? Response.json({ sha: "c".repeat(40) })
 *         : String(url).includes("/paths-info/")
 *         ? Response.json([{ type: "file", path: "n.txt", size: 5, oid }])
 *         : new Response(content),
 *     ),
 *   now: Date.now,
 *   sleep: () => Promise.resolve(),
 * });
 * assert.equal(file!.state, "fetched");
 * assert.equal(await Deno.readTextFile(file!.path), "three");
 * await Deno.remove(cacheDir, { recursive: true });
 * ```
 */
export async function fetchFiles(wanted: readonly HubFile[], options: FetchOptions): Promise<FetchedFile[]> {
  return await runFetch(await planFetch(wanted, options), options);
}

/**
 * Carries a plan out; {@link fetchFiles} is a plan and this.
 *
 * @param plan What `planFetch` found.
 * @param options Settings, network, clock, and how.
 * @returns The files in the plan's order.
 * @throws {HubError} If a file cannot be had, or the disk has no room.
 * @throws {AggregateError} If several fail.
 * @throws {RangeError} If `jobs` is less than 1.
 *
 * @example Nothing to do
 * ```ts
 * import assert from "node:assert/strict";
 * import { hubSettings, runFetch } from "@/hub/mod.ts";
 *
 * const settings = hubSettings((name) => name === "HF_HOME" ? "none" : undefined);
 * const plan = { files: [], revision: "main", localDir: undefined };
 * assert.deepEqual(await runFetch(plan, { settings, fetch, now: Date.now, sleep: () => Promise.resolve() }), []);
 * ```
 */
export async function runFetch(plan: FetchPlan, options: FetchOptions): Promise<FetchedFile[]> {
  const { jobs = 4, verify = false, freeBytes = freeBytesAt, settings, signal } = options;
  if (!Number.isInteger(jobs) || jobs < 1) {
    throw new RangeError(`Cannot fetch ${jobs} files at once: expected 1 or more`);
  }
  const folder = plan.localDir ?? settings.cacheDir;
  const toStore = plan.files.reduce((sum, file) => sum + file.toStore, 0);
  if (toStore > 0) checkRoom(folder, toStore, freeBytes(folder));
  const account = new TransferAccount(options.now, options.onProgress);
  const tasks = plan.files.map((file) => {
    const news = account.add(file.name, file.bytes, file.bytes - file.toReceive);
    return async (): Promise<FetchedFile> => {
      const { remote } = file;
      const state = remote === undefined
        ? "here"
        : await download(remote, placeOf(remote, plan.revision, plan.localDir, options), verify, options, news);
      return fetchedFile(file, remote, state);
    };
  });
  const results = await atMost(jobs, tasks);
  signal?.throwIfAborted();
  const errors = results.filter((result) => result.status === "rejected").map(({ reason }) => reason as Error);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) {
    throw new AggregateError(
      errors,
      [`Cannot fetch ${errors.length} of ${results.length} files:`, ...errors.map(({ message }) => `- ${message}`)]
        .join("\n"),
    );
  }
  return results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
}

function fetchedFile(
  { name, path, bytes }: PlannedFile,
  remote: RemoteFile | undefined,
  state: HubArrival,
): FetchedFile {
  return { name, path, bytes, commit: remote?.commit, state };
}

/** Runs all tasks, at most `limit` at a time. */
async function atMost<T>(limit: number, tasks: readonly (() => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> {
  const results: PromiseSettledResult<T>[] = [];
  const queue = tasks.entries();
  const runner = async () => {
    for (const [i, task] of queue) {
      [results[i]] = await Promise.allSettled([task()]) as [PromiseSettledResult<T>];
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, tasks.length) }, runner));
  return results;
}
