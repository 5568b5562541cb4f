/**
 * Philox4x32-10 as a pure function: a counter and a key in, four random words out.
 *
 * Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011),
 * https://www.thesalmons.org/john/random123/ ; checked against that package's known-answer vectors.
 */

import { philoxBlock } from "./_block.ts";

/** Four unsigned 32-bit words, least significant first. */
export type Words4 = [number, number, number, number];

function assertWord(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new RangeError(
      `Cannot compute philox4x32: ${name} is ${value}, expected an integer in 0..4294967295`,
    );
  }
}

/**
 * Enciphers one 128-bit counter under a 64-bit key with ten Philox rounds.
 *
 * @param counter Four unsigned 32-bit words, least significant first.
 * @param key Two unsigned 32-bit words, least significant first.
 * @returns Four unsigned 32-bit words.
 * @throws {RangeError} When a word is not an integer in 0..4294967295.
 *
 * @example The first known-answer vector
 * ```ts
 * import { philox4x32 } from "@/random/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(
 *   philox4x32([0, 0, 0, 0], [0, 0]),
 *   [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
 * );
 * ```
 */
export function philox4x32(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): Words4 {
  for (let i = 0; i < 4; i++) assertWord(`counter[${i}]`, counter[i]!);
  for (let i = 0; i < 2; i++) assertWord(`key[${i}]`, key[i]!);
  const out = new Int32Array(4);
  philoxBlock(
    out,
    counter[0] | 0,
    counter[1] | 0,
    counter[2] | 0,
    counter[3] | 0,
    key[0] | 0,
    key[1] | 0,
  );
  return [out[0]! >>> 0, out[1]! >>> 0, out[2]! >>> 0, out[3]! >>> 0];
}
