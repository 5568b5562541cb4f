import assert from "node:assert/strict";
import { arrayVectors } from "@/identity/mod.ts";
import { measureLeakage } from "@/metrics/mod.ts";
import { unitRows } from "@/similarity/mod.ts";
import { withDir } from "../datasets/_paths.ts";
import { fixture, REAL, SET } from "./_fixture.ts";

const { thresholds, rowsAbove, pairsAbove, nearest, cosines } = fixture.leakage;
const [rows, reference] = [unitRows(SET.rows), unitRows(REAL.rows)];

Deno.test("measureLeakage() equals scikit-learn's matrix of cosines", async () => {
  const index: number[] = [], found: number[] = [];
  const leakage = await measureLeakage(rows, reference, {
    thresholds,
    listed: 5,
    onNearest: (from, at, cosine) => {
      assert.equal(from, index.length);
      index.push(...at);
      found.push(...cosine);
    },
  });
  assert.deepEqual([leakage.rowsAbove, leakage.pairsAbove], [rowsAbove, pairsAbove]);
  assert.deepEqual(index, nearest);
  found.forEach((cosine, i) => assert.ok(Math.abs(cosine - cosines[i]!) < 1e-12));
  const worst = cosines.map((cosine, row) => ({ cosine, row })).sort((a, b) => b.cosine - a.cosine).slice(0, 5);
  assert.deepEqual(leakage.closest.map(({ row }) => row), worst.map(({ row }) => row));
  assert.deepEqual([leakage.closest[0]!.row, leakage.closest[0]!.reference], [30, 3]); // the image that leaked
  assert.ok(leakage.closest[0]!.cosine > 0.999999);
  assert.ok(Math.abs(leakage.nearest.mean - cosines.reduce((a, b) => a + b) / cosines.length) < 1e-12);
});

Deno.test("measureLeakage() takes up a complete state and refuses another's", () =>
  withDir(async (dir) => {
    const state = { path: `${dir}/state.npz`, input: "a" };
    const first = await measureLeakage(rows, reference, { thresholds, state });
    const again = await measureLeakage(rows, reference, {
      ...{ thresholds, state },
      onNearest: () => assert.fail("nothing is left to do"),
    });
    assert.deepEqual({ ...again, nearest: 0 }, { ...first, nearest: 0 });
    assert.deepEqual(again.nearest.state(), first.nearest.state());
    await assert.rejects(measureLeakage(rows, reference, { thresholds: [0.1], state }), {
      name: "RangeError",
      message: /it belongs to/,
    });
    const anew = await measureLeakage(rows, reference, { thresholds: [0.1], state: { ...state, replace: true } });
    assert.deepEqual(anew.rowsAbove, (await measureLeakage(rows, reference, { thresholds: [0.1] })).rowsAbove);
  }));

Deno.test("measureLeakage() goes on in the middle where it was stopped, with the result of a pass that never was", () =>
  withDir(async (dir) => {
    const count = 70_000, width = 3; // more rows than are counted between two states
    const values = Float32Array.from({ length: count * width }, (_, k) => Math.sin(k * k) + 0.01);
    const many = unitRows(arrayVectors(values, width, "many"));
    const few = unitRows(arrayVectors(Float32Array.of(1, 2, 3, -1, 0, 2), width, "few"));
    const whole = await measureLeakage(many, few, { listed: 5 });
    const state = { path: `${dir}/state.npz`, input: "a" }, stop = new AbortController();
    const stopped = measureLeakage(many, few, {
      ...{ listed: 5, state, signal: stop.signal },
      onNearest: (from) => from > 0 ? stop.abort() : undefined,
    });
    await assert.rejects(stopped, { name: "AbortError" });
    const begun: number[] = [];
    const rest = await measureLeakage(many, few, { listed: 5, state, onNearest: (from) => void begun.push(from) });
    assert.ok(begun[0]! > 0 && begun[0]! < count, `${begun}`);
    assert.deepEqual({ ...rest, nearest: 0 }, { ...whole, nearest: 0 });
    assert.deepEqual(rest.nearest.report().histogram, whole.nearest.report().histogram);
    assert.ok(Math.abs(rest.nearest.report().mean! - whole.nearest.report().mean!) < 1e-12);
  }));
