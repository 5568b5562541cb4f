import { type Affine, ARC_TEMPLATE, type Point, similarityTransform } from "@/images/mod.ts";
import assert from "node:assert/strict";
import { table } from "./_picture.ts";

function assertMatrix(
  actual: Affine,
  expected: readonly number[],
  limit = 1e-9,
): void {
  actual.forEach((value, i) =>
    assert.ok(
      Math.abs(value - expected[i]!) < limit,
      `[${actual}], expected [${expected}]`,
    )
  );
}

Deno.test("similarityTransform() equals Umeyama's decomposition on noisy, sheared and mirrored faces", () => {
  assert.equal(table.fits.length, 6);
  for (const fit of table.fits) {
    assertMatrix(
      similarityTransform(fit.from as unknown as Point[], ARC_TEMPLATE),
      fit.matrix,
    );
  }
});

Deno.test("similarityTransform() finds a known transform exactly", () => {
  const [c, s] = [0.6 * 1.7, 0.8 * 1.7];
  const to = ARC_TEMPLATE.map((
    [x, y],
  ): Point => [c * x - s * y + 4, s * x + c * y - 9]);
  assertMatrix(
    similarityTransform(ARC_TEMPLATE, to),
    [c, -s, 4, s, c, -9],
    1e-11,
  );
});

Deno.test("similarityTransform() throws RangeError when points coincide", () => {
  const same: Point[] = [[3, 3], [3, 3], [3, 3]];
  for (
    const [from, to] of [[same, ARC_TEMPLATE.slice(0, 3)], [
      ARC_TEMPLATE.slice(0, 3),
      same,
    ], [[], []]]
  ) {
    assert.throws(
      () => similarityTransform(from!, to!),
      (e) => e instanceof RangeError && e.message.includes("coincide"),
    );
  }
});

Deno.test("similarityTransform() throws TypeError when counts differ or a coordinate is not finite", () => {
  assert.throws(
    () => similarityTransform(ARC_TEMPLATE, ARC_TEMPLATE.slice(1)),
    (e) => e instanceof TypeError && e.message.includes("5 points against 4"),
  );
  assert.throws(
    () => similarityTransform([[0, 0], [NaN, 1]], [[0, 0], [1, 1]]),
    (e) => e instanceof TypeError && e.message.includes("point 1 is (NaN,1)"),
  );
});
