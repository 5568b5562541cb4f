/**
 * Locks on files as Python's `filelock` takes them: flock(2) on a lock file that stays where it is.
 *
 * A lock only saves work: without one, two downloads into one file end with a wrong hash, never with a wrong file. So
 * where a file system knows no locks the work goes on without.
 */

import { dirname } from "node:path";
import type { HubOptions } from "./hub_options.ts";

/** Milliseconds between two looks at a lock that somebody else has. */
const LOOK_AGAIN = 500;

/** Does the work while holding the lock at `path`; `onWait` is told once if somebody else has it. */
export async function withLock<T>(
  path: string,
  { sleep, signal }: Pick<HubOptions, "sleep" | "signal">,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  await Deno.mkdir(dirname(path), { recursive: true });
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    using file = await Deno.open(path, { read: true, write: true, create: true });
    if (await tryLock(file) && await isStillAt(file, path)) return await work(); // closing the file unlocks it
    if (!told) onWait();
    told = true;
    await sleep(LOOK_AGAIN, signal);
  }
}

async function tryLock(file: Deno.FsFile): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch {
    return true; // no locks here
  }
}

/** False where another process has removed the lock file, so that the lock keeps nobody out. */
async function isStillAt(file: Deno.FsFile, path: string): Promise<boolean> {
  try {
    const [mine, there] = [await file.stat(), await Deno.stat(path)];
    return mine.ino === there.ino && mine.dev === there.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
