import assert from "node:assert/strict";
import { cosine, dot, norm } from "@/identity/mod.ts";

Deno.test("norm() adds up in float64", () => {
  const values = new Float32Array(1_000_000).fill(0.1);
  assert.ok(Math.abs(norm(values) - Math.fround(0.1) * 1000) < 1e-9);
});

Deno.test("dot() refuses vectors of different widths", () => {
  assert.equal(dot([1, 2, 3], [4, 5, 6]), 32);
  assert.throws(() => dot([1], [1, 2]), {
    name: "TypeError",
    message: /widths 1 and 2 differ/,
  });
});

Deno.test("cosine() does not depend on the norms", () => {
  assert.ok(Math.abs(cosine([1, 1], [0, 7]) - Math.SQRT1_2) < 1e-15);
  assert.equal(cosine([1, 0], [-3, 0]), -1);
  assert.ok(Number.isNaN(cosine([0, 0], [1, 0])));
});
