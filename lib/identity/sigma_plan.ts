/**
 * Which image of an identity gets which sigma: an exact share for every identity.
 *
 * The reference (https://github.com/HaiyuWu/Vec2Face/blob/main/image_generation.py, `sample_nearby_vectors`) splits
 * 40/40/20 over all rows of a run and shuffles them together, with truncation that fails unless the number of rows
 * is a multiple of 5. Here each identity gets its own split, by largest remainder, for any number of images.
 */
import type { RandomStream } from "@/random/mod.ts";

/**
 * Splits a whole number by weights: the largest-remainder method, ties to the earlier weight.
 *
 * @param total Number to split, a whole number of at least 0.
 * @param weights Weights of at least 0, not all 0; they need not add up to 1.
 * @returns Whole numbers that add up to `total`.
 * @throws {RangeError} When the total or a weight is outside its range.
 *
 * @example Seven images in shares of 40, 40 and 20 percent
 * ```ts
 * import { largestRemainder } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(largestRemainder(7, [0.4, 0.4, 0.2]), [3, 3, 1]);
 * ```
 */
export function largestRemainder(
  total: number,
  weights: readonly number[],
): number[] {
  if (!Number.isSafeInteger(total) || total < 0) {
    throw new RangeError(
      `Cannot split ${total}: expected a whole number of at least 0`,
    );
  }
  const sum = weights.reduce((a, b) => a + b, 0);
  if (!(sum > 0 && sum < Infinity) || weights.some((w) => !(w >= 0))) {
    throw new RangeError(
      `Cannot split by weights [${weights.join(", ")}]: expected numbers of at least 0, not all 0`,
    );
  }
  const exact = weights.map((weight) => total * (weight / sum));
  // 0.4 / (0.4 + 0.4 + 0.2) * 5 may come out as 1.9999999999999998: whole numbers within rounding are whole.
  const floors = exact.map((x) =>
    Math.abs(x - Math.round(x)) < 1e-9 * Math.max(1, total) ? Math.round(x) : Math.floor(x)
  );
  let left = total - floors.reduce((a, b) => a + b, 0);
  const order = exact.map((x, i) => ({ i, rest: Math.max(0, x - floors[i]!) }))
    .filter(({ i }) => weights[i]! > 0)
    .sort((a, b) => Math.abs(a.rest - b.rest) < 1e-9 ? a.i - b.i : b.rest - a.rest);
  for (const { i } of order) {
    if (left <= 0) break;
    floors[i]!++;
    left--;
  }
  return floors;
}

/**
 * Gives every image of one identity its sigma.
 *
 * Without a stream the sigmas are spread evenly over the images; with one they are shuffled by it, so that no image
 * number is tied to a sigma over the whole data set.
 *
 * @param images Number of images K of the identity, at least 1.
 * @param sigmas Standard deviations to share out.
 * @param mix Share of each, same length; scaled to add up to 1.
 * @param stream The identity's stream, for the order.
 * @returns K sigmas.
 * @throws {RangeError} When K, a sigma or a share is outside its range, or the lengths differ.
 *
 * @example Five images of the reference's mix
 * ```ts
 * import { sigmaPlan } from "@/identity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(sigmaPlan(5, [0.3, 0.5, 0.7], [0.4, 0.4, 0.2]), [0.3, 0.5, 0.7, 0.3, 0.5]);
 * ```
 */
export function sigmaPlan(
  images: number,
  sigmas: readonly number[],
  mix: readonly number[],
  stream?: RandomStream,
): number[] {
  if (!Number.isSafeInteger(images) || images < 1) {
    throw new RangeError(
      `Cannot plan sigmas: ${images} images, expected a whole number of at least 1`,
    );
  }
  if (sigmas.length === 0 || sigmas.length !== mix.length) {
    throw new RangeError(
      `Cannot plan sigmas: ${sigmas.length} sigmas [${sigmas.join(", ")}] but ${mix.length} shares [${
        mix.join(", ")
      }], expected one share for each sigma`,
    );
  }
  if (sigmas.some((sigma) => !(sigma >= 0 && sigma < Infinity))) {
    throw new RangeError(
      `Cannot plan sigmas: [${sigmas.join(", ")}], expected numbers of at least 0`,
    );
  }
  const counts = largestRemainder(images, mix);
  // The k-th of n equal sigmas belongs at (k + 1/2) / n of the way; sorting all by that spreads them evenly.
  const slots = counts.flatMap((n, s) => Array.from({ length: n }, (_, k) => ({ s, at: (k + 0.5) / n })));
  slots.sort((a, b) => a.at - b.at || a.s - b.s);
  const spread = slots.map(({ s }) => sigmas[s]!);
  return stream === undefined ? spread : Array.from(stream.permutation(images), (from) => spread[from]!);
}
