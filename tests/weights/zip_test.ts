import assert from "node:assert/strict";
import { bytes, makeCheckpoint, makeZip, pickleDict, storage, vector } from "./_builders.ts";
import { open, refuse } from "./_fixtures.ts";

Deno.test("openWeights() reads zip64 archives and archives with a comment", () => {
  const pickle = pickleDict({ w: vector });
  for (
    const options of [{ zip64: true }, { comment: "PK\x05\x06 not the end" }]
  ) {
    assert.deepEqual(
      open(makeCheckpoint(pickle, { "0": storage }, options)).values,
      [[1, 2]],
    );
  }
});

const pickled = { name: "archive/data.pkl", data: pickleDict({ w: vector }) };
const stored = { name: "archive/data/0", data: storage };
const wrongZips: [string, Uint8Array, string, RegExp][] = [
  [
    "without an end",
    makeZip([pickled, stored]).slice(0, -10),
    "SyntaxError",
    /no end record; it is truncated/,
  ],
  [
    "cut in the middle",
    makeZip([pickled, stored]).slice(0, 200),
    "SyntaxError",
    /no end record/,
  ],
  [
    "with bytes before it",
    bytes("PK\x03\x04", makeZip([pickled, stored])),
    "SyntaxError",
    /expected to end at/,
  ],
  [
    "of other files",
    makeZip([{ name: "a.txt", data: storage }]),
    "SyntaxError",
    /neither has data\.pkl .* "a\.txt"/,
  ],
  ["without files", makeZip([]), "SyntaxError", /first entry is "missing"/],
  [
    "with two checkpoints",
    makeZip([pickled, { ...pickled, name: "b/data.pkl" }]),
    "SyntaxError",
    /2 checkpoints/,
  ],
  [
    "with the same name twice",
    makeZip([pickled, stored, stored]),
    "SyntaxError",
    /two entries are named/,
  ],
  [
    "of TorchScript",
    makeZip([pickled, { ...stored, name: "archive/constants.pkl" }]),
    "SyntaxError",
    /TorchScript/,
  ],
  [
    "renamed inside",
    makeZip([pickled, { ...stored, localName: "archive/data/9" }]),
    "SyntaxError",
    /not where its/,
  ],
  [
    "with a shifted offset",
    makeZip([pickled, { ...stored, shift: 1 }]),
    "SyntaxError",
    /overlaps|not where/,
  ],
  [
    "with overlapping entries",
    makeZip([pickled, { ...stored, shift: -40 }]),
    "SyntaxError",
    /overlaps/,
  ],
  [
    "with a local header that reaches into the next entry",
    makeZip([pickled, { ...stored, localExtraBytes: 1 }]),
    "SyntaxError",
    /the next one begins at/,
  ],
  [
    "with an encrypted entry",
    makeZip([pickled, { ...stored, flags: 1 }]),
    "SyntaxError",
    /it is encrypted/,
  ],
  [
    "with bzip2",
    makeZip([pickled, { ...stored, method: 12 }]),
    "SyntaxError",
    /method 12, known are/,
  ],
  [
    "with a wrong size",
    makeZip([pickled, { ...stored, declaredBytes: 9 }]),
    "SyntaxError",
    /declares 9/,
  ],
  [
    "with a bomb",
    makeZip([{ ...pickled, deflate: true, declaredBytes: 2 ** 30 }]),
    "RangeError",
    /cannot hold/,
  ],
  [
    "with many entries",
    makeZip([pickled], { zip64: true, declaredEntries: 2 ** 40 }),
    "RangeError",
    /1099511627776 zip/,
  ],
  [
    "with fewer entries",
    makeZip([pickled, stored], { declaredEntries: 3 }),
    "SyntaxError",
    /2 entries, declared were 3/,
  ],
  [
    "with a wrong byte order",
    makeZip([pickled, stored, {
      name: "archive/byteorder",
      data: bytes("middle"),
    }]),
    "SyntaxError",
    /byte order is "middle"/,
  ],
];
for (const [what, content, name, message] of wrongZips) {
  Deno.test(`openWeights() refuses a zip archive ${what}`, () => refuse(content, name, message));
}
