/**
 * Diversity within identities, where real images of the same people are at hand.
 *
 * M. Kim and others, DCFace (https://arxiv.org/abs/2304.07060), equations 14 and 15: D_intra is the mean over identities of the
 * share of real images of a person that lie on the manifold of the generated images of that person, in style features; the
 * improved recall of Kynkäänniemi and others, person by person. Their k is not printed; it is 3 here, the default of
 * the metric's authors.
 */
import { type IdentityRows, readRows } from "./identity_rows.ts";
import { manifoldRadii, shareInside } from "./manifold.ts";

/** What {@linkcode classRecall} finds. */
export interface ClassRecall {
  /** Mean recall over the identities of both sets; NaN when there is none. */
  readonly mean: number;
  /** Identities of both sets with enough generated images. */
  readonly identities: number;
  /** Recall of each of them by name. */
  readonly byName: ReadonlyMap<string, number>;
  /** Names that both sets have, with no more than k generated images. */
  readonly tooFew: readonly string[];
}

/** Options of {@linkcode classRecall}. */
export interface ClassRecallOptions {
  /** Neighbour that the radii reach to. @default {3} */
  readonly k?: number;
  /** Stops the work between two identities. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each identity with the number done, and of all of the real set. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Compares the generated images of each person with the real ones.
 *
 * @param real Features of real images by identity.
 * @param generated Features of generated images; identities of one name are one person.
 * @param options Neighbour.
 * @returns Recall of each identity and their mean.
 * @throws {TypeError} When the widths differ.
 *
 * @example Half of one person's images
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { classRecall } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const set = (...values: number[]) => ({
 *   rows: arrayVectors(Float32Array.of(...values), 1, "set"),
 *   starts: Int32Array.of(0, values.length),
 *   nameOf: () => "Ada",
 * });
 * assert.equal(classRecall(set(1, 2, 8, 9), set(1, 2, 3), { k: 1 }).mean, 0.5);
 * ```
 */
export function classRecall(
  real: IdentityRows,
  generated: IdentityRows,
  options: ClassRecallOptions = {},
): ClassRecall {
  const { k = 3, signal, onProgress } = options;
  const { width } = real.rows;
  if (generated.rows.width !== width) {
    throw new TypeError(
      `Cannot compare ${generated.rows.name} with ${real.rows.name}: widths ${generated.rows.width} and ${width} differ`,
    );
  }
  const places = new Map<string, number>();
  for (let c = 0; c < generated.starts.length - 1; c++) places.set(generated.nameOf(c), c);
  const byName = new Map<string, number>(), tooFew: string[] = [];
  const total = real.starts.length - 1;
  for (let c = 0; c < total; c++) {
    signal?.throwIfAborted();
    const name = real.nameOf(c), place = places.get(name);
    onProgress?.(c + 1, total);
    if (place === undefined) continue;
    const made = readRows(generated.rows, generated.starts[place]!, generated.starts[place + 1]!);
    if (made.length / width <= k) {
      tooFew.push(name);
      continue;
    }
    const photos = readRows(real.rows, real.starts[c]!, real.starts[c + 1]!);
    byName.set(name, shareInside(photos, made, width, manifoldRadii(made, width, k)));
  }
  const sum = byName.values().reduce((total, recall) => total + recall, 0);
  return { mean: sum / byName.size, identities: byName.size, byName, tooFew };
}
