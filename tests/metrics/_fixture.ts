/** The data sets of make_metrics.py. */
import { arrayVectors } from "@/identity/mod.ts";
import type { IdentityRows } from "@/metrics/mod.ts";
import type { RowSource } from "@/similarity/mod.ts";
import { unitRows } from "@/similarity/mod.ts";
import fixture from "../fixtures/metrics/metrics.json" with { type: "json" };

export { fixture };

/** Values as rows by identity. */
export function setOf(values: readonly number[], width: number, sizes: readonly number[], name = "set"): IdentityRows {
  const starts = Int32Array.from([0, ...sizes]);
  for (let c = 1; c < starts.length; c++) starts[c]! += starts[c - 1]!;
  return { rows: arrayVectors(Float32Array.from(values), width, name), starts, nameOf: String };
}

/** The data set. */
export const SET: IdentityRows = setOf(fixture.features, fixture.width, fixture.sizes);
/** The reference. */
export const REAL: IdentityRows = setOf(fixture.real.features, fixture.width, fixture.real.sizes, "real");
/** Centres of the data set as the fixture has them. */
export const CENTRES = unitRows(arrayVectors(Float32Array.from(fixture.centres), fixture.width, "centres"));

/** A source that notes what is asked of it, and has no other way to be read. */
export function watched(source: RowSource): { rows: RowSource; asked: [from: number, to: number][] } {
  const asked: [number, number][] = [];
  const rows = (from: number, to: number) => {
    asked.push([from, to]);
    const out = new Float32Array((to - from) * source.width);
    for (let row = from; row < to; row++) out.set(source.vector(row), (row - from) * source.width);
    return out;
  };
  const { name, count, width } = source;
  return { rows: { name, count, width, rows, vector: (row) => rows(row, row + 1) }, asked };
}

/** Fixture numbers, null for NaN. */
export function numbers(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (value) => value ?? NaN);
}
