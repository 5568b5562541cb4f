/** Runs of other processes that print one line of JSON, so that each has its own peak memory. */

/** What a run came to, or why there is nothing. */
export type Told = { readonly [name: string]: number | string } | { readonly note: string };

/** Told when there is no such program. */
export const NOT_THERE = "not there";

/** Runs a program to its end and reads its line; {"missing": package} and {"skipped": why} become notes. */
export async function tellOf(command: string, args: readonly string[], signal?: AbortSignal): Promise<Told> {
  signal?.throwIfAborted();
  let output: Deno.CommandOutput;
  try {
    const stop = signal === undefined ? {} : { signal };
    output = await new Deno.Command(command, { args: [...args], stderr: "null", ...stop }).output();
  } catch (error) {
    const { NotFound, PermissionDenied, NotCapable } = Deno.errors;
    if ([NotFound, PermissionDenied, NotCapable].some((kind) => error instanceof kind)) return { note: NOT_THERE };
    throw error;
  }
  signal?.throwIfAborted();
  if (!output.success) return { note: `ended with code ${output.code}` };
  const { missing, skipped, ...told } = JSON.parse(new TextDecoder().decode(output.stdout));
  if (missing !== undefined) return { note: `${missing} is not installed` };
  return skipped === undefined ? told : { note: skipped };
}
