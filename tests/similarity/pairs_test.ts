import assert from "node:assert/strict";
import { type PairBatch, type PairOptions, pairsAbove, pairWorkers, selfPairsAbove } from "@/similarity/mod.ts";
import { allCosines, asSet, normalRows, plant } from "./_rows.ts";

const WIDTH = 24, T = 0.4;

async function gather(batches: AsyncIterable<PairBatch>): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const { a, b, cosine } of batches) {
    assert.ok(a.length > 0 && a.length === b.length && a.length === cosine.length);
    a.forEach((i, k) => {
      assert.ok(!found.has(`${i} ${b[k]}`), "no pair comes twice");
      found.set(`${i} ${b[k]}`, cosine[k]!);
    });
  }
  return found;
}

/** Rows with pairs that float32 cannot tell from the threshold. */
function hardRows(count: number): Float32Array {
  const data = normalRows(count, WIDTH);
  for (let k = 0; k < 40; k++) plant(data, WIDTH, k, count - 1 - k, T + (k % 3 - 1) * 1e-9);
  data.copyWithin(50 * WIDTH, 49 * WIDTH, 50 * WIDTH); // the same row twice
  return data;
}

function expected(cosines: Float64Array, m: number, self: boolean): Map<string, number> {
  const pairs = new Map<string, number>();
  cosines.forEach((cosine, at) => {
    const i = Math.floor(at / m), j = at % m;
    if (cosine > T && (!self || i < j)) pairs.set(`${i} ${j}`, cosine);
  });
  return pairs;
}

function assertSame(found: Map<string, number>, wanted: Map<string, number>): void {
  assert.deepEqual([...found.keys()].sort(), [...wanted.keys()].sort());
  for (const [pair, cosine] of found) assert.ok(Math.abs(cosine - wanted.get(pair)!) < 1e-14);
}

const WAYS: [string, Partial<PairOptions>][] = [
  ["int8", {}],
  ["float32", { precision: "float32" }],
  ["small blocks", { blockRows: 33 }],
  ["small blocks in float32", { blockRows: 64, precision: "float32" }],
];

Deno.test.each(WAYS)("selfPairsAbove() finds what float64 finds: %s", async (_name, options) => {
  const data = hardRows(333), rows = asSet(data, WIDTH);
  const wanted = expected(allCosines(data, data, WIDTH), 333, true);
  assert.ok(wanted.size > 500 && wanted.size < 5000);
  assertSame(await gather(selfPairsAbove(rows, { threshold: T, ...options })), wanted);
});

Deno.test.each(WAYS)("pairsAbove() finds what float64 finds: %s", async (_name, options) => {
  const data = hardRows(333), a = data.slice(0, 101 * WIDTH), b = data.slice(90 * WIDTH);
  const wanted = expected(allCosines(a, b, WIDTH), 243, false);
  assertSame(await gather(pairsAbove(asSet(a, WIDTH), asSet(b, WIDTH), { threshold: T, ...options })), wanted);
});

Deno.test("selfPairsAbove() gives the same batches in one thread and in workers that serve many calls", async () => {
  const rows = asSet(hardRows(400), WIDTH);
  const options = { threshold: T, blockRows: 32 };
  const alone = await Array.fromAsync(selfPairsAbove(rows, options));
  using workers = pairWorkers(2);
  for (let call = 0; call < 2; call++) {
    assert.deepEqual(await Array.fromAsync(selfPairsAbove(rows, { ...options, workers })), alone);
  }
});

Deno.test("pairsAbove() and selfPairsAbove() go on from the rows that they told", async () => {
  const data = hardRows(1200), rows = asSet(data, WIDTH), options = { threshold: T, blockRows: 32 };
  for (const search of [(o: PairOptions) => selfPairsAbove(rows, o), (o: PairOptions) => pairsAbove(rows, rows, o)]) {
    const told: number[] = [], before: PairBatch[] = [], done: number[] = [];
    const all = await Array.fromAsync(search({ ...options, onRows: (row) => told.push(row) }));
    assert.deepEqual(told, [512, 1024, 1200]);
    let reached = 0;
    for await (const batch of search({ ...options, onRows: (row) => reached = row })) {
      if (reached >= 512) break;
      before.push(batch);
    }
    const onProgress = (so: number, total: number) => void done.push(so / total);
    const after = await Array.fromAsync(search({ ...options, start: reached, onProgress }));
    assert.deepEqual([...before, ...after], all);
    assert.ok(done[0]! > 0.4 && done.at(-1) === 1);
    assert.deepEqual(await Array.fromAsync(search({ ...options, start: 1200 })), []);
    await assert.rejects(Array.fromAsync(search({ ...options, start: 1201 })), {
      name: "RangeError",
      message: /0 to 1200/,
    });
  }
});

Deno.test("pairsAbove() needs no product for a few rows", async () => {
  const data = hardRows(300), a = data.slice(0, 3 * WIDTH);
  const wanted = expected(allCosines(a, data, WIDTH), 300, false);
  assertSame(await gather(pairsAbove(asSet(a, WIDTH), asSet(data, WIDTH), { threshold: T, blockRows: 64 })), wanted);
});

Deno.test("pairsAbove() misses nothing where one column carries nearly all of every row", async () => {
  const data = normalRows(200, WIDTH, 3);
  for (let i = 0; i < 200; i++) {
    const largest = Math.max(...data.subarray(i * WIDTH, (i + 1) * WIDTH));
    data[i * WIDTH + i % 5] = 30 * largest;
  }
  const wanted = expected(allCosines(data, data, WIDTH), 200, true);
  assertSame(await gather(selfPairsAbove(asSet(data, WIDTH), { threshold: T })), wanted);
});

Deno.test("selfPairsAbove() counts every pair once in its progress", async () => {
  const rows = asSet(normalRows(300, WIDTH), WIDTH);
  const seen: number[][] = [];
  const onProgress = (...now: number[]) => seen.push(now);
  await gather(selfPairsAbove(rows, { threshold: 0.9, blockRows: 32, onProgress }));
  assert.deepEqual(seen.at(-1), [300 * 299 / 2, 300 * 299 / 2]);
  assert.ok(seen.every(([done], k) => k === 0 || done! > seen[k - 1]![0]!));
});

Deno.test("pairsAbove() stops when the signal fires", async () => {
  const rows = asSet(normalRows(300, WIDTH), WIDTH);
  const stop = new AbortController();
  const work = gather(
    selfPairsAbove(rows, { threshold: 0.9, blockRows: 32, signal: stop.signal, onProgress: () => stop.abort() }),
  );
  await assert.rejects(work, { name: "AbortError" });
});

Deno.test("pairsAbove() refuses sets of two widths, cosines above 1, blocks of nothing and spoilt rows", async () => {
  const rows = asSet(normalRows(80, WIDTH), WIDTH);
  const first = (other: typeof rows, options: Partial<PairOptions>) =>
    gather(pairsAbove(rows, other, { threshold: T, ...options }));
  await assert.rejects(first(asSet(normalRows(2, 3), 3), {}), { name: "TypeError", message: /widths 24 and 3 differ/ });
  await assert.rejects(first(rows, { threshold: 1.1 }), { name: "RangeError", message: /above 1.1/ });
  await assert.rejects(first(rows, { blockRows: 0 }), { name: "RangeError", message: /0 rows together/ });
  const spoilt = normalRows(80, WIDTH);
  spoilt[70 * WIDTH + 5] = NaN;
  await assert.rejects(first(asSet(spoilt, WIDTH, "s.npy"), {}), {
    name: "RangeError",
    message: /row 70 of s.npy: column 5 is NaN/,
  });
});
