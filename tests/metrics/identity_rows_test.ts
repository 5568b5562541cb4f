import assert from "node:assert/strict";
import { classRuns } from "@/datasets/mod.ts";
import { arrayVectors } from "@/identity/mod.ts";
import { identityRows, orderedRows, readRows, rowParts } from "@/metrics/mod.ts";
import { watched } from "./_fixture.ts";

const SOURCE = arrayVectors(Float32Array.from({ length: 20 }, (_, at) => 1 + at), 2, "ten");

Deno.test("identityRows() leaves a grouped set as it is", () => {
  const runs = classRuns(Int32Array.of(3, 3, 3, 1, 1, 9, 9, 9, 9, 9));
  const grouped = identityRows(SOURCE, runs, (label) => `person ${label}`);
  assert.equal(grouped.rows, SOURCE);
  assert.equal(grouped.order, undefined);
  assert.deepEqual([...grouped.starts], [0, 3, 5, 10]);
  assert.equal(grouped.nameOf(2), "person 9");
});

Deno.test("identityRows() sets aside rows that are not finite or zero, and identities without any other", () => {
  const data = Float32Array.from({ length: 20 }, (_, at) => 1 + at);
  data[3] = NaN;
  data.fill(0, 8, 10);
  data[19] = Infinity;
  const runs = classRuns(Int32Array.of(0, 5, 0, 0, 5, 7, 7, 0, 7, 8));
  const grouped = identityRows(arrayVectors(data, 2, "ten"), runs, String);
  assert.deepEqual(grouped.unusable, [1, 4, 9]);
  assert.deepEqual(grouped.empty, [5, 8]);
  assert.deepEqual([...grouped.order!], [0, 2, 3, 7, 5, 6, 8]);
  assert.deepEqual([...grouped.labels], [0, 7]);
  assert.deepEqual([...readRows(grouped.rows, 3, 5)], [15, 16, 11, 12]);
  assert.throws(() => identityRows(arrayVectors(new Float32Array(20), 2, "zeros"), runs, String), {
    name: "RangeError",
    message: "Cannot group zeros: none of its 10 rows is finite and not zero",
  });
  assert.throws(() => identityRows(SOURCE, classRuns(Int32Array.of(1)), String), { name: "RangeError" });
});

Deno.test("orderedRows() reads neighbours together", () => {
  const { rows, asked } = watched(SOURCE);
  const ordered = orderedRows(rows, Int32Array.of(4, 5, 6, 0, 9));
  assert.deepEqual([...ordered.rows!(0, 5)], [9, 10, 11, 12, 13, 14, 1, 2, 19, 20]);
  assert.deepEqual(asked, [[4, 7], [0, 1], [9, 10]]);
  assert.deepEqual([...ordered.vector(3)], [1, 2]);
});

Deno.test("rowParts() goes through a range in parts", () => {
  const parts = [...rowParts(SOURCE, 2, 9, 3)];
  assert.deepEqual(parts.map(({ first, rows }) => [first, rows.length / 2]), [[2, 3], [5, 3], [8, 1]]);
});
