import assert from "node:assert/strict";
import { dot, fitMoments, principalComponents, truncateMoments } from "@/identity/mod.ts";
import { assertAllClose } from "../_assert_close.ts";
import oracle from "../fixtures/identity/components.json" with { type: "json" };
import fixture from "../fixtures/identity/moments.json" with { type: "json" };
import { covarianceOf } from "./_statistics.ts";

const D = 8;
const MOMENTS = fitMoments(Float32Array.from(fixture.rows.flat()), D, { ridge: 0 });
const CLOSE = { atol: 1e-10, rtol: 1e-10 };

/** V^T (V L)(V L)^T V: what a truncated Gaussian's rows vary by. */
function truncatedCovariance(components: number): Float64Array {
  const { directions, loadings } = truncateMoments(MOMENTS, components);
  const mapped = new Float64Array(D * D); // V^T V L
  for (let c = 0; c < components; c++) {
    for (let i = 0; i < D; i++) {
      for (let j = 0; j < D; j++) mapped[i * D + j]! += directions[c * D + i]! * loadings[c * D + j]!;
    }
  }
  return covarianceOf(mapped, D);
}

Deno.test("principalComponents() equals numpy's eigenvalues and gives orthonormal directions", () => {
  const { variances, directions } = principalComponents(MOMENTS);
  assertAllClose({ data: variances }, { data: Float64Array.from(oracle.variances) }, CLOSE);
  const row = (c: number) => directions.subarray(c * D, (c + 1) * D);
  for (let a = 0; a < D; a++) {
    for (let b = 0; b <= a; b++) {
      assert.ok(Math.abs(dot(row(a), row(b)) - (a === b ? 1 : 0)) < 1e-12, `${a} and ${b}`);
    }
  }
});

for (const { components, covariance, directions, explained } of oracle.cut) {
  Deno.test(`truncateMoments() to ${components} of 8 equals scikit-learn's PCA and back`, () => {
    const cut = truncateMoments(MOMENTS, components);
    assertAllClose({ data: cut.directions }, { data: Float64Array.from(directions.flat()) }, CLOSE);
    assertAllClose({ data: truncatedCovariance(components) }, { data: Float64Array.from(covariance.flat()) }, CLOSE);
    assert.ok(Math.abs(cut.explained - explained) < 1e-12);
  });
}

Deno.test("truncateMoments() refuses more components than columns", () => {
  for (const bad of [0, 9, 1.5, NaN]) {
    assert.throws(() => truncateMoments(MOMENTS, bad), {
      name: "RangeError",
      message: /expected a whole number from 1 to its width, 8/,
    });
  }
});
