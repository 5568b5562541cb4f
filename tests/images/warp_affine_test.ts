import { type Affine, alignFace, ARC_TEMPLATE, filled, type Point, warpAffine } from "@/images/mod.ts";
import assert from "node:assert/strict";
import { assertClose, picture, table, unpack } from "./_picture.ts";

table.warps.forEach((expected, i) => {
  Deno.test(`warpAffine() equals SciPy's bilinear sampling for transform ${i}`, () => {
    const warped = warpAffine(
      picture,
      expected.matrix as unknown as Affine,
      19,
      14,
      { background: [10, 20, 30] },
    );
    assertClose(warped, unpack(expected), 1);
  });
});

Deno.test("warpAffine() gives the image back under the identity and the border outside", () => {
  assert.deepEqual(warpAffine(picture, [1, 0, 0, 0, 1, 0], 23, 17), picture);
  assert.deepEqual(
    warpAffine(picture, [1, 0, 500, 0, 1, 0], 23, 17, {
      background: [1, 2, 3],
    }),
    filled(23, 17, [1, 2, 3]),
  );
});

Deno.test("warpAffine() throws RangeError when the matrix is singular or a size is wrong", () => {
  assert.throws(
    () => warpAffine(picture, [1, 2, 0, 2, 4, 0], 5, 5),
    (e) => e instanceof RangeError && e.message.includes("cannot be inverted"),
  );
  assert.throws(
    () => warpAffine(picture, [1, 0, NaN, 0, 1, 0], 5, 5),
    (e) => e instanceof RangeError && e.message.includes("cannot be inverted"),
  );
  assert.throws(
    () => warpAffine(picture, [1, 0, 0, 0, 1, 0], 0, 5),
    (e) => e instanceof RangeError && e.message.includes("0x5"),
  );
});

Deno.test("alignFace() brings landmarks of a turned, enlarged photograph to the template", () => {
  // A photograph with a white dot at each landmark.
  const photo = filled(400, 400);
  const landmarks = ARC_TEMPLATE.map((
    [x, y],
  ): Point => [320 - 2 * y, 30 + 2 * x]);
  for (const [x, y] of landmarks) {
    for (let dy = -3; dy <= 3; dy++) {
      for (let dx = -3; dx <= 3; dx++) {
        const at = 3 * ((Math.round(y) + dy) * 400 + Math.round(x) + dx);
        photo.data.fill(255, at, at + 3);
      }
    }
  }
  const face = alignFace(photo, landmarks);
  assert.deepEqual([face.width, face.height], [112, 112]);
  for (const [x, y] of ARC_TEMPLATE) {
    assert.equal(
      face.data[3 * (Math.round(y) * 112 + Math.round(x))],
      255,
      `${x}, ${y}`,
    );
  }
  assert.equal(face.data[3 * (20 * 112 + 20)], 0);
});

Deno.test("alignFace() throws TypeError when there are not five landmarks", () => {
  assert.throws(
    () => alignFace(picture, ARC_TEMPLATE.slice(0, 2)),
    (e) => e instanceof TypeError && e.message.includes("2 landmarks, expected 5"),
  );
});
