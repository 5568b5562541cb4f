/**
 * How a stream's name becomes one 32-bit word of the counter.
 *
 * FNV-1a over the name's UTF-8 bytes, https://datatracker.ietf.org/doc/html/draft-eastlake-fnv , followed by
 * the 32-bit finaliser of MurmurHash3, https://github.com/aappleby/smhasher (public domain).
 */

const encoder = new TextEncoder();

/**
 * Gives the number of a named stream.
 *
 * The same name gives the same number for ever: recipes rely on it. tests/random/stream_number_test.ts
 * reads every name used in this project and fails if two of them met.
 *
 * @param name The stream's name, such as "perturbation", or its number in 0..4294967295.
 * @returns An unsigned 32-bit number.
 * @throws {RangeError} When a number is not an integer in 0..4294967295, or the name is empty.
 *
 * @example Names and numbers
 * ```ts
 * import { streamNumber } from "@/random/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(streamNumber("a"), streamNumber("a"));
 * assert.notEqual(streamNumber("a"), streamNumber("b"));
 * assert.equal(streamNumber(7), 7);
 * ```
 */
export function streamNumber(name: string | number): number {
  if (typeof name === "number") {
    if (!Number.isInteger(name) || name < 0 || name > 0xffffffff) {
      throw new RangeError(
        `Cannot open random stream: its number is ${name}, expected an integer in 0..4294967295`,
      );
    }
    return name;
  }
  if (name === "") {
    throw new RangeError(
      "Cannot open random stream: its name is empty; give each use of random numbers a name of its own",
    );
  }
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(name)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
