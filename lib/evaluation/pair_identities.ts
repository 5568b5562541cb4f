/**
 * Who is in the pairs of a verification set, as far as the set tells.
 *
 * Verification files say of a pair whether it is one person, not who. But the same image comes in several pairs, and the
 * two sides of a genuine pair are one person: images joined in one of both ways are one identity. A person whose images
 * nothing joins counts as several, so there are at least as many identities here as people.
 */

/** Identity of both sides of each of P pairs. */
export interface PairIdentities {
  /** Identity of the first side, 0..count-1: [P]. */
  readonly first: Int32Array;
  /** Identity of the second side: [P]. */
  readonly second: Int32Array;
  /** Number of identities. */
  readonly count: number;
  /** Impostor pairs whose sides are joined all the same: wrong answers in the set, or images with two names. */
  readonly conflicts: readonly number[];
}

/**
 * Joins the images of a verification set to identities.
 *
 * @param features Features [2P, D] of the images, two rows a pair; equal rows are the same image. Those of a
 * recogniser that gives an image other bits in another batch join less than there is.
 * @param width D.
 * @param same 1 where both sides of a pair are of one person, else 0: [P].
 * @returns The identities.
 * @throws {TypeError} When there are not two rows for each answer.
 *
 * @example One person three times, through an image that comes twice
 * ```ts
 * import { pairIdentities } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const features = Float32Array.of(1, 2, 2, 3, 9, 1); // pairs 1-2, 2-3, 9-1
 * const { first, second, count } = pairIdentities(features, 1, [1, 1, 0]);
 * assert.deepEqual([[...first], [...second], count], [[0, 0, 1], [0, 0, 0], 2]);
 * ```
 */
export function pairIdentities(
  features: Float32Array | Float64Array,
  width: number,
  same: ArrayLike<number>,
): PairIdentities {
  const pairs = same.length;
  if (features.length !== 2 * pairs * width) {
    throw new TypeError(
      `Cannot join images: ${features.length} values for ${pairs} pairs, expected two rows of ${width} a pair`,
    );
  }
  const rows = firstEqualRows(features, width);
  return joinPairs(
    Int32Array.from({ length: pairs }, (_, p) => rows[2 * p]!),
    Int32Array.from({ length: pairs }, (_, p) => rows[2 * p + 1]!),
    same,
  );
}

/**
 * Joins things to identities by genuine pairs alone, such as the templates of IJB.
 *
 * @param first Number of the first thing of each pair, 0 or more.
 * @param second Number of the second.
 * @param same 1 where both are of one person, else 0.
 * @returns The identities.
 * @throws {TypeError} When the three differ in length.
 *
 * @example Templates 7 and 3 are one person
 * ```ts
 * import { joinPairs } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { first, second, count } = joinPairs([7, 7], [3, 5], [1, 0]);
 * assert.deepEqual([[...first], [...second], count], [[0, 0], [0, 1], 2]);
 * ```
 */
export function joinPairs(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  same: ArrayLike<number>,
): PairIdentities {
  const pairs = same.length;
  if (first.length !== pairs || second.length !== pairs) {
    throw new TypeError(`Cannot join pairs: ${first.length} first, ${second.length} second sides and ${pairs} answers`);
  }
  let top = 0;
  for (let p = 0; p < pairs; p++) top = Math.max(top, first[p]! + 1, second[p]! + 1);
  const parent = Int32Array.from({ length: top }, (_, i) => i);
  const root = (i: number) => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!;
    return i;
  };
  for (let p = 0; p < pairs; p++) {
    if (same[p]! !== 0) parent[root(first[p]!)] = root(second[p]!);
  }
  const numbers = new Int32Array(top).fill(-1); // identities by first appearance
  let count = 0;
  const number = (i: number) => {
    const at = root(i);
    return numbers[at] = numbers[at] === -1 ? count++ : numbers[at]!;
  };
  const a = new Int32Array(pairs), b = new Int32Array(pairs), conflicts: number[] = [];
  for (let p = 0; p < pairs; p++) {
    [a[p], b[p]] = [number(first[p]!), number(second[p]!)];
    if (same[p]! === 0 && a[p] === b[p]) conflicts.push(p);
  }
  return { first: a, second: b, count, conflicts };
}

/** For each row the first row that is equal to it, bit by bit. */
function firstEqualRows(features: Float32Array | Float64Array, width: number): Int32Array {
  const words = new Uint32Array(features.buffer, features.byteOffset, features.byteLength / 4);
  const size = width * features.BYTES_PER_ELEMENT / 4;
  const found = new Map<number, number[]>();
  const equal = (i: number, j: number) => {
    for (let w = 0; w < size; w++) if (words[i * size + w] !== words[j * size + w]) return false;
    return true;
  };
  return Int32Array.from({ length: features.length / width }, (_, row) => {
    let hash = 0x811c9dc5;
    for (let w = row * size; w < (row + 1) * size; w++) hash = Math.imul(hash ^ words[w]!, 0x01000193) ^ (hash >>> 15);
    const others = found.get(hash) ?? [];
    const twin = others.find((other) => equal(other, row));
    if (twin !== undefined) return twin;
    others.push(row);
    found.set(hash, others);
    return row;
  });
}
