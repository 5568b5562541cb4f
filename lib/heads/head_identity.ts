/** A made-up person: traits, and the shape of the head that follows from them. */

import type { HeadModel } from "./head_model.ts";
import { sampleTraits, type Traits } from "./traits.ts";

/** A person on a head model; made by {@linkcode buildIdentity}, rendered by {@linkcode HeadRenderer}. */
export interface HeadIdentity {
  /** The head model. */
  readonly model: HeadModel;
  /** The person. */
  readonly traits: Traits;
  /** Bare skin, eyes and teeth without expression, [V,3], centimetres. */
  readonly positions: Float32Array;
}

/**
 * Makes a person's head from traits.
 *
 * @param model The head model.
 * @param traits The person; see {@linkcode sampleTraits}. Weights of more modes than the model has are left out.
 * @returns The identity, to be kept for all its images.
 *
 * @example Traits can be changed before
 * ```ts
 * import assert from "node:assert/strict";
 * import { buildIdentity, sampleTraits, toyHead } from "@/heads/mod.ts";
 * const traits = sampleTraits(1, 0, 4);
 * const plain = buildIdentity(toyHead(), { ...traits, shape: [0, 0, 0, 0] });
 * assert.ok(plain.positions.every((value, i) => value === toyHead().neutral[i]));
 * ```
 */
export function buildIdentity(model: HeadModel, traits: Traits): HeadIdentity {
  const positions = Float32Array.from(model.neutral);
  const size = positions.length;
  const modes = model.identityModes;
  for (let k = 0; k < Math.min(traits.shape.length, model.identityCount); k++) {
    const weight = traits.shape[k]!;
    const start = k * size;
    for (let i = 0; i < size; i++) positions[i]! += weight * modes[start + i]!;
  }
  return { model, traits, positions };
}

/**
 * Draws a person and makes the head.
 *
 * @param model The head model.
 * @param seed Seed of the data set.
 * @param identity Number of the identity, 0..2^32-1.
 * @returns The identity, a pure function of the arguments.
 * @throws {RangeError} When the seed or the number is outside its range.
 *
 * @example Identities depend on their number alone
 * ```ts
 * import assert from "node:assert/strict";
 * import { sampleIdentity, toyHead } from "@/heads/mod.ts";
 * const model = toyHead();
 * assert.deepEqual(sampleIdentity(model, 1, 5).positions, sampleIdentity(model, 1, 5).positions);
 * assert.notDeepEqual(sampleIdentity(model, 1, 5).positions, sampleIdentity(model, 1, 6).positions);
 * ```
 */
export function sampleIdentity(
  model: HeadModel,
  seed: number | bigint,
  identity: number,
): HeadIdentity {
  return buildIdentity(
    model,
    sampleTraits(seed, identity, model.identityCount),
  );
}
