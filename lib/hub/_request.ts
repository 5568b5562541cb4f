/**
 * One request to the Hub, through its redirects, with errors that say what to do.
 *
 * Redirects are followed here and not by `fetch`, because they decide where the access token goes: to the endpoint's
 * own scheme, host and port, and nowhere else (Python's huggingface_hub also trusts huggingface.co and hf.co while
 * another endpoint is set). From https no redirect leads back to http.
 */

import { HubError } from "./hub_error.ts";
import type { HubOptions } from "./hub_options.ts";
import type { IdleWatch } from "./_idle_watch.ts";

/** What is asked. */
export interface HubRequest {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Statuses besides 200..299 that are no failures. */
  readonly accept?: readonly number[];
}

const MOST_REDIRECTS = 10;
const REDIRECTS = [301, 302, 303, 307, 308];
const USER_AGENT = "vec2face-deno; hub";

/**
 * Sends a request; `what` names in messages what is fetched. The watch fires when the server falls silent, until the
 * caller disposes of it.
 */
export async function send(
  url: string,
  what: string,
  hub: HubOptions,
  watch: IdleWatch,
  { method = "GET", headers = {}, body, accept = [] }: HubRequest = {},
): Promise<Response> {
  const { endpoint, token } = hub.settings;
  let address = new URL(url);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await connected(what, address.host, watch, () =>
      hub.fetch(address.href, {
        method,
        redirect: "manual",
        signal: watch.signal,
        headers: {
          "user-agent": USER_AGENT,
          "accept-encoding": "identity",
          ...headers,
          ...(token !== undefined && address.origin === new URL(endpoint).origin
            ? { authorization: `Bearer ${token}` }
            : {}),
        },
        ...(body === undefined ? {} : { body }),
      }));
    watch.touch();
    const location = REDIRECTS.includes(response.status) ? response.headers.get("location") : null;
    if (location === null) {
      if (response.ok || accept.includes(response.status)) return response;
      await response.body?.cancel();
      throw statusError(response, address.host, what, hub);
    }
    await response.body?.cancel();
    address = redirected(address, location, what);
    if (body !== undefined && response.status < 307) {
      throw new HubError("content", `Cannot fetch ${what}: ${address.host} answered a query with a redirect to a page`);
    }
  }
  throw new HubError("content", `Cannot fetch ${what}: more than ${MOST_REDIRECTS} redirects`);
}

function redirected(from: URL, location: string, what: string): URL {
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (to === undefined || !["http:", "https:"].includes(to.protocol)) {
    throw new HubError("content", `Cannot fetch ${what}: ${from.host} redirects to what is no web address`);
  }
  if (from.protocol === "https:" && to.protocol === "http:") {
    throw new HubError("content", `Cannot fetch ${what}: ${from.host} redirects from https to http (${to.host})`);
  }
  return to;
}

/** Does network work and turns its failures into {@link HubError}s. */
export async function connected<T>(
  what: string,
  host: string,
  watch: IdleWatch,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    watch.rethrow();
    if (!(cause instanceof TypeError) && !(cause instanceof Deno.errors.Http)) throw cause; // fetch throws TypeErrors
    if (/certificate/i.test(`${cause.message}`)) {
      throw new HubError(
        "denied",
        `Cannot fetch ${what}: the certificate of ${host} is not trusted; behind a proxy with its own certificates set ` +
          "DENO_TLS_CA_STORE=system or DENO_CERT=FILE",
        { cause },
      );
    }
    throw new HubError(
      "network",
      `Cannot fetch ${what}: the connection to ${host} failed or broke; check the network (a proxy is named by ` +
        "HTTPS_PROXY, a mirror by HF_ENDPOINT) and run the same again: what has come is kept",
      { cause },
    );
  }
}

function statusError(response: Response, host: string, what: string, { settings, now }: HubOptions): HubError {
  const { status, headers } = response;
  const said = (headers.get("x-error-message") ?? "").replace(/[^\x20-\x7e]+/g, " ").slice(0, 300);
  const start = `Cannot fetch ${what}: ${host} answered ${status}${said === "" ? "" : ` (${said})`}`;
  const account = settings.token === undefined
    ? "set HF_TOKEN to an access token from https://huggingface.co/settings/tokens"
    : "the access token in use may not read it: renew HF_TOKEN at https://huggingface.co/settings/tokens";
  const code = headers.get("x-error-code") ?? "";
  if (status === 401 && code === "RepoNotFound") {
    return new HubError("denied", `${start}: the repository is private or does not exist; ${account}`, { status });
  }
  if (status === 401 || status === 403) {
    const terms = /gated/i.test(code + said) ? "; first accept its terms on the repository's page" : "";
    return new HubError("denied", `${start}: access denied; ${account}${terms}`, { status });
  }
  if (status === 404 || status === 410) {
    const kind = code === "RevisionNotFound" ? "revision" : code === "RepoNotFound" ? "repository" : "file";
    return new HubError(
      "missing",
      `${start}: no such ${kind}; it may have moved: look at ${settings.endpoint}, or at HF_ENDPOINT if that is a mirror`,
      { status },
    );
  }
  if (status === 407) {
    return new HubError("denied", `${start}: the proxy wants a user name; write it into HTTPS_PROXY`, { status });
  }
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfter = waitAskedFor(headers, now);
    const wait = retryAfter === undefined ? "try again later" : `try again in ${Math.ceil(retryAfter)} s`;
    const few = status === 429 ? "too many requests" : "the server is overloaded or down";
    return new HubError("busy", `${start}: ${few}; ${wait}: what has come is kept`, {
      status,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }
  return new HubError("content", `${start}: expected 200; check HF_ENDPOINT and the proxy`, { status });
}

/** Seconds by Retry-After (a number or a date), or by the Hub's `RateLimit: "api";r=0;t=55`. */
function waitAskedFor(headers: Headers, now: () => number): number | undefined {
  const after = headers.get("retry-after")?.trim();
  if (after !== undefined && /^\d{1,9}$/.test(after)) return Number(after);
  const date = after === undefined ? NaN : Date.parse(after);
  if (!Number.isNaN(date)) return Math.max(0, (date - now()) / 1000);
  const limit = /\bt=(\d{1,9})\b/.exec(headers.get("ratelimit") ?? "");
  return limit === null ? undefined : Number(limit[1]);
}
