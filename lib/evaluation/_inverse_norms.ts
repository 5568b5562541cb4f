/** Norms of feature rows, as what a row is multiplied by to become a unit row. */

/** One over the norm of each row [N]; refuses rows that are zero or not finite. */
export function inverseNorms(values: ArrayLike<number>, width: number, rows: number, action: string): Float64Array {
  const scale = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    let square = 0;
    for (let c = r * width; c < (r + 1) * width; c++) square += values[c]! * values[c]!;
    const length = Math.sqrt(square);
    if (!(length > 0 && length < Infinity)) {
      throw new RangeError(`Cannot ${action}: the norm of row ${r} is ${length}, expected finite, above 0`);
    }
    scale[r] = 1 / length;
  }
  return scale;
}
