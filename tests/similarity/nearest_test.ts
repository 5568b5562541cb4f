import assert from "node:assert/strict";
import { type NearestBatch, nearestRows, type UnitRows } from "@/similarity/mod.ts";
import { allCosines, asSet, normalRows, plant } from "./_rows.ts";

/** All batches in one. */
function joined(batches: readonly NearestBatch[]) {
  return {
    index: batches.flatMap(({ index }) => [...index]),
    cosine: batches.flatMap(({ cosine }) => [...cosine]),
    above: [...batches[0]?.above ?? []].map((_, k) => batches.reduce((sum, { above }) => sum + above[k]!, 0)),
  };
}

/** The same by going through all pairs. */
function oracle(cosines: Float64Array, n: number, m: number, thresholds: number[], except = (_: number) => -1) {
  const index = new Array<number>(n).fill(-1), cosine = new Array<number>(n).fill(-Infinity);
  const above = thresholds.map(() => 0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      if (j === except(i)) continue;
      const value = cosines[i * m + j]!;
      if (value > cosine[i]!) [cosine[i], index[i]] = [value, j];
      thresholds.forEach((t, k) => above[k]! += value > t ? 1 : 0);
    }
  }
  return { index, cosine, above };
}

function close(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-12, `${i}: ${value} ${expected[i]}`));
}

const A = normalRows(210, 24, 3), B = normalRows(130, 24, 4);
plant(B, 24, 0, 1, 0.999999);
const THRESHOLDS = [-0.1, 0.3, 0.5];

for (const precision of ["float32", "int8"] as const) {
  Deno.test(`nearestRows() finds what going through all pairs finds in ${precision}`, async () => {
    const a = asSet(A, 24), b = asSet(B, 24);
    const except = (row: number) => row % 5 === 0 ? -1 : row % 130;
    const options = { precision, except, thresholds: THRESHOLDS, blockRows: 64 };
    const found = joined(await Array.fromAsync(nearestRows(a, b, options)));
    const expected = oracle(allCosines(A, B, 24), 210, 130, THRESHOLDS, except);
    assert.deepEqual(found.index, expected.index);
    assert.deepEqual(found.above, expected.above);
    close(found.cosine, expected.cosine);
  });
}

Deno.test("nearestRows() finds the same in workers, among more rows than are held at once", async () => {
  const width = 32, a = asSet(normalRows(4100, width, 11), width), b = asSet(normalRows(17000, width, 12), width);
  const find = async (workers: number) =>
    joined(await Array.fromAsync(nearestRows(a, b, { workers, thresholds: [0.6], except: (row) => row })));
  assert.deepEqual(await find(2), await find(0));
});

Deno.test("nearestRows() takes the first of equal rows and leaves nothing where all are excepted", async () => {
  const a = asSet(Float32Array.of(1, 2, 0, 5), 2), b = asSet(Float32Array.of(3, 1, 2, 4, 1, 2), 2);
  const [batch] = await Array.fromAsync(nearestRows(a, b));
  assert.deepEqual([...batch!.index], [1, 1]);
  const one = asSet(Float32Array.of(3, 1), 2);
  const [none] = await Array.fromAsync(nearestRows(a, one, { except: () => 0, thresholds: [-1] }));
  assert.deepEqual([[...none!.index], [...none!.cosine], [...none!.above]], [[-1, -1], [-Infinity, -Infinity], [0]]);
});

Deno.test("nearestRows() goes on from a row as if it had never stopped", async () => {
  const a = asSet(A, 24), b = asSet(B, 24);
  const whole = joined(await Array.fromAsync(nearestRows(a, b)));
  const rest = await Array.fromAsync(nearestRows(a, b, { start: 100 }));
  assert.equal(rest[0]!.from, 100);
  assert.deepEqual(joined(rest).index, whole.index.slice(100));
});

Deno.test("nearestRows() compares with more rows than are held at once", async () => {
  const width = 4, many = normalRows(16384 + 700, width, 9), few = normalRows(3, width, 10);
  const found = joined(
    await Array.fromAsync(nearestRows(asSet(few, width), asSet(many, width), { thresholds: [0.9] })),
  );
  const expected = oracle(allCosines(few, many, width), 3, many.length / width, [0.9]);
  assert.deepEqual([found.index, found.above], [expected.index, expected.above]);
});

Deno.test("nearestRows() may run twice at once and tells how far it is", async () => {
  const sets: [UnitRows, UnitRows][] = [[asSet(A, 24), asSet(B, 24)], [asSet(B, 24), asSet(A, 24)]];
  const told: number[] = [];
  const onProgress = (done: number, total: number) => void told.push(done / total);
  const together = await Promise.all(
    sets.map(([a, b]) => Array.fromAsync(nearestRows(a, b, { blockRows: 32, onProgress }))),
  );
  for (const [k, [a, b]] of sets.entries()) {
    assert.deepEqual(joined(together[k]!), joined(await Array.fromAsync(nearestRows(a, b))));
  }
  assert.equal(Math.max(...told), 1);
});

Deno.test.each<[string, object, RegExp]>([
  ["descending thresholds", { thresholds: [0.5, 0.3] }, /ascending cosines/],
  ["a start behind the end", { start: 211 }, /start is 211, expected a whole number from 0 to 210/],
  ["half a worker", { workers: 0.5 }, /workers is 0.5/],
  ["blocks of nothing", { blockRows: 0 }, /Cannot compare 0 rows/],
])("nearestRows() refuses %s", async (_what, options, message) => {
  await assert.rejects(Array.fromAsync(nearestRows(asSet(A, 24), asSet(B, 24), options)), {
    name: "RangeError",
    message,
  });
});

Deno.test("nearestRows() refuses sets of different widths and stops when asked", async () => {
  await assert.rejects(Array.fromAsync(nearestRows(asSet(A, 24), asSet(B, 26))), {
    name: "TypeError",
    message: /widths 24 and 26 differ/,
  });
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(Array.fromAsync(nearestRows(asSet(A, 24), asSet(B, 24), { signal })), /enough/);
});
