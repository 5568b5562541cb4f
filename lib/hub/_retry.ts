/** Trying again what may succeed a little later. */

import { HubError } from "./hub_error.ts";
import type { HubOptions } from "./hub_options.ts";

/** Longest pause of our own between two tries, in seconds. */
const LONGEST_PAUSE = 30;
/** Longest wait asked for by a server that is obeyed rather than handed on to the user, in seconds. */
const LONGEST_OBEYED = 300;

/**
 * Repeats `attempt` while it fails with a transient {@link HubError}: after 1, 2, 4, ... 30 seconds, or when the server
 * says. An attempt that calls `progressed` starts the count of failures anew.
 */
export async function retrying<T>(
  what: string,
  hub: HubOptions,
  attempt: (progressed: () => void) => Promise<T>,
): Promise<T> {
  const { retries = 5, signal } = hub;
  for (let failures = 1;; failures++) {
    try {
      signal?.throwIfAborted();
      return await attempt(() => {
        failures = 1;
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof HubError) || !error.transient) throw error;
      const seconds = error.retryAfter ?? Math.min(LONGEST_PAUSE, 2 ** (failures - 1));
      if (failures > retries || seconds > LONGEST_OBEYED) throw afterTries(error, failures);
      hub.onRetry?.({ what, error, attempt: failures, seconds });
      await hub.sleep(seconds * 1000, signal);
    }
  }
}

function afterTries(error: HubError, tries: number): HubError {
  if (tries === 1) return error;
  const { problem, message, status, retryAfter, cause } = error;
  return new HubError(problem, `${message} (tried ${tries} times)`, {
    ...(status === undefined ? {} : { status }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    cause,
  });
}
