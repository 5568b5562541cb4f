import assert from "node:assert/strict";
import { type NpyDType, readNpy, readNpyFloat32, type TypedArrayData, writeNpy } from "@/weights/mod.ts";
import { bytes, le } from "./_builders.ts";
import { fixture, TempDir } from "./_fixtures.ts";

function npy(
  header: string,
  data: Uint8Array = new Uint8Array(0),
  version = 1,
): Uint8Array {
  return bytes(
    "\x93NUMPY",
    version,
    0,
    le(version === 1 ? 2 : 4, header.length),
    header,
    data,
  );
}

Deno.test("readNpy() gives Fortran order in C order", () => {
  const array = readNpy(fixture("fortran.npy"));
  assert.equal(array.dtype, "float32");
  assert.deepEqual(array.shape, [2, 3, 4]);
  assert.deepEqual(array.data, Float32Array.from({ length: 24 }, (_, i) => i));
});

Deno.test("readNpy() swaps big-endian elements", () => {
  const array = readNpy(fixture("big_endian_fortran.npy"));
  assert.deepEqual(array.data, Float64Array.from({ length: 24 }, (_, i) => i));
});

Deno.test("readNpy() reads single values and empty arrays", () => {
  assert.deepEqual(readNpy(fixture("scalar.npy")), {
    dtype: "float64",
    shape: [],
    data: new Float64Array([2.5]),
  });
  assert.deepEqual(readNpy(fixture("empty.npy")), {
    dtype: "float32",
    shape: [0, 512],
    data: new Float32Array(0),
  });
});

Deno.test("readNpy() reads long shapes of Python 2 and other key orders", () => {
  using dir = new TempDir();
  const header = "{'shape': (2L, 1L), 'fortran_order': False, 'descr': '|u1'}";
  assert.deepEqual(readNpy(dir.write("a.npy", npy(header, bytes(5, 6)))), {
    dtype: "uint8",
    shape: [2, 1],
    data: new Uint8Array([5, 6]),
  });
});

const good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
const refused: [
  string,
  Uint8Array,
  ErrorConstructor | SyntaxErrorConstructor,
  RegExp,
][] = [
  [
    "other bytes",
    bytes("not an array at all"),
    SyntaxError,
    /does not begin with \\x93NUMPY/,
  ],
  ["an empty file", bytes(), SyntaxError, /the \.npy header .* the file has 0/],
  [
    "version 4",
    npy(good, new Uint8Array(8), 4),
    SyntaxError,
    /format version 4\.0/,
  ],
  [
    "a header longer than the file",
    bytes("\x93NUMPY", 1, 0, le(2, 5000), "{"),
    SyntaxError,
    /truncated/,
  ],
  [
    "a huge header",
    bytes("\x93NUMPY", 2, 0, le(4, 2 ** 31), "{"),
    RangeError,
    /header claims 2147483648 bytes/,
  ],
  [
    "no dict",
    npy("'descr': '<f4', 'fortran_order': False, 'shape': (2,)"),
    SyntaxError,
    /no Python dict/,
  ],
  [
    "no shape",
    npy("{'descr': '<f4', 'fortran_order': False, }"),
    SyntaxError,
    /no 'shape'/,
  ],
  [
    "no order",
    npy("{'descr': '<f4', 'shape': (2,), }"),
    SyntaxError,
    /no 'fortran_order'/,
  ],
  [
    "no type",
    npy("{'fortran_order': False, 'shape': (2,), }"),
    SyntaxError,
    /no 'descr'/,
  ],
  [
    "a broken shape",
    npy(good.replace("(2,)", "(2 3,)")),
    SyntaxError,
    /no valid 'shape'/,
  ],
  [
    "missing elements",
    npy(good, new Uint8Array(7)),
    SyntaxError,
    /float32 elements \[2\].*truncated/,
  ],
  [
    "bytes left over",
    npy(good, new Uint8Array(9)),
    SyntaxError,
    /1 bytes follow the elements \[2\]/,
  ],
  [
    "too many elements",
    npy(good.replace("(2,)", "(99999999, 99999999)")),
    RangeError,
    /more than 2\^53 elements/,
  ],
  [
    "unsafe dimensions",
    npy(good.replace("(2,)", "(99999999999999999999,)")),
    RangeError,
    /not a whole number/,
  ],
  [
    "many dimensions",
    npy(good.replace("(2,)", `(${"1,".repeat(65)})`)),
    RangeError,
    /65 dimensions/,
  ],
  [
    "text",
    npy(good.replace("<f4", "<U7"), new Uint8Array(56)),
    TypeError,
    /elements of type <U7/,
  ],
  [
    "objects",
    npy(good.replace("<f4", "|O"), new Uint8Array(5)),
    TypeError,
    /pickled Python objects .* never loaded/,
  ],
  [
    "records",
    npy(good.replace("'<f4'", "[('a', '<f4')]"), new Uint8Array(8)),
    TypeError,
    /elements of type \[\('a'/,
  ],
];
for (const [what, content, type, message] of refused) {
  Deno.test(`readNpy() refuses ${what}`, () => {
    using dir = new TempDir();
    const path = dir.write("a.npy", content);
    assert.throws(() => readNpy(path), (error: Error) => {
      assert.ok(error instanceof type, `${error}`);
      assert.match(error.message, message);
      assert.ok(error.message.includes(path));
      return true;
    });
  });
}

Deno.test("readNpy() refuses a folder and leaves a missing file as NotFound", () => {
  using dir = new TempDir();
  assert.throws(() => readNpy(dir.path), {
    name: "TypeError",
    message: /not a regular file/,
  });
  assert.throws(() => readNpy(dir.file("none.npy")), Deno.errors.NotFound);
});

Deno.test("readNpyFloat32() converts and checks the shape before it reads", () => {
  assert.deepEqual(
    readNpyFloat32(fixture("half.npy")).data,
    new Float32Array([1, 0.0999755859375, Infinity]),
  );
  assert.deepEqual(
    readNpyFloat32(fixture("bool.npy")).data,
    new Float32Array([1, 0]),
  );
  assert.deepEqual(
    readNpyFloat32(fixture("empty.npy"), { shape: [null, 512] }).shape,
    [0, 512],
  );
  assert.throws(
    () => readNpyFloat32(fixture("c.npy"), { shape: [null, 512] }),
    {
      name: "TypeError",
      message: /expected shape \[any, 512\], found \[2, 3, 4\]/,
    },
  );
  assert.throws(() => readNpyFloat32(fixture("long.npy")), {
    name: "TypeError",
    message: /int64, use readNpy/,
  });
});

const written: [NpyDType, TypedArrayData][] = [
  ["float32", new Float32Array([1, -2])],
  ["float64", new Float64Array([1, -2])],
  ["float16", new Float16Array([1, -2])],
  ["int64", new BigInt64Array([1n, -2n])],
  ["int32", new Int32Array([1, -2])],
  ["int16", new Int16Array([1, -2])],
  ["int8", new Int8Array([1, -2])],
  ["uint8", new Uint8Array([1, 2])],
  ["bool", new Uint8Array([1, 0])],
];
for (const [dtype, data] of written) {
  Deno.test(`writeNpy() writes ${dtype} that readNpy() reads`, () => {
    using dir = new TempDir();
    const path = dir.file("a.npy");
    writeNpy(path, { dtype, shape: [1, 2], data });
    assert.deepEqual(readNpy(path), { dtype, shape: [1, 2], data });
  });
}

Deno.test("writeNpy() writes the very bytes of NumPy", () => {
  using dir = new TempDir();
  const path = dir.file("a.npy");
  for (
    const name of ["c.npy", "scalar.npy", "empty.npy", "long.npy", "bool.npy"]
  ) {
    writeNpy(path, readNpy(fixture(name)));
    assert.deepEqual(
      Deno.readFileSync(path),
      Deno.readFileSync(fixture(name)),
      name,
    );
  }
});

Deno.test("writeNpy() takes float32 for other floats, and raw bytes", () => {
  using dir = new TempDir();
  const path = dir.file("a.npy");
  writeNpy(path, {
    dtype: "float16",
    shape: [1],
    data: new Float32Array([0.1]),
  });
  assert.equal(readNpy(path).data[0], 0.0999755859375);
  writeNpy(path, {
    dtype: "float64",
    shape: [1],
    data: new Float32Array([0.5]),
  });
  assert.equal(readNpy(path).data[0], 0.5);
  writeNpy(path, {
    dtype: "int32",
    shape: [1],
    data: new Uint8Array([1, 2, 0, 0]),
  });
  assert.equal(readNpy(path).data[0], 513);
});

Deno.test("writeNpy() refuses wrong data and leaves the old file and nothing else", () => {
  using dir = new TempDir();
  const path = dir.write("a.npy", bytes("old"));
  const data = new Float32Array(3);
  assert.throws(() => writeNpy(path, { dtype: "float32", shape: [2], data }), {
    name: "RangeError",
    message: /shape \[2\] of float32 takes 8 bytes, got 12/,
  });
  assert.throws(() => writeNpy(path, { dtype: "int32", shape: [3], data }), {
    name: "TypeError",
    message: /cannot take Float32Array as int32 elements, expected Int32Array/,
  });
  assert.throws(
    () => writeNpy(path, { dtype: "bfloat16" as NpyDType, shape: [3], data }),
    {
      name: "TypeError",
      message: /has no "bfloat16"/,
    },
  );
  assert.equal(Deno.readTextFileSync(path), "old");
  assert.deepEqual([...Deno.readDirSync(dir.path)].map(({ name }) => name), [
    "a.npy",
  ]);
});
