/**
 * How different the images of an identity look, by thumbnails: without a network, so that pose, light and background count as
 * much as they do to the eye.
 */
import { RandomStream } from "@/random/mod.ts";
import { type PassState, readState, saveState, tuples } from "./_pass_state.ts";
import { Pause } from "./_pause.ts";
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
  /** Where to keep the state, so that an interrupted pass goes on. */
  readonly state?: PassState | undefined;
  /** Identities from one saving of the state to the next. @default {5000} */
  readonly saveEvery?: number;
  /** Stops the work between two identities; the state is saved. */
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
 * @throws {RangeError} When an option is out of range, or the state belongs to another pass.
 *
 * @example Two images ten levels apart, and one of somebody else
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { measureAppearance } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = arrayVectors(Float32Array.of(100, 110, 7), 1, "three");
 * const found = await measureAppearance({ rows, starts: Int32Array.of(0, 2, 3), nameOf: String });
 * assert.deepEqual([found.byIdentity[0], found.variation.count, found.alike], [10, 1, 0]);
 * ```
 */
export async function measureAppearance(
  thumbnails: IdentityRows,
  options: AppearanceOptions = {},
): Promise<Appearance> {
  const { near = 2, pairImages = 50, listed = 100, seed = 0, state, saveEvery = 5000, signal, onProgress } = options;
  if (!(near >= 0) || !Number.isSafeInteger(pairImages) || pairImages < 2) {
    throw new RangeError(
      `Cannot measure appearance: near is ${near} and pairImages ${pairImages}, expected at least 0 and 2`,
    );
  }
  const { rows, starts } = thumbnails, identities = starts.length - 1;
  const variation = new Tally({ low: 0, high: 128, bins: 256 }), byIdentity = new Float64Array(identities).fill(NaN);
  const closest = new Worst<DuplicatePair & Ranked>(listed);
  let [done, alike, compared] = [0, 0, 0];
  const key = JSON.stringify({
    ...{ pass: "appearance", input: state?.input, identities, rows: starts.at(-1)!, width: rows.width },
    ...{ near, pairImages, listed, seed: String(seed) },
  });
  const saved = state === undefined ? undefined : readState(state, key);
  if (saved !== undefined) {
    [done, alike, compared] = saved.get("done") as unknown as [number, number, number];
    variation.restore(saved.get("variation") ?? []);
    byIdentity.set(saved.get("byIdentity") ?? []);
    for (const [cosine, row, other, identity] of tuples(saved.get("closest"), 4)) {
      closest.add({ rank: cosine!, row: row!, other: other!, identity: identity!, cosine: cosine! });
    }
  }
  const save = () => {
    if (state === undefined) return;
    saveState(state.path, key, {
      ...{ done: Float64Array.of(done, alike, compared), variation: variation.state(), byIdentity },
      closest: Float64Array.from(closest.list().flatMap((c) => [c.cosine, c.row, c.other, c.identity])),
    });
  };
  const measure = (identity: number) => {
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
  };
  const pause = new Pause();
  try {
    while (done < identities) {
      await pause.now();
      signal?.throwIfAborted();
      measure(done);
      done++;
      if (done % saveEvery === 0) save();
      onProgress?.(starts[done]!, starts.at(-1)!);
    }
  } finally {
    save();
  }
  return { variation, byIdentity, alike, compared, closest: closest.list().map(({ rank: _, ...pair }) => pair) };
}

function meanSquare(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) ** 2;
  return sum / a.length;
}
