import assert from "node:assert/strict";
import { NpyWriter, readNpy, writeNpy } from "@/weights/mod.ts";
import { TempDir } from "./_fixtures.ts";

Deno.test("NpyWriter makes the array that its rows are", () => {
  using dir = new TempDir();
  const path = dir.file("a.npy");
  using writer = new NpyWriter(path, { dtype: "float16", rowShape: [2, 2] });
  for (let i = 0; i < 12; i++) writer.write(new Float32Array(4).fill(i));
  assert.equal(writer.length, 12);
  assert.throws(() => readNpy(path), Deno.errors.NotFound); // not before close
  writer.close();
  const array = readNpy(path);
  assert.deepEqual(array.shape, [12, 2, 2]);
  assert.equal(array.data.at(-1), 11);
});

Deno.test("NpyWriter makes one-dimensional and empty arrays", () => {
  using dir = new TempDir();
  const path = dir.file("a.npy");
  {
    using writer = new NpyWriter(path, { dtype: "int64", rowShape: [] });
    writer.write(new BigInt64Array([4n, 5n]));
    writer.close();
  }
  assert.deepEqual(readNpy(path).shape, [2]);
  {
    using writer = new NpyWriter(path, { rowShape: [512] });
    writer.close();
  }
  assert.deepEqual(readNpy(path).shape, [0, 512]);
});

Deno.test("NpyWriter drops the file when it is not closed", () => {
  using dir = new TempDir();
  writeNpy(dir.file("a.npy"), {
    dtype: "uint8",
    shape: [1],
    data: new Uint8Array([9]),
  });
  {
    using writer = new NpyWriter(dir.file("a.npy"), { rowShape: [2] });
    writer.write(new Float32Array(2));
  }
  assert.equal(readNpy(dir.file("a.npy")).data[0], 9);
  assert.equal([...Deno.readDirSync(dir.path)].length, 1);
});

Deno.test("NpyWriter.write() refuses parts of rows, other types and a closed file", () => {
  using dir = new TempDir();
  using writer = new NpyWriter(dir.file("a.npy"), { rowShape: [2] });
  assert.throws(() => writer.write(new Float32Array(3)), {
    name: "RangeError",
    message: /3 elements are not a whole number of rows \[2\]/,
  });
  assert.throws(() => writer.write(new Int32Array(2)), {
    name: "TypeError",
    message: /Int32Array as float32/,
  });
  writer.close();
  assert.throws(() => writer.write(new Float32Array(2)), {
    name: "TypeError",
    message: /it is closed/,
  });
});

Deno.test("NpyWriter refuses rows without elements", () => {
  using dir = new TempDir();
  assert.throws(() => new NpyWriter(dir.file("a.npy"), { rowShape: [0] }), {
    name: "RangeError",
    message: /no elements/,
  });
  assert.equal([...Deno.readDirSync(dir.path)].length, 0);
});
