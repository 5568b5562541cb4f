import { type EpochOptions, epochOrder } from "@/datasets/mod.ts";
import assert from "node:assert/strict";

const ranks = (length: number, world: number, options: EpochOptions = {}) =>
  Array.from({ length: world }, (_, rank) => [...epochOrder(length, { ...options, rank, world })]);

Deno.test("epochOrder() is a function of seed and epoch", () => {
  const order = (options: EpochOptions) => [...epochOrder(100, options)].join();
  assert.equal(order({ seed: 3, epoch: 2 }), order({ seed: 3, epoch: 2 }));
  assert.notEqual(order({ seed: 3, epoch: 2 }), order({ seed: 3, epoch: 3 }));
  assert.notEqual(order({ seed: 3, epoch: 2 }), order({ seed: 4, epoch: 2 }));
  assert.notEqual(order({}), order({ shuffle: false }));
  assert.deepEqual([...epochOrder(5)].sort(), [0, 1, 2, 3, 4]);
});

Deno.test("epochOrder() gives every item to one rank", () => {
  for (const world of [1, 2, 3, 7, 12]) {
    const parts = ranks(10, world, { seed: 1 });
    assert.deepEqual(parts.flat().sort((a, b) => a - b), Array.from({ length: 10 }, (_, i) => i));
    assert.ok(Math.max(...parts.map((part) => part.length)) - Math.min(...parts.map((part) => part.length)) <= 1);
  }
  assert.deepEqual(ranks(5, 2, { shuffle: false }), [[0, 2, 4], [1, 3]]);
});

Deno.test("epochOrder() makes shares equal by repeating as torch's DistributedSampler, or by dropping", () => {
  assert.deepEqual(ranks(5, 3, { shuffle: false, uneven: "repeat" }), [[0, 3], [1, 4], [2, 0]]);
  assert.deepEqual(ranks(5, 3, { shuffle: false, uneven: "drop" }), [[0], [1], [2]]);
  assert.deepEqual(ranks(2, 5, { shuffle: false, uneven: "repeat" }), [[0], [1], [0], [1], [0]]);
  assert.deepEqual(ranks(0, 2, { uneven: "repeat" }), [[], []]);
});

Deno.test("epochOrder() refuses ranks and lengths outside their range", () => {
  const cases: [number, EpochOptions, RegExp][] = [
    [-1, {}, /length is -1/],
    [5, { world: 0 }, /world is 0/],
    [5, { world: 2, rank: 2 }, /rank is 2, expected an integer in 0..1/],
    [5, { epoch: 1.5 }, /epoch is 1.5/],
  ];
  for (const [length, options, message] of cases) {
    assert.throws(() => epochOrder(length, options), { name: "RangeError", message });
  }
});
