/**
 * Files that take their name only when they are whole.
 */

/** Lets `write` make a file of another name beside `path`, then renames it; removes it when `write` throws. */
export async function viaDraft<T>(path: string, write: (draft: string) => Promise<T>): Promise<T> {
  const draft = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const result = await write(draft);
    using file = await Deno.open(draft, { read: true, write: true });
    await file.sync();
    await Deno.rename(draft, path);
    return result;
  } catch (error) {
    await removeIfThere(draft);
    throw error;
  }
}

/** Removes a file or a folder with all that is in it. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
