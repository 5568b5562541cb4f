/** The outside world of lib/hub: settings, network, clock. */

import type { HubError } from "./hub_error.ts";
import type { HubSettings } from "./settings.ts";

/** A request that is going to be tried again. */
export interface HubRetry {
  /** What was asked for: a file of a repository. */
  readonly what: string;
  /** Why it failed. */
  readonly error: HubError;
  /** Which try in a row this is, from 1. */
  readonly attempt: number;
  /** Seconds until then. */
  readonly seconds: number;
}

/** Everything that a conversation with the Hub needs from outside. */
export interface HubOptions {
  /** Where the Hub and the cache are. */
  readonly settings: HubSettings;
  /** The network; Deno's own honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970: `Date.now`. */
  readonly now: () => number;
  /** Waits; should end early, by throwing the signal's reason, when the signal fires. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Stops the work; what was received so far is kept. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How often in a row, without much data between, a request is repeated before a file is given up.
   * @default {5}
   */
  readonly retries?: number;
  /** Hears of every new try. */
  readonly onRetry?: (retry: HubRetry) => void;
}
