import assert from "node:assert/strict";
import { openWeights, readNpy, type TensorInput, writeSafetensors } from "@/weights/mod.ts";
import { EXPECTED, fixture, TempDir } from "./_fixtures.ts";

Deno.test("writeSafetensors() writes every dtype and keeps the bytes", () => {
  using dir = new TempDir();
  const source = openWeights(fixture("dtypes.pth"));
  const tensors = [...source.tensors.values()].map((
    { name, dtype, shape },
  ) => ({
    name,
    dtype,
    shape,
    data: source.readRaw(name),
  }));
  // int8 bytes must say that they are signed
  const inputs = tensors.map((t) => t.dtype === "int8" ? { ...t, data: new Int8Array(t.data.buffer) } : t);
  const path = dir.file("a.safetensors");
  writeSafetensors(path, inputs, { licence: "MIT" });
  const file = openWeights(path);
  assert.deepEqual(file.metadata.values, { licence: "MIT" });
  for (const [name, facts] of Object.entries(EXPECTED["dtypes.pth"]!.tensors)) {
    assert.deepEqual(
      file.readRaw(name),
      Uint8Array.fromBase64(facts.raw),
      name,
    );
  }
});

Deno.test("writeSafetensors() aligns the data to 64 bytes and each tensor to its element", () => {
  using dir = new TempDir();
  const path = dir.file("a.safetensors");
  writeSafetensors(path, [
    { name: "bytes", dtype: "uint8", shape: [3], data: new Uint8Array(3) },
    { name: "halves", dtype: "float16", shape: [3], data: new Float32Array(3) },
    { name: "floats", dtype: "float32", shape: [1], data: new Float32Array(1) },
    { name: "longs", dtype: "int64", shape: [1], data: new BigInt64Array(1) },
  ]);
  const { tensors } = openWeights(path);
  assert.deepEqual([...tensors.keys()], ["longs", "floats", "halves", "bytes"]);
  const offsets = [...tensors.values()].map(({ offset }) => offset);
  assert.equal(offsets[0]! % 64, 0);
  assert.deepEqual(offsets.map((o) => o - offsets[0]!), [0, 8, 12, 18]);
});

Deno.test("writeSafetensors() rounds float32 to half and bfloat16 as PyTorch does", () => {
  using dir = new TempDir();
  const path = dir.file("a.safetensors");
  // ties to even both ways, overflow, NaN; the numbers below are of torch.Tensor.bfloat16() and half()
  const data = new Float32Array([1.00390625, 1.01171875, 65520, 3e38, NaN, -0]);
  writeSafetensors(path, [
    { name: "b", dtype: "bfloat16", shape: [6], data },
    { name: "h", dtype: "float16", shape: [6], data },
  ]);
  const file = openWeights(path);
  const bfloats = [1, 1.015625, 65536, 3.00405527047391e38, NaN, -0];
  const halves = [1.00390625, 1.01171875, Infinity, Infinity, NaN, -0];
  assert.deepEqual([...file.readFloat32("b")], bfloats);
  assert.deepEqual([...file.readFloat32("h")], halves);
});

Deno.test("writeSafetensors() keeps odd names", () => {
  using dir = new TempDir();
  const path = dir.file("a.safetensors");
  const names = ["2", "1", "__proto__", 'quote " and \u{1F600}', ""];
  const data = new Float32Array(1);
  writeSafetensors(
    path,
    names.map((name) => ({ name, dtype: "float32", shape: [], data })),
  );
  assert.deepEqual(
    [...openWeights(path).tensors.keys()].sort(),
    [...names].sort(),
  );
});

Deno.test("writeSafetensors() refuses names that come twice, reserved names and wrong data", () => {
  using dir = new TempDir();
  const path = dir.file("a.safetensors");
  const tensor: TensorInput = {
    name: "a",
    dtype: "float32",
    shape: [1],
    data: new Float32Array(1),
  };
  const cases: [TensorInput[], string, RegExp][] = [
    [[tensor, tensor], "RangeError", /two tensors are named "a"/],
    [[{ ...tensor, name: "__metadata__" }], "RangeError", /reserved/],
    [
      [{ ...tensor, shape: [2] }],
      "RangeError",
      /tensor "a": shape \[2\] of float32 takes 8 bytes, got 4/,
    ],
    [[{ ...tensor, shape: [-1] }], "RangeError", /dimension -1/],
    [[{ ...tensor, dtype: "int64" }], "TypeError", /Float32Array as int64/],
    [
      [{ ...tensor, dtype: "float8" as "float32" }],
      "TypeError",
      /element of type "float8"/,
    ],
  ];
  for (const [tensors, name, message] of cases) {
    assert.throws(() => writeSafetensors(path, tensors), { name, message });
  }
  const metadata = { epoch: 3 } as unknown as Record<string, string>;
  assert.throws(() => writeSafetensors(path, [tensor], metadata), {
    name: "TypeError",
    message: /"epoch" is number/,
  });
  assert.equal([...Deno.readDirSync(dir.path)].length, 0);
});

Deno.test("openWeights() reads a .npy file as one tensor", () => {
  assert.deepEqual(
    openWeights(fixture("c.npy")).readFloat32("value"),
    readNpy(fixture("c.npy")).data,
  );
});
