import { assertPixels, filled, type Pixels } from "@/images/mod.ts";
import assert from "node:assert/strict";

Deno.test("filled() makes an image of one colour", () => {
  const image = filled(3, 2, [1, 2, 3]);
  assert.deepEqual([image.width, image.height, image.data.length], [3, 2, 18]);
  assert.deepEqual([...image.data.subarray(15)], [1, 2, 3]);
  assert.throws(
    () => filled(0, 2),
    (e) => e instanceof TypeError && e.message.includes("image size is 0x2"),
  );
});

Deno.test("assertPixels() throws TypeError when size or bytes are wrong", () => {
  const cases: [Pixels, string][] = [
    [{ width: 2, height: 1.5, data: new Uint8Array(9) }, "2x1.5"],
    [{ width: -2, height: -2, data: new Uint8Array(12) }, "-2x-2"],
    [
      { width: 2, height: 2, data: new Uint8Array(16) },
      "has 12 bytes in a Uint8Array, found 16",
    ],
    [
      { width: 1, height: 1, data: [1, 2, 3] as unknown as Uint8Array },
      "Uint8Array",
    ],
  ];
  for (const [image, part] of cases) {
    assert.throws(
      () => assertPixels(image, "look"),
      (e) =>
        e instanceof TypeError && e.message.startsWith("Cannot look") &&
        e.message.includes(part),
    );
  }
  assertPixels(filled(1, 1), "look");
});
