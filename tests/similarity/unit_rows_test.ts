import assert from "node:assert/strict";
import { arrayVectors, cosine } from "@/identity/mod.ts";
import { unitRows } from "@/similarity/mod.ts";
import { asSet, normalRows } from "./_rows.ts";

Deno.test("unitRows() scales rows to length 1 and leaves the source as it is", () => {
  const data = normalRows(9, 5), before = data.slice();
  const block = asSet(data, 5).block(2, 7);
  for (let i = 0; i < 5; i++) {
    const row = block.subarray(i * 5, (i + 1) * 5), stored = data.subarray((i + 2) * 5, (i + 3) * 5);
    assert.ok(Math.abs(Math.hypot(...row) - 1) < 1e-6);
    assert.ok(Math.abs(cosine(row, stored) - 1) < 1e-12);
  }
  assert.deepEqual(data, before);
});

Deno.test("unitRows() gives the cosine of rows as stored, also between two sets", () => {
  const data = normalRows(6, 50), a = asSet(data, 50), b = asSet(data.slice(150), 50);
  const row = (i: number) => data.subarray(i * 50, (i + 1) * 50);
  assert.ok(Math.abs(a.exact(1, b, 2) - cosine(row(1), row(5))) < 1e-15);
  assert.equal(a.exact(1, a, 5), a.exact(5, a, 1));
  assert.throws(() => a.exact(0, asSet(normalRows(1, 4), 4, "narrow"), 0), {
    name: "TypeError",
    message: /row 0 of narrow: widths 50 and 4 differ/,
  });
});

Deno.test("unitRows() reads many rows at once where the source can", () => {
  const data = normalRows(8, 3), source = arrayVectors(data, 3, "bulk");
  const reads: number[][] = [];
  const rows = unitRows({
    ...source,
    vector: () => assert.fail("row by row"),
    rows: (from, to) => {
      reads.push([from, to]);
      return data.slice(from * 3, to * 3);
    },
  });
  assert.deepEqual(rows.block(1, 6), unitRows(source).block(1, 6));
  assert.deepEqual(reads, [[1, 6]]);
});

Deno.test("unitRows() names the row that has no direction, when it is read", () => {
  const data = normalRows(8, 3);
  data.fill(0, 15, 18);
  data[22] = Infinity;
  const rows = asSet(data, 3, "s.npy");
  assert.equal(rows.block(0, 5).length, 15);
  assert.throws(() => rows.block(4, 7), { name: "RangeError", message: /row 5 of s.npy: all values are zero/ });
  assert.throws(() => rows.exact(0, rows, 7), { name: "RangeError", message: /row 7 of s.npy: column 1 is Infinity/ });
  assert.throws(() => rows.block(3, 9), { name: "RangeError", message: /rows 3 to 9 of s.npy: it has 8 rows/ });
});
