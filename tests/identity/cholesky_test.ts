import assert from "node:assert/strict";
import { cholesky } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";

/** A A^T for a random A [D, D]. */
function positiveDefinite(width: number): Float64Array {
  const stream = new RandomStream(6, "identity");
  const a = Float64Array.from({ length: width * width }, () => stream.normal());
  const out = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      for (let k = 0; k < width; k++) {
        out[i * width + j]! += a[i * width + k]! * a[j * width + k]!;
      }
    }
  }
  return out;
}

Deno.test("cholesky() gives a lower triangle whose square is the matrix", () => {
  for (const width of [1, 2, 7, 40]) {
    const matrix = positiveDefinite(width);
    const factor = cholesky(matrix, width);
    for (let i = 0; i < width; i++) {
      assert.ok(factor[i * width + i]! > 0);
      for (let j = 0; j < width; j++) {
        let sum = 0;
        for (let k = 0; k < width; k++) {
          sum += factor[i * width + k]! * factor[j * width + k]!;
        }
        assert.ok(
          Math.abs(sum - matrix[i * width + j]!) < 1e-10 * width,
          `${i},${j}`,
        );
        if (j > i) assert.equal(factor[i * width + j], 0);
      }
    }
  }
});

Deno.test("cholesky() reads the lower triangle only", () => {
  assert.deepEqual(cholesky(Float64Array.of(4, NaN, 2, 10), 2), Float64Array.of(2, 0, 1, 3));
});

Deno.test("cholesky() refuses matrices that are not positive definite or not square", () => {
  assert.throws(() => cholesky(Float64Array.of(1, 2, 2, 1), 2), {
    name: "RangeError",
    message: /not positive definite \(pivot 1 is not above 0\); add to its diagonal/,
  });
  for (const bad of [NaN, Infinity]) {
    assert.throws(() => cholesky(Float64Array.of(1, 0, 0, bad), 2), {
      name: "RangeError",
      message: new RegExp(`value 1, 1 is ${bad}`),
    });
  }
  assert.throws(() => cholesky(new Float64Array(6), 2), {
    name: "TypeError",
    message: /6 values, expected 2 x 2/,
  });
});
