import { bytes, le } from "./_builders.ts";
import { refuse } from "./_fixtures.ts";

const header = (json: string, data = 0) => bytes(le(8, json.length), json, new Uint8Array(data));
const entry = (dtype: string, shape: string, offsets: string) =>
  `"w":{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
const wrongSafetensors: [string, Uint8Array, string, RegExp][] = [
  [
    "that is truncated",
    header(`{${entry("F32", "[2]", "[0,8]")}}`, 7),
    "SyntaxError",
    /ends at byte \d+, the file has/,
  ],
  [
    "with bytes left over",
    header(`{${entry("F32", "[2]", "[0,8]")}}`, 9),
    "SyntaxError",
    /take 8 bytes, the file has 9/,
  ],
  [
    "with a hole",
    header(`{${entry("F32", "[1]", "[4,8]")}}`, 8),
    "SyntaxError",
    /begins at byte 4 of the data, expected 0/,
  ],
  [
    "with an overlap",
    header(
      `{${entry("F32", "[1]", "[0,4]")},${entry("F32", "[1]", "[2,6]").replace("w", "v")}}`,
      6,
    ),
    "SyntaxError",
    /overlap or leave a hole/,
  ],
  [
    "of a wrong size",
    header(`{${entry("F32", "[3]", "[0,8]")}}`, 8),
    "SyntaxError",
    /takes 12 bytes, data_offsets give 8/,
  ],
  [
    "of a negative shape",
    header(`{${entry("F32", "[-2]", "[0,8]")}}`, 8),
    "SyntaxError",
    /needs dtype, shape/,
  ],
  [
    "of backward offsets",
    header(`{${entry("F32", "[2]", "[8,0]")}}`, 8),
    "SyntaxError",
    /needs dtype, shape/,
  ],
  [
    "of too many elements",
    header(`{${entry("F32", "[9e15,9e15]", "[0,8]")}}`, 8),
    "RangeError",
    /not a whole|2\^53/,
  ],
  ["without JSON", header("{not json}"), "SyntaxError", /not JSON text/],
  [
    "with wrong metadata",
    header(`{"__metadata__":{"a":1}}`),
    "SyntaxError",
    /not an object of texts/,
  ],
  [
    "with a long header",
    bytes(le(8, 100), "{"),
    "SyntaxError",
    /the header .* the file has 9/,
  ],
];
for (const [what, content, name, message] of wrongSafetensors) {
  Deno.test(`openWeights() refuses a safetensors file ${what}`, () => refuse(content, name, message));
}
