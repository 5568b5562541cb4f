import assert from "node:assert/strict";
import { bytes, floats, makeLegacy, op, pickleDict, pickleTensor, storage, VECTOR, vector } from "./_builders.ts";
import { open, refuse } from "./_fixtures.ts";

const legacyPickle = pickleDict({ w: vector });
const legacyStorage = { key: "0", length: 2, data: storage };

Deno.test("openWeights() reads a legacy checkpoint with a storage view", () => {
  const view = bytes("(", op.text("view"), op.int(1), op.int(2), "t");
  const id = bytes(
    "(",
    op.text("storage"),
    op.global("torch.cuda", "FloatStorage"),
    op.text("0"),
    op.text("cuda:0"),
  );
  const tensor = bytes(
    ...[
      op.global("torch._utils", "_rebuild_tensor"),
      "(",
      id,
      op.int(4),
      view,
      "tQ",
    ],
    ...[op.int(1), op.ints([1]), op.ints([1]), "tR"],
  );
  const content = makeLegacy(pickleDict({ w: tensor }), [{
    key: "0",
    length: 4,
    data: floats(1, 2, 3, 4),
  }]);
  assert.deepEqual(open(content).values, [[3]]);
});

/** How a legacy save refers to the class of a network, with its source code. */
const moduleReference = bytes(
  ...[
    "(",
    op.text("module"),
    op.global("models", "Net"),
    op.text("models.py"),
    op.text("class Net: ..."),
    "tQ",
  ],
);

const wrongLegacy: [string, Uint8Array, string, RegExp][] = [
  [
    "of a whole model",
    makeLegacy(bytes(op.proto, moduleReference, ")R."), []),
    "SyntaxError",
    /source code of a network: this looks like a full model save, not a state_dict/,
  ],
  [
    "of plain pickle",
    bytes(op.proto, op.int(1), "."),
    "SyntaxError",
    /a Python pickle but not of torch\.save/,
  ],
  [
    "of another protocol",
    makeLegacy(legacyPickle, [legacyStorage], { protocol: 7 }),
    "SyntaxError",
    /protocol 7, known/,
  ],
  [
    "that is truncated",
    makeLegacy(legacyPickle, [legacyStorage]).slice(0, -1),
    "SyntaxError",
    /it is truncated/,
  ],
  [
    "with bytes left over",
    bytes(makeLegacy(legacyPickle, [legacyStorage]), 0),
    "SyntaxError",
    /1 bytes follow/,
  ],
  [
    "with a huge storage",
    makeLegacy(legacyPickle, [{ ...legacyStorage, length: 2 ** 52 }]),
    "SyntaxError",
    /4503599627370496 elements .* truncated/,
  ],
  [
    "without its storage",
    makeLegacy(legacyPickle, []),
    "SyntaxError",
    /storage that the file does not have/,
  ],
  [
    "with an unknown storage",
    makeLegacy(legacyPickle, [legacyStorage, { ...legacyStorage, key: "1" }]),
    "SyntaxError",
    /does not fit/,
  ],
  [
    "with a storage twice",
    makeLegacy(legacyPickle, [legacyStorage, legacyStorage]),
    "SyntaxError",
    /does not fit/,
  ],
  [
    "of two element types",
    makeLegacy(
      pickleDict({
        w: vector,
        v: pickleTensor({ ...VECTOR, storage: "HalfStorage" }),
      }),
      [legacyStorage],
    ),
    "SyntaxError",
    /of types torch\.FloatStorage and torch\.HalfStorage/,
  ],
];
for (const [what, content, name, message] of wrongLegacy) {
  Deno.test(`openWeights() refuses a legacy checkpoint ${what}`, () => refuse(content, name, message));
}
