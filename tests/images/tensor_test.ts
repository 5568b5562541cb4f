import { filled, fromTensor, toTensor } from "@/images/mod.ts";
import assert from "node:assert/strict";
import { picture } from "./_picture.ts";

Deno.test("toTensor() puts channels first and maps 0..255 to -1..1", () => {
  const image = {
    width: 2,
    height: 1,
    data: Uint8Array.of(0, 51, 255, 102, 153, 204),
  };
  const tensor = toTensor([filled(2, 1), image]);
  const expected = [0, 102, 51, 153, 255, 204].map((v) => Math.fround(v / 127.5 - 1));
  assert.deepEqual([...tensor.subarray(6)], expected);
  assert.ok(tensor.subarray(0, 6).every((v) => v === -1));
});

Deno.test("fromTensor() inverts toTensor() for every byte", () => {
  const image = filled(16, 16);
  image.data.forEach((_, i) => image.data[i] = i % 256);
  assert.deepEqual(fromTensor(toTensor([filled(16, 16), image]), 1, 16), image);
});

Deno.test("fromTensor() rounds to the nearest byte and clips", () => {
  const values = Float32Array.of(
    -1.5,
    7,
    NaN,
    0.0078,
    0.0117,
    -0.0001,
    1,
    -1,
    -1,
    Infinity,
    -Infinity,
    0,
  );
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => [...fromTensor(values, i, 1).data]),
    [[0, 255, 0], [128, 129, 127], [255, 0, 0], [255, 0, 128]],
  );
});

Deno.test("toTensor() writes into a given array and returns it", () => {
  const out = new Float32Array(picture.data.length);
  assert.equal(toTensor([picture], out), out);
  assert.notEqual(out[0], 0);
  assert.equal(toTensor([]).length, 0);
});

Deno.test("toTensor() throws TypeError when sizes differ", () => {
  assert.throws(
    () => toTensor([filled(2, 2), filled(2, 3)]),
    (e) =>
      e instanceof TypeError &&
      e.message.includes("image 1 is 2x3, image 0 is 2x2"),
  );
  assert.throws(
    () => toTensor([filled(2, 2)], new Float32Array(11)),
    (e) =>
      e instanceof TypeError &&
      e.message.includes("holds 11 values, expected 12"),
  );
});

Deno.test("fromTensor() throws when length, index or size do not fit", () => {
  const tensor = new Float32Array(2 * 3 * 4);
  assert.throws(
    () => fromTensor(tensor, 2, 2),
    (e) => e instanceof RangeError && e.message.includes("0..1"),
  );
  assert.throws(
    () => fromTensor(tensor, 0, 3),
    (e) => e instanceof TypeError && e.message.includes("multiple of 27"),
  );
  assert.throws(
    () => fromTensor(tensor, 0, 0),
    (e) => e instanceof RangeError && e.message.includes("size is 0"),
  );
});
