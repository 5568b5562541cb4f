/**
 * What the Hub says of files: commit, length, hash. Asked through `@huggingface/hub`
 * (https://github.com/huggingface/huggingface.js), which speaks the Hub's interface; tokens, redirects, patience and
 * limits are those of `_request.ts`, which is the network that it is given. Its own downloads are not used: they
 * neither resume nor check what came, and write a cache that Python does not find.
 */

import { HubError } from "./hub_error.ts";
import type { HubOptions } from "./hub_options.ts";
import { IdleWatch } from "./_idle_watch.ts";
import {
  checkRepo,
  checkRepoPath,
  checkRevision,
  COMMIT_REGEXP,
  type ContentHash,
  type HubRepo,
  nameOf,
  type RemoteFile,
} from "./remote_file.ts";
import { connected, send } from "./_request.ts";
import { retrying } from "./_retry.ts";

/** Longest answer read, in bytes: a listing of a hundred files takes 50 kB. */
const LONGEST_ANSWER = 16_000_000;

/**
 * Asks the Hub for the commit of a revision, and for length and hash of files at that commit.
 *
 * Requires `--allow-net` permission.
 *
 * @param repo The repository.
 * @param paths Paths in it.
 * @param revision Branch, tag or commit.
 * @param hub Settings, network, clock.
 * @returns One description a path, in the same order.
 * @throws {HubError} If the Hub cannot be reached, refuses, or does not have a file; or offline mode is on.
 * @throws {RangeError} If a name can be none of the Hub's.
 *
 * @example Against a Hub that is a function
 * ```ts
 * import assert from "node:assert/strict";
 * import { describeFiles } from "@/hub/mod.ts";
 *
 * const commit = "c".repeat(40), sha256 = "0".repeat(64);
 * const hub = {
 *   settings: { endpoint: "https://hub.example", cacheDir: "cache", offline: false, symlinks: true, idleSeconds: 9 },
 *   fetch: (url: URL | RequestInfo) =>
 *     Promise.resolve(Response.json(
 *       String(url).includes("paths-info")
 *         ? [{ type: "file", path: "w.pth", size: 5, oid: "1".repeat(40), lfs: { oid: sha256, size: 5 } }]
 *         : { sha: commit },
 *     )),
 *   now: Date.now,
 *   sleep: () => Promise.resolve(),
 * };
 * const [file] = await describeFiles({ type: "model", name: "a/b" }, ["w.pth"], "main", hub);
 * assert.deepEqual(file!.hash, { kind: "sha256", hex: sha256 });
 * assert.equal(file!.url, `https://hub.example/a/b/resolve/${commit}/w.pth`);
 * ```
 */
export async function describeFiles(
  repo: HubRepo,
  paths: readonly string[],
  revision: string,
  hub: HubOptions,
): Promise<RemoteFile[]> {
  const { name, type } = checkRepo(repo);
  paths.forEach(checkRepoPath);
  checkRevision(revision);
  if (hub.settings.offline) {
    throw new HubError("offline", `Cannot ask for ${name}: HF_HUB_OFFLINE is set; unset it to use the network`);
  }
  const { datasetInfo, modelInfo, pathsInfo } = await import("@huggingface/hub");
  const what = `${paths.length === 1 ? paths[0] : `${paths.length} files`} of ${
    type === "dataset" ? "data set " : ""
  }${name}`;
  const common = { hubUrl: hub.settings.endpoint, fetch: networkFor(what, hub) };
  const info = { name, revision, additionalFields: ["sha" as const], ...common };
  const { sha: commit } = await asked(what, hub, () => type === "model" ? modelInfo(info) : datasetInfo(info));
  if (typeof commit !== "string" || !COMMIT_REGEXP.test(commit)) throw strange(what, "a commit", commit);
  const listed: unknown[] = await asked(
    what,
    hub,
    () => pathsInfo({ repo: { type, name }, revision: commit, paths: [...paths], ...common }),
  );
  return paths.map((path) => {
    const found = listed.find((entry) => isRecord(entry) && entry["path"] === path);
    if (!isRecord(found)) {
      throw new HubError(
        "missing",
        `Cannot fetch ${nameOf({ repo, path })}: revision ${revision} (${commit.slice(0, 7)}) does not have it; look ` +
          `at ${hub.settings.endpoint}/${type === "dataset" ? "datasets/" : ""}${name}/tree/${revision}`,
      );
    }
    if (found["type"] !== "file") throw strange(nameOf({ repo, path }), "a file", found["type"]);
    return { repo, path, commit, ...contentOf(found, nameOf({ repo, path })), url: addressOf(repo, path, commit, hub) };
  });
}

function addressOf({ type, name }: HubRepo, path: string, commit: string, { settings }: HubOptions): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `${settings.endpoint}/${type === "dataset" ? "datasets/" : ""}${name}/resolve/${commit}/${encoded}`;
}

/** Length and hash of a listed file; names of blobs are made of them, so they must be what they should be. */
function contentOf(entry: Record<string, unknown>, what: string): { size: number; hash: ContentHash } {
  const lfs = isRecord(entry["lfs"]) ? entry["lfs"] : undefined;
  const size = lfs?.["size"] ?? entry["size"];
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw strange(what, "a length", size);
  const kind = lfs === undefined ? "git-sha1" : "sha256";
  const hex = (lfs ?? entry)["oid"];
  if (typeof hex !== "string" || !(lfs === undefined ? COMMIT_REGEXP : /^[0-9a-f]{64}$/).test(hex)) {
    throw strange(what, kind === "sha256" ? "a sha256" : "a git id", hex);
  }
  return { size, hash: { kind, hex } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function strange(what: string, expected: string, found: unknown): HubError {
  const shown = (JSON.stringify(found) ?? "nothing").slice(0, 100);
  return new HubError(
    "content",
    `Cannot fetch ${what}: the Hub's answer has ${shown} where ${expected} belongs; check HF_ENDPOINT and the proxy`,
  );
}

/** Errors of the package that are not ours come from answers it cannot read. */
async function asked<T>(what: string, { signal }: HubOptions, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof HubError || cause instanceof Deno.errors.NotCapable) throw cause;
    throw new HubError(
      "content",
      `Cannot fetch ${what}: the answer to a query is not what the Hub sends; check HF_ENDPOINT and the proxy`,
      { cause },
    );
  }
}

/** A `fetch` for the package: our rules, new tries, and answers that end. */
function networkFor(what: string, hub: HubOptions): typeof fetch {
  return (input, init) =>
    retrying(what, hub, async () => {
      const url = input instanceof Request ? input.url : String(input);
      using watch = new IdleWatch(what, hub.settings.idleSeconds, hub.signal);
      const response = await send(url, what, hub, watch, {
        method: init?.method === "POST" ? "POST" : "GET",
        headers: Object.fromEntries(new Headers(init?.headers)),
        ...(typeof init?.body === "string" ? { body: init.body } : {}),
      });
      const body = await connected(what, new URL(url).host, watch, () => readWhole(response, what, watch));
      return new Response(body, { status: response.status, headers: response.headers });
    });
}

async function readWhole(response: Response, what: string, watch: IdleWatch): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    watch.touch();
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_ANSWER) {
      throw new HubError("content", `Cannot fetch ${what}: the answer to a query has no end; check HF_ENDPOINT`);
    }
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
