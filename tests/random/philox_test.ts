/** Known-answer vectors: Random123's kat_vectors, lines "philox4x32 10". */

import { philox4x32 } from "@/random/mod.ts";
import assert from "node:assert/strict";

type Four = [number, number, number, number];
const vectors: [string, Four, [number, number], Four][] = [
  [
    "zeros",
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    "ones",
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    "digits of pi",
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

for (const [name, counter, key, expected] of vectors) {
  Deno.test(`philox4x32() gives the published answer for ${name}`, () => {
    assert.deepEqual(philox4x32(counter, key), expected);
  });
}

/** The same cipher from 64-bit integers, straight from the paper. */
function slowPhilox(counter: Four, key: [number, number]): Four {
  let [a, b, c, d] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  const low = (x: bigint) => BigInt.asUintN(32, x);
  for (let round = 0; round < 10; round++) {
    const p = 0xd2511f53n * a, q = 0xcd9e8d57n * c;
    [a, b, c, d] = [(q >> 32n) ^ b ^ k0, low(q), (p >> 32n) ^ d ^ k1, low(p)];
    k0 = low(k0 + 0x9e3779b9n);
    k1 = low(k1 + 0xbb67ae85n);
  }
  return [a, b, c, d].map(Number) as Four;
}

Deno.test("philox4x32() equals 64-bit arithmetic when words are at the edges of 16 and 32 bits", () => {
  const edges = [0, 1, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff];
  edges.push(0x80000000, 0xffff0000, 0xfffffffe, 0xffffffff);
  for (const [i, x] of edges.entries()) {
    for (const [j, y] of edges.entries()) {
      const counter: Four = [x, y, edges[(i + j) % 11]!, edges[(3 * i) % 11]!];
      const key: [number, number] = [edges[(2 * j) % 11]!, x];
      assert.deepEqual(philox4x32(counter, key), slowPhilox(counter, key));
    }
  }
});

Deno.test("philox4x32() throws RangeError when a word has more than 32 bits or is no integer", () => {
  assert.throws(
    () => philox4x32([0, 2 ** 32, 0, 0], [0, 0]),
    (e) => e instanceof RangeError && e.message.includes("counter[1]"),
  );
  assert.throws(
    () => philox4x32([0, 0, 0, 0], [0, 0.5]),
    (e) => e instanceof RangeError && e.message.includes("key[1] is 0.5"),
  );
});
