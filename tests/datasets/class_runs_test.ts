import { classRuns } from "@/datasets/mod.ts";
import assert from "node:assert/strict";

Deno.test("classRuns() groups by first appearance, items in their order", () => {
  const { labels, starts, order } = classRuns(Int32Array.of(9, 1, 9, 4, 1, 9));
  assert.deepEqual([...labels], [9, 1, 4]);
  assert.deepEqual([...starts], [0, 3, 5, 6]);
  assert.deepEqual([...order], [0, 2, 5, 1, 4, 3]);
});

Deno.test("classRuns() takes another order of classes, and nothing", () => {
  assert.deepEqual([...classRuns(Int32Array.of(9, 1, 4), (a, b) => a - b).order], [1, 2, 0]);
  assert.deepEqual(classRuns(new Int32Array(0)), {
    labels: new Int32Array(0),
    starts: Int32Array.of(0),
    order: new Int32Array(0),
  });
});
