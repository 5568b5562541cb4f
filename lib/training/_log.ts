/** The log of a run that goes on from a checkpoint. */

/**
 * Takes lines out of a log that tell of steps behind a checkpoint: they will be done again. A line that a kill cut off
 * goes too.
 *
 * @param path The log, JSON lines with a `step`; need not be there.
 * @param step Steps done at the checkpoint.
 */
export async function shortenLog(path: string, step: number): Promise<void> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  const kept = text.split("\n").filter((line) => isUpTo(line, step)).map((line) => `${line}\n`).join("");
  if (kept === text) return;
  await Deno.writeTextFile(`${path}.tmp`, kept);
  await Deno.rename(`${path}.tmp`, path);
}

function isUpTo(line: string, step: number): boolean {
  try {
    return (JSON.parse(line) as { step: number }).step <= step;
  } catch {
    return false; // cut off, or the nothing behind the last line break
  }
}
