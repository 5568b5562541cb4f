import assert from "node:assert/strict";
import { publishedSets } from "@/doctor/mod.ts";

/** Table 2 of the DCFace paper, in its order: uniqueness, consistency, diversity, accuracy. */
const TABLE = `
SynFace|0.080 0.9966 0.131 74.75
DigiFace|0.178 0.9973 0.297 83.45
DCFace, 1 x 1 style grid|0.978 0.9987 0.4418 79.28
DCFace, 3 x 3|0.956 0.9809 0.7030 85.79
DCFace, 5 x 5|0.924 0.9035 0.7734 89.04
DCFace, 7 x 7|0.690 0.5937 0.7950 50.00
DCFace, 5 x 5, first naive identity loss|0.988 0.9996 0.6546 84.75
DCFace, 5 x 5, second naive identity loss|0.866 0.8046 0.7835 50.00
DCFace, 5 x 5, identity loss by F_bigger|0.954 0.9197 0.7715 89.89
`.trim().split("\n").map((line) => line.split("|"));

Deno.test("publishedSets has DCFace's table, each row with its source, in the order of accuracy", () => {
  assert.equal(publishedSets.rows.length, TABLE.length);
  for (const [name, numbers] of TABLE) {
    const row = publishedSets.rows.find((each) => each.name === name)!;
    const { uniqueness, consistency, diversity, accuracy, source } = row;
    assert.deepEqual([uniqueness, consistency, diversity, accuracy], numbers!.split(" ").map(Number), name);
    assert.match(source, /CVPR 2023, Table 2.*https:\/\//);
  }
  const order = publishedSets.rows.map(({ accuracy }) => accuracy);
  assert.deepEqual(order, order.toSorted((a, b) => a - b));
});
