/**
 * @file Writing a file so that its name never shows a half-written one: write beside it, flush to the disk, rename.
 */

let serial = 0;

/** A new file that takes its name only at {@link AtomicFile.commit}; without it, dispose removes it. */
export class AtomicFile implements Disposable {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: Deno.FsFile;
  #open = true;

  /** Creates the temporary file in the folder of `path`, which must exist. */
  constructor(path: string) {
    if (typeof path !== "string") {
      throw new TypeError(
        `Cannot write a file: expected a path, got ${typeof path}`,
      );
    }
    this.#path = path;
    for (;;) {
      const temporary = `${path}.${Deno.pid}-${serial++}.tmp`;
      try {
        this.#file = Deno.openSync(temporary, { write: true, createNew: true });
        this.#temporary = temporary;
        break;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
    }
  }

  /** Appends bytes. */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      at += this.#file.writeSync(bytes.subarray(at, at + (1 << 30)));
    }
  }

  /** Writes over bytes at an offset, as a header whose counts were not known at first. */
  writeAt(offset: number, bytes: Uint8Array): void {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    this.write(bytes);
  }

  /** Flushes, closes and gives the file its name. */
  commit(): void {
    this.#file.syncSync();
    this.#file.close();
    this.#open = false;
    try {
      Deno.renameSync(this.#temporary, this.#path);
    } catch (error) {
      Deno.removeSync(this.#temporary);
      throw error;
    }
  }

  /** Gives the file up, if it was not committed. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    this.#file.close();
    Deno.removeSync(this.#temporary);
  }
}
