/** Where packing starts: unit rows, their norms, and a first small move. */
import { RandomStream } from "@/random/mod.ts";
import { norm } from "./norm.ts";
import { applyNorms, type Norms } from "./norms.ts";
import { checkVector, type VectorSource } from "./vectors.ts";

/** Radians of the first small move: without it equal rows would stay together, as their gradients are the same. */
const JITTER = 1e-4;

/** Unit rows [N, D] of a source, rounded to float32; their norms go into `lengths` [N]. */
export function readUnit(
  source: VectorSource,
  lengths: Float64Array = new Float64Array(source.count),
): Float32Array<ArrayBuffer> {
  const { count, width } = source;
  const rows = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    const vector = source.vector(i);
    checkVector(vector, i, source.name, width);
    const length = lengths[i] = norm(vector);
    for (let c = 0; c < width; c++) rows[i * width + c] = vector[c]! / length;
  }
  return rows;
}

/** Replaces natural norms by those of a distribution. */
export function finalNorms(lengths: Float64Array, norms: Norms, seed: number | bigint): void {
  if (norms.kind === "natural") return;
  for (let row = 0; row < lengths.length; row++) {
    lengths[row] = applyNorms(Float32Array.of(1), norms, { seed, row })[0]!;
  }
}

/** Moves each row by about {@link JITTER} radians, by the stream (seed, "packing", row). */
export function jitter(rows: Float32Array, width: number, seed: number | bigint): void {
  const step = JITTER / Math.sqrt(width);
  for (let row = 0, from = 0; from < rows.length; row++, from += width) {
    const stream = new RandomStream(seed, "packing", row);
    const own = rows.subarray(from, from + width);
    for (let c = 0; c < width; c++) own[c]! += step * stream.normal();
    const length = norm(own);
    for (let c = 0; c < width; c++) own[c]! /= length;
  }
}
