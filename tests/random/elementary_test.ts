import { cosTurn, exp, log, sinTurn } from "../../lib/random/_elementary.ts";
import assert from "node:assert/strict";

/** Asserts that two doubles differ by at most `units` units in the last place of the larger one. */
function assertUnits(actual: number, expected: number, units: number): void {
  const unit = 2 **
    (Math.floor(Math.log2(Math.max(Math.abs(expected), 2 ** -1000))) - 52);
  assert.ok(
    Math.abs(actual - expected) <= units * unit,
    `${actual} is not within ${units} units of ${expected}`,
  );
}

Deno.test("log() is within two units of Math.log when 1e-300 < x < 1e300", () => {
  for (let e = -300; e <= 300; e += 0.37) {
    assertUnits(log(10 ** e), Math.log(10 ** e), 2);
  }
  for (let i = 1; i < 2000; i++) {
    assertUnits(log(i / 1000), Math.log(i / 1000), 2);
  }
  assert.equal(log(1), 0);
});

Deno.test("exp() is within two units of Math.exp when -700 < x < 700", () => {
  for (let x = -699.7; x < 700; x += 0.83) assertUnits(exp(x), Math.exp(x), 2);
  for (let x = -1; x < 1; x += 0.0013) assertUnits(exp(x), Math.exp(x), 2);
  assert.equal(exp(0), 1);
});

Deno.test("sinTurn() and cosTurn() lie on the unit circle and equal Math.sin and Math.cos to 1e-15", () => {
  for (let i = 0; i < 4096; i++) {
    const t = (i + 0.3) / 4096;
    const s = sinTurn(t), c = cosTurn(t);
    assert.ok(Math.abs(s * s + c * c - 1) < 4e-16);
    assert.ok(Math.abs(s - Math.sin(2 * Math.PI * t)) < 1.5e-15, `${t}`);
    assert.ok(Math.abs(c - Math.cos(2 * Math.PI * t)) < 1.5e-15, `${t}`);
  }
  assert.deepEqual([0, 0.25, 0.5, 0.75].map(sinTurn), [0, 1, -0, -1]);
  assert.deepEqual([0, 0.25, 0.5, 0.75].map(cosTurn), [1, -0, -1, 0]);
});
