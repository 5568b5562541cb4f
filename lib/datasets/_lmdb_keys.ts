/**
 * Keys of a training database: decimal numbers in ASCII, and three that describe them.
 */

import type { Page } from "./_lmdb_pages.ts";
import { MsgpackReader } from "./_msgpack.ts";

/** Number of items, as a MessagePack integer. */
export const LENGTH_KEY = keyBytes("__len__");
/** Keys of the items in order, as a MessagePack array of byte strings. */
export const KEYS_KEY = keyBytes("__keys__");
/** Number of classes (largest label + 1), as a MessagePack integer. */
export const CLASSES_KEY = keyBytes("__classnum__");

/** Writes a key's text as bytes, one a character. */
export function keyBytes(text: string): Uint8Array {
  return writeKey(text, new Uint8Array(text.length));
}

/** Memory of passing keys, one for each length. */
const PASSING = Array.from({ length: 17 }, (_, length) => new Uint8Array(length));

/** A key's bytes for one look-up: the next short key is written to the same memory. */
export function passingKey(text: string): Uint8Array {
  return writeKey(text, PASSING[text.length] ?? new Uint8Array(text.length));
}

function writeKey(text: string, bytes: Uint8Array): Uint8Array {
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Reads a key's bytes as text, one character a byte. */
export function keyText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The number that a key, a part of `bytes`, is the shortest decimal of, or undefined. */
export function keyNumber(bytes: Uint8Array, start = 0, end: number = bytes.length): number | undefined {
  const length = end - start;
  if (length === 0 || length > 15 || (length > 1 && bytes[start] === 48)) return undefined;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = 10 * value + digit;
  }
  return value;
}

/** The integer that is stored under a describing key, or undefined. */
export function storedInteger(
  db: { readonly path: string; get(key: Uint8Array): Uint8Array | undefined },
  key: Uint8Array,
): number | undefined {
  const value = db.get(key);
  return value && new MsgpackReader(value, `${keyText(key)} of "${db.path}"`).integer();
}

/** The keys that are numbers, in numeric order (the database has them as text). */
export function numberedKeys(db: { leaves(): Iterable<Page> }): Float64Array {
  const found: number[] = [];
  for (const leaf of db.leaves()) {
    for (let i = 0; i < leaf.length; i++) {
      const number = leaf.withKey(i, keyNumber);
      if (number !== undefined) found.push(number);
    }
  }
  return Float64Array.from(found).sort();
}
