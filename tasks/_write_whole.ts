/** Files that are there whole or not at all. */
import { dirname } from "node:path";

/**
 * Makes sure that a file can be written, before the work whose result goes into it begins; makes its folder, leaves no file.
 *
 * @throws {Deno.errors.IsADirectory} When a folder has the name.
 * @throws {Deno.errors.NotCapable|Deno.errors.PermissionDenied|Deno.errors.NotADirectory} When nothing can be written there.
 */
export async function checkWritable(path: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const there = await Deno.stat(path).catch(() => undefined);
  if (there?.isDirectory) {
    throw new Deno.errors.IsADirectory(`Cannot write ${path}: a folder has this name; give the name of a file`);
  }
  const draft = draftOf(path);
  await Deno.writeFile(draft, new Uint8Array());
  await Deno.remove(draft);
}

/** Writes a file under another name, then renames it; makes the folder when it is missing. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const draft = draftOf(path);
  await Deno.writeFile(draft, typeof content === "string" ? new TextEncoder().encode(content) : content);
  await Deno.rename(draft, path);
}

function draftOf(path: string): string {
  return `${path}.${Deno.pid}.tmp`;
}
