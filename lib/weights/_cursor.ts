/** @file Reading a pickle forwards, in chunks, from a source whose end is known but whose pickle's end is not. */

import { MAX_PICKLE_BYTES, MAX_PICKLE_LINE_BYTES, PICKLE_CHUNK_BYTES } from "./_limits.ts";
import type { ByteSource } from "./_source.ts";

/** Position in a source; bytes that were taken stay valid, as every chunk is an array of its own. */
export class Cursor {
  readonly #source: ByteSource;
  readonly #start: number;
  readonly #end: number;
  readonly #limit: number;
  #chunk: Uint8Array = new Uint8Array(0);
  #chunkStart: number;
  #at: number;

  /** Reads from `start` to at most `end`, and at most `limit` bytes. */
  constructor(source: ByteSource, start: number, end: number, limit: number = MAX_PICKLE_BYTES) {
    this.#source = source;
    this.#limit = limit;
    this.#start = start;
    this.#end = end;
    this.#at = start;
    this.#chunkStart = start;
  }

  /** Path of the file, for messages. */
  get path(): string {
    return this.#source.path;
  }

  /** Offset of the next byte in the source. */
  get position(): number {
    return this.#at;
  }

  /** The next byte. */
  byte(): number {
    const inChunk = this.#chunk[this.#at - this.#chunkStart];
    if (inChunk !== undefined) {
      this.#at++;
      return inChunk;
    }
    return this.take(1)[0]!;
  }

  /** The next `length` bytes. */
  take(length: number): Uint8Array {
    this.#need(length);
    const from = this.#at - this.#chunkStart;
    this.#at += length;
    return this.#chunk.subarray(from, from + length);
  }

  /** The next bytes up to a newline, which is taken too but not given, as text. */
  line(): string {
    return new TextDecoder().decode(this.lineBytes());
  }

  /** The same as bytes. */
  lineBytes(): Uint8Array {
    const available = Math.min(this.#end - this.#at, MAX_PICKLE_LINE_BYTES);
    for (
      let ahead = Math.min(256, available);;
      ahead = Math.min(ahead * 8, available)
    ) {
      this.#need(ahead);
      const from = this.#at - this.#chunkStart;
      const length = this.#chunk.subarray(from, from + ahead).indexOf(0x0a);
      if (length >= 0) {
        const bytes = this.take(length);
        this.#at++;
        return bytes;
      }
      if (ahead === available) {
        throw new SyntaxError(
          `Cannot read the pickle of "${this.path}": byte ${this.#at} begins a line without end`,
        );
      }
    }
  }

  /** Makes the next `length` bytes lie in one chunk. */
  #need(length: number): void {
    if (this.#at + length <= this.#chunkStart + this.#chunk.length) return;
    if (length > this.#end - this.#at) {
      throw new SyntaxError(
        `Cannot read the pickle of "${this.path}": byte ${this.#at} asks for ${length} more bytes, ` +
          `${this.#end - this.#at} are left; the file is truncated or damaged`,
      );
    }
    if (this.#at + length - this.#start > this.#limit) {
      throw new RangeError(
        `Cannot read the pickle of "${this.path}": it is longer than ${this.#limit} bytes, ` +
          `weights belong outside the pickle as torch.save puts them`,
      );
    }
    const ahead = Math.min(
      Math.max(length, PICKLE_CHUNK_BYTES),
      this.#end - this.#at,
    );
    this.#chunk = this.#source.read(this.#at, ahead, "the pickle");
    this.#chunkStart = this.#at;
  }
}
