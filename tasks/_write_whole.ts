/** Files that are there whole or not at all. */
import { dirname } from "node:path";

/** Writes a file under another name, then renames it; makes the folder when it is missing. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${Deno.pid}.tmp`;
  await Deno.writeFile(draft, typeof content === "string" ? new TextEncoder().encode(content) : content);
  await Deno.rename(draft, path);
}
