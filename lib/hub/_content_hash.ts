/** Hashes as the Hub names content by them. */

import { createHash, type Hash } from "node:crypto";
import type { ContentHash } from "./remote_file.ts";

/** Bytes read from disk at once. */
const BLOCK = 4_194_304;

/** A hash that grows with the bytes. */
export class RunningHash {
  readonly #hash: Hash;

  /** Starts; git hashes a small file's length with it, so that must be known at the beginning. */
  constructor(kind: ContentHash["kind"], size: number) {
    this.#hash = createHash(kind === "sha256" ? "sha256" : "sha1");
    if (kind === "git-sha1") this.#hash.update(`blob ${size}\0`);
  }

  /** Takes the next bytes. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Hash of all bytes in hexadecimal; ends the hash. */
  hex(): string {
    return this.#hash.digest("hex");
  }
}

/** Reads a file from its beginning into `take`, block by block. */
export async function readBlocks(
  file: Deno.FsFile,
  signal: AbortSignal | undefined,
  take: (bytes: Uint8Array) => void,
): Promise<void> {
  await file.seek(0, Deno.SeekMode.Start);
  const block = new Uint8Array(BLOCK);
  for (;;) {
    signal?.throwIfAborted();
    const count = await file.read(block);
    if (count === null) return;
    take(block.subarray(0, count));
  }
}

/** Hash of a file on disk; `onBytes` hears how many bytes were read. */
export async function hashFile(
  path: string,
  kind: ContentHash["kind"],
  signal: AbortSignal | undefined,
  onBytes: (done: number) => void,
): Promise<string> {
  using file = await Deno.open(path);
  const hash = new RunningHash(kind, (await file.stat()).size);
  let done = 0;
  await readBlocks(file, signal, (bytes) => {
    hash.update(bytes);
    onBytes(done += bytes.length);
  });
  return hash.hex();
}
