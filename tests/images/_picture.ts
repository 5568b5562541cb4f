import type { Pixels } from "@/images/mod.ts";
import assert from "node:assert/strict";
import table from "../fixtures/images/images.json" with { type: "json" };

/** An image of the fixture file. */
export function unpack(
  packed: { width: number; height: number; data?: string },
): Pixels {
  return {
    width: packed.width,
    height: packed.height,
    data: Uint8Array.fromBase64(packed.data!),
  };
}

/** A smooth 23x17 image with edges and noise. */
export const picture: Pixels = unpack(table.picture);

/** Asserts that two images have the same size and no channel differs by more than `limit` levels. */
export function assertClose(
  actual: Pixels,
  expected: Pixels,
  limit: number,
  what = "",
): void {
  assert.deepEqual([actual.width, actual.height], [
    expected.width,
    expected.height,
  ], what);
  assert.equal(actual.data.length, expected.data.length, what);
  let worst = 0;
  actual.data.forEach((value, i) => worst = Math.max(worst, Math.abs(value - expected.data[i]!)));
  assert.ok(
    worst <= limit,
    `${what} differs by ${worst} levels, limit ${limit}`,
  );
}

export { table };
