import { featureFromBytes, featureToBytes } from "../../lib/datasets/_feature_bytes.ts";
import { decodeRecord, encodeRecord, readRecordHead } from "../../lib/datasets/_record.ts";
import assert from "node:assert/strict";
import { packArray, packBytes, packInteger } from "../../lib/datasets/_msgpack.ts";
import table from "../fixtures/datasets/msgpack.json" with { type: "json" };

/** An array of byte strings and integers as MessagePack. */
const pack = (values: (Uint8Array | number)[]) =>
  packArray(
    values.map((value) => typeof value === "number" ? packInteger(value) : packBytes(value)),
  );

const bytes = Uint8Array.of(0xff, 0xd8, 1);
const feature = Float32Array.from({ length: 512 }, (_, i) => i / 7);

Deno.test("encodeRecord() and decodeRecord() agree in both layouts", () => {
  const plain = encodeRecord({ label: 300, bytes }, false);
  assert.equal(plain.toHex(), table.record);
  assert.deepEqual(decodeRecord(plain, "r"), { label: 300, bytes });
  assert.deepEqual(readRecordHead(plain, "r"), {
    label: 300,
    hasFeature: false,
  });
  const full = encodeRecord({ label: 0, bytes, feature }, true);
  assert.deepEqual(decodeRecord(full, "r"), { label: 0, bytes, feature });
  assert.deepEqual(readRecordHead(full, "r"), { label: 0, hasFeature: true });
});

Deno.test("decodeRecord() reads Vec2Face+ records, whose fourth element it leaves out", () => {
  const value = pack([
    bytes,
    featureToBytes(feature),
    5,
    Uint8Array.of(9),
  ]);
  assert.deepEqual(decodeRecord(value, "r"), { label: 5, bytes, feature });
});

Deno.test("decodeRecord() throws SyntaxError that names the record when its layout or label is wrong", () => {
  const values = [[bytes], [1, 2], [bytes, 2 ** 31], [bytes, bytes], []].map(
    pack,
  );
  values.push(
    Uint8Array.fromHex(table.map),
    Uint8Array.of(...pack([bytes]), 0xff).with(0, 0x92),
  ); // label -1
  for (const value of values) {
    assert.throws(
      () => decodeRecord(value, "record 7"),
      (e) => e instanceof SyntaxError && e.message.includes("Cannot read record 7"),
      value.toHex(),
    );
  }
});

Deno.test("featureToBytes() writes the header that numpy.save writes", () => {
  const written = featureToBytes(feature);
  const header = "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (512,), }";
  const text = String.fromCharCode(...written.subarray(0, 128));
  assert.equal(text, header.padEnd(127) + "\n");
  assert.equal(written.length, 128 + 2048);
});

Deno.test("featureFromBytes() reads float16 and float64 and shapes with more axes", () => {
  for (
    const [descr, size, set] of [
      ["<f2", 2, DataView.prototype.setFloat16],
      ["<f8", 8, DataView.prototype.setFloat64],
    ] as const
  ) {
    const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (1, 3), }`.padEnd(
      117,
    ) + "\n";
    const out = new Uint8Array(128 + 3 * size);
    out.set(featureToBytes(feature).subarray(0, 10));
    out.set(new TextEncoder().encode(header), 10);
    [0.5, -2, 1024].forEach((v, i) => set.call(new DataView(out.buffer), 128 + i * size, v, true));
    assert.deepEqual([...featureFromBytes(out, "r")], [0.5, -2, 1024]);
  }
});

Deno.test("featureFromBytes() throws SyntaxError when the bytes are no .npy file of floats or cut short", () => {
  const whole = featureToBytes(feature);
  for (
    const part of [
      new Uint8Array(0),
      whole.subarray(0, 9),
      whole.subarray(0, 60),
      whole.subarray(0, 2175),
    ]
  ) {
    assert.throws(
      () => featureFromBytes(part, "record 7"),
      (e) =>
        e instanceof SyntaxError &&
        e.message.includes("the feature of record 7"),
    );
  }
  const integers = whole.slice();
  integers.set(new TextEncoder().encode("i4"), 22);
  assert.throws(() => featureFromBytes(integers, "r"), /its header is/);
});
