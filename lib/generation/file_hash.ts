/**
 * SHA-256 of files, read in blocks.
 */
import { createHash } from "node:crypto";

const BLOCK = 1 << 22; // 4 MiB

/**
 * Hashes a file without holding it in memory.
 *
 * Requires `--allow-read` permission.
 *
 * @param path File to read.
 * @param signal Stops the reading.
 * @returns SHA-256 as 64 lower-case hexadecimal digits.
 *
 * @example The hash of nothing
 * ```ts
 * import { sha256File } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile();
 * assert.match(await sha256File(path), /^e3b0c44298fc1c14/);
 * await Deno.remove(path);
 * ```
 */
export async function sha256File(
  path: string,
  signal?: AbortSignal,
): Promise<string> {
  return await sha256Files([path], signal);
}

/**
 * Hashes files one behind the other, as if they were one.
 *
 * Requires `--allow-read` permission.
 *
 * @param paths Files to read.
 * @param signal Stops the reading.
 * @returns SHA-256 as 64 lower-case hexadecimal digits.
 *
 * @example The hash of no file is that of nothing
 * ```ts
 * import { sha256Files } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.match(await sha256Files([]), /^e3b0c44298fc1c14/);
 * ```
 */
export async function sha256Files(paths: readonly string[], signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const block = new Uint8Array(BLOCK);
  for (const path of paths) {
    using file = await Deno.open(path);
    for (;;) {
      signal?.throwIfAborted();
      const read = await file.read(block);
      if (read === null) break;
      hash.update(block.subarray(0, read));
    }
  }
  return hash.digest("hex");
}
