/**
 * Rows packed until no two lie closer than a cosine, nor one to an enrolled row, or an account of why not.
 *
 * `packVectors` descends and tells how far it came; whether that is enough is decided here, in float64 from the rows as they are
 * stored, with the arithmetic that `separatedRows` and the separability count decide by.
 */
import { arrayVectors, type PackingResult, type PackOptions, packVectors } from "@/identity/mod.ts";
import { measureSeparability } from "@/separability/mod.ts";
import { nearestRows, type RowSource, type UnitRows, unitRows } from "@/similarity/mod.ts";
import { separationBound } from "./bounds.ts";
import { SeparationError } from "./separation_error.ts";

/** Options of {@link packedRows}: those of `packVectors`, and what must hold at the end. */
export interface PackedRowsOptions extends Omit<PackOptions, "target" | "against"> {
  /** Largest cosine t allowed between two rows, -1..1 without the ends; the descent ends as soon as it is reached. */
  readonly maxCosine: number;
  /** Enrolled rows [A, D], which may lie close to each other; no packed row lies closer than t to one of them. */
  readonly against?: RowSource | undefined;
}

/**
 * Packs rows so that no two of them, nor one and an enrolled row, have a cosine above t.
 *
 * Enrolled rows that are apart themselves take room as packed rows do: so many fewer can be had of what the bounds allow, and a
 * request above that fails before it begins. Memory is that of `packVectors` and a count of separability. A set that was
 * packed earlier can be the enrolled one: so it grows without changing.
 *
 * @param options The start, the cosine, and how to descend.
 * @returns The rows and what was reached; every cosine is t or less.
 * @throws {TypeError} When widths differ.
 * @throws {RangeError} When an option is out of range, or a vector is zero or not finite.
 * @throws {SeparationError} When so many rows cannot lie so far apart, or the descent does not get there.
 *
 * @example Two directions that keep away from a third
 * ```ts
 * import { arrayVectors, cosine, sampledVectors, sphereSampler } from "@/identity/mod.ts";
 * import { packedRows } from "@/separation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const against = arrayVectors(Float32Array.of(1, 0, 0), 3, "an enrolled row");
 * const start = sampledVectors(sphereSampler(3, { seed: 1 }), 2);
 * const { vectors } = await packedRows({ start, against, maxCosine: -0.3, threads: 1 });
 * const [a, b] = [vectors.subarray(0, 3), vectors.subarray(3)];
 * assert.ok(cosine(a, b) <= -0.3 && cosine(a, [1, 0, 0]) <= -0.3 && cosine(b, [1, 0, 0]) <= -0.3);
 * ```
 */
export async function packedRows(options: PackedRowsOptions): Promise<PackingResult> {
  const { maxCosine, against, ...rest } = options, { start, signal } = options;
  const { count, width } = start;
  const enrolled = against === undefined ? undefined : unitRows(against);
  const bound = separationBound(width, maxCosine) - await roomTaken(enrolled, count, width, maxCosine, signal);
  if (count > bound) throw new SeparationError({ reason: "bound", count, reached: 0, bound, rate: 0, maxCosine });
  const packed = await packVectors({
    ...rest,
    target: maxCosine,
    ...(against === undefined ? {} : { against: { vectors: against, maxCosine } }),
  });
  const rows = unitRows(arrayVectors(packed.vectors, width, "the packed rows"));
  const reached = await countFitting(rows, enrolled, maxCosine, signal);
  if (reached < count) {
    const { iterations: steps, largest: { after }, largestAgainst } = packed;
    const largest = Math.max(after, largestAgainst?.after ?? -1), rate = reached / count;
    throw new SeparationError({ reason: "descent", count, reached, bound, rate, maxCosine, steps, largest });
  }
  return packed;
}

/** Directions that enrolled rows take of those that can lie so far apart; 0 where that does not matter. */
async function roomTaken(
  enrolled: UnitRows | undefined,
  count: number,
  width: number,
  maxCosine: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (enrolled === undefined || enrolled.width !== width) return 0; // refused when packing begins
  return count + enrolled.count > separationBound(width, maxCosine)
    ? await countFitting(enrolled, undefined, maxCosine, signal)
    : 0;
}

/** Rows that stay when each is left out that lies too close to an enrolled one or to a row before it that stays. */
async function countFitting(
  rows: UnitRows,
  enrolled: UnitRows | undefined,
  maxCosine: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const kept: number[] = [];
  if (enrolled !== undefined) {
    for await (const { from, cosine } of nearestRows(rows, enrolled, { signal })) {
      for (let i = 0; i < cosine.length; i++) if (cosine[i]! <= maxCosine) kept.push(from + i);
    }
  }
  const all = enrolled === undefined || kept.length === rows.count;
  const part = all ? rows : rowsOf(rows, kept);
  if (part.count < 2) return part.count;
  const { dead } = await measureSeparability(part, { thresholds: [maxCosine], histogram: false, signal });
  return dead.reduce((sum, mask) => sum + (mask === 0 ? 1 : 0), 0);
}

/** Some of the rows. */
function rowsOf({ name, width, stored }: UnitRows, numbers: readonly number[]): UnitRows {
  const vector = (row: number) => stored(numbers[row]!, numbers[row]! + 1);
  return unitRows({ name, count: numbers.length, width, vector });
}
