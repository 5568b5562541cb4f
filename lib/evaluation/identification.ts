/**
 * Closed-set identification: at which place of the gallery a probe finds its own identity.
 *
 * The rank of a probe is one more than the number of gallery rows of other identities whose cosine is at least that of
 * the best row of its own: ties count against the probe, where sorting would let chance decide. Float32 products find
 * which rows may count; those within the products' error bound are decided in float64, so ranks are exact.
 */
import { dotRows, float32Bound, type PreparedRows, Products, rowNorms } from "@/similarity/mod.ts";
import { type Interval, wilsonInterval } from "./wilson.ts";

/** Who is looked for, and where. */
export interface IdentificationInput {
  /** Gallery features [G, D], any norm. */
  readonly gallery: Float32Array;
  /** Identity of each gallery row [G]; one that no probe has is a distractor. */
  readonly galleryLabels: ArrayLike<number>;
  /** Probe features [P, D], any norm. */
  readonly probes: Float32Array;
  /** Identity of each probe [P]. */
  readonly probeLabels: ArrayLike<number>;
  /** Which image each gallery row is of [G]; goes with `probeImages`. A probe is not compared with rows of its own image. */
  readonly galleryImages?: ArrayLike<number>;
  /** Which image each probe is of [P]. */
  readonly probeImages?: ArrayLike<number>;
  /** D. */
  readonly width: number;
}

/** Options of {@link identificationRanks}. */
export interface IdentificationOptions {
  /** Rows compared together; a multiple of 32. @default {512} */
  readonly block?: number;
  /** Called with the number of probes done. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Stops the work between two blocks. */
  readonly signal?: AbortSignal | undefined;
}

/** Share of probes found within a number of places. */
export interface RankRate {
  /** Number of places. */
  readonly rank: number;
  /** Share of the probes that have a mate in the gallery, 0..1. */
  readonly rate: number;
  /** Wilson's interval of the share. */
  readonly interval: Interval;
}

/**
 * Finds the rank of every probe.
 *
 * Requires `--allow-ffi` permission.
 *
 * @param input Gallery and probes.
 * @param options Blocks and progress.
 * @returns Rank of each probe [P], 1 for the first place; 0 where the gallery has no row of its identity that it is compared with.
 * @throws {TypeError} When features and labels do not match.
 * @throws {RangeError} When a side is empty, or a row is zero or not finite.
 *
 * @example A look-alike comes first
 * ```ts
 * import { identificationRanks } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const gallery = Float32Array.of(1, 0, 0, 1, 1, 0.3), galleryLabels = [0, 1, 2];
 * const probes = Float32Array.of(1, 0.2, 0, 2, 1, 1), probeLabels = [0, 1, 9];
 * const ranks = await identificationRanks({ gallery, galleryLabels, probes, probeLabels, width: 2 });
 * assert.deepEqual([...ranks], [2, 1, 0]);
 * ```
 */
export async function identificationRanks(
  input: IdentificationInput,
  { block = 512, onProgress, signal }: IdentificationOptions = {},
): Promise<Int32Array<ArrayBuffer>> {
  const { gallery, galleryLabels, probes, probeLabels, galleryImages, probeImages, width } = input;
  checkSide(gallery, galleryLabels, width, "gallery rows");
  checkSide(probes, probeLabels, width, "probes");
  checkImages(input);
  const best = bestMates(input);
  const ranks = Int32Array.from(best, (cosine) => Number.isNaN(cosine) ? 0 : 1);
  await using products = await Products.create({ width, precision: "float32", block });
  const bound = float32Bound(width);
  for (let from = 0; from < probeLabels.length; from += block) {
    const left = products.left(probes.subarray(from * width, (from + block) * width));
    for (let at = 0; at < galleryLabels.length; at += block) {
      signal?.throwIfAborted();
      const right = products.right(gallery.subarray(at * width, (at + block) * width));
      const { scores, columns } = await products.multiply(left, right);
      for (let i = 0; i < left.count; i++) {
        const mate = best[from + i]!, label = probeLabels[from + i];
        if (Number.isNaN(mate)) continue;
        for (let j = 0; j < right.count; j++) {
          const score = scores[i * columns + j]!;
          if (score < mate - bound || galleryLabels[at + j] === label) continue;
          if (galleryImages !== undefined && galleryImages[at + j] === probeImages![from + i]) continue;
          if (score > mate + bound || exactCosine(left, i, right, j, width) >= mate) ranks[from + i]!++;
        }
      }
    }
    onProgress?.(from + left.count);
  }
  return ranks;
}

/**
 * Shares of probes found within some numbers of places (the CMC curve at these places).
 *
 * @param ranks From {@link identificationRanks}; probes of rank 0 have no mate and are left out.
 * @param places The numbers of places. @default {[1, 5]}
 * @returns A share for each.
 * @throws {RangeError} When no probe has a mate.
 *
 * @example Two of three at once, all within five
 * ```ts
 * import { rankRates } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(rankRates([1, 3, 0, 1]).map(({ rate }) => rate), [2 / 3, 1]);
 * ```
 */
export function rankRates(ranks: ArrayLike<number>, places: readonly number[] = [1, 5]): RankRate[] {
  const mated = Array.from(ranks).filter((rank) => rank > 0);
  if (mated.length === 0) {
    throw new RangeError(`Cannot rate ranks: none of ${ranks.length} probes has its identity in the gallery`);
  }
  return places.map((place) => {
    const found = mated.filter((rank) => rank <= place).length;
    return { rank: place, rate: found / mated.length, interval: wilsonInterval(found, mated.length) };
  });
}

function checkSide(rows: Float32Array, labels: ArrayLike<number>, width: number, what: string): void {
  if (rows.length !== labels.length * width) {
    throw new TypeError(
      `Cannot identify: ${rows.length} values and ${labels.length} labels of ${what}, expected ${width} values a label`,
    );
  }
  if (labels.length === 0) throw new RangeError(`Cannot identify: there are no ${what}`);
  const bad = rowNorms(rows, width).findIndex((norm) => !(norm > 0 && norm < Infinity));
  if (bad !== -1) throw new RangeError(`Cannot identify: row ${bad} of the ${what} is zero or not finite`);
}

function checkImages({ galleryLabels, probeLabels, galleryImages, probeImages }: IdentificationInput): void {
  const found = [galleryImages?.length, probeImages?.length];
  if (found.every((length) => length === undefined)) return;
  if (found[0] !== galleryLabels.length || found[1] !== probeLabels.length) {
    throw new TypeError(
      `Cannot identify: images of ${found[0] ?? 0} gallery rows and ${found[1] ?? 0} probes are told, expected ` +
        `${galleryLabels.length} and ${probeLabels.length}`,
    );
  }
}

/** Largest cosine of each probe with other images of its identity in the gallery; NaN without such rows. */
function bestMates(input: IdentificationInput): Float64Array {
  const { gallery, galleryLabels, probes, probeLabels, galleryImages, probeImages, width } = input;
  const rowsOf = new Map<number, number[]>();
  for (let g = 0; g < galleryLabels.length; g++) {
    const rows = rowsOf.get(galleryLabels[g]!);
    if (rows === undefined) rowsOf.set(galleryLabels[g]!, [g]);
    else rows.push(g);
  }
  const [galleryNorms, probeNorms] = [rowNorms(gallery, width), rowNorms(probes, width)];
  return Float64Array.from({ length: probeLabels.length }, (_, p) => {
    const own = galleryImages === undefined ? undefined : probeImages![p];
    const mates = (rowsOf.get(probeLabels[p]!) ?? []).filter((g) => own === undefined || galleryImages![g] !== own);
    const cosines = mates.map((g) => dotRows(probes, p, gallery, g, width) / (probeNorms[p]! * galleryNorms[g]!));
    return cosines.length === 0 ? NaN : cosines.reduce((a, b) => Math.max(a, b));
  });
}

function exactCosine(left: PreparedRows, i: number, right: PreparedRows, j: number, width: number): number {
  return dotRows(left.stored, i, right.stored, j, width) / (left.norms[i]! * right.norms[j]!);
}
