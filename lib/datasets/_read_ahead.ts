/**
 * Reads of a file at positions, where those that follow each other come from one larger read.
 *
 * A read costs about as much as a record of a training database has bytes to copy, so those in order are read many at
 * a time, and those in random order one by one with nothing beside them. Why the file is not mapped into memory:
 * a file that is cut short or whose disk fails while it is mapped ends the process by a signal that nothing can catch.
 */

/** Most that is read at once and kept, bytes. */
const MAX_AHEAD = 2 ** 18;
/** First larger read, bytes; it doubles as long as reads follow each other. */
const MIN_AHEAD = 2 ** 14;
/** Reads follow each other when no more lies between them, bytes: the pages of a tree beside those of its values. */
const MAX_GAP = 2 ** 14;

/** The bytes of a file around the last read. */
export class ReadAhead {
  readonly #file: Deno.FsFile;
  #memory = new Uint8Array(0);
  /** Part of the file that lies in memory. */
  #start = 0;
  #end = 0;
  /** Where the last read ended. */
  #last = -1;
  /** Bytes to read at once. */
  #ahead = 0;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** Forgets what was read, as the file has been written to. */
  forget(): void {
    this.#end = this.#start;
  }

  /** The bytes at a position, fewer at the end of the file: a view that is valid until the next call. */
  view(position: number, length: number): Uint8Array {
    if (position < this.#start || position + length > this.#end) this.#load(position, length);
    this.#last = position + length;
    const at = position - this.#start;
    return this.#memory.subarray(at, at + Math.min(length, this.#end - position));
  }

  #load(position: number, length: number): void {
    const gap = position - this.#last;
    const follows = this.#last >= 0 && gap >= 0 && gap <= MAX_GAP;
    this.#ahead = follows ? Math.min(MAX_AHEAD, Math.max(MIN_AHEAD, 2 * this.#ahead)) : 0;
    const wanted = Math.max(length, this.#ahead);
    if (this.#memory.length < wanted || this.#memory.length > MAX_AHEAD) this.#memory = new Uint8Array(wanted);
    this.#start = this.#end = position;
    this.#end += fill(this.#file, position, this.#memory.subarray(0, wanted));
  }
}

/** Reads into memory and returns how many bytes there were, fewer than it takes at the end of the file. */
export function fill(file: Deno.FsFile, position: number, memory: Uint8Array): number {
  file.seekSync(position, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < memory.length) {
    const read = file.readSync(filled === 0 ? memory : memory.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return filled;
}
