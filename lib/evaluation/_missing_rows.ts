/** Rows of features that stand for images that could not be read. */

/** Numbers of rows that are NaN as a whole; refuses rows that are partly finite, and matrices without any feature. */
export function missingRows(
  features: ArrayLike<number>,
  width: number,
  rows: number,
  action: string,
): number[] {
  const found: number[] = [];
  for (let r = 0; r < rows; r++) {
    let numbers = 0, finite = 0;
    for (let c = r * width; c < (r + 1) * width; c++) {
      if (!Number.isNaN(features[c]!)) numbers++;
      if (Number.isFinite(features[c]!)) finite++;
    }
    if (numbers === 0) found.push(r);
    else if (finite < width) {
      throw new RangeError(`Cannot ${action}: the feature of image ${r} has values that are not finite`);
    }
  }
  if (found.length === rows) throw new RangeError(`Cannot ${action}: none of ${rows} images has a feature`);
  return found;
}
