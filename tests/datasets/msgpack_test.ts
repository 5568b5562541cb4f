import { MsgpackReader, packArray, packBytes, packInteger } from "../../lib/datasets/_msgpack.ts";
import assert from "node:assert/strict";
import table from "../fixtures/datasets/msgpack.json" with { type: "json" };

const read = (bytes: Uint8Array) => new MsgpackReader(bytes, "the record");
const hex = (text: string) => Uint8Array.fromHex(text);
/** A head from the fixture and as many zeros as follow it. */
function withZeros([length, head]: (string | number)[]): Uint8Array {
  const first = hex(head as string);
  const out = new Uint8Array(first.length + (length as number));
  out.set(first);
  return out;
}

Deno.test("packInteger(), packBytes() and packArray() write what Python's msgpack writes, at every size of head", () => {
  for (const [value, expected] of table.integers as [number, string][]) {
    if (value < 0 || value > 0xffffffff) continue;
    assert.equal(packInteger(value).toHex(), expected, `${value}`);
  }
  for (const row of table.bytes) {
    assert.deepEqual(
      packBytes(new Uint8Array(row[0] as number)),
      withZeros(row),
      `${row[0]}`,
    );
  }
  for (const row of table.arrays) {
    const values = Array.from(
      { length: row[0] as number },
      () => packInteger(0),
    );
    assert.deepEqual(packArray(values), withZeros(row), `${row[0]}`);
  }
});

Deno.test("MsgpackReader reads what Python's msgpack writes, also raw strings from before 1.0", () => {
  for (const [value, bytes] of table.integers as [number, string][]) {
    const reader = read(hex(bytes));
    assert.equal(reader.integer(), value);
    reader.end();
  }
  for (const row of [...table.bytes, ...table.raw]) {
    const reader = read(withZeros(row));
    assert.equal(reader.bytes().length, row[0]);
    reader.end();
  }
  for (const row of table.arrays) {
    assert.equal(read(withZeros(row)).array(), row[0]);
  }
});

Deno.test("MsgpackReader throws SyntaxError when a value is cut anywhere", () => {
  const whole = packArray([
    packBytes(new Uint8Array(300).fill(1)),
    packInteger(70000),
  ]);
  for (let length = 0; length < whole.length; length++) {
    assert.throws(
      () => {
        const reader = read(whole.subarray(0, length));
        reader.array();
        reader.bytes();
        reader.integer();
      },
      (e) =>
        e instanceof SyntaxError &&
        e.message.includes("Cannot read the record"),
      `${length}`,
    );
  }
});

Deno.test("MsgpackReader throws SyntaxError when a value is of another type or too large", () => {
  assert.throws(
    () => read(hex("a137")).integer(),
    /type 0xa1 at byte 0, expected an integer/,
  );
  assert.throws(
    () => read(hex("07")).bytes(),
    /type 0x7 at byte 0, expected a byte string/,
  );
  assert.throws(() => read(hex(table.map)).array(), /expected an array/);
  assert.throws(() => read(hex(table.float)).integer(), SyntaxError);
  assert.throws(() => read(hex(table.tooLarge)).integer(), SyntaxError);
  assert.throws(
    () => read(Uint8Array.of(1, 2)).end(),
    /2 bytes follow its end at byte 0/,
  );
});
