import assert from "node:assert/strict";
import { centredCosineAccuracy, combineViews, consecutivePairs } from "@/evaluation/mod.ts";
import { assertAllClose } from "../_assert_close.ts";
import { near } from "./_fixture.ts";
import { mirrored, plain, protocol } from "./_protocol.ts";

for (const fusion of ["none", "sum"] as const) {
  Deno.test(`centredCosineAccuracy() equals the published --cosine with flip ${fusion}`, () => {
    const { width, same, fusions } = protocol, expected = fusions[fusion].cosine!;
    const features = combineViews(plain, mirrored, width, fusion);
    const found = centredCosineAccuracy(features, width, { ...consecutivePairs(same.length), same });
    assertAllClose({ data: found.folds }, { data: expected.folds }, { atol: 1e-9, rtol: 0 });
    assertAllClose({ data: found.thresholds }, { data: expected.thresholds }, { atol: 1e-9, rtol: 0 });
    assert.ok(near(found.mean, expected.mean) && near(found.sd, expected.sd), `${found.mean} +- ${found.sd}`);
  });
}

Deno.test("centredCosineAccuracy() refuses what has no angle or no folds", () => {
  const pairs = { first: [0, 0, 1, 2], second: [1, 2, 2, 1], same: [1, 0, 0, 1] };
  assert.throws(() => centredCosineAccuracy([1, 0, 1, 0, 1, 0], 2, pairs, { folds: 2 }), {
    name: "RangeError",
    message: /row 0 is the mean of the other folds and has no angle/,
  });
  assert.throws(() => centredCosineAccuracy([1, 0, 0, 1, 0, 0], 2, pairs, { folds: 2 }), {
    message: /norm of row 2 is 0/,
  });
  assert.throws(() => centredCosineAccuracy([1, 0, 0, 1, 1, 1], 2, pairs), { message: /4 pairs.*10 folds/ });
  const same = [1, 1, 1, 1];
  assert.throws(() => centredCosineAccuracy([1, 0, 0, 1, 1, 1], 2, { ...pairs, same }, { folds: 2 }), {
    message: /all 4 pairs are of one person/,
  });
});
