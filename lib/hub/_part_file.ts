/** The beginning of a file that is on its way, with the hash of what is there. */

import { readBlocks, RunningHash } from "./_content_hash.ts";
import { HubError } from "./hub_error.ts";
import { nameOf, type RemoteFile } from "./remote_file.ts";

/** A `.incomplete` file that is open for writing at its end. */
export class PartFile implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #path: string;
  readonly #remote: RemoteFile;
  #hash: RunningHash;
  #length = 0;

  private constructor(file: Deno.FsFile, path: string, remote: RemoteFile) {
    [this.#file, this.#path, this.#remote] = [file, path, remote];
    this.#hash = new RunningHash(remote.hash.kind, remote.size);
  }

  /** Opens or creates it and reads what is there into the hash; what is longer than the whole file is thrown away. */
  static async open(
    path: string,
    remote: RemoteFile,
    signal: AbortSignal | undefined,
    onChecked: (length: number) => void,
  ): Promise<PartFile> {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    const part = new PartFile(file, path, remote);
    try {
      if ((await file.stat()).size > remote.size) await file.truncate(0);
      await readBlocks(file, signal, (bytes) => {
        part.#hash.update(bytes);
        onChecked(part.#length += bytes.length);
      });
      return part;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Bytes that are there. */
  get length(): number {
    return this.#length;
  }

  /** Adds bytes at the end. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.#file.write(rest));
    } catch (cause) {
      throw new HubError(
        "disk",
        `Cannot write ${this.#path}, the beginning of ${nameOf(this.#remote)}: ${
          (cause as Error).message
        }; make room ` +
          "and run the same again: what has come is kept",
        { cause },
      );
    }
    this.#hash.update(bytes);
    this.#length += bytes.length;
  }

  /** Throws away what is there. */
  async restart(): Promise<void> {
    await this.#file.truncate(0);
    await this.#file.seek(0, Deno.SeekMode.Start);
    this.#hash = new RunningHash(this.#remote.hash.kind, this.#remote.size);
    this.#length = 0;
  }

  /** Hash of what is there; nothing but `restart()` may follow. */
  hex(): string {
    return this.#hash.hex();
  }

  /** Waits until the disk has everything. */
  async sync(): Promise<void> {
    await this.#file.sync();
  }

  /** Closes the file; the bytes stay. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}
