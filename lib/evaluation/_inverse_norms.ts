/** Norms of feature rows, as what a row is multiplied by to become a unit row. */
import type { RowPairs } from "./cosine.ts";

/** One over the norm of each row that pairs name [N], 0 for other rows; refuses rows that are zero or not finite. */
export function inverseNorms(
  values: ArrayLike<number>,
  width: number,
  { first, second }: RowPairs,
  action: string,
): Float64Array {
  const rows = values.length / width, scale = new Float64Array(rows);
  for (const side of [first, second]) {
    for (let p = 0; p < side.length; p++) {
      const r = side[p]!;
      if (scale[r] !== 0) continue;
      let square = 0;
      for (let c = r * width; c < (r + 1) * width; c++) square += values[c]! * values[c]!;
      const length = Math.sqrt(square);
      if (!(length > 0 && length < Infinity)) {
        throw new RangeError(`Cannot ${action}: the norm of row ${r} is ${length}, expected finite, above 0`);
      }
      scale[r] = 1 / length;
    }
  }
  return scale;
}
