/** Gives a connection up on which nothing comes any more. */

import { HubError } from "./hub_error.ts";

/** A signal that fires when the user stops the work, or when `touch()` was not called for a while. */
export class IdleWatch implements Disposable {
  /** Goes into fetch. */
  readonly signal: AbortSignal;
  readonly #idle = new AbortController();
  readonly #user: AbortSignal | undefined;
  readonly #what: string;
  readonly #seconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Starts to watch; `what` names in the message what is fetched. */
  constructor(what: string, seconds: number, user: AbortSignal | undefined) {
    [this.#what, this.#seconds, this.#user] = [what, seconds, user];
    this.signal = user === undefined ? this.#idle.signal : AbortSignal.any([user, this.#idle.signal]);
    this.touch();
  }

  /** Something has come. */
  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#idle.abort(), this.#seconds * 1000);
  }

  /** Throws why the signal fired, if it did. */
  rethrow(): void {
    this.#user?.throwIfAborted();
    if (this.#idle.signal.aborted) {
      throw new HubError(
        "network",
        `Cannot fetch ${this.#what}: nothing has come for ${this.#seconds} s; run the same again: what has come is ` +
          "kept (HF_HUB_DOWNLOAD_TIMEOUT sets the patience in seconds)",
      );
    }
  }

  /** Ends the watch. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
