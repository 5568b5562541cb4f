import assert from "node:assert/strict";
import { arrayVectors, gatherVectors, varyDimension } from "@/identity/mod.ts";

Deno.test("gatherVectors() reads all rows when none are named", () => {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6);
  assert.deepEqual(gatherVectors(arrayVectors(data, 3, "two")), data);
});

Deno.test("gatherVectors() throws when the source has no such row", () => {
  const source = arrayVectors(Float32Array.of(1, 2, 3, 4), 2, "two");
  assert.throws(() => gatherVectors(source, [0, 2]), { name: "RangeError", message: /two/ });
});

Deno.test("varyDimension() leaves the vector and its other dimensions alone", () => {
  const vector = Float32Array.of(1, 2, 3);
  assert.deepEqual([...varyDimension(vector, 2, [-9, 9])], [1, 2, -9, 1, 2, 9]);
  assert.deepEqual([...vector], [1, 2, 3]);
});

Deno.test("varyDimension() throws when there is no such dimension or a value is not finite", () => {
  for (const dimension of [-1, 3, 0.5]) {
    assert.throws(() => varyDimension(new Float32Array(3), dimension, [0]), { name: "RangeError", message: /0 to 2/ });
  }
  assert.throws(() => varyDimension(new Float32Array(3), 0, [0, NaN]), {
    name: "RangeError",
    message: /value 1 is NaN/,
  });
});
