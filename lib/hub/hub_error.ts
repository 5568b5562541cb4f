/** What can go wrong on the way from the Hub to the disk. */

/**
 * Kinds of failure.
 *
 * | problem | what it means | worth trying again |
 * |---|---|---|
 * | offline | HF_HUB_OFFLINE is set and the file is not here | no |
 * | denied | the Hub wants an access token, or accepts not this one | no |
 * | missing | there is no such repository, revision or file | no |
 * | busy | the server is overloaded or broken: 408, 429, 5xx | yes |
 * | network | no connection, or it broke | yes |
 * | content | length, hash or answer is not what the Hub announced | no |
 * | disk | too little space, or another file is in the way | no |
 */
export type HubProblem = "offline" | "denied" | "missing" | "busy" | "network" | "content" | "disk";

/** Details of a {@link HubError}. */
export interface HubErrorOptions {
  /** HTTP status, where there was one. */
  readonly status?: number;
  /** Seconds that the server asks to wait. */
  readonly retryAfter?: number;
  /** What lies behind it. */
  readonly cause?: unknown;
}

/**
 * A file could not be fetched; `problem` tells why, the message names the file and what to do.
 *
 * @example What is worth another try
 * ```ts
 * import assert from "node:assert/strict";
 * import { HubError } from "@/hub/mod.ts";
 *
 * assert.equal(new HubError("busy", "Cannot fetch x", { status: 503 }).transient, true);
 * assert.equal(new HubError("denied", "Cannot fetch x", { status: 401 }).transient, false);
 * ```
 */
export class HubError extends Error {
  /** Name shown in messages. */
  override readonly name = "HubError";
  /** Kind of failure. */
  readonly problem: HubProblem;
  /** HTTP status, where there was one. */
  readonly status: number | undefined;
  /** Seconds that the server asks to wait, where it does. */
  readonly retryAfter: number | undefined;

  /**
   * Describes a failure.
   *
   * @param problem Its kind.
   * @param message "Cannot ...: ...", with the file, what was expected and found, and what to do.
   * @param options Details.
   */
  constructor(problem: HubProblem, message: string, options: HubErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.problem = problem;
    this.status = options.status;
    this.retryAfter = options.retryAfter;
  }

  /** True where the same request may succeed a little later. */
  get transient(): boolean {
    return this.problem === "busy" || this.problem === "network";
  }
}
