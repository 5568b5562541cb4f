/**
 * Writing and reading of protocol buffer messages, as much as ONNX needs.
 *
 * Wire format: https://protobuf.dev/programming-guides/encoding/
 */

/** Collects the bytes of one message. */
export class MessageWriter {
  #chunks: Uint8Array[] = [];
  #length = 0;

  #push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  #varint(n: bigint): void {
    const out: number[] = [];
    let rest = BigInt.asUintN(64, n);
    do {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      out.push(rest === 0n ? low : low | 0x80);
    } while (rest !== 0n);
    this.#push(Uint8Array.from(out));
  }

  #key(field: number, wire: number): void {
    this.#varint(BigInt(field * 8 + wire));
  }

  /** Integer field. */
  int(field: number, n: number | bigint): this {
    this.#key(field, 0);
    this.#varint(BigInt(n));
    return this;
  }

  /** 32-bit float field. */
  float(field: number, x: number): this {
    this.#key(field, 5);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, x, true);
    this.#push(bytes);
    return this;
  }

  /** Bytes field, not copied. */
  bytes(field: number, data: Uint8Array): this {
    this.#key(field, 2);
    this.#varint(BigInt(data.length));
    this.#push(data);
    return this;
  }

  /** Text field. */
  text(field: number, s: string): this {
    return this.bytes(field, new TextEncoder().encode(s));
  }

  /** Message inside a message. */
  message(field: number, inner: MessageWriter): this {
    this.#key(field, 2);
    this.#varint(BigInt(inner.#length));
    for (const chunk of inner.#chunks) this.#push(chunk);
    return this;
  }

  /** All fields of another message, into this one. */
  append(other: MessageWriter): this {
    for (const chunk of other.#chunks) this.#push(chunk);
    return this;
  }

  /** All bytes in one array. */
  finish(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, at);
      at += chunk.length;
    }
    return out;
  }
}

/** One field of a message: integers as bigint, everything else as bytes. */
export interface Field {
  /** Field number. */
  readonly number: number;
  /** Wire type: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly wire: number;
  /** Value of a varint, else 0. */
  readonly int: bigint;
  /** Bytes of the other wire types. */
  readonly bytes: Uint8Array;
}

const EMPTY = new Uint8Array();

/** Iterates the fields of a message; throws a SyntaxError when the bytes end early or break the format. */
export function* readFields(data: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let n = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = data[at++];
      if (byte === undefined) throw new SyntaxError("Cannot decode the model: a number is cut off");
      n |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, n);
    }
    throw new SyntaxError("Cannot decode the model: a number is longer than 10 bytes");
  };
  while (at < data.length) {
    const key = Number(varint());
    const number = Math.floor(key / 8), wire = key & 7;
    if (number < 1) throw new SyntaxError(`Cannot decode the model: field number ${number} at byte ${at}`);
    if (wire === 0) {
      yield { number, wire, int: varint(), bytes: EMPTY };
      continue;
    }
    if (wire !== 1 && wire !== 2 && wire !== 5) {
      throw new SyntaxError(`Cannot decode the model: wire type ${wire} at byte ${at} is not known`);
    }
    const length = wire === 1 ? 8 : wire === 5 ? 4 : Number(varint());
    if (length < 0 || at + length > data.length) {
      throw new SyntaxError(
        `Cannot decode the model: field ${number} wants ${length} bytes at byte ${at}, ${data.length - at} are left`,
      );
    }
    yield { number, wire, int: 0n, bytes: data.subarray(at, at + length) };
    at += length;
  }
}
