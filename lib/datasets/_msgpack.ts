/**
 * As much of MessagePack as the records of a training database need: integers, byte strings and arrays of them.
 *
 * https://github.com/msgpack/msgpack/blob/master/spec.md . A general package would copy every image to reach the
 * label behind it, and would turn the raw strings of files from before msgpack 1.0 into text, which destroys images.
 */

/** Reads MessagePack values from bytes; every length is checked before it is used. */
export class MsgpackReader {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  #at = 0;

  constructor(bytes: Uint8Array, name: string) {
    // Not a Buffer, which tests and clones tell apart.
    this.#bytes = bytes.constructor === Uint8Array
      ? bytes
      : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#name = name;
  }

  /** Reads an array's head and returns the number of its elements. */
  array(): number {
    const head = this.#head("an array");
    if (head >= 0x90 && head <= 0x9f) return head & 15;
    if (head === 0xdc) return this.#unsigned(2);
    if (head === 0xdd) return this.#unsigned(4);
    throw this.#unexpected(head, "an array");
  }

  /** Reads a byte string (bin, or str of older files) as a view into the bytes. */
  bytes(): Uint8Array {
    return this.withBytes((bytes, start, end) => bytes.subarray(start, end));
  }

  /** Reads over a byte string. */
  skipBytes(): void {
    this.withBytes(() => {});
  }

  /** Reads a byte string and gives `use` the bytes in which it lies from `start` to before `end`: no array is made. */
  withBytes<T>(use: (bytes: Uint8Array, start: number, end: number) => T): T {
    const head = this.#head("a byte string");
    let length: number;
    if (head >= 0xa0 && head <= 0xbf) length = head & 31;
    else if (head === 0xc4 || head === 0xd9) length = this.#unsigned(1);
    else if (head === 0xc5 || head === 0xda) length = this.#unsigned(2);
    else if (head === 0xc6 || head === 0xdb) length = this.#unsigned(4);
    else throw this.#unexpected(head, "a byte string");
    const start = this.#skip(length);
    return use(this.#bytes, start, start + length);
  }

  /** Reads an integer. */
  integer(): number {
    const head = this.#head("an integer");
    if (head <= 0x7f) return head;
    if (head >= 0xe0) return head - 256;
    if (head >= 0xcc && head <= 0xce) return this.#unsigned(1 << (head - 0xcc));
    if (head === 0xd0) return this.#unsigned(1) << 24 >> 24;
    if (head === 0xd1) return this.#unsigned(2) << 16 >> 16;
    if (head === 0xd2) return this.#unsigned(4) | 0;
    if (head === 0xcf || head === 0xd3) {
      const high = this.#unsigned(4), low = this.#unsigned(4);
      const value = (head === 0xcf ? high : high | 0) * 2 ** 32 + low;
      if (Number.isSafeInteger(value)) return value;
    }
    throw this.#unexpected(head, "an integer");
  }

  /** Asserts that nothing follows. */
  end(): void {
    if (this.#at !== this.#bytes.length) {
      throw new SyntaxError(
        `Cannot read ${this.#name}: ${this.#bytes.length - this.#at} bytes follow its end at byte ${this.#at}`,
      );
    }
  }

  #head(expected: string): number {
    if (this.#at >= this.#bytes.length) {
      throw new SyntaxError(
        `Cannot read ${this.#name}: it ends at byte ${this.#at}, expected ${expected}`,
      );
    }
    return this.#bytes[this.#at++]!;
  }

  #unsigned(size: number): number {
    let value = 0;
    for (let at = this.#skip(size), end = at + size; at < end; at++) value = 256 * value + this.#bytes[at]!;
    return value;
  }

  /** Moves past `size` bytes and returns where they start. */
  #skip(size: number): number {
    const start = this.#at;
    if (size > this.#bytes.length - start) {
      throw new SyntaxError(
        `Cannot read ${this.#name}: ${size} bytes at byte ${start} go beyond its ${this.#bytes.length} bytes; it is cut short`,
      );
    }
    this.#at += size;
    return start;
  }

  #unexpected(head: number, expected: string): SyntaxError {
    return new SyntaxError(
      `Cannot read ${this.#name}: MessagePack type 0x${head.toString(16)} at byte ${
        this.#at - 1
      }, expected ${expected}`,
    );
  }
}

/** Writes an integer in 0..4294967295 in its shortest form. */
export function packInteger(value: number): Uint8Array {
  if (value < 0x80) return Uint8Array.of(value);
  if (value < 0x100) return Uint8Array.of(0xcc, value);
  if (value < 0x10000) return Uint8Array.of(0xcd, value >>> 8, value);
  return Uint8Array.of(0xce, value >>> 24, value >>> 16, value >>> 8, value);
}

/** Writes a byte string (bin) in its shortest form. */
export function packBytes(bytes: Uint8Array): Uint8Array {
  const n = bytes.length;
  const head = n < 0x100 ? [0xc4, n] : n < 0x10000 ? [0xc5, n >>> 8, n] : [0xc6, n >>> 24, n >>> 16, n >>> 8, n];
  const out = new Uint8Array(head.length + n);
  out.set(head);
  out.set(bytes, head.length);
  return out;
}

/** Writes the head of an array of `n` values. */
export function packArrayHead(n: number): Uint8Array {
  if (n < 0x10) return Uint8Array.of(0x90 | n);
  return n < 0x10000 ? Uint8Array.of(0xdc, n >>> 8, n) : Uint8Array.of(0xdd, n >>> 24, n >>> 16, n >>> 8, n);
}

/** Writes an array of values that are packed already. */
export function packArray(values: readonly Uint8Array[]): Uint8Array {
  const head = packArrayHead(values.length);
  const length = values.reduce((sum, value) => sum + value.length, head.length);
  const out = new Uint8Array(length);
  out.set(head);
  let at = head.length;
  for (const value of values) {
    out.set(value, at);
    at += value.length;
  }
  return out;
}
