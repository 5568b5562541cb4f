/** A short name for a head model that only the same head has. */

import { createHash } from "node:crypto";
import type { HeadModel } from "./head_model.ts";

/** Bytes copied out of shared memory at once. */
const BLOCK = 1 << 22;

/**
 * Hashes all that images of a head model depend on: a model read from ICT-FaceKit's files and its packed copy differ, by what
 * packing rounds off.
 *
 * @param model The head model.
 * @returns SHA-256 as 64 lower-case hexadecimal digits.
 *
 * @example Another head
 * ```ts
 * import assert from "node:assert/strict";
 * import { headModelHash, toyHead } from "@/heads/mod.ts";
 * const model = toyHead(), neutral = model.neutral.map((v) => v + 1);
 * assert.equal(headModelHash(model), headModelHash(toyHead()));
 * assert.notEqual(headModelHash(model), headModelHash({ ...model, neutral }));
 * ```
 */
export function headModelHash(model: HeadModel): string {
  const hash = createHash("sha256");
  const add = (array: Float32Array | Int32Array | Uint8Array) => {
    hash.update(`${array.length};`);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let at = 0; at < bytes.length; at += BLOCK) hash.update(bytes.slice(at, at + BLOCK));
  };
  const { neutral, identityModes, identityCount, expressions, triangles, triangleMaterial, materials, landmarks } =
    model;
  hash.update(JSON.stringify([identityCount, materials, expressions.map(({ name }) => name)]));
  for (const array of [neutral, identityModes, triangles, triangleMaterial, landmarks]) add(array);
  for (const { vertices, offsets } of expressions) {
    add(vertices);
    add(offsets);
  }
  return hash.digest("hex");
}
