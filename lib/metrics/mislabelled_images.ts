/**
 * Images that look like somebody else: nearer to the centre of another identity than to the centre of the other images of their
 * own.
 *
 * The ratio of both is what CR-FIQA learns as the quality of an image for recognition (F. Boutros and others, CVPR 2023,
 * https://arxiv.org/abs/2112.06592: own-centre cosine against nearest other centre); here only its sign decides, and the
 * image must be like the other identity, not merely unlike its own.
 */
import { nearestRows, type UnitRows, unitRows } from "@/similarity/mod.ts";
import { type Ranked, Worst } from "./_worst.ts";
import { type PassState, readState, saveState, tuples } from "./_pass_state.ts";
import type { IdentityRows } from "./identity_rows.ts";
import { COSINE_BINS, Tally } from "./tally.ts";

/** An image that looks like somebody else. */
export interface MislabelledImage {
  /** Its row in the set. */
  readonly row: number;
  /** The identity that it is filed under. */
  readonly identity: number;
  /** Cosine to the centre of that identity's other images; NaN when there are none. */
  readonly own: number;
  /** The identity that it looks like. */
  readonly other: number;
  /** Cosine to that one's centre. */
  readonly cosine: number;
}

/** What {@linkcode mislabelledImages} finds. */
export interface MislabelledImages {
  /** Images nearer to another identity, and above the threshold there. */
  readonly count: number;
  /** Those farthest over, the worst first; at most `listed`. */
  readonly worst: readonly MislabelledImage[];
  /** Cosine of each image to the nearest centre of another identity. */
  readonly nearestOther: Tally;
}

/** Options of {@linkcode mislabelledImages}. */
export interface MislabelledImagesOptions {
  /** Cosine to a centre above which an image looks like that identity. */
  readonly threshold: number;
  /** How much nearer the other identity must be. @default {0} */
  readonly margin?: number;
  /** Images that are listed; all are counted. @default {100} */
  readonly listed?: number;
  /** Worker threads. @default {0} */
  readonly workers?: number;
  /** Where to keep the state, so that an interrupted pass goes on. */
  readonly state?: PassState | undefined;
  /** Stops the work between two blocks. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each block with the number of pairs compared so far, and of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Compares each image with the centres of all identities.
 *
 * Takes N C D products.
 *
 * @param set Rows by identity, N in all.
 * @param centres Centre of each identity [C, D].
 * @param own Cosine of a row to the centre of the other rows of its identity, from `measureIdentities`.
 * @param options Threshold, limits.
 * @returns Counts and the worst images.
 * @throws {TypeError} When there is not one centre for each identity.
 * @throws {RangeError} When an option is out of range, or the state belongs to another pass.
 *
 * @example The second image of identity 0 belongs to identity 1
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { mislabelledImages } from "@/metrics/mod.ts";
 * import { unitRows } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = arrayVectors(Float32Array.of(1, 0, 0, 1, 0, 1), 2, "three");
 * const centres = unitRows(arrayVectors(Float32Array.of(0.5, 0.5, 0, 1), 2, "two"));
 * const set = { rows, starts: Int32Array.of(0, 2, 3), nameOf: String };
 * const { worst } = await mislabelledImages(set, centres, (row) => row < 2 ? 0 : NaN, { threshold: 0.8 });
 * assert.deepEqual(worst, [{ row: 1, identity: 0, own: 0, other: 1, cosine: 1 }]);
 * ```
 */
export async function mislabelledImages(
  set: IdentityRows,
  centres: UnitRows,
  own: (row: number) => number,
  options: MislabelledImagesOptions,
): Promise<MislabelledImages> {
  const { threshold, margin = 0, listed = 100, workers = 0, state, signal, onProgress } = options;
  const { starts } = set, total = starts.at(-1)!;
  if (centres.count !== starts.length - 1) {
    throw new TypeError(
      `Cannot look for mislabelled images: ${centres.count} centres for ${starts.length - 1} identities`,
    );
  }
  const nearestOther = new Tally(COSINE_BINS), worst = new Worst<MislabelledImage & Ranked>(listed);
  let [count, start] = [0, 0];
  const key = JSON.stringify({
    ...{ pass: "mislabelled", input: state?.input, rows: total, centres: centres.count, threshold, margin, listed },
  });
  const saved = state === undefined ? undefined : readState(state, key);
  if (saved !== undefined) {
    [start, count] = saved.get("done") as unknown as [number, number];
    nearestOther.restore(saved.get("nearestOther") ?? []);
    for (const [rank, row, identity, own, other, cosine] of tuples(saved.get("worst"), 6)) {
      worst.add({ rank: rank!, row: row!, identity: identity!, own: own!, other: other!, cosine: cosine! });
    }
  }
  const find = identityFinder(starts);
  const batches = nearestRows(unitRows(set.rows), centres, { except: find, start, workers, signal, onProgress });
  for await (const { from, index, cosine } of batches) {
    for (let i = 0; i < index.length; i++) {
      const row = from + i;
      nearestOther.add(cosine[i]!);
      if (!(cosine[i]! > threshold)) continue;
      const mine = own(row), over = cosine[i]! - (Number.isNaN(mine) ? Infinity : mine);
      if (!(over > margin)) continue;
      count++;
      worst.add({ rank: over, row, identity: find(row), own: mine, other: index[i]!, cosine: cosine[i]! });
    }
    if (state === undefined) continue;
    const list = worst.list().flatMap(({ rank, row, identity, own, other, cosine }) => [
      ...[rank, row, identity, own, other, cosine],
    ]);
    saveState(state.path, key, {
      done: Float64Array.of(from + index.length, count),
      nearestOther: nearestOther.state(),
      worst: Float64Array.from(list),
    });
  }
  return { count, worst: worst.list().map(({ rank: _, ...image }) => image), nearestOther };
}

/**
 * Finds the identity of a row; quickest when asked for rows in order.
 *
 * @param starts Where each of C identities begins, and the end [C + 1].
 * @returns What gives the identity of a row, 0..C-1.
 *
 * @example Two rows of identity 0
 * ```ts
 * import { identityFinder } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const find = identityFinder(Int32Array.of(0, 2, 3));
 * assert.deepEqual([0, 1, 2].map(find), [0, 0, 1]);
 * ```
 */
export function identityFinder(starts: Int32Array): (row: number) => number {
  let last = 0;
  return (row) => {
    if (row >= starts[last]! && row < starts[last + 1]!) return last;
    let low = 0, high = starts.length - 1; // starts[low] <= row < starts[high]
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= row) low = middle;
      else high = middle;
    }
    return last = low;
  };
}
