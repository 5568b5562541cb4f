import assert from "node:assert/strict";
import { Cursor } from "@/weights/_cursor.ts";
import { unpickle } from "@/weights/_pickle.ts";
import { PlainWriter } from "@/weights/_plain.ts";
import { MemorySource } from "@/weights/_source.ts";
import { bytes, le, op } from "./_builders.ts";

function load(...parts: (string | number | Uint8Array)[]): unknown {
  const program = bytes(...parts);
  const cursor = new Cursor(
    new MemorySource("a.pkl", program),
    0,
    program.length,
  );
  const value = unpickle(cursor, (id) => ["reference", id] as never);
  assert.equal(cursor.position, program.length);
  return new PlainWriter().write(value);
}

function refuse(
  name: string,
  message: RegExp,
  ...parts: (string | number | Uint8Array)[]
): void {
  assert.throws(() => load(...parts), (error: Error) => {
    assert.equal(error.name, name, `${error}`);
    assert.match(error.message, message);
    assert.match(error.message, /^Cannot .*"a\.pkl"/);
    return true;
  });
}

Deno.test("unpickle() reads the text opcodes of protocol 0", () => {
  assert.deepEqual(
    load("(lp0\nI1\naI00\naI01\naL-5L\naF1.5\naFinf\naF-inf\naNa."),
    [1, false, true, -5, 1.5, Infinity, -Infinity, null],
  );
  assert.deepEqual(
    load("(dp0\nS'a\\n\\x41\\''\np1\nV\\u00e9\\U0001F600!\np2\ns."),
    { "a\nA'": "\u00e9\u{1F600}!" },
  );
  assert.deepEqual(load("((I1\nI2\ntp1\ng1\nl."), [[1, 2], [1, 2]]);
  // A letter of one byte above 127 is no UTF-8; this is how Python 3 writes bytes.
  assert.equal(load("V", bytes(0xff, 0xe9), "\\u0000\\u000a\\u005c\n."), "\u00ff\u00e9\0\n\\");
});

Deno.test("unpickle() reads the numbers of every width", () => {
  const parts = [
    "(",
    "K",
    200,
    "M",
    le(2, 60000),
    op.int(-2),
    bytes(0x8a, 0),
    op.long(-1n),
    op.long(2n ** 53n),
    "t.",
  ];
  assert.deepEqual(load(...parts), [200, 60000, -2, 0, -1, "9007199254740992"]);
  assert.deepEqual(load("G", bytes(0x3f, 0xf8, 0, 0, 0, 0, 0, 0), "."), 1.5);
  assert.deepEqual(
    load(0x8b, le(4, 3), bytes(0xff, 0xff, 0x7f), "."),
    0x7fffff,
  );
});

Deno.test("unpickle() reads protocols 4 and 5", () => {
  const framed = bytes(
    "]",
    0x94,
    "(",
    0x8c,
    1,
    "a",
    0x94,
    "h",
    1,
    0x43,
    2,
    "xy",
    0x96,
    le(8, 1),
    "z",
    "e.",
  );
  assert.deepEqual(load(0x80, 5, 0x95, le(8, framed.length), framed), [
    "a",
    "a",
    "bytes [2]",
    "bytes [1]",
  ]);
  assert.deepEqual(load(0x80, 4, 0x8f, "(K", 1, 0x90, "."), [1]);
  assert.deepEqual(load("(K", 1, 0x91, "."), [1]);
  assert.deepEqual(load(0x8c, 5, "torch", 0x8c, 7, "float32", 0x93, "."), {
    python: "torch.float32",
  });
});

Deno.test("unpickle() keeps what it does not know as a name", () => {
  const path = bytes(
    op.global("pathlib", "PosixPath"),
    "(",
    op.text("a"),
    "tR",
  );
  assert.deepEqual(load(path, "."), { python: "pathlib.PosixPath" });
  const easydict = bytes(
    op.global("easydict", "EasyDict"),
    ")",
    0x81,
    "(",
    op.text("a"),
    "K",
    1,
    "u}b",
  );
  assert.deepEqual(load(easydict, "."), { python: "easydict.EasyDict" });
  assert.deepEqual(load("(i", "old\nStyle\n", "."), { python: "old.Style" });
  assert.deepEqual(load("(", op.global("old", "Style"), "K", 1, "o."), {
    python: "old.Style",
  });
  assert.deepEqual(
    load(op.global("torch", "device"), "(", op.text("cuda"), "tR."),
    { python: "torch.device" },
  );
});

Deno.test("unpickle() gives harmless values of the table", () => {
  assert.deepEqual(
    load(
      op.global("collections", "OrderedDict"),
      ")R(",
      op.text("a"),
      "K",
      1,
      "u}b.",
    ),
    { a: 1 },
  );
  assert.deepEqual(
    load(op.global("__builtin__", "set"), "(](K", 1, "K", 2, "etR."),
    [1, 2],
  );
  assert.deepEqual(load(op.global("torch", "Size"), "((K", 1, "K", 2, "ttR."), [
    1,
    2,
  ]);
  assert.deepEqual(
    load(
      op.global("argparse", "Namespace"),
      ")",
      0x81,
      "}(",
      op.text("lr"),
      "K",
      3,
      "ub.",
    ),
    { lr: 3 },
  );
  const dtype = bytes(
    op.global("numpy", "dtype"),
    "(",
    op.text("f8"),
    0x89,
    0x88,
    "tR(K",
    3,
    op.text("<"),
    "tb",
  );
  const content = bytes(
    op.global("_codecs", "encode"),
    "(",
    op.text("\0\0\0\0\0\0\x58\x40"),
    op.text("latin1"),
    "tR",
  );
  for (const module of ["numpy.core.multiarray", "numpy._core.multiarray"]) {
    assert.deepEqual(
      load(op.global(module, "scalar"), "(", dtype, content, "tR."),
      96,
    );
  }
});

Deno.test("unpickle() gives the containers that older Pythons call", () => {
  const pairs = bytes("](](", op.text("a"), "K", 1, "ee");
  for (
    const [module, name] of [["collections", "OrderedDict"], [
      "builtins",
      "dict",
    ]] as const
  ) {
    assert.deepEqual(load(op.global(module, name), "(", pairs, "tR."), {
      a: 1,
    });
  }
  const items = bytes("](K", 1, "K", 2, "e");
  for (const name of ["list", "set", "frozenset", "tuple"]) {
    assert.deepEqual(load(op.global("builtins", name), "(", items, "tR."), [
      1,
      2,
    ]);
    assert.deepEqual(load(op.global("__builtin__", name), ")R."), []);
  }
  const factory = op.global("builtins", "int");
  assert.deepEqual(
    load(
      op.global("collections", "defaultdict"),
      factory,
      0x85,
      "R(",
      op.text("a"),
      "K",
      1,
      "u.",
    ),
    { a: 1 },
  );
  assert.deepEqual(
    load(op.global("builtins", "bytearray"), 0x43, 2, "xy", 0x85, "R."),
    "bytes [2]",
  );
  assert.deepEqual(load(op.global("__builtin__", "bytes"), ")R."), "bytes [0]");
  assert.deepEqual(load(op.global("builtins", "bytes"), 0x43, 2, "xy", 0x85, "R."), "bytes [2]");
  const make = op.global("copy_reg", "_reconstructor");
  const object = bytes(
    "(",
    op.global("argparse", "Namespace"),
    op.global("__builtin__", "object"),
    "NtR",
  );
  assert.deepEqual(load(make, object, "}(", op.text("lr"), "K", 3, "ub."), {
    lr: 3,
  });
  refuse(
    "SyntaxError",
    /something else than pairs/,
    op.global("builtins", "dict"),
    "(](K",
    1,
    "etR.",
  );
});

Deno.test("unpickle() refuses names without end", () => {
  refuse(
    "SyntaxError",
    /a name without end/,
    op.global("m".repeat(300), "n".repeat(300)),
    ".",
  );
});

for (
  const [module, name] of [
    ["os", "system"],
    ["posix", "system"],
    ["nt", "system"],
    ["subprocess", "Popen"],
    ["builtins", "eval"],
    ["builtins", "exec"],
    ["__builtin__", "open"],
    ["builtins", "__import__"],
    ["importlib", "import_module"],
    ["runpy", "_run_code"],
    ["os.path", "join"],
    ["torch.hub", "load"],
    ["torch", "hub.load"],
    ["operator", "attrgetter"],
  ] as const
) {
  Deno.test(`unpickle() refuses ${module}.${name} by name, whichever opcode says it`, () => {
    const message = new RegExp(
      `it names ${module}\\.${name}, which no checkpoint needs; it may be malicious`,
    );
    refuse(
      "SyntaxError",
      message,
      op.global(module, name),
      "(",
      op.text("echo"),
      "tR.",
    );
    refuse("SyntaxError", message, op.text(module), op.text(name), 0x93, ".");
    refuse(
      "SyntaxError",
      message,
      "(",
      op.text("echo"),
      `i${module}\n${name}\n.`,
    );
  });
}

Deno.test("unpickle() refuses programs that are wrong", () => {
  refuse("SyntaxError", /asks for 1 more bytes, 0 are left/, "K");
  refuse("SyntaxError", /asks for 1000 more bytes/, "X", le(4, 1000), "abc");
  refuse("SyntaxError", /finds nothing on the stack/, "0.");
  refuse("SyntaxError", /finds nothing on the stack/, "K", 1, "(0K", 2, "s."); // SETITEM on one value
  refuse("SyntaxError", /finds nothing on the stack/, "K", 1, "(R."); // not below the mark
  refuse("SyntaxError", /finds no mark/, "t.");
  refuse("SyntaxError", /memo entry 7 was never put/, "h", 7, ".");
  refuse("SyntaxError", /key without a value/, "(K", 1, "d.");
  refuse("SyntaxError", /opcode 0x82 is not one/, 0x82, 1); // EXT1
  refuse("SyntaxError", /opcode 0x97 is not one/, 0x97); // NEXT_BUFFER
  refuse("SyntaxError", /newer than 5/, 0x80, 6);
  refuse("SyntaxError", /1 is called/, "K", 1, ")R.");
  refuse(
    "SyntaxError",
    /a call has 1 for arguments/,
    op.global("a", "b"),
    "K",
    1,
    "R.",
  );
  refuse("SyntaxError", /items are appended to None/, "NK", 1, "a.");
  refuse("SyntaxError", /items are set on None/, "NK", 1, "K", 2, "s.");
  refuse("SyntaxError", /state is set on None/, "NNb.");
  refuse("SyntaxError", /"1x" is no integer/, "I1x\n.");
  refuse("SyntaxError", /"abc" is no number/, "Fabc\n.");
  refuse("SyntaxError", /not in quotes/, "Sabc\n.");
  refuse("SyntaxError", /no memo index/, "g-1\n.");
  refuse("SyntaxError", /line without end/, "cos");
  refuse("SyntaxError", /a global has no name/, "NN", 0x93);
});

Deno.test("unpickle() stops bombs", () => {
  refuse(
    "RangeError",
    /an integer of 4294967295 bytes/,
    0x8b,
    le(4, 2 ** 32 - 1),
  );
  refuse("SyntaxError", /is no integer/, "L", "9".repeat(60_000), "L\n.");
  refuse("RangeError", /more than 10000 open marks/, "(".repeat(10_001));
  refuse(
    "RangeError",
    /more than 1000000 values on its stack/,
    "N".repeat(1_000_001),
  );
  refuse(
    "RangeError",
    /more than 2000000 memo entries/,
    "N",
    new Uint8Array(2_000_001).fill(0x94),
  );
  refuse("SyntaxError", /asks for/, 0x8d, le(8, 2 ** 53));
  // a long text that is encoded again and again
  const text = op.text("x".repeat(100_000));
  const again = bytes("h", 0, "h", 1, 0x85, "R0");
  const many = Array.from({ length: 100 }, () => again);
  refuse(
    "RangeError",
    /more than 8000000 steps/,
    op.global("_codecs", "encode"),
    "q",
    0,
    "0",
    text,
    "q",
    1,
    "0",
    ...many,
  );
});

Deno.test("unpickle() survives values that hold themselves or double again and again", () => {
  const cyclic = load("]q", 0, "h", 0, "a.");
  let depth = 0;
  for (let at = cyclic; Array.isArray(at); at = at[0]) depth++;
  assert.ok(depth <= 65);
  // 30 levels of [x, x]: two to the 30 values if written out
  const doubling = [
    "N",
    ...Array.from(
      { length: 30 },
      (_, i) => bytes("q", i, "0]h", i, "ah", i, "a"),
    ),
  ];
  const text = JSON.stringify(load(...doubling, "."));
  assert.ok(text.length < 2_000_000 && text.includes('"..."'));
  // A dictionary that is a key of itself: the JSON of the key of the key of ... escapes each quote once more.
  const key = load("}q", 0, "h", 0, "Ns.");
  assert.ok(JSON.stringify(key).length < 20_000_000);
});
