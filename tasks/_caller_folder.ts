/**
 * The folder that relative paths count from.
 *
 * `deno task` runs every task in the project's folder and says in INIT_CWD where it was called. Files that ship with the
 * project are found by their place beside the code, so a task can work wherever the user stands.
 */
import { fileURLToPath } from "node:url";
import { UsageError } from "./_arguments.ts";
import { environment } from "./_progress.ts";

/** The path of a file or folder that ships with the project; "" is the project's own. */
export function projectPath(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/**
 * Goes to the folder where `deno task` was called. A task that was started otherwise, from any folder but the project's, stays
 * where it is.
 *
 * @param caller What INIT_CWD says.
 * @throws {UsageError} If there is no such folder.
 */
export function enterCallersFolder(caller = environment("INIT_CWD")): void {
  if (caller === undefined || caller === "" || Deno.realPathSync(".") !== Deno.realPathSync(projectPath(""))) return;
  try {
    Deno.chdir(caller);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory)) throw cause;
    throw new UsageError(`Cannot start: INIT_CWD is ${caller}, expected the folder where deno task was called`, {
      cause,
    });
  }
}
