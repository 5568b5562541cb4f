/**
 * The Hub as tasks see it: settings from the environment, the real network and clock, news on stderr.
 *
 * Apart from _hub.ts, as that one knows the networks, and what fetches needs no runtime for them.
 */
import { type HubOptions, hubSettings } from "@/hub/mod.ts";
import { projectPath } from "./_caller_folder.ts";
import { environment } from "./_progress.ts";
import { note } from "./_cli.ts";
import type { TransferDisplay } from "./_transfer.ts";

/** The project's own folder: `weights/`, `fr_weights/`, `HSFaces/` below it are looked into as the reference's are. */
export const PROJECT: string = projectPath("");

/** The outside of the Hub, replaced in tests. */
export interface HubOutside {
  /** Value of an environment variable. @default {Deno.env.get} */
  readonly env?: (name: string) => string | undefined;
  /** The network. @default {fetch} */
  readonly fetch?: typeof fetch;
  /** Waits. @default {a timer} */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Folders that may hold the files under their paths in the repository. @default {the project's} */
  readonly folders?: readonly string[];
}

/** Waits, or throws the signal's reason when it fires. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Everything that lib/hub wants to be given; new tries are told on stderr. */
export function hubOptions(outside: HubOutside, signal: AbortSignal | undefined, display: TransferDisplay): HubOptions {
  return {
    settings: hubSettings(outside.env ?? environment),
    fetch: outside.fetch ?? fetch,
    now: Date.now,
    sleep: outside.sleep ?? sleep,
    signal,
    onRetry: ({ error, seconds }) => {
      display.clear();
      note(`${error.message.split(";")[0]}; trying again in ${Math.ceil(seconds)} s`);
    },
  };
}
