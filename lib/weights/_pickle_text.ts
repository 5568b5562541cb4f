/** @file Numbers and strings as pickle writes them: the text of protocol 0, and long integers. */

import { MAX_PICKLE_LONG_BYTES } from "./_limits.ts";
import { PickleArgumentError } from "./_pickle_error.ts";
import { narrow } from "./_pickle_globals.ts";

/** Two's complement, least byte first. */
export function decodeLong(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) {
    value = (value << 8n) | BigInt(bytes[i]!);
  }
  return BigInt.asIntN(8 * bytes.length, value);
}

/** A decimal integer; protocol 0 writes False and True as 00 and 01. */
export function parseIntLine(line: string): number | bigint | boolean {
  if (line === "00") return false;
  if (line === "01") return true;
  const text = line.trim();
  // 2.5 digits a byte
  if (!/^[+-]?\d+$/.test(text) || text.length > MAX_PICKLE_LONG_BYTES * 2.5) {
    throw new PickleArgumentError(`"${text.slice(0, 20)}" is no integer`);
  }
  return narrow(BigInt(text.replace(/^\+/, "")));
}

/** A decimal float, or Python's inf and nan. */
export function parseFloatLine(line: string): number {
  const text = line.trim().toLowerCase();
  const special = /^([+-]?)(inf|nan)$/.exec(text);
  if (special !== null) {
    return special[2] === "nan" ? NaN : special[1] === "-" ? -Infinity : Infinity;
  }
  const value = Number(text);
  if (text === "" || Number.isNaN(value)) {
    throw new PickleArgumentError(`"${text.slice(0, 20)}" is no number`);
  }
  return value;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** A Python 2 string in quotes. */
export function decodeEscapes(line: string): string {
  const quoted = /^\s*(["'])(.*)\1\s*$/s.exec(line);
  if (quoted === null) {
    throw new PickleArgumentError("a string is not in quotes");
  }
  return quoted[2]!.replace(
    /\\(?:x([\da-f]{2})|(.))/gis,
    (whole, hex, letter) => hex !== undefined ? String.fromCharCode(parseInt(hex, 16)) : ESCAPES[letter] ?? whole,
  );
}

/** Python's raw-unicode-escape: a byte is the letter of that number, above 255 there are escapes. */
export function decodeUnicodeEscapes(line: Uint8Array): string {
  return Array.from(line, (byte) => String.fromCharCode(byte)).join("").replace(
    /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8}))/g,
    (whole, short, long) => {
      const code = parseInt(short ?? long, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
