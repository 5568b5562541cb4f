import assert from "node:assert/strict";
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
