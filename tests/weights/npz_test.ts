import assert from "node:assert/strict";
import { readNpz, writeNpz } from "@/weights/mod.ts";
import { makeZip } from "./_builders.ts";
import { EXPECTED, fixture, TempDir } from "./_fixtures.ts";

for (const name of ["arrays.npz", "arrays_deflated.npz"]) {
  Deno.test(`readNpz() reads ${name} as NumPy does`, () => {
    const arrays = readNpz(fixture(name));
    const facts = EXPECTED[name]!.tensors;
    assert.deepEqual([...arrays.keys()].sort(), Object.keys(facts).sort());
    for (const [key, { dtype, shape, data }] of arrays) {
      assert.equal(dtype, facts[key]!.dtype, key);
      assert.deepEqual(shape, facts[key]!.shape, key);
      const actual = new Uint8Array(
        data.buffer,
        data.byteOffset,
        data.byteLength,
      );
      assert.deepEqual(actual, Uint8Array.fromBase64(facts[key]!.raw), key);
    }
  });
}

Deno.test("readNpz() reads only the wanted arrays, so that text beside them does no harm", () => {
  assert.deepEqual([
    ...readNpz(fixture("exotic.npz"), { names: ["numbers"] }).keys(),
  ], ["numbers"]);
  assert.throws(() => readNpz(fixture("exotic.npz")), {
    name: "TypeError",
    message: /elements of type <U2/,
  });
  assert.throws(() => readNpz(fixture("exotic.npz"), { names: ["number"] }), {
    name: "RangeError",
    message: /no such array, it has numbers, names, objects/,
  });
});

Deno.test("readNpz() refuses a flipped bit by its CRC-32", () => {
  using dir = new TempDir();
  for (const name of ["arrays.npz", "arrays_deflated.npz"]) {
    const bytes = Deno.readFileSync(fixture(name));
    bytes[150]! ^= 1; // inside the elements of the first array
    const path = dir.write(name, bytes);
    assert.throws(() => readNpz(path), {
      name: "SyntaxError",
      message: /damaged/,
    });
  }
});

Deno.test("readNpz() refuses an archive of other files, and bombs", () => {
  using dir = new TempDir();
  const other = dir.write(
    "a.npz",
    makeZip([{ name: "a.txt", data: new Uint8Array(3) }]),
  );
  assert.throws(() => readNpz(other), {
    name: "SyntaxError",
    message: /not all its entries are \.npy/,
  });
  const data = new Uint8Array(1000);
  const bomb = dir.write(
    "b.npz",
    makeZip([{ name: "a.npy", data, deflate: true, declaredBytes: 2 ** 31 }]),
  );
  assert.throws(() => readNpz(bomb), {
    name: "RangeError",
    message: /cannot hold the 2147483648 it declares/,
  });
  const liar = dir.write(
    "c.npz",
    makeZip([{ name: "a.npy", data, deflate: true, declaredBytes: 999 }]),
  );
  assert.throws(() => readNpz(liar), {
    name: "SyntaxError",
    message: /holds more bytes than it declares/,
  });
});

for (const compress of [false, true]) {
  Deno.test(`writeNpz() writes what readNpz() reads when compress is ${compress}`, () => {
    using dir = new TempDir();
    const path = dir.file("a.npz");
    const arrays = {
      "a": { dtype: "float32", shape: [2], data: new Float32Array([1, NaN]) },
      "größe/b": { dtype: "int64", shape: [], data: new BigInt64Array([5n]) },
      "empty": { dtype: "uint8", shape: [0], data: new Uint8Array(0) },
    } as const;
    writeNpz(path, arrays, { compress });
    assert.deepEqual(Object.fromEntries(readNpz(path)), arrays);
    const first = Deno.readFileSync(path);
    writeNpz(path, arrays, { compress });
    assert.deepEqual(Deno.readFileSync(path), first);
  });
}

Deno.test("writeNpz() refuses wrong data and leaves nothing", () => {
  using dir = new TempDir();
  const arrays = {
    a: { dtype: "float32", shape: [3], data: new Float32Array(2) },
  } as const;
  assert.throws(() => writeNpz(dir.file("a.npz"), arrays), {
    name: "RangeError",
    message: /array "a": shape \[3\]/,
  });
  assert.equal([...Deno.readDirSync(dir.path)].length, 0);
});
