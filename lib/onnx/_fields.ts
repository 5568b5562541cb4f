/** Fields of messages as the types that ONNX declares for them, each checked against its wire type. */
import type { Field } from "./_protobuf.ts";

const DECODER = new TextDecoder("utf-8", { fatal: true });

/** A text field; throws a SyntaxError when it is not UTF-8. */
export function textOf({ number, wire, bytes }: Field): string {
  if (wire !== 2) {
    throw new SyntaxError(`Cannot decode the model: field ${number} should be text, its wire type is ${wire}`);
  }
  try {
    return DECODER.decode(bytes);
  } catch {
    throw new SyntaxError(`Cannot decode the model: the text in field ${number} is not UTF-8`);
  }
}

/** Bytes of a field that holds a message. */
export function messageOf({ number, wire, bytes }: Field): Uint8Array {
  if (wire !== 2) {
    throw new SyntaxError(`Cannot decode the model: field ${number} should be a message, its wire type is ${wire}`);
  }
  return bytes;
}

/** A whole number that a double holds exactly; throws a SyntaxError when it does not fit. */
export function numberOf({ number, wire, int }: Field): number {
  if (wire !== 0) {
    throw new SyntaxError(`Cannot decode the model: field ${number} should be a number, its wire type is ${wire}`);
  }
  if (int > BigInt(Number.MAX_SAFE_INTEGER) || int < BigInt(Number.MIN_SAFE_INTEGER)) {
    throw new SyntaxError(`Cannot decode the model: the number ${int} in field ${number} is too large`);
  }
  return Number(int);
}

/** Integers of a repeated field, packed or not. */
export function integersOf(field: Field): bigint[] {
  if (field.wire === 0) return [field.int];
  return unpackVarints(messageOf(field));
}

/** Floats of a repeated field, packed or not. */
export function floatsOf({ number, wire, bytes }: Field): Float32Array {
  if ((wire !== 2 && wire !== 5) || bytes.length % 4 !== 0) {
    throw new SyntaxError(
      `Cannot decode the model: field ${number} should hold floats, its ${bytes.length} bytes do not`,
    );
  }
  return new Float32Array(bytes.slice().buffer);
}

/** Numbers written one behind the other. */
function unpackVarints(bytes: Uint8Array): bigint[] {
  const out: bigint[] = [];
  let n = 0n, shift = 0n;
  for (const byte of bytes) {
    n |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) {
      if (shift >= 70n) throw new SyntaxError("Cannot decode the model: a number is longer than 10 bytes");
      continue;
    }
    out.push(BigInt.asIntN(64, n));
    n = shift = 0n;
  }
  if (shift !== 0n) throw new SyntaxError("Cannot decode the model: a number is cut off");
  return out;
}

/** Doubles of a packed field. */
export function doublesOf(field: Field): Float64Array {
  const bytes = messageOf(field);
  if (bytes.length % 8 !== 0) {
    throw new SyntaxError(
      `Cannot decode the model: field ${field.number} should hold doubles, it has ${bytes.length} bytes`,
    );
  }
  return new Float64Array(bytes.slice().buffer);
}
