import assert from "node:assert/strict";
import { join } from "node:path";
import { arrayVectors } from "@/identity/mod.ts";
import { measureSeparability, type Separability, type SeparabilityOptions } from "@/separability/mod.ts";
import { unitRows } from "@/similarity/mod.ts";
import { type NpyInput, readNpz, writeNpz } from "@/weights/mod.ts";
import { asSet, normalRows, plant } from "../similarity/_rows.ts";
import { bruteForce, type OracleResult } from "./_oracle.ts";

const WIDTH = 20;
const UINT8: NpyInput = { dtype: "uint8", shape: [1], data: new Uint8Array(1) };

/** Rows with clusters, doubles, and pairs that float32 cannot tell from a threshold. */
function hardRows(count: number, thresholds: readonly number[]): Float32Array {
  const data = normalRows(count, WIDTH, 5);
  for (let k = 0; k < count / 8; k++) {
    plant(
      data,
      WIDTH,
      (k * 37) % count,
      (k * 53 + 11) % count,
      thresholds[k % thresholds.length]! + (k % 3 - 1) * 2e-9,
    );
  }
  data.copyWithin(40 * WIDTH, 17 * WIDTH, 18 * WIDTH);
  data.copyWithin((count - 1) * WIDTH, 17 * WIDTH, 18 * WIDTH);
  return data;
}

/** So many that they are taken in two parts where blocks are of 32. */
const COUNT = 1300;
const oracle = new Map<string, OracleResult>();

function assertSame(found: Separability, data: Float32Array): void {
  const key = found.thresholds.join(), wanted = oracle.get(key) ?? bruteForce(data, WIDTH, found.thresholds);
  oracle.set(key, wanted);
  assert.deepEqual(found.above, wanted.above);
  assert.deepEqual(found.dead, wanted.dead);
  assert.deepEqual(found.nearest, wanted.nearest);
  found.nearestCosine.forEach((c, i) => assert.ok(Math.abs(c - wanted.nearestCosine[i]!) < 1e-14));
  if (found.histogram === undefined) return;
  const rows = found.rows, total = rows * (rows - 1) / 2;
  assert.equal(found.histogram.reduce((a, b) => a + b), total);
  const moved = found.histogram.reduce((sum, n, bin) => sum + Math.abs(n - wanted.histogram[bin]!), 0);
  assert.ok(moved < 0.1 * total, `${moved} of ${total} pairs are in another bin`);
}

// At 0.2 nearly every row is near an earlier one, at 0.7 nearly none.
const THRESHOLDS = [0.2, 0.4, 0.55, 0.7];

Deno.test.each<[string, SeparabilityOptions]>([
  ["blocks of 32", { block: 32 }],
  ["blocks of 32 in int8", { block: 32, precision: "int8" }],
  ["blocks of 96 in float32", { block: 96, precision: "float32" }],
  ["one block and a rest in int8", { block: 1024, precision: "int8" }],
  ["one block and a rest in float32", { block: 1024, precision: "float32" }],
  ["float32 without a histogram", { block: 64, precision: "float32", histogram: false }],
  ["one threshold, no histogram", { block: 32, thresholds: [0.4], histogram: false }],
  ["one threshold below all cosines", { block: 32, thresholds: [-1] }],
  ["two workers", { block: 32, workers: 2, precision: "int8" }],
])("measureSeparability() counts what float64 counts: %s", async (_name, options) => {
  const data = hardRows(COUNT, THRESHOLDS);
  assertSame(await measureSeparability(asSet(data, WIDTH), { thresholds: THRESHOLDS, ...options }), data);
});

Deno.test("measureSeparability() sorts cosines into bins exactly in float32 but for rounding at their edges", async () => {
  const data = hardRows(300, THRESHOLDS);
  const { histogram } = await measureSeparability(asSet(data, WIDTH), { block: 64, precision: "float32" });
  const wanted = bruteForce(data, WIDTH, [0.4]).histogram;
  const moved = histogram!.reduce((sum, n, bin) => sum + Math.abs(n - wanted[bin]!), 0);
  assert.ok(moved <= 4, `${moved} pairs are in another bin`);
});

Deno.test("measureSeparability() counts a set of two, and rows that are all alike", async () => {
  const two = await measureSeparability(unitRows(arrayVectors(Float32Array.of(1, 0, -1, 0), 2, "two")));
  assert.deepEqual([...two.above, ...two.nearest, ...two.nearestCosine], [0, 0, 1, 0, -1, -1]);
  assert.equal(two.histogram![0], 1);
  const alike = await measureSeparability(unitRows(arrayVectors(new Float32Array(200).fill(2), 2, "alike")), {
    block: 32,
    thresholds: [0.9],
  });
  assert.equal(alike.above.reduce((a, b) => a + b), 99);
  assert.deepEqual([...alike.nearest], [1, ...new Array(99).fill(0)]);
});

Deno.test("measureSeparability() sorts thresholds and counts each once", async () => {
  const { thresholds } = await measureSeparability(asSet(normalRows(40, 4), 4), { thresholds: [0.5, 0.3, 0.5] });
  assert.deepEqual(thresholds, [0.3, 0.5]);
});

Deno.test("measureSeparability() goes on where it was stopped, and reports every pair once", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const data = hardRows(COUNT, THRESHOLDS), rows = asSet(data, WIDTH);
    const options = { thresholds: THRESHOLDS, block: 32, state: { path: join(directory, "state.npz"), input: "a" } };
    const stop = new AbortController();
    const stopLate = (done: number, total: number) => done > 0.97 * total && stop.abort();
    await assert.rejects(
      () => measureSeparability(rows, { ...options, signal: stop.signal, onProgress: stopLate }),
      { name: "AbortError" },
    );
    const seen: number[] = [];
    const found = await measureSeparability(rows, { ...options, onProgress: (done) => seen.push(done) });
    assertSame(found, data);
    const total = COUNT * (COUNT - 1) / 2;
    assert.ok(seen[0]! > 0.95 * total, "the first part is not done again");
    assert.equal(seen.at(-1), total);

    const again: number[] = [];
    assertSame(await measureSeparability(rows, { ...options, onProgress: (done) => again.push(done) }), data);
    assert.deepEqual(again, [], "nothing is left to do");

    await assert.rejects(
      () => measureSeparability(rows, { ...options, state: { ...options.state, input: "b" } }),
      { name: "RangeError", message: /Cannot resume from .*state.npz: it belongs to .*"input":"a".*delete it/ },
    );
    await assert.rejects(
      () => measureSeparability(rows, { ...options, thresholds: [0.4] }),
      { name: "RangeError", message: /it belongs to .*0.55/ },
    );
    const copy = { ...options.state, path: join(directory, "copy.npz") };
    await Deno.copyFile(options.state.path, copy.path);
    const anew: number[] = [], replace = { ...copy, input: "b", replace: true };
    assertSame(await measureSeparability(rows, { ...options, state: replace, onProgress: (d) => anew.push(d) }), data);
    assert.ok(anew[0]! < 0.1 * total, "the state of other rows begins anew where that is asked for");
    const state = await Deno.readFile(options.state.path);
    const arrays = Object.fromEntries(
      [...readNpz(options.state.path)].map(([name, array]) => [name, array as NpyInput]),
    );
    const spoils: [() => unknown, RegExp][] = [
      [() => writeNpz(options.state.path, { other: UINT8 }), /it is no state of a separability count/],
      [() => writeNpz(options.state.path, { ...arrays, above: UINT8 }), /its array "above" is not as written/],
      [() => Deno.writeFileSync(options.state.path, state.subarray(0, state.length / 2)), /the file is damaged/],
      [() => Deno.writeFileSync(options.state.path, state.map((x, k) => k === 5000 ? ~x : x)), /the file is damaged/],
      ...[NaN, -1, COUNT + 1, 0.5].map((done): [() => unknown, RegExp] => [
        () =>
          writeNpz(options.state.path, {
            ...arrays,
            done: { dtype: "float64", shape: [1], data: Float64Array.of(done) },
          }),
        new RegExp(`it says that ${done} rows are done; delete it`),
      ]),
    ];
    for (const [spoil, message] of spoils) {
      spoil();
      await assert.rejects(() => measureSeparability(rows, options), { name: "SyntaxError", message });
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("measureSeparability() refuses what it cannot count", async () => {
  const rows = asSet(normalRows(40, 4), 4);
  const refused = (options: SeparabilityOptions, message: RegExp, set = rows) =>
    assert.rejects(() => measureSeparability(set, options), { name: "RangeError", message });
  await refused({ thresholds: [] }, /at the thresholds \[\]: expected 1 to 8/);
  await refused({ thresholds: [0.4, 1.5] }, /\[0.4, 1.5\]/);
  await refused({ thresholds: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((t) => t / 10) }, /expected 1 to 8/);
  await refused({ block: 100 }, /blocks of 100 rows: expected a multiple of 32/);
  await refused({ workers: -1 }, /-1 workers/);
  await refused({}, /of rows: 1 rows, expected 2/, asSet(normalRows(1, 4), 4));
  const spoilt = normalRows(40, 4);
  spoilt.fill(0, 33 * 4, 34 * 4);
  await refused({ block: 32 }, /row 33 of rows: all values are zero/, asSet(spoilt, 4));
});
