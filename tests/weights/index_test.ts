import assert from "node:assert/strict";
import { openWeights } from "@/weights/mod.ts";
import { indexWeights, type TensorEntry } from "@/weights/_index.ts";
import { MemorySource } from "@/weights/_source.ts";
import { checkpoint, pickleTensor, type TensorSketch, VECTOR, vector } from "./_builders.ts";
import { fixture, refuse, TempDir } from "./_fixtures.ts";

Deno.test("openWeights() says why a tensor is skipped when it is read", () => {
  const file = openWeights(fixture("exotic.pth"));
  assert.throws(() => file.readFloat32("sparse"), {
    name: "TypeError",
    message: /made by torch\._utils\._rebuild_sparse/,
  });
  assert.throws(() => file.readFloat32("complex"), {
    name: "TypeError",
    message: /torch\.ComplexFloatStorage/,
  });
  assert.throws(() => file.readFloat32("dens"), {
    name: "RangeError",
    message: /among 1, nearest are "dense"/,
  });
});

Deno.test("readFloat32() and readInt64() refuse the other kind", () => {
  const file = openWeights(fixture("dtypes.pth"));
  assert.throws(() => file.readFloat32("int64"), {
    name: "TypeError",
    message: /it is int64, use readInt64/,
  });
  assert.throws(() => file.readInt64("float16"), {
    name: "TypeError",
    message: /it is float16, use readFloat32/,
  });
  assert.deepEqual(
    file.readInt64("int8"),
    new BigInt64Array([-128n, -1n, 0n, 127n]),
  );
  assert.deepEqual(file.readInt64("bool"), new BigInt64Array([1n, 0n, 1n]));
});

Deno.test("readRaw() refuses a file that changed since it was opened", () => {
  using dir = new TempDir();
  const path = dir.write("a.pth", checkpoint({ w: vector }));
  const file = openWeights(path);
  dir.write("a.pth", checkpoint({ another: vector }));
  assert.throws(() => file.readRaw("w"), {
    name: "SyntaxError",
    message: /changed since it was opened, open it again/,
  });
});

Deno.test("openWeights() keeps torch's alignment, so that tensors can be mapped", () => {
  for (
    const { offset, contiguous } of openWeights(fixture("dtypes.pth")).tensors
      .values()
  ) {
    assert.ok(contiguous);
    assert.equal(offset % 64, 0);
  }
  const { tensors } = openWeights(fixture("views.pth"));
  const inPlace = [...tensors.values()].filter(({ contiguous }) => contiguous)
    .map(({ name }) => name);
  assert.deepEqual(inPlace, [
    "base",
    "tail",
    "tied_a",
    "tied_b",
    "ones_dimension",
  ]);
  assert.equal(tensors.get("tail")!.offset, tensors.get("base")!.offset + 80);
  assert.deepEqual([...tensors.get("transposed")!.strides], [1, 6]);
});

Deno.test("openWeights() marks what cannot be mapped", () => {
  const encoding = (name: string) => openWeights(fixture(name)).tensors.get("float32")!;
  assert.deepEqual([
    encoding("deflated.pth").encoding,
    encoding("deflated.pth").contiguous,
  ], ["deflated", false]);
  assert.deepEqual([
    encoding("big_endian.pth").encoding,
    encoding("big_endian.pth").contiguous,
  ], ["big-endian", false]);
  assert.equal(
    openWeights(fixture("big_endian.pth")).tensors.get("uint8")!.encoding,
    "plain",
  );
});

const big = 2n ** 62n;
const wrongTensors: [string, TensorSketch, string, RegExp][] = [
  [
    "beyond its storage",
    { ...VECTOR, shape: [3] },
    "SyntaxError",
    /\[3\], strides \[1\] ends outside its storage/,
  ],
  [
    "by its strides",
    { ...VECTOR, strides: [2] },
    "SyntaxError",
    /strides \[2\] ends outside/,
  ],
  ["by its offset", { ...VECTOR, offset: 1 }, "SyntaxError", /ends outside/],
  [
    "with a negative stride",
    { ...VECTOR, strides: [-1] },
    "SyntaxError",
    /stride of a tensor is -1/,
  ],
  [
    "with a negative size",
    { ...VECTOR, shape: [-2] },
    "SyntaxError",
    /shape of a tensor is -2/,
  ],
  [
    "with a huge size",
    { ...VECTOR, shape: [big] },
    "SyntaxError",
    /shape of a tensor is 4611686018427387904/,
  ],
  [
    "with too many elements",
    { ...VECTOR, shape: [2 ** 30, 2 ** 30], strides: [0, 0] },
    "RangeError",
    /2\^53/,
  ],
  [
    "expanded too far",
    { ...VECTOR, shape: [2 ** 30], strides: [0] },
    "RangeError",
    /repeats its data/,
  ],
  [
    "with too few strides",
    { ...VECTOR, strides: [] },
    "SyntaxError",
    /1 dimensions but 0 strides/,
  ],
  [
    "with many dimensions",
    { ...VECTOR, shape: Array(65).fill(1), strides: Array(65).fill(1) },
    "SyntaxError",
    /65 dim/,
  ],
  [
    "in a longer storage",
    { ...VECTOR, length: 3 },
    "SyntaxError",
    /storage of 12 bytes, the file has 8 of it/,
  ],
  [
    "in a missing storage",
    { ...VECTOR, key: "1" },
    "SyntaxError",
    /in storage "1", which the archive lacks/,
  ],
  [
    "in a strange key",
    { ...VECTOR, key: "../0" },
    "SyntaxError",
    /in storage "\.\.\/0", which the archive lacks/,
  ],
  [
    "of an unknown type",
    { ...VECTOR, storage: "NewStorage" },
    "SyntaxError",
    /torch\.NewStorage are not known/,
  ],
];
for (const [what, sketch, name, message] of wrongTensors) {
  Deno.test(`openWeights() refuses a tensor ${what}`, () => {
    refuse(checkpoint({ w: pickleTensor(sketch) }), name, message);
  });
}

Deno.test("indexWeights() checks every tensor, whatever the format has checked", () => {
  const source = new MemorySource("a", new Uint8Array(100));
  const segment = {
    offset: 90,
    storedBytes: 8,
    bytes: 8,
    deflated: false,
    bigEndian: false,
  };
  const entry: TensorEntry = {
    name: "w",
    dtype: "float32",
    shape: [2],
    segment,
    start: 0,
  };
  const metadata = { root: "", strippedPrefix: "", skipped: {}, values: {} };
  const index = (...entries: TensorEntry[]) => indexWeights(source, "npz", { entries, metadata });
  assert.equal(index(entry).tensors.get("w")!.offset, 90);
  assert.throws(() => index({ ...entry, start: 4 }), {
    name: "SyntaxError",
    message: /needs bytes 4 to 12 of its data, which has 8/,
  });
  assert.throws(() => index({ ...entry, start: -4 }), {
    name: "SyntaxError",
    message: /begins at byte -4/,
  });
  assert.throws(() => index({ ...entry, start: NaN }), {
    name: "SyntaxError",
    message: /begins at byte NaN/,
  });
  assert.throws(
    () => index({ ...entry, segment: { ...segment, offset: 93 } }),
    {
      name: "SyntaxError",
      message: /lies at bytes 93 to 101, the file has 100/,
    },
  );
  assert.throws(
    () => index({ ...entry, segment: { ...segment, offset: -1 } }),
    { name: "SyntaxError", message: /bytes -1 to 7/ },
  );
  assert.throws(() => index({ ...entry, strides: [-1] }), {
    name: "SyntaxError",
    message: /strides \[-1\]/,
  });
  assert.throws(() => index(entry, entry), {
    name: "SyntaxError",
    message: /two tensors are named "w"/,
  });
});
