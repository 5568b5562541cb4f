/**
 * How different the images of an identity look, by thumbnails: without a network, so that pose, light and background count as
 * much as they do to the eye.
 */
import { RandomStream } from "@/random/mod.ts";
import { type Ranked, Worst } from "./_worst.ts";
import { type IdentityRows, readRows } from "./identity_rows.ts";
import type { DuplicatePair } from "./identity_statistics.ts";
import { Tally } from "./tally.ts";

/** What {@linkcode measureAppearance} finds. */
export interface Appearance {
  /**
   * Root mean square difference of two images of an identity, over all pairs, in grey levels of 255: of each identity with more
   * than one image.
   */
  readonly variation: Tally;
  /** The same of each identity; NaN for a single image [C]. */
  readonly byIdentity: Float64Array;
  /** Images compared that look like one before them in their identity. */
  readonly alike: number;
  /** Images compared. */
  readonly compared: number;
  /** Pairs that look most alike, the closest first; `cosine` is 1 - difference / 255. */
  readonly closest: readonly DuplicatePair[];
}

/** Options of {@linkcode measureAppearance}. */
export interface AppearanceOptions {
  /** Two images look alike when their root mean square difference is below this, grey levels. @default {2} */
  readonly near?: number;
  /** Images of an identity compared pair by pair; of more, so many are drawn. @default {50} */
  readonly pairImages?: number;
  /** Pairs that are listed. @default {100} */
  readonly listed?: number;
  /** Seed of the draw. @default {0} */
  readonly seed?: number | bigint;
  /** Stops the work between two identities. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each identity with the number of rows measured, and of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Measures how the images of each identity vary.
 *
 * @param thumbnails Thumbnails by identity: values 0..255.
 * @param options Limits.
 * @returns Variation, and images that look alike.
 * @throws {RangeError} When an option is out of range.
 *
 * @example Two images ten levels apart, and one of somebody else
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { measureAppearance } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = arrayVectors(Float32Array.of(100, 110, 7), 1, "three");
 * const found = measureAppearance({ rows, starts: Int32Array.of(0, 2, 3), nameOf: String });
 * assert.deepEqual([found.byIdentity[0], found.variation.count, found.alike], [10, 1, 0]);
 * ```
 */
export function measureAppearance(thumbnails: IdentityRows, options: AppearanceOptions = {}): Appearance {
  const { near = 2, pairImages = 50, listed = 100, seed = 0, signal, onProgress } = options;
  if (!(near >= 0) || !Number.isSafeInteger(pairImages) || pairImages < 2) {
    throw new RangeError(
      `Cannot measure appearance: near is ${near} and pairImages ${pairImages}, expected at least 0 and 2`,
    );
  }
  const { rows, starts } = thumbnails, identities = starts.length - 1;
  const variation = new Tally({ low: 0, high: 128, bins: 256 }), byIdentity = new Float64Array(identities).fill(NaN);
  const closest = new Worst<DuplicatePair & Ranked>(listed);
  let [alike, compared] = [0, 0];
  for (let identity = 0; identity < identities; identity++) {
    signal?.throwIfAborted();
    const first = starts[identity]!, n = starts[identity + 1]! - first;
    const chosen = n <= pairImages
      ? Array.from({ length: n }, (_, i) => i)
      : [...new RandomStream(seed, "compared thumbnails", identity).permutation(n).subarray(0, pairImages)].sort(
        (a, b) => a - b,
      );
    const images = chosen.map((i) => readRows(rows, first + i, first + i + 1));
    let sum = 0;
    images.forEach((image, i) => {
      let twice = false;
      for (let j = 0; j < i; j++) {
        const square = meanSquare(image, images[j]!), difference = Math.sqrt(square);
        sum += square;
        if (difference >= near) continue;
        twice = true;
        const cosine = 1 - difference / 255;
        closest.add({ rank: cosine, row: first + chosen[j]!, other: first + chosen[i]!, identity, cosine });
      }
      if (twice) alike++;
    });
    const m = images.length;
    compared += m;
    if (m > 1) variation.add(byIdentity[identity] = Math.sqrt(2 * sum / (m * (m - 1))));
    onProgress?.(starts[identity + 1]!, starts.at(-1)!);
  }
  return { variation, byIdentity, alike, compared, closest: closest.list().map(({ rank: _, ...pair }) => pair) };
}

function meanSquare(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) ** 2;
  return sum / a.length;
}
