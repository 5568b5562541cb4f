/**
 * Identities that look like one person under two labels: their centres lie closer than a threshold. What hangs together by such
 * pairs is one group.
 *
 * Centres lie closer than images do, because what differs from image to image averages out. So each pair also has its mean
 * cosine from image to image, centre times centre without bringing them to length 1, which compares with the mean cosine
 * inside each identity.
 */
import { dotRows, selfPairsAbove, type UnitRows } from "@/similarity/mod.ts";
import { type PassState, readState, saveState, tuples } from "./_pass_state.ts";

/** Two identities that may be one. */
export interface CloseIdentities {
  /** The first, 0..C-1. */
  readonly identity: number;
  /** The second, above it. */
  readonly other: number;
  /** Cosine of their centres. */
  readonly cosine: number;
  /** Mean cosine of an image of the one and an image of the other. */
  readonly across: number;
}

/** What {@linkcode mergedIdentities} finds. */
export interface MergedIdentities {
  /** Pairs of identities above the threshold. */
  readonly pairs: number;
  /** Identities that are in a pair. */
  readonly identities: number;
  /** Groups that hang together, the largest first, each ascending; at most `listed`. */
  readonly groups: readonly (readonly number[])[];
  /** The closest pairs, the closest first; at most `listed`. */
  readonly closest: readonly CloseIdentities[];
}

/** Options of {@linkcode mergedIdentities}. */
export interface MergedIdentitiesOptions {
  /** Mean cosine from image to image above which two identities are one. */
  readonly threshold: number;
  /** Pairs and groups that are listed; all are counted. @default {100} */
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
 * Finds identities that may be one person.
 *
 * @param centres Means of rows at length 1 [C, D], as `measureIdentities` hands them on; not brought to length 1 themselves.
 * @param options Threshold, limits.
 * @returns Counts, groups and the closest pairs.
 * @throws {RangeError} When the threshold is not from 0 to 1, a centre is zero or not finite, or the state belongs to another pass.
 *
 * @example Two of three
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { mergedIdentities } from "@/metrics/mod.ts";
 * import { unitRows } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const centres = unitRows(arrayVectors(Float32Array.of(0.5, 0, 0, 1, 1, 0), 2, "three"));
 * const { groups, closest } = await mergedIdentities(centres, { threshold: 0.4 });
 * assert.deepEqual([groups, closest[0]!.across, closest[0]!.cosine], [[[0, 2]], 0.5, 1]);
 * ```
 */
export async function mergedIdentities(
  centres: UnitRows,
  options: MergedIdentitiesOptions,
): Promise<MergedIdentities> {
  const { threshold, listed = 100, workers = 0, state, signal, onProgress } = options;
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new RangeError(`Cannot look for merged identities above ${threshold}: expected a cosine from 0 to 1`);
  }
  const parent = Int32Array.from({ length: centres.count }, (_, i) => i);
  const rootOf = (i: number) => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!;
    return i;
  };
  const key = JSON.stringify({
    ...{ pass: "merged", input: state?.input, centres: centres.count, width: centres.width, threshold, listed },
  });
  const saved = state === undefined ? undefined : readState(state, key);
  const [start = 0, paired = 0] = saved?.get("done") ?? [];
  parent.set(saved?.get("parent") ?? []);
  const closest: CloseIdentities[] = tuples(saved?.get("closest"), 4).map(([identity, other, cosine, across]) => ({
    ...{ identity: identity!, other: other!, cosine: cosine!, across: across! },
  }));
  let pairs = paired;
  const keepClosest = () => {
    closest.sort((a, b) => b.across - a.across || a.identity - b.identity || a.other - b.other);
    closest.length = Math.min(closest.length, listed);
  };
  const save = (row: number) => {
    if (state === undefined) return;
    keepClosest();
    saveState(state.path, key, {
      done: Float64Array.of(row, pairs),
      parent: Float64Array.from(parent),
      closest: Float64Array.from(
        closest.flatMap(({ identity, other, cosine, across }) => [identity, other, cosine, across]),
      ),
    });
  };
  // A mean of unit rows is no longer than 1, so the cosine of two centres is no less than their inner product.
  const search = {
    ...{ threshold, workers, start, onRows: save },
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  for await (const { a, b, cosine } of selfPairsAbove(centres, search)) {
    for (let p = 0; p < a.length; p++) {
      const [identity, other] = [a[p]!, b[p]!];
      const across = innerProduct(centres, identity, other);
      if (!(across > threshold)) continue;
      pairs++;
      const [i, j] = [rootOf(identity), rootOf(other)];
      parent[Math.max(i, j)] = Math.min(i, j);
      closest.push({ identity, other, cosine: cosine[p]!, across });
    }
    if (closest.length > 4 * listed + 1000) keepClosest();
  }
  keepClosest();
  const members = new Map<number, number[]>();
  for (let i = 0; i < parent.length; i++) {
    const root = rootOf(i);
    if (root !== i) members.set(root, [...members.get(root) ?? [root], i]);
  }
  const groups = [...members.values()].sort((a, b) => b.length - a.length || a[0]! - b[0]!);
  const identities = groups.reduce((sum, group) => sum + group.length, 0);
  return { pairs, identities, groups: groups.slice(0, listed), closest };
}

function innerProduct(centres: UnitRows, i: number, j: number): number {
  return dotRows(centres.stored(i, i + 1), 0, centres.stored(j, j + 1), 0, centres.width);
}
