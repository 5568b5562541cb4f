import assert from "node:assert/strict";
import { mirrorTensor } from "@/images/mod.ts";

Deno.test("mirrorTensor() turns every row of every plane around and leaves its input alone", () => {
  const images = Float32Array.from({ length: 2 * 3 * 3 * 3 }, (_, i) => i);
  const out = mirrorTensor(images, 3);
  out.forEach((value, i) => assert.equal(value, i - 2 * (i % 3) + 2));
  assert.deepEqual(mirrorTensor(out, 3), images);
});

Deno.test("mirrorTensor() refuses a part of an image", () => {
  assert.throws(() => mirrorTensor(new Float32Array(10), 3), { name: "TypeError", message: /10 values/ });
});
