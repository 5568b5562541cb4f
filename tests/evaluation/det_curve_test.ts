import assert from "node:assert/strict";
import { detCurve, rocCurve, ScoreTally } from "@/evaluation/mod.ts";
import { assertAllClose } from "../_assert_close.ts";
import { scoreCases } from "./_scores.ts";

const EXACT = { atol: 1e-9, rtol: 0 };

for (const { name, expected: { det }, genuine, impostor } of scoreCases) {
  Deno.test(`detCurve() agrees with scikit-learn's det_curve and scipy's normal deviates: ${name}`, () => {
    const curve = detCurve(rocCurve(genuine, impostor));
    assert.equal(curve.thresholds.length, det.count);
    for (const key of ["thresholds", "fmr", "fnmr", "x", "y"] as const) {
      const some = Array.from(det[key], (_, i) => curve[key][i * det.every]!);
      assertAllClose({ data: some }, { data: det[key] }, EXACT, key);
    }
  });
}

Deno.test("detCurve() takes a tally's curve, and is empty for scores that are apart", () => {
  const tally = new ScoreTally([0.4, 0.9]);
  tally.add([0.1, 0.5]);
  const { fmr, fnmr } = detCurve(tally.curve());
  assert.deepEqual([[...fmr], [...fnmr]], [[0.5], [0.5]]);
  assert.equal(detCurve(rocCurve([2, 3], [0, 1])).x.length, 0);
});
