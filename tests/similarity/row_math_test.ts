import assert from "node:assert/strict";
import { dot, norm } from "@/identity/mod.ts";
import { dotRows, float32Bound, rowNorms } from "@/similarity/mod.ts";
import { normalRows } from "./_rows.ts";

Deno.test("dotRows() and rowNorms() sum in float64 at any width", () => {
  for (const width of [1, 2, 3, 4, 5, 31, 512]) {
    const a = normalRows(4, width, 1), b = normalRows(4, width, 2);
    const row = (data: Float32Array, i: number) => data.subarray(i * width, (i + 1) * width);
    const scale = norm(row(a, 2)) * norm(row(b, 3));
    assert.ok(Math.abs(dotRows(a, 2, b, 3, width) - dot(row(a, 2), row(b, 3))) <= 1e-15 * width * scale);
    rowNorms(a, width).forEach((n, i) => assert.ok(Math.abs(n / norm(row(a, i)) - 1) < 1e-14));
  }
});

Deno.test("float32Bound() is above the error of sums in the worst order", () => {
  const width = 5000, unit = Math.fround(1 / Math.sqrt(width));
  let sum = 0;
  for (let i = 0; i < width; i++) sum = Math.fround(sum + Math.fround(unit * unit));
  const error = Math.abs(sum - 1);
  assert.ok(error > 1e-6 && error < float32Bound(width), `${error}`);
});
