import assert from "node:assert/strict";
import { fitLinearProbe, predict, probeScore } from "@/evaluation/mod.ts";
import { fixture, near } from "./_fixture.ts";

const { x, y, width, ridge, fitRows: rows, weights, bias, correlation, error } = fixture.probe;

Deno.test("fitLinearProbe() agrees with scikit-learn's Ridge, and probeScore() with numpy", () => {
  const probe = fitLinearProbe(x.slice(0, rows * width), width, y.slice(0, rows), ridge);
  probe.weights.forEach((w, c) => assert.ok(near(w, weights[c]!, 1e-10), `weight ${c}: ${w} for ${weights[c]}`));
  assert.ok(near(probe.bias, bias, 1e-10));
  const score = probeScore(predict(probe, x.slice(rows * width)), y.slice(rows));
  assert.ok(near(score.correlation, correlation) && near(score.error, error) && score.count === 20);
});

Deno.test("fitLinearProbe() does not depend on the scale of the features", () => {
  const plain = fitLinearProbe(x, width, y, 0.5), scaled = fitLinearProbe(x.map((v) => 8 * v), width, y, 0.5);
  plain.weights.forEach((w, c) => assert.ok(near(w, 8 * scaled.weights[c]!)));
});

Deno.test("fitLinearProbe() copes with fewer rows than columns by its ridge and refuses without", () => {
  const few = [1, 5, 5, 3, 5, 5]; // two columns do not vary
  assert.ok(fitLinearProbe(few, 3, [1, 2], 0.1).weights.every(Number.isFinite));
  assert.throws(() => fitLinearProbe(few, 3, [1, 2], 0), { name: "RangeError", message: /not positive definite/ });
});

Deno.test("fitLinearProbe() refuses rows that do not fit, do not vary or are not finite", () => {
  assert.throws(() => fitLinearProbe([1, 2, 3], 1, [1, 2]), { name: "TypeError", message: /3 rows.*2 targets/ });
  assert.throws(() => fitLinearProbe([1, 1], 1, [1, 2]), { name: "RangeError", message: /add up to 0/ });
  assert.throws(() => fitLinearProbe([1, 2], 1, [1, NaN]), { name: "RangeError", message: /finite/ });
  assert.throws(() => fitLinearProbe([1], 1, [1]), { name: "RangeError", message: /1 rows/ });
  assert.throws(() => probeScore([1], [1, 2]), { name: "TypeError", message: /1 predictions for 2/ });
});
