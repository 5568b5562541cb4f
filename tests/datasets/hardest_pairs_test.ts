import { hardestPairs } from "@/datasets/mod.ts";
import assert from "node:assert/strict";

/** Directions in the plane, in degrees. */
const ANGLES = [0, 10, 60, 5, 90, 180];
const feature = (i: number) =>
  Float32Array.of(2 * Math.cos(ANGLES[i]! * Math.PI / 180), 2 * Math.sin(ANGLES[i]! * Math.PI / 180));
const POOL = {
  first: [0, 0, 0, 0, 0, 1],
  second: [1, 2, 3, 4, 5, 3],
  same: [1, 1, 0, 0, 0, 0],
};

Deno.test("hardestPairs() keeps unlike genuine and like impostor pairs, spread evenly", async () => {
  const pairs = await hardestPairs(POOL, feature, { genuine: 1, impostor: 2 });
  const list = Array.from(pairs.same, (same, p) => [pairs.first[p], pairs.second[p], same]);
  assert.deepEqual(list, [[0, 3, 0], [0, 2, 1], [1, 3, 0]]);
  assert.deepEqual([...pairs.cosine].map((value) => Math.round(100 * value)), [100, 50, 100]);
});

Deno.test("hardestPairs() gives what there is when more is asked for", async () => {
  const pairs = await hardestPairs(POOL, feature, { genuine: 10, impostor: 10 });
  assert.equal(pairs.same.length, 6);
});

Deno.test("hardestPairs() passes over items without a feature or with a zero one", async () => {
  const some = (i: number) => i === 3 ? undefined : i === 4 ? new Float32Array(2) : feature(i);
  const pairs = await hardestPairs(POOL, some, { genuine: 5, impostor: 5 });
  assert.deepEqual([...pairs.second].sort(), [1, 2, 5]);
});
