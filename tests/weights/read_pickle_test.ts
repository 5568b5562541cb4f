import assert from "node:assert/strict";
import { readPickle } from "@/weights/mod.ts";
import { bytes, le } from "./_builders.ts";

Deno.test("readPickle() gives plain data as arrays, Maps, numbers, text and bytes", () => {
  const pickle = bytes(
    0x80,
    4,
    "(",
    "K",
    7,
    "N",
    0x88,
    "X",
    le(4, 2),
    "hi",
    "C",
    2,
    1,
    2,
    "}",
    "K",
    1,
    "K",
    2,
    "s",
    "t.",
  );
  const [seven, none, yes, text, data, map] = readPickle(pickle) as [
    number,
    null,
    boolean,
    string,
    Uint8Array,
    Map<number, number>,
  ];
  assert.deepEqual([seven, none, yes, text, [...data], [...map]], [7, null, true, "hi", [1, 2], [[1, 2]]]);
});

Deno.test("readPickle() reads a file, and Python 2's strings as text or bytes", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes("(U", 2, 0xc3, 0xa9, "S'\\xe9'\nt."));
    assert.deepEqual(readPickle(path), ["\u00e9", "\u00e9"]);
    assert.deepEqual(readPickle(path, { strings: "bytes" }), [Uint8Array.of(0xc3, 0xa9), Uint8Array.of(0xe9)]);
    assert.throws(() => readPickle(path, { maxBytes: 5 }), { name: "RangeError", message: /at most 5 are read/ });
  } finally {
    await Deno.remove(path);
  }
  assert.throws(() => readPickle(path), Deno.errors.NotFound);
});

Deno.test("readPickle() refuses what is not plain data, and lists that multiply or hold themselves", () => {
  const refuse = (message: RegExp, ...parts: (string | number | Uint8Array)[]) =>
    assert.throws(() => readPickle(bytes(...parts), { name: "x.bin" }), (error: Error) => {
      assert.match(error.message, /^Cannot read the pickle of "x\.bin"/);
      assert.match(error.message, message);
      return true;
    });
  refuse(/it holds a a\.B object, expected plain data/, "ca\nB\n)R.");
  refuse(/it holds a builtins\.bytes object/, "cbuiltins\nbytes\nJ", le(4, 2_000_000_000), 0x85, "R."); // that many zeros
  refuse(/it holds a\.B/, "ca\nB\n.");
  refuse(/refers to "k" outside of it/, "X", le(4, 1), "kQ.");
  refuse(/levels/, "]q", 0, "h", 0, "a."); // [itself]
  let doubling = "]";
  for (let i = 0; i < 24; i++) doubling += "q\x00]h\x00ah\x00a"; // [x, x] of the list before
  refuse(/values/, doubling + ".");
  refuse(/truncated/, "](K");
});

Deno.test("readPickle() takes NumPy's arrays of bytes and bools, of Python 2 and 3, and no others", () => {
  const array = (code: string, data: string, old = false) => {
    const text = (value: string) =>
      old ? `U${String.fromCharCode(value.length)}${value}` : `X${String.fromCharCode(value.length)}\0\0\0${value}`;
    const raw = (value: string) => old ? text(value) : `C${String.fromCharCode(value.length)}${value}`;
    const dtype = `cnumpy\ndtype\n(${text(code)}I0\nI1\ntR(I3\n${text("|")}NNNI-1\nI-1\nI0\ntb`;
    return `cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\nt${raw("b")}tR(I1\n(I2\nt${dtype}I00\n${
      raw(data)
    }tb.`;
  };
  for (const old of [false, true]) {
    const flags = readPickle(bytes(array("b1", "\x01\x00", old)), { strings: "bytes" });
    assert.deepEqual(flags, Uint8Array.of(1, 0));
  }
  assert.throws(
    () => readPickle(bytes(array("f4", "\0\0\0\0\0\0\0\0"))),
    /it holds a numpy\.core\.multiarray\._reconstruct/,
  );
});
