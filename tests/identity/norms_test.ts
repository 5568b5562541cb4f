import assert from "node:assert/strict";
import { applyNorms, arrayVectors, checkNorms, fitNorms, norm, normQuantile } from "@/identity/mod.ts";
import { normalRows } from "./_statistics.ts";

const source = arrayVectors(normalRows(500, 16), 16, "noise");

Deno.test("fitNorms() gives numpy.quantile's linear quantiles", () => {
  const lengths = arrayVectors(Float32Array.of(4, 1, 3, 2), 1, "four");
  assert.deepEqual(fitNorms(lengths, { points: 5 }), { kind: "quantiles", values: [1, 1.75, 2.5, 3.25, 4] });
  assert.deepEqual(fitNorms(lengths, { points: 2, rows: 2 }), { kind: "quantiles", values: [1, 4] });
  assert.deepEqual(fitNorms(arrayVectors(Float32Array.of(3, 4), 2, "one"), { points: 2 }), {
    kind: "quantiles",
    values: [5, 5],
  });
});

Deno.test("applyNorms() reproduces the fitted distribution within 5 standard errors of each quantile's share", () => {
  const norms = fitNorms(source);
  const count = 2000;
  const drawn = Array.from(
    { length: count },
    (_, row) => norm(applyNorms(Float32Array.of(3, 4), norms, { seed: 5, row })),
  );
  for (const share of [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99]) {
    const quantile = normQuantile(norms, share);
    const below = drawn.filter((value) => value < quantile).length / count;
    assert.ok(Math.abs(below - share) < 5 * Math.sqrt(share * (1 - share) / count), `${below} lie below the ${share}`);
  }
  assert.ok(Math.min(...drawn) >= normQuantile(norms, 0) - 1e-6);
  assert.ok(Math.max(...drawn) <= normQuantile(norms, 1) + 1e-6);
});

Deno.test("applyNorms() keeps directions, meets a given norm, and leaves natural norms alone", () => {
  const vector = source.vector(3);
  const fixed = applyNorms(vector, { kind: "fixed", value: 21.5 }, { seed: 0, row: 0 });
  assert.ok(Math.abs(norm(fixed) / 21.5 - 1) < 1e-7);
  const scale = fixed[0]! / vector[0]!;
  fixed.forEach((value, i) => assert.ok(Math.abs(value / vector[i]! - scale) < 1e-6 * scale));
  assert.equal(applyNorms(vector, { kind: "natural" }, { seed: 0, row: 0 }), vector);
  const norms = fitNorms(source);
  const draw = (row: number, attempt?: number) =>
    norm(applyNorms(vector, norms, { seed: 1, row, ...(attempt === undefined ? {} : { attempt }) }));
  assert.equal(draw(4), draw(4, 0));
  assert.notEqual(draw(4), draw(5));
  assert.notEqual(draw(4), draw(4, 1));
});

Deno.test("norms refuse what is no distribution of norms", () => {
  const refused: [unknown, string, RegExp][] = [
    [undefined, "TypeError", /expected kind natural/],
    [{ kind: "gamma" }, "TypeError", /gamma.*expected kind/],
    [{ kind: "fixed", value: 0 }, "RangeError", /norm is 0/],
    [{ kind: "fixed", value: "20" }, "RangeError", /norm is 20/],
    [{ kind: "quantiles", values: [1] }, "RangeError", /1 values, expected at least two/],
    [{ kind: "quantiles", values: [2, 1] }, "RangeError", /ascending/],
    [{ kind: "quantiles", values: [-1, 1] }, "RangeError", /norm is -1/],
  ];
  for (const [value, name, message] of refused) assert.throws(() => checkNorms(value), { name, message });
  assert.throws(() => fitNorms(source, { points: 1 }), { name: "RangeError", message: /1 quantiles/ });
  assert.throws(() => fitNorms(source, { rows: 501 }), { name: "RangeError", message: /from 1 to 500/ });
  const hole = arrayVectors(Float32Array.of(1, 2, 0, 0), 2, "hole.npy");
  assert.throws(() => fitNorms(hole), { name: "RangeError", message: /row 1 of hole.npy has the norm 0/ });
  assert.throws(() => normQuantile({ kind: "natural" }, 0.5), { name: "TypeError", message: /fit them first/ });
  assert.throws(() => normQuantile({ kind: "fixed", value: 1 }, 1.1), { name: "RangeError" });
  assert.throws(() => applyNorms(new Float32Array(2), { kind: "fixed", value: 1 }, { seed: 0, row: 7 }), {
    name: "RangeError",
    message: /row 7: it is 0/,
  });
});
