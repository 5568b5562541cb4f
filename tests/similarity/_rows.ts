/** Rows for tests, and pairs found by going through all of them in float64. */
import { arrayVectors, cosine } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { type UnitRows, unitRows } from "@/similarity/mod.ts";

/** Normal rows of very different norms. */
export function normalRows(count: number, width: number, seed = 1): Float32Array {
  const data = new RandomStream(seed, "identity").fillNormal(new Float32Array(count * width));
  for (let i = 0; i < count; i++) {
    const scale = 10 ** (i % 7 - 3);
    for (let at = i * width; at < (i + 1) * width; at++) data[at] = data[at]! * scale;
  }
  return data;
}

/** Turns row `j` so that its cosine to row `i` is `t` up to float32 rounding. */
export function plant(data: Float32Array, width: number, i: number, j: number, t: number): void {
  const x = Float64Array.from(data.subarray(i * width, (i + 1) * width));
  const y = Float64Array.from(data.subarray(j * width, (j + 1) * width));
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, k) => sum + v * b[k]!, 0);
  const scale = (a: Float64Array, by: number) => a.forEach((v, k) => a[k] = v * by);
  scale(x, 1 / Math.sqrt(dot(x, x)));
  const along = dot(x, y);
  y.forEach((v, k) => y[k] = v - along * x[k]!);
  scale(y, 1 / Math.sqrt(dot(y, y)));
  for (let k = 0; k < width; k++) data[j * width + k] = 3 * (t * x[k]! + Math.sqrt(1 - t * t) * y[k]!);
}

/** The rows as a set. */
export function asSet(data: Float32Array, width: number, name = "rows"): UnitRows {
  return unitRows(arrayVectors(data, width, name));
}

/** Cosine of every pair in float64 [N, M]. */
export function allCosines(a: Float32Array, b: Float32Array, width: number): Float64Array {
  const n = a.length / width, m = b.length / width;
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      out[i * m + j] = cosine(a.subarray(i * width, (i + 1) * width), b.subarray(j * width, (j + 1) * width));
    }
  }
  return out;
}
