import { findLandmarks, parseLandmarks, readLandmarks } from "@/generation/mod.ts";
import assert from "node:assert/strict";

const POINTS = [[38.3, 51.7], [73.5, 51.5], [56, 71.7], [41.5, 92.4], [70.7, 92.2]];
const LINE = POINTS.flat().join(",");

for (
  const [what, text] of [
    ["commas", `a/1.jpg,${LINE}`],
    ["spaces", `a/1.jpg ${LINE.replaceAll(",", "   ")}  `],
    ["tabs and Windows' ends of lines", `a/1.jpg\t${LINE.replaceAll(",", "\t")}\r\n\r\n`],
    ["semicolons", `a/1.jpg;${LINE.replaceAll(",", "; ")};`],
    ["quotes", `"a/1.jpg",${LINE}`],
    ["a header and notes", `path,x1,y1,x2,y2,x3,y3,x4,y4,x5,y5\n# by hand\na/1.jpg,${LINE}\n`],
    ["CelebA's two header lines", `1\nlefteye_x lefteye_y righteye_x righteye_y\na/1.jpg ${LINE.replaceAll(",", " ")}`],
    ["a byte order mark", `\ufeffa/1.jpg,${LINE}`],
    ["another way to write the path", `./a//b/../1.jpg,${LINE}`],
    ["JSON", JSON.stringify({ "a/1.jpg": POINTS })],
    ["JSON of ten numbers, with a byte order mark", `\ufeff${JSON.stringify({ "a/1.jpg": POINTS.flat() }, null, 2)}\n`],
  ]
) {
  Deno.test(`parseLandmarks() reads ${what}`, () => {
    assert.deepEqual([...parseLandmarks(text!, "points")], [["a/1.jpg", POINTS]]);
  });
}

Deno.test("parseLandmarks() takes the last ten numbers, so that a path may hold spaces, commas and digits", () => {
  const table = parseLandmarks(`ada, 12 3.jpg,${LINE}\n"say ""hi"".jpg" ${LINE}\n7 ${LINE}`, "points");
  assert.deepEqual([...table.keys()], ["ada, 12 3.jpg", 'say "hi".jpg', "7"]);
});

Deno.test.each<[string, string, string]>([
  ["too few numbers", "a.jpg,1,2,3,4", 'line 1 is "a.jpg,1,2,3,4", expected a path and ten numbers x1,y1,...,x5,y5'],
  ["no path", LINE, "expected a path and ten numbers"],
  ["words among numbers", `a.jpg,${LINE}\nb.jpg,${LINE.replace("56", "NaN")}`, "line 2 is"],
  ["hexadecimal numbers", `a.jpg,${LINE.replace("56", "0x38")}`, "expected a path and ten numbers"],
  ["an image twice", `a.jpg,${LINE}\n./a.jpg,${LINE}`, 'line 2 has "./a.jpg" a second time'],
  ["an image twice in JSON", JSON.stringify({ "a.jpg": POINTS, "./a.jpg": POINTS }), "a second time"],
  ["half a JSON", '{"a.jpg": [', "it begins as JSON and is none"],
  ["four points", JSON.stringify({ "a.jpg": POINTS.slice(1) }), '"a.jpg" has [[73.5,51.5],'],
  ["points of three numbers", JSON.stringify({ "a.jpg": POINTS.map((p) => [...p, 1]) }), "expected five points [x, y]"],
  ["nested rubbish", '{"a.jpg": [[1, 2], [3, 4], [5, 6], [7, 8], [9, null]]}', "expected five points [x, y]"],
  ["an infinite number", '{"a.jpg": [1, 2, 3, 4, 5, 6, 7, 8, 9, 1e999]}', "or ten numbers"],
  ["nothing", "", "there are none in it"],
  ["only a header", "path,x1,y1\n", "there are none in it"],
  ["an empty JSON", "{}", "there are none in it"],
])("parseLandmarks() throws SyntaxError that says what is wrong when there is %s", (_what, text, message) => {
  assert.throws(
    () => parseLandmarks(text, "points.csv"),
    (error) =>
      error instanceof SyntaxError && error.message.startsWith("Cannot read landmarks points.csv: ") &&
      error.message.includes(message),
  );
});

Deno.test("findLandmarks() goes by the name, then by the path, and keeps folders apart", () => {
  const table = parseLandmarks(`a/1.jpg,${LINE}\nphotos/b/1.jpg,${LINE}\n../c.jpg,${LINE}`, "points");
  const key = (name: string) => findLandmarks(table, { name, path: `photos/${name}` })?.key;
  assert.deepEqual(["a/1.jpg", "b/1.jpg", "./a/1.jpg", "1.jpg", "c.jpg"].map(key), [
    "a/1.jpg",
    "photos/b/1.jpg",
    "a/1.jpg",
    undefined,
    undefined,
  ]);
  assert.equal(findLandmarks(table, { name: "../c.jpg", path: "list/../c.jpg" })?.key, "../c.jpg");
});

Deno.test("readLandmarks() names a file that is not there", async () => {
  await assert.rejects(readLandmarks("no such folder/points.csv"), (error) =>
    error instanceof Deno.errors.NotFound &&
    error.message === "Cannot read landmarks no such folder/points.csv: the file is not there; check the path");
});
