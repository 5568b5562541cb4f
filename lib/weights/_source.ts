/**
 * @file Bounds-checked access to bytes: of a file, of a part of it, or of memory.
 *
 * Every parser here reads through a {@link ByteSource}, so no length that a file declares is believed before it is
 * compared with what the file has. `bytesRead` lets the tests show that opening a checkpoint reads its index only.
 */

/** Something with a known size that gives a range of its bytes, or a SyntaxError where the range is not inside. */
export interface ByteSource {
  /** Path of the file the bytes belong to, for messages. */
  readonly path: string;
  /** Bytes there are. */
  readonly size: number;
  /** Reads `length` bytes from `offset`; `what` names them in the error, as in "the central directory". */
  read(offset: number, length: number, what: string): Uint8Array;
}

/** Largest single read, bytes: Linux cuts one read at 2^31 - 4096. */
const READ_CHUNK_BYTES = 1 << 30;

function checkRange(
  source: ByteSource,
  offset: number,
  length: number,
  what: string,
): void {
  const ok = Number.isSafeInteger(offset) && Number.isSafeInteger(length) &&
    offset >= 0 && length >= 0 &&
    offset + length <= source.size;
  if (!ok) {
    throw new SyntaxError(
      `Cannot read ${what} of "${source.path}": it would lie at bytes ${offset} to ${offset + length}, ` +
        `the file has ${source.size}; it is truncated or damaged, fetch it again`,
    );
  }
}

/** A file open for reading; closes with `using`. */
export class FileSource implements ByteSource, Disposable {
  /** Path as it was given. */
  readonly path: string;
  /** Size in bytes when it was opened. */
  readonly size: number;
  /** Time of the last change in milliseconds, null where the platform has none. */
  readonly modified: number | null;
  /** Bytes read so far. */
  bytesRead = 0;
  readonly #file: Deno.FsFile;

  /** Opens `path`; a folder is a TypeError, a missing file stays Deno.errors.NotFound. */
  constructor(path: string) {
    if (typeof path !== "string") {
      throw new TypeError(
        `Cannot open a file: expected a path, got ${typeof path}`,
      );
    }
    // Asked before it is opened: opening a named pipe would wait for its writer.
    if (!Deno.statSync(path).isFile) {
      throw new TypeError(`Cannot open "${path}": it is not a regular file`);
    }
    this.path = path;
    this.#file = Deno.openSync(path, { read: true });
    const info = this.#file.statSync();
    this.size = info.size;
    this.modified = info.mtime?.getTime() ?? null;
  }

  /** Reads a range into a new array. */
  read(offset: number, length: number, what: string): Uint8Array {
    checkRange(this, offset, length, what);
    const out = new Uint8Array(length);
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    for (let at = 0; at < length;) {
      const n = this.#file.readSync(
        out.subarray(at, Math.min(length, at + READ_CHUNK_BYTES)),
      );
      if (n === null || n === 0) {
        throw new SyntaxError(
          `Cannot read ${what} of "${this.path}": the file became shorter while it was read`,
        );
      }
      at += n;
    }
    this.bytesRead += length;
    return out;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** Bytes in memory, such as an inflated zip entry. */
export class MemorySource implements ByteSource {
  readonly path: string;
  readonly size: number;
  readonly #bytes: Uint8Array;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.size = bytes.length;
    this.#bytes = bytes;
  }

  /** Gives a view of the range. */
  read(offset: number, length: number, what: string): Uint8Array {
    checkRange(this, offset, length, what);
    return this.#bytes.subarray(offset, offset + length);
  }
}

/** A part of another source, with offsets of its own. */
export class WindowSource implements ByteSource {
  readonly path: string;
  readonly size: number;
  readonly #source: ByteSource;
  readonly #start: number;

  constructor(source: ByteSource, start: number, size: number) {
    this.path = source.path;
    this.size = size;
    this.#source = source;
    this.#start = start;
  }

  /** Reads a range of the part. */
  read(offset: number, length: number, what: string): Uint8Array {
    checkRange(this, offset, length, what);
    return this.#source.read(this.#start + offset, length, what);
  }
}
