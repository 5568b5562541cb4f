/** Separability by going through all pairs in float64, straight from the definitions. */
import { cosine } from "@/identity/mod.ts";

/** What the oracle counts. */
export interface OracleResult {
  readonly above: Uint8Array;
  readonly dead: Uint8Array;
  readonly nearest: Int32Array;
  readonly nearestCosine: Float64Array;
  /** Pairs by cosine rounded to hundredths. */
  readonly histogram: Float64Array;
}

/** Compares all pairs. */
export function bruteForce(data: Float32Array, width: number, thresholds: readonly number[]): OracleResult {
  const rows = data.length / width;
  const above = new Uint8Array(rows), dead = new Uint8Array(rows);
  const nearest = new Int32Array(rows).fill(-1), nearestCosine = new Float64Array(rows).fill(-2);
  const histogram = new Float64Array(201);
  const row = (i: number) => data.subarray(i * width, (i + 1) * width);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < j; i++) {
      const c = cosine(row(i), row(j));
      histogram[Math.round(c * 100) + 100]! += 1;
      thresholds.forEach((t, k) => {
        if (!(c > t)) return;
        above[j]! |= 1 << k;
        if ((dead[i]! & 1 << k) === 0) dead[j]! |= 1 << k;
      });
      for (const [a, b] of [[i, j], [j, i]] as const) {
        if (c > nearestCosine[a]! + 1e-14) [nearest[a], nearestCosine[a]] = [b, c];
      }
    }
  }
  return { above, dead, nearest, nearestCosine, histogram };
}
