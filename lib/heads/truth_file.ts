/** `truth.jsonl`: what is known about rendered images, a line each in the order of the images, continued after a stop. */

import { describeImage } from "./describe_image.ts";
import type { RenderedImage } from "./render_many.ts";

/** Characters that wait in memory. */
const PENDING = 65536;
/** Bytes read at once. */
const BLOCK = 1 << 20;
const NEW_LINE = 10;

/** Which image of which identity. */
export type ImagePlace = Pick<RenderedImage, "identity" | "image">;

/** A file of truth that is open for adding lines; one at a time has it. */
export class TruthFile implements Disposable {
  /** Path of the file. */
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  #length: number;
  #pending = "";
  #closed = false;

  private constructor(path: string, file: Deno.FsFile, length: number) {
    this.path = path;
    this.#file = file;
    this.#length = length;
  }

  /**
   * Opens a file, new or old. Of an old one stay the lines that are whole and of the images that are expected, in their order;
   * the first that is not goes with all behind it.
   *
   * Requires read and write permission.
   *
   * @param path The file; its folder must exist.
   * @param expected The images whose lines may stay.
   * @returns The file.
   * @throws {Error} When another process has it.
   *
   * @example A line that a kill cut
   * ```ts
   * import assert from "node:assert/strict";
   * import { TruthFile } from "@/heads/mod.ts";
   * const path = await Deno.makeTempFile();
   * await Deno.writeTextFile(path, '{"identity":3,"image":0}\n{"identity":3,"ima');
   * {
   *   using truth = await TruthFile.open(path, [{ identity: 3, image: 0 }, { identity: 3, image: 1 }]);
   *   assert.equal(truth.length, 1);
   * }
   * assert.equal(await Deno.readTextFile(path), '{"identity":3,"image":0}\n');
   * await Deno.remove(path);
   * ```
   */
  static async open(path: string, expected: Iterable<ImagePlace>): Promise<TruthFile> {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    try {
      if (!await file.tryLock(true)) {
        throw new Error(`Cannot write ${path}: another process does; wait for it or stop it`);
      }
      const { length, end } = await keptLines(file, expected);
      await file.truncate(end);
      await file.seek(end, Deno.SeekMode.Start);
      return new TruthFile(path, file, length);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Number of lines. */
  get length(): number {
    return this.#length;
  }

  /**
   * Adds the line of an image.
   *
   * @param image An image of `renderMany`.
   */
  write(image: RenderedImage): void {
    this.#pending += `${JSON.stringify(describeImage(image))}\n`;
    this.#length++;
    if (this.#pending.length > PENDING) this.#flush();
  }

  /** Writes what waits and closes the file; closing twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#flush();
    } finally {
      this.#file.unlockSync(); // a process just being started may hold a copy of the file
      this.#file.close();
    }
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.close();
  }

  #flush(): void {
    let bytes = this.#encoder.encode(this.#pending);
    this.#pending = "";
    while (bytes.length > 0) bytes = bytes.subarray(this.#file.writeSync(bytes));
  }
}

/** How many lines may stay, and where they end. */
async function keptLines(file: Deno.FsFile, expected: Iterable<ImagePlace>): Promise<{ length: number; end: number }> {
  const places = expected[Symbol.iterator](), decoder = new TextDecoder();
  let [length, end] = [0, 0], rest = new Uint8Array(0);
  for (;;) {
    const block = new Uint8Array(rest.length + BLOCK);
    block.set(rest);
    const read = await file.read(block.subarray(rest.length));
    if (read === null) return { length, end };
    const bytes = block.subarray(0, rest.length + read);
    let start = 0;
    for (let stop; (stop = bytes.indexOf(NEW_LINE, start)) >= 0; start = stop + 1) {
      const { value, done } = places.next();
      if (done === true || !isOf(decoder.decode(bytes.subarray(start, stop)), value)) return { length, end };
      length++;
      end += stop + 1 - start;
    }
    rest = bytes.slice(start);
  }
}

function isOf(line: string, { identity, image }: ImagePlace): boolean {
  try {
    const found = JSON.parse(line) as Partial<ImagePlace> | null;
    return found?.identity === identity && found.image === image;
  } catch {
    return false;
  }
}
