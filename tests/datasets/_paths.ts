import { fileURLToPath } from "node:url";

/** The path of a file beside a module. */
export function fromFileUrl(relative: string, base: string): string {
  return fileURLToPath(new URL(relative, base));
}

/** Runs a test with a folder of its own that is removed afterwards. */
export async function withDir(
  test: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
