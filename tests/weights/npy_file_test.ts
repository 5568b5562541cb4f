import assert from "node:assert/strict";
import { openNpy, writeNpy } from "@/weights/mod.ts";
import { fixture, TempDir } from "./_fixtures.ts";

Deno.test("openNpy() reads any range of rows", () => {
  using file = openNpy(fixture("c.npy"));
  assert.deepEqual([file.dtype, file.length, file.rowLength, [...file.shape]], [
    "float32",
    2,
    12,
    [2, 3, 4],
  ]);
  assert.deepEqual(
    file.rows(1, 2),
    Float32Array.from({ length: 12 }, (_, i) => 12 + i),
  );
  assert.equal(file.rows(0, 2).length, 24);
  assert.equal(file.rows(1, 1).length, 0);
});

Deno.test("openNpy() reads one-dimensional arrays, where order does not matter", () => {
  using file = openNpy(fixture("long.npy"));
  assert.deepEqual(file.rows(1, 2), new BigInt64Array([2n ** 63n - 1n]));
  assert.throws(() => file.rowsFloat32(0, 1), {
    name: "TypeError",
    message: /int64, use rows/,
  });
});

Deno.test("openNpy() converts rows to float32", () => {
  using file = openNpy(fixture("half.npy"));
  assert.deepEqual(
    file.rowsFloat32(0, 2),
    new Float32Array([1, 0.0999755859375]),
  );
});

Deno.test("NpyFile.rows() refuses rows that are not there", () => {
  using file = openNpy(fixture("c.npy"));
  for (const [a, b] of [[-1, 1], [0, 3], [2, 1], [0.5, 1]] as const) {
    assert.throws(() => file.rows(a, b), {
      name: "RangeError",
      message: /it has 2 rows/,
    });
  }
});

Deno.test("openNpy() refuses what has no rows to read", () => {
  using dir = new TempDir();
  assert.throws(() => openNpy(fixture("scalar.npy")), {
    name: "TypeError",
    message: /single value, use readNpy/,
  });
  assert.throws(() => openNpy(fixture("fortran.npy")), {
    name: "TypeError",
    message: /Fortran order/,
  });
  const whole = Deno.readFileSync(fixture("c.npy"));
  const cut = dir.write("cut.npy", whole.subarray(0, whole.length - 4));
  assert.throws(() => openNpy(cut), {
    name: "SyntaxError",
    message: /needs 224 bytes, the file has 220/,
  });
});

Deno.test("NpyFile.close() makes further reads fail", () => {
  using dir = new TempDir();
  writeNpy(dir.file("a.npy"), {
    dtype: "uint8",
    shape: [2],
    data: new Uint8Array(2),
  });
  const file = openNpy(dir.file("a.npy"));
  file.close();
  assert.throws(() => file.rows(0, 1), Deno.errors.BadResource);
});
