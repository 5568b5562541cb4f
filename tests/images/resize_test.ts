import { filled, resize } from "@/images/mod.ts";
import assert from "node:assert/strict";
import { assertClose, picture, table, unpack } from "./_picture.ts";

for (const expected of table.resized) {
  Deno.test(`resize() equals Pillow's ${expected.filter} to one level at ${expected.width}x${expected.height}`, () => {
    const filter = expected.filter as "bilinear" | "bicubic" | "lanczos";
    assertClose(
      resize(picture, expected.width, expected.height, { filter }),
      unpack(expected),
      1,
    );
  });
}

Deno.test("resize() leaves an image of the same size as it is", () => {
  assert.deepEqual(resize(picture, 23, 17), picture);
  assert.deepEqual(resize(picture, 23, 17, { filter: "lanczos" }), picture);
});

Deno.test("resize() keeps a constant image constant", () => {
  assert.deepEqual(
    resize(filled(37, 11, [1, 128, 254]), 112, 112),
    filled(112, 112, [1, 128, 254]),
  );
});

Deno.test("resize() throws RangeError when a size is not an integer in 1..65535", () => {
  for (const size of [0, 2.5, 65536, NaN]) {
    assert.throws(
      () => resize(picture, 10, size),
      (e) => e instanceof RangeError && e.message.includes(`10x${size}`),
    );
  }
});
