/**
 * A Hub and its CDN, two servers on 127.0.0.1: revision, paths-info, resolve with the headers that
 * https://huggingface.co sends (x-repo-commit, x-linked-etag, x-linked-size), and large files behind a redirect.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import {
  fetchFiles,
  type FetchOptions,
  type HubError,
  type HubFile,
  type HubOptions,
  type HubRepo,
} from "@/hub/mod.ts";
import { type FakeAnswer, type FakeRequest, FakeServer } from "./_fake_server.ts";

/** Answers instead of the Hub, or lets the Hub answer. */
export type Mischief = (request: FakeRequest, usual: () => FakeAnswer) => FakeAnswer | undefined;

export const MODELS: HubRepo = { type: "model", name: "owner/models" };
export const DATASETS: HubRepo = { type: "dataset", name: "owner/models" };
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** Bytes that are the same everywhere and differ from place to place. */
export function someBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function gitSha1(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** What the repositories hold: two large files and a small one, and one in the data set of the same name. */
export const FILES = {
  large: { repo: MODELS, path: "weights/large.pth", bytes: someBytes(300_000), lfs: true },
  second: { repo: MODELS, path: "weights/second.pth", bytes: someBytes(120_000, 2), lfs: true },
  small: { repo: MODELS, path: "README.md", bytes: new TextEncoder().encode("# Faces\n"), lfs: false },
  data: { repo: DATASETS, path: "HSFaces/some data+1.npy", bytes: someBytes(5_000, 3), lfs: true },
} as const;

const prefix = ({ type }: HubRepo) => type === "dataset" ? "datasets/" : "";

/** A Hub, its CDN, an empty cache, and a clock that does not wait. */
export class FakeHub implements AsyncDisposable {
  readonly #hub: FakeServer;
  readonly #cdn: FakeServer;
  readonly folder: string;
  /** Seconds that somebody wanted to wait. */
  readonly waits: number[] = [];
  /** Retries that were told. */
  readonly retries: string[] = [];
  commit = COMMIT;
  /** Stands between the Hub, or the CDN, and its answers. */
  mischief: Mischief = () => undefined;

  private constructor(folder: string) {
    this.folder = folder;
    this.#hub = new FakeServer((request) =>
      this.mischief(request, () => this.#answer(request)) ?? this.#answer(request)
    );
    this.#cdn = new FakeServer((request) => this.mischief(request, () => serve(request)) ?? serve(request));
  }

  static async start(): Promise<FakeHub> {
    return new FakeHub(await Deno.makeTempDir({ prefix: "hub_" }));
  }

  get endpoint(): string {
    return this.#hub.origin;
  }

  /** Requests to the Hub itself. */
  get asked(): readonly FakeRequest[] {
    return this.#hub.requests;
  }

  /** Requests for contents of large files. */
  get served(): readonly FakeRequest[] {
    return this.#cdn.requests;
  }

  get cacheDir(): string {
    return join(this.folder, "hub");
  }

  /** Options for everything in lib/hub. */
  options(changes: Partial<HubOptions["settings"]> = {}): HubOptions {
    return {
      settings: {
        endpoint: this.endpoint,
        cacheDir: this.cacheDir,
        offline: false,
        symlinks: true,
        idleSeconds: 20,
        ...changes,
      },
      fetch,
      now: Date.now,
      sleep: (milliseconds) => {
        this.waits.push(milliseconds / 1000);
        return Promise.resolve();
      },
      onRetry: ({ error }) => this.retries.push(error.message),
    };
  }

  /** Path of a blob or its beginning in the cache. */
  blob({ repo, bytes, lfs }: { repo: HubRepo; bytes: Uint8Array; lfs: boolean }, suffix = ""): string {
    const folder = `${repo.type}s--${repo.name.replace("/", "--")}`;
    return join(this.cacheDir, folder, "blobs", (lfs ? sha256(bytes) : gitSha1(bytes)) + suffix);
  }

  #answer({ method, path, body }: FakeRequest): FakeAnswer {
    const [route] = path.split("?", 1) as [string];
    for (const repo of [MODELS, DATASETS]) {
      const files = Object.values(FILES).filter((file) => file.repo === repo);
      const api = `/api/${repo.type}s/${repo.name}`;
      if (route === `${api}/revision/main` || route === `${api}/revision/${this.commit}`) {
        return json({ _id: "1", id: repo.name, sha: this.commit, lastModified: "2025-04-15T00:00:00.000Z" });
      }
      if (method === "POST" && route === `${api}/paths-info/${this.commit}`) {
        const { paths } = JSON.parse(body) as { paths: string[] };
        return json(files.filter(({ path }) => paths.includes(path)).map(listed));
      }
      for (const revision of ["main", this.commit]) {
        const start = `/${prefix(repo)}${repo.name}/resolve/${revision}/`;
        const file = files.find(({ path }) => decodeURIComponent(route) === start + path);
        if (file !== undefined) return this.#resolve(file);
      }
      if (route.startsWith(`/${prefix(repo)}${repo.name}/resolve/`)) {
        return { status: 404, headers: { "x-error-code": "EntryNotFound", "x-error-message": "Entry not found" } };
      }
    }
    return {
      status: 401,
      headers: { "x-error-code": "RepoNotFound", "x-error-message": "Invalid username or password." },
    };
  }

  #resolve({ bytes, lfs }: { bytes: Uint8Array; lfs: boolean }): FakeAnswer {
    const common = { "x-repo-commit": this.commit, "accept-ranges": "bytes" };
    if (!lfs) return { headers: { ...common, etag: `"${gitSha1(bytes)}"` }, body: bytes };
    return {
      status: 302,
      headers: {
        ...common,
        location: `${this.#cdn.origin}/blobs/${sha256(bytes)}?X-Amz-Signature=abc`,
        "x-linked-etag": `"${sha256(bytes)}"`,
        "x-linked-size": String(bytes.length),
        etag: '"of the redirect"',
      },
      body: "Found. Redirecting",
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hub[Symbol.asyncDispose]();
    await this.#cdn[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A file as paths-info lists it. */
function listed({ path, bytes, lfs }: { path: string; bytes: Uint8Array; lfs: boolean }): unknown {
  const base = { type: "file", path, size: bytes.length };
  if (!lfs) return { ...base, oid: gitSha1(bytes) };
  return { ...base, oid: "9".repeat(40), lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 } };
}

export function json(value: unknown): FakeAnswer {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** The CDN: contents by hash, with ranges. */
function serve({ path, headers }: FakeRequest): FakeAnswer {
  const file = Object.values(FILES).find(({ bytes }) => path.startsWith(`/blobs/${sha256(bytes)}?`));
  if (file === undefined) return { status: 403 };
  const from = /^bytes=(\d+)-$/.exec(headers.get("range") ?? "")?.[1];
  if (from === undefined) return { body: file.bytes };
  const { length } = file.bytes;
  if (Number(from) >= length) return { status: 416, headers: { "content-range": `bytes */${length}` } };
  return {
    status: 206,
    headers: { "content-range": `bytes ${from}-${length - 1}/${length}` },
    body: file.bytes.subarray(Number(from)),
  };
}

/** True for a request to the CDN. */
export function isContent({ path }: FakeRequest): boolean {
  return path.startsWith("/blobs/");
}

/** Lets the first `count` fitting requests go wrong. */
export function first(count: number, fits: (request: FakeRequest) => boolean, mischief: Mischief): Mischief {
  let left = count;
  return (request, usual) => fits(request) && left-- > 0 ? mischief(request, usual) : undefined;
}

/** Every path below a folder: text of files up to 200 bytes, lengths of longer ones, targets of links. */
export async function tree(folder: string, below = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(join(folder, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    if (isDirectory) Object.assign(found, await tree(folder, path));
    else if (isSymlink) found[path] = `-> ${await Deno.readLink(join(folder, path))}`;
    else {
      const bytes = await Deno.readFile(join(folder, path));
      found[path] = bytes.length > 200 ? `${bytes.length} bytes` : new TextDecoder().decode(bytes);
    }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => a < b ? -1 : 1));
}

/** Compares a file with what it should hold. */
export async function assertSameBytes(path: string, bytes: Uint8Array): Promise<void> {
  assert.deepEqual(new Uint8Array(await Deno.readFile(path)), new Uint8Array(bytes));
}

/** Fetches one file and returns the error that comes of it. */
export async function failure(file: HubFile, options: FetchOptions): Promise<HubError> {
  const error = await fetchFiles([file], options).then(() => undefined, (error) => error as HubError);
  assert.ok(error !== undefined, "expected an error");
  return error;
}

/** Puts the beginning of a file where a download that was cut off leaves it. */
export async function leaveBeginning(hub: FakeHub, file: typeof FILES.large, beginning: Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(hub.blob(file)), { recursive: true });
  await Deno.writeFile(hub.blob(file, ".incomplete"), beginning);
}
