/**
 * Different images of one identity: vectors near its ID vector, at its norm.
 *
 * `perturb` is `sample_nearby_vectors` of
 * https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation.py for one row: isotropic noise, then back to the
 * norm of the base vector. Deviations: one random stream an image instead of one global generator, so an image can
 * be made alone; float64 inside. `rotateToCosine` says the distance as what counts, the cosine to the identity, and
 * meets it exactly, whatever the norm.
 */
import type { RandomStream } from "@/random/mod.ts";
import { dot, norm } from "./norm.ts";

/** Width of the ID vectors of the published models. */
const DEFAULT_WIDTH = 512;

/**
 * Adds normal noise to a vector and brings it back to its norm.
 *
 * The expected cosine to the base is 1 / sqrt(1 + D sigma^2 / norm^2), see {@link cosineForSigma}.
 *
 * @param base ID vector [D], not zero.
 * @param sigma Standard deviation of the noise in each of the D directions, at least 0.
 * @param stream Where the noise comes from; D normal numbers are taken.
 * @returns A new vector [D] of the base's norm.
 * @throws {RangeError} When sigma is negative or not finite, or the base is zero.
 *
 * @example The norm stays
 * ```ts
 * import { norm, perturb } from "@/identity/mod.ts";
 * import { RandomStream } from "@/random/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const base = new Float32Array(512).fill(1);
 * const near = perturb(base, 0.5, new RandomStream(1, "perturb", 0, 0));
 * assert.ok(Math.abs(norm(near) - norm(base)) < 1e-4);
 * ```
 */
export function perturb(
  base: Float32Array,
  sigma: number,
  stream: RandomStream,
): Float32Array {
  if (!(sigma >= 0 && sigma < Infinity)) {
    throw new RangeError(
      `Cannot perturb a vector: sigma is ${sigma}, expected a number of at least 0`,
    );
  }
  const length = lengthOf(base, "perturb a vector");
  const moved = Float64Array.from(
    base,
    (value) => value + sigma * stream.normal(),
  );
  const scale = length / norm(moved);
  return Float32Array.from(moved, (value) => value * scale);
}

/**
 * Turns a vector by a random rotation to an exact cosine, keeping its norm.
 *
 * The result is cos * base + sqrt(1 - cos^2) * norm * u, where u is uniform among the unit vectors at right angles
 * to the base.
 *
 * @param base ID vector [D], D at least 2, not zero.
 * @param target Cosine between the base and the result, -1..1.
 * @param stream Where the direction comes from; D normal numbers are taken.
 * @returns A new vector [D] of the base's norm.
 * @throws {RangeError} When the cosine is outside -1..1, the base is zero, or D is below 2.
 *
 * @example Cosine 0.75 means 0.75
 * ```ts
 * import { cosine, rotateToCosine } from "@/identity/mod.ts";
 * import { RandomStream } from "@/random/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const base = Float32Array.from({ length: 512 }, (_, i) => i % 7 - 3);
 * const near = rotateToCosine(base, 0.75, new RandomStream(1, "perturb", 0, 0));
 * assert.ok(Math.abs(cosine(base, near) - 0.75) < 1e-6);
 * ```
 */
export function rotateToCosine(
  base: Float32Array,
  target: number,
  stream: RandomStream,
): Float32Array {
  if (!(target >= -1 && target <= 1)) {
    throw new RangeError(
      `Cannot rotate a vector: the cosine is ${target}, expected a number from -1 to 1`,
    );
  }
  const length = lengthOf(base, "rotate a vector");
  if (base.length < 2) {
    throw new RangeError(
      "Cannot rotate a vector: its width is 1, expected at least 2",
    );
  }
  const side = Float64Array.from(base, () => stream.normal());
  // Twice, as the first subtraction leaves a rest along the base where the noise happens to lie close to it.
  for (let pass = 0; pass < 2; pass++) {
    const along = dot(side, base) / (length * length);
    for (let i = 0; i < side.length; i++) side[i]! -= along * base[i]!;
  }
  const across = Math.sqrt(1 - target * target) * length / norm(side);
  return Float32Array.from(
    base,
    (value, i) => target * value + across * side[i]!,
  );
}

/**
 * Standard deviation of the noise that gives an expected cosine to the identity.
 *
 * @param length Norm of the ID vector, above 0.
 * @param target Cosine wanted between the identity and an image's vector, above 0 and at most 1.
 * @param width D.
 * @returns sigma for {@link perturb}.
 * @throws {RangeError} When the norm or the cosine is outside its range: noise alone cannot turn a vector past 90 degrees.
 *
 * @example Norm 20: the reference's sigma 0.5 is a cosine of 0.87
 * ```ts
 * import { sigmaForCosine } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.ok(Math.abs(sigmaForCosine(20, 0.8704) - 0.5) < 0.001);
 * ```
 */
export function sigmaForCosine(
  length: number,
  target: number,
  width: number = DEFAULT_WIDTH,
): number {
  checkLength(length, width);
  if (!(target > 0 && target <= 1)) {
    throw new RangeError(
      `Cannot find sigma for a cosine: the cosine is ${target}, expected above 0 and at most 1`,
    );
  }
  return length * Math.sqrt((1 / (target * target) - 1) / width);
}

/**
 * Expected cosine to the identity for a standard deviation of the noise.
 *
 * @param length Norm of the ID vector, above 0.
 * @param sigma Standard deviation of the noise, at least 0.
 * @param width D.
 * @returns 1 / sqrt(1 + D sigma^2 / length^2).
 * @throws {RangeError} When the norm or sigma is outside its range.
 *
 * @example No noise, no change
 * ```ts
 * import { cosineForSigma } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(cosineForSigma(20, 0), 1);
 * ```
 */
export function cosineForSigma(
  length: number,
  sigma: number,
  width: number = DEFAULT_WIDTH,
): number {
  checkLength(length, width);
  if (!(sigma >= 0)) {
    throw new RangeError(
      `Cannot find the cosine for a sigma: sigma is ${sigma}, expected at least 0`,
    );
  }
  return 1 / Math.sqrt(1 + width * sigma * sigma / (length * length));
}

function checkLength(length: number, width: number): void {
  if (!(length > 0 && length < Infinity) || !(width >= 1)) {
    throw new RangeError(
      `Cannot relate sigma and cosine: norm ${length} and width ${width}, expected both above 0`,
    );
  }
}

function lengthOf(base: Float32Array, action: string): number {
  const length = norm(base);
  if (!(length > 0 && length < Infinity)) {
    throw new RangeError(
      `Cannot ${action}: its norm is ${length}, expected a finite norm above 0`,
    );
  }
  return length;
}
