/** Columns of the profiles of a set's images, in the order of its rows. */
import { type GroupedRows, PROFILE_COLUMNS } from "@/metrics/mod.ts";
import type { RowSource } from "@/similarity/mod.ts";
import type { MeasuredSet } from "./measured_set.ts";

/** Values of one column; NaN where nobody judged. */
export function* profileColumn({ profiles }: Pick<MeasuredSet, "profiles">, column: number): Generator<number> {
  const { count, width } = profiles;
  for (let from = 0; from < count; from += 4096) {
    const rows = profiles.rows!(from, Math.min(count, from + 4096));
    for (let at = column; at < rows.length; at += width) yield rows[at]!;
  }
}

/** Thumbnails of a set by identity, for `measureAppearance`. */
export function thumbnailRows({ profiles, set }: MeasuredSet): GroupedRows {
  return { ...set, rows: columnRows(profiles, PROFILE_COLUMNS.thumbnail, PROFILE_COLUMNS.width) };
}

/** Hashes of a set, for `repeatedImages`. */
export function hashRows({ profiles }: MeasuredSet): RowSource {
  return columnRows(profiles, PROFILE_COLUMNS.hash, PROFILE_COLUMNS.hash + 3);
}

/** Columns from..to of rows. */
function columnRows({ name, count, width, rows, vector }: RowSource, from: number, to: number): RowSource {
  return {
    ...{ name, count, width: to - from },
    vector: (row) => vector(row).slice(from, to),
    rows: (first, end) => {
      const all = rows!(first, end), out = new Float32Array((end - first) * (to - from));
      for (let i = 0; i < end - first; i++) out.set(all.subarray(i * width + from, i * width + to), i * (to - from));
      return out;
    },
  };
}
