import { estimatorInput } from "@/attributes/mod.ts";
import * as op from "@/onnx/mod.ts";
import assert from "node:assert/strict";
import { assertAllClose } from "../_assert_close.ts";
import { referenceFixture } from "./_fixtures.ts";

Deno.test("estimatorInput() resizes as torch's bilinear interpolation with antialias", async () => {
  const { image, results } = referenceFixture().resize;
  const x = op.constant(Float32Array.from(image), [1, 3, 7, 5]);
  for (const { size, values } of results) {
    const found = await op.compute(estimatorInput(x, { size }));
    assertAllClose(
      found,
      { data: Float32Array.from(values), shape: [1, 3, ...size] },
      { atol: 2e-6, rtol: 1e-5 },
      `${size}`,
    );
  }
});

Deno.test("estimatorInput() crops, swaps channels and scales", async () => {
  // Channels are constants 0.1, 0.2, 0.3 but for one pixel.
  const data = Float32Array.from({ length: 3 * 9 }, (_, i) => 0.1 * (1 + Math.floor(i / 9)));
  data[4] = 1; // red, row 1, column 1
  const x = op.constant(data, [1, 3, 3, 3]);
  const prepared = estimatorInput(x, {
    crop: { top: 1, left: 1, height: 1, width: 2 },
    channels: "bgr",
    range: [0, 255],
    mean: [10, 20, 30],
    std: [1, 2, 5],
  });
  const of = (value: number, mean: number, std: number) => Math.fround(((value + 1) * 127.5 - mean) / std);
  const expected = [of(0.3, 10, 1), of(0.3, 10, 1), of(0.2, 20, 2), of(0.2, 20, 2), of(1, 30, 5), of(0.1, 30, 5)];
  assertAllClose(await op.compute(prepared), { data: Float32Array.from(expected), shape: [1, 3, 1, 2] }, {
    atol: 1e-4,
    rtol: 1e-5,
  });
});

Deno.test("estimatorInput() gives the image itself when nothing is asked", () => {
  const x = op.input("x", "float32", ["N", 3, 8, 8]);
  assert.equal(op.sortNodes([estimatorInput(x)]).filter((node) => node.op !== "Transpose").length, 0);
});

Deno.test("estimatorInput() throws when the preparation cannot work", () => {
  const x = op.input("x", "float32", ["N", 3, 8, 8]);
  assert.throws(
    () => estimatorInput(x, { crop: { top: 4, left: 0, height: 5, width: 8 } }),
    (e) => e instanceof RangeError && e.message.includes("8x8 to 8x5"),
  );
  assert.throws(() => estimatorInput(x, { size: 0 }), (e) => e instanceof RangeError && e.message.includes("0 pixels"));
  assert.throws(() => estimatorInput(x, { range: [1, 1] }), RangeError);
  assert.throws(() => estimatorInput(x, { std: [1, 0, 1] }), RangeError);
  assert.throws(() => estimatorInput(op.input("x", "float32", ["N", 1, 8, 8])), TypeError);
});
