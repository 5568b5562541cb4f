import assert from "node:assert/strict";
import { itemBytes, openWeights } from "@/weights/mod.ts";
import { bytes, checkpoint, op, vector } from "./_builders.ts";
import { EXPECTED, fixture, refuse } from "./_fixtures.ts";

for (const [name, facts] of Object.entries(EXPECTED)) {
  Deno.test(`openWeights() reads ${name} as its makers do`, () => {
    const file = openWeights(fixture(name));
    assert.equal(file.format, facts.format);
    assert.deepEqual(
      [...file.tensors.keys()].sort(),
      Object.keys(facts.tensors).sort(),
    );
    for (const [key, expected] of Object.entries(facts.tensors)) {
      const tensor = file.tensors.get(key)!;
      assert.equal(tensor.dtype, expected.dtype, key);
      assert.deepEqual([...tensor.shape], expected.shape, key);
      assert.deepEqual(
        file.readRaw(key),
        Uint8Array.fromBase64(expected.raw),
        key,
      );
      if (expected.float32 === undefined) {
        const longs = new BigInt64Array(
          Uint8Array.fromBase64(expected.raw).buffer,
        );
        assert.deepEqual(file.readInt64(key), longs, key);
      } else {
        // Object.is tells -0 from 0; the bits of NaN may differ after a conversion.
        const actual = file.readFloat32(key);
        const wanted = new Float32Array(
          Uint8Array.fromBase64(expected.float32).buffer,
        );
        assert.equal(actual.length, wanted.length, key);
        assert.ok(actual.every((x, i) => Object.is(x, wanted[i])), key);
      }
      if (tensor.contiguous) { // what ONNX Runtime will map
        const bytes = Deno.readFileSync(fixture(name)).subarray(
          tensor.offset,
          tensor.offset + tensor.byteLength,
        );
        assert.deepEqual(bytes, Uint8Array.fromBase64(expected.raw), key);
        assert.equal(
          tensor.byteLength,
          tensor.shape.reduce((a, b) => a * b, itemBytes(tensor.dtype)),
          key,
        );
      }
    }
    if (facts.root !== undefined) assert.equal(file.metadata.root, facts.root);
    if (facts.values !== undefined) {
      assert.deepEqual(file.metadata.values, facts.values);
    }
    if (facts.skipped !== undefined) {
      assert.deepEqual(Object.keys(file.metadata.skipped), facts.skipped);
    }
    if (facts.metadata !== undefined) {
      assert.deepEqual(file.metadata, facts.metadata);
    }
  });
}

Deno.test("openWeights() refuses malicious checkpoints by name", () => {
  const attack = bytes(op.global("os", "system"), "(", op.text("echo"), "tR");
  refuse(
    checkpoint({ w: vector, x: attack }),
    "SyntaxError",
    /it names os\.system/,
  );
});

const others: [string, Uint8Array, RegExp][] = [
  ["an empty file", bytes(), /it is empty/],
  [
    "a web page",
    bytes("<!DOCTYPE html><html>"),
    /a web page: the download gave an error or a login page/,
  ],
  [
    "a Git LFS pointer",
    bytes("version https://git-lfs.github.com/spec/v1\n"),
    /Git LFS pointer/,
  ],
  ["gzip", bytes(0x1f, 0x8b, 8), /gzip: unpack it first/],
  [
    "a tar archive",
    bytes(new Uint8Array(257), "ustar", new Uint8Array(200)),
    /tar archive/,
  ],
  ["HDF5", bytes("\x89HDF\r\n"), /HDF5/],
  [
    "other bytes",
    bytes("hello world"),
    /begins with the bytes 68 65 6c 6c 6f 20 77 6f/,
  ],
];
for (const [what, content, message] of others) {
  Deno.test(`openWeights() says that ${what} is no weight file`, () => refuse(content, "SyntaxError", message));
}

Deno.test("openWeights() refuses a root where there is none to choose", () => {
  assert.throws(() => openWeights(fixture("c.npy"), { root: "model" }), {
    name: "RangeError",
    message: /leave root out/,
  });
  assert.throws(() => openWeights(fixture("arrays.npz"), { root: "model" }), {
    name: "RangeError",
    message: /use prefix/,
  });
});
