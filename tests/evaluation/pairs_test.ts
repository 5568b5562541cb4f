import assert from "node:assert/strict";
import { samplePairs } from "@/evaluation/mod.ts";

const labels = Array.from({ length: 60 }, (_, i) => [4, 4, 9, 2, 7, 9][i % 6]!);
const keys = ({ first, second }: { first: Int32Array; second: Int32Array }) =>
  Array.from(first, (a, p) => `${Math.min(a, second[p]!)}-${Math.max(a, second[p]!)}`);

Deno.test("samplePairs() draws each pair once and labels it rightly", () => {
  const pairs = samplePairs(labels, { genuine: 150, impostor: 400, seed: 5 });
  assert.equal(pairs.same.length, 550);
  assert.equal(pairs.same.filter((s) => s === 1).length, 150);
  assert.equal(new Set(keys(pairs)).size, 550);
  pairs.same.forEach((same, p) => {
    const [a, b] = [pairs.first[p]!, pairs.second[p]!];
    assert.notEqual(a, b);
    assert.equal(labels[a] === labels[b], same === 1);
  });
});

Deno.test("samplePairs() gives all pairs when more are wanted than there are", () => {
  const pairs = samplePairs(labels, { genuine: 1e6, impostor: 1e6 });
  const genuine = 2 * 20 * 19 / 2 + 2 * 10 * 9 / 2;
  assert.equal(pairs.same.filter((s) => s === 1).length, genuine);
  assert.equal(new Set(keys(pairs)).size, 60 * 59 / 2);
});

Deno.test("samplePairs() is a function of its seed and spreads both kinds evenly", () => {
  const draw = (seed: number) => samplePairs(labels, { genuine: 100, impostor: 100, seed });
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(keys(draw(1)), keys(draw(2)));
  const { same } = draw(1);
  for (let at = 0; at < 200; at += 20) {
    assert.equal(same.subarray(at, at + 20).reduce((a, b) => a + b, 0), 10, `fold at ${at}`);
  }
});

Deno.test("samplePairs() draws every pair about as often as any other", () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 600; seed++) {
    for (const key of keys(samplePairs([0, 0, 0, 1, 1, 2], { genuine: 0, impostor: 3, seed }))) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  assert.equal(counts.size, 11); // 15 pairs less 4 genuine ones
  const expected = 600 * 3 / 11;
  for (const [key, count] of counts) assert.ok(Math.abs(count - expected) < 55, `${key}: ${count} of ${expected}`);
});

Deno.test("samplePairs() refuses numbers of pairs that are none", () => {
  assert.throws(() => samplePairs(labels, { impostor: -1 }), { name: "RangeError", message: /-1 impostor pairs/ });
  assert.throws(() => samplePairs(labels, { genuine: 1.5 }), { name: "RangeError", message: /1.5 genuine pairs/ });
});
