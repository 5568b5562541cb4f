/**
 * The Hub's environment variables, read as Python's `huggingface_hub` reads them
 * (https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables).
 *
 * Deviations: a variable that is set to nothing counts as not set. No token is taken from a browser login that has to be
 * renewed over the network (OIDC, OAuth refresh): the token file is used as it is.
 */

import { join } from "node:path";

/** Where the Hub and its cache are. */
export interface HubSettings {
  /** Address of the Hub without a slash at its end: `https://huggingface.co`. */
  readonly endpoint: string;
  /** Access token; sent to the endpoint's own host only. */
  readonly token?: string | undefined;
  /** Folder that holds `models--ORG--NAME` folders. */
  readonly cacheDir: string;
  /** Use what is here and ask nobody. */
  readonly offline: boolean;
  /** Snapshots link to blobs; false moves or copies the files instead. */
  readonly symlinks: boolean;
  /** Seconds without any data after which a connection counts as broken. */
  readonly idleSeconds: number;
}

const PUBLIC_HUB = "https://huggingface.co";
/** Python waits 10 s; a CDN that wakes a cold file up may take longer. */
const IDLE_SECONDS = 30;

/**
 * Reads the settings from environment variables.
 *
 * | variable | effect |
 * |---|---|
 * | HF_ENDPOINT | address of the Hub or of a mirror |
 * | HF_TOKEN, else HUGGING_FACE_HUB_TOKEN, else the file HF_TOKEN_PATH or $HF_HOME/token | access token |
 * | HF_HUB_DISABLE_IMPLICIT_TOKEN | 1: the token file is left alone |
 * | HF_HUB_CACHE, else HUGGINGFACE_HUB_CACHE, else $HF_HOME/hub | the cache |
 * | HF_HOME, else $XDG_CACHE_HOME/huggingface, else ~/.cache/huggingface | folder of all that is the Hub's |
 * | HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE | 1: never ask the network |
 * | HF_HUB_DISABLE_SYMLINKS | 1: copies instead of links |
 * | HF_HUB_DOWNLOAD_TIMEOUT | seconds without data until a connection is given up (here 30 by default) |
 *
 * Requires `--allow-read` permission for the token file.
 *
 * @param env Value of a variable, or undefined.
 * @returns The settings.
 * @throws {TypeError} If HF_ENDPOINT is no http address, the token cannot be one, or no folder for the cache is known.
 *
 * @example The cache below HF_HOME
 * ```ts
 * import assert from "node:assert/strict";
 * import { join } from "node:path";
 * import { hubSettings } from "@/hub/mod.ts";
 *
 * const variables: Record<string, string> = { HF_HOME: "nowhere", HF_ENDPOINT: "https://hub.example/" };
 * const settings = hubSettings((name) => variables[name]);
 * assert.equal(settings.cacheDir, join("nowhere", "hub"));
 * assert.equal(settings.endpoint, "https://hub.example");
 * assert.equal(settings.token, undefined);
 * ```
 */
export function hubSettings(env: (name: string) => string | undefined): HubSettings {
  const get = (name: string) => env(name)?.trim() || undefined;
  const path = (name: string) => expand(get(name), get);
  const home = () => {
    const folder = path("HF_HOME");
    if (folder !== undefined) return folder;
    const base = path("XDG_CACHE_HOME");
    if (base !== undefined) return join(base, "huggingface");
    const user = get("HOME") ?? get("USERPROFILE");
    if (user === undefined) {
      throw new TypeError(
        "Cannot find the Hub's cache: none of HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME and HOME is set; set HF_HOME to a folder",
      );
    }
    return join(user, ".cache", "huggingface");
  };
  return {
    endpoint: readEndpoint(get("HF_ENDPOINT") ?? PUBLIC_HUB),
    token: readToken(get, () => path("HF_TOKEN_PATH") ?? join(home(), "token")),
    cacheDir: path("HF_HUB_CACHE") ?? path("HUGGINGFACE_HUB_CACHE") ?? join(home(), "hub"),
    offline: isTrue(get("HF_HUB_OFFLINE") ?? get("TRANSFORMERS_OFFLINE")),
    symlinks: !isTrue(get("HF_HUB_DISABLE_SYMLINKS")),
    idleSeconds: readSeconds(get("HF_HUB_DOWNLOAD_TIMEOUT")),
  };
}

function isTrue(value: string | undefined): boolean {
  return ["1", "ON", "YES", "TRUE"].includes(value?.toUpperCase() ?? "");
}

function readSeconds(value: string | undefined): number {
  if (value === undefined) return IDLE_SECONDS;
  const seconds = Number(value);
  if (!(seconds > 0 && seconds <= 86_400)) {
    throw new TypeError(`Cannot use HF_HUB_DOWNLOAD_TIMEOUT: expected seconds from 1 to 86400, got "${value}"`);
  }
  return seconds;
}

/** `~`, `$NAME` and `${NAME}` as in Python's expanduser and expandvars; an unset name stays as it is. */
function expand(
  path: string | undefined,
  get: (name: string) => string | undefined,
): string | undefined {
  const user = get("HOME") ?? get("USERPROFILE");
  return path
    ?.replace(/^~(?=$|[/\\])/, (tilde) => user ?? tilde)
    .replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, bare, braced) => get(bare ?? braced) ?? whole);
}

function readEndpoint(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new TypeError(`Cannot use HF_ENDPOINT: expected an address as ${PUBLIC_HUB}, got "${value}"`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(`Cannot use HF_ENDPOINT: it holds a user name or password; put the access token in HF_TOKEN`);
  }
  return url.href.replace(/\/+$/, "");
}

function readToken(
  get: (name: string) => string | undefined,
  file: () => string,
): string | undefined {
  const given = get("HF_TOKEN") ?? get("HUGGING_FACE_HUB_TOKEN");
  if (given !== undefined) return checkToken(given, "HF_TOKEN");
  if (isTrue(get("HF_HUB_DISABLE_IMPLICIT_TOKEN"))) return undefined;
  let path: string;
  try {
    path = file();
  } catch {
    return undefined; // no folder is known; what needs one says so
  }
  try {
    const text = Deno.readTextFileSync(path).trim();
    return text === "" ? undefined : checkToken(text, path);
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
      error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable;
    if (absent) return undefined; // public files need no token
    throw error;
  }
}

/** The token's own text never gets into a message. */
function checkToken(token: string, from: string): string {
  if (/^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  throw new TypeError(
    `Cannot use the access token of ${from}: a token is one word of plain letters, digits and signs`,
  );
}
