import { chooseItems, type ChooseOptions } from "@/datasets/mod.ts";
import assert from "node:assert/strict";

/** Classes 3, 8 and 0, mixed. */
const labels = Int32Array.of(3, 8, 3, 0, 8, 3);
const choose = (options: ChooseOptions) => [...chooseItems(labels, options)];

Deno.test("chooseItems() takes classes as they appear, images per class, and images in all", () => {
  assert.deepEqual(choose({}), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(choose({ classes: 2 }), [0, 1, 2, 4, 5]);
  assert.deepEqual(choose({ classes: [1, 3] }), [1, 3, 4]);
  assert.deepEqual(choose({ perClass: 1 }), [0, 1, 3]);
  assert.deepEqual(choose({ limit: 2 }), [0, 1]);
  assert.deepEqual(choose({ classes: 2, perClass: 2, limit: 3 }), [0, 1, 2]);
});

Deno.test("chooseItems() draws classes by seed", () => {
  const many = Int32Array.from({ length: 300 }, (_, i) => Math.floor(i / 3));
  const drawn = chooseItems(many, { classes: 10, random: 5 });
  assert.deepEqual(drawn, chooseItems(many, { classes: 10, random: 5 }));
  assert.notDeepEqual(drawn, chooseItems(many, { classes: 10, random: 6 }));
  assert.deepEqual([drawn.length, new Set(Array.from(drawn, (i) => many[i])).size], [30, 10]);
  assert.deepEqual([...drawn], [...drawn].sort((a, b) => a - b));
  assert.ok(drawn.at(-1)! >= 30, "not just the first ones");
});

Deno.test("chooseItems() refuses more classes than there are and numbers below 1", () => {
  for (const classes of [4, 0, [1, 4], [2, 2]] as const) {
    assert.throws(() => choose({ classes }), { name: "RangeError", message: /the data set has 3/ });
  }
  assert.throws(() => choose({ limit: 0 }), /limit is 0/);
  assert.throws(() => choose({ perClass: 1.5 }), /perClass is 1.5/);
});
