import assert from "node:assert/strict";
import { errorRatesFigure } from "@/plots/mod.ts";
import { normalQuantile } from "@/random/mod.ts";
import { problemsOf } from "../../lib/plots/_plotly.ts";

/** A recogniser whose scores are two bells `apart` deviations from each other, at rates from `least` to 1. */
function bells(name: string, apart: number, { least = 1e-5, points = 200 } = {}) {
  const fmr = Array.from({ length: points }, (_, i) => least ** (1 - i / (points - 1)));
  const tar = fmr.map((rate) => 1 - normalShare(-apart - normalQuantile(Math.min(rate, 1 - 1e-12))));
  return { name, fmr, tar };
}

/** Share of the normal distribution below x, by Simpson's rule: an oracle that shares nothing with the library. */
function normalShare(x: number): number {
  const n = 2000, low = -10, step = (Math.min(10, x) - low) / n;
  let sum = 0;
  for (let i = 0; i <= n; i++) {
    sum += (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-((low + i * step) ** 2) / 2);
  }
  return sum * step / 3 / Math.sqrt(2 * Math.PI);
}

Deno.test("errorRatesFigure() starts its axis at the decade of the least rate, and leaves out rates of 0", () => {
  const fmr = [0, 0.003, 0.1, 1], tar = [0.1, 0.5, 0.9, 1];
  const { data, layout } = errorRatesFigure([{ name: "a", fmr, tar }]);
  assert.deepEqual((layout.xaxis as { range: number[] }).range.map((x) => Math.round(1e6 * x) / 1e6), [-3, 0]);
  assert.deepEqual([data[0]!.x, data[0]!.y], [[0.003, 0.1, 1], [0.5, 0.9, 1]]);
});

Deno.test("errorRatesFigure() draws bells as a straight line of slope -1 on normal deviate axes", () => {
  const [line] = errorRatesFigure([bells("a", 3)], { kind: "det" }).data;
  const [x, y] = [line!.x as number[], line!.y as number[]];
  for (let i = 0; i < x.length; i++) assert.ok(Math.abs(x[i]! + y[i]! + 3) < 1e-3, `${x[i]}, ${y[i]}`);
});

Deno.test("errorRatesFigure() thins a curve of many points and keeps its end", () => {
  const curve = bells("a", 2, { points: 50_000 });
  const [line] = errorRatesFigure([curve]).data;
  assert.ok(line!.x!.length > 300 && line!.x!.length <= 601, String(line!.x!.length));
  assert.equal(line!.x!.at(-1), 1);
});

Deno.test("errorRatesFigure() draws a band where there is an interval, behind the lines", () => {
  const curve = bells("a", 3),
    low = curve.tar.map((tar) => tar - 0.01),
    high = curve.tar.map((tar) => Math.min(1, tar + 0.01));
  const { data } = errorRatesFigure([{ ...curve, low, high }, bells("b", 2)]);
  assert.deepEqual(data.map(({ fill }) => fill), ["toself", undefined, undefined]);
  assert.equal(data[0]!.x!.length, 2 * data[1]!.x!.length);
});

Deno.test("errorRatesFigure() refuses curves that are none", () => {
  const refused = (fmr: number[], tar: number[], message: RegExp) =>
    assert.throws(() => errorRatesFigure([{ name: "odd", fmr, tar }]), { message });
  assert.throws(() => errorRatesFigure([]), { name: "RangeError", message: /there is no curve/ });
  refused([0.1], [0.1, 0.2], /rates of odd: 1 and 2 values/);
  refused([0.1, 1], [0.1, NaN], /point 1 is \(1, NaN\)/);
  refused([0.5, 0.1], [0.1, 0.2], /point 1 is \(0.1, 0.2\), expected rates in 0..1, ascending/);
  refused([0], [0.5], /none lies between/);
});

Deno.test("errorRatesFigure() uses only attributes that plotly knows", async () => {
  const curve = bells("a", 3), low = curve.tar.map((tar) => 0.99 * tar);
  for (const kind of ["roc", "det"] as const) {
    assert.deepEqual(await problemsOf(errorRatesFigure([{ ...curve, low, high: curve.tar }], { kind })), []);
  }
});
