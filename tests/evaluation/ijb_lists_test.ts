import assert from "node:assert/strict";
import { readIjbFaces, readIjbLandmarks, readIjbPairs } from "@/evaluation/mod.ts";
import { ijb, ijbFile } from "./_ijb.ts";

Deno.test("readIjbFaces(), readIjbPairs() and readIjbLandmarks() read whole lists", async () => {
  const faces = await readIjbFaces(ijbFile("_face_tid_mid.txt"));
  const pairs = await readIjbPairs(ijbFile("_template_pair_label.txt"));
  const landmarks = await readIjbLandmarks(ijbFile("_name_5pts_score.txt"));
  const lines = (await Deno.readTextFile(ijbFile("_face_tid_mid.txt"))).trimEnd().split("\n");
  assert.equal(faces.names.length, lines.length);
  lines.forEach((line, i) => assert.equal(`${faces.names[i]} ${faces.templates[i]} ${faces.medias[i]}`, line));
  assert.equal(new Set(faces.templates).size, ijb.templates);
  const genuine = pairs.same.reduce((sum, flag) => sum + flag, 0);
  assert.deepEqual([genuine, pairs.same.length - genuine], ijb.pairs);
  assert.deepEqual(landmarks.names, faces.names);
  assert.equal(landmarks.points.length, 10 * lines.length);
  assert.ok(landmarks.points.every((x) => x >= 20 && x <= 100) && landmarks.scores.every((s) => s >= 0.3 && s <= 1));
});

async function withText(text: string, read: (path: string) => Promise<unknown>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    await read(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readIjbPairs() takes tabs, CRLF, empty lines, floats and a last line without an end", () =>
  withText("7\t9 1\r\n\r\n  12.0 3.0 0.0\n5 6 1", async (path) => {
    const { first, second, same } = await readIjbPairs(path);
    assert.deepEqual([[...first], [...second], [...same]], [[7, 12, 5], [9, 3, 6], [1, 0, 1]]);
  }));

Deno.test("readIjbPairs() joins lines that lie across pieces of the file", () =>
  withText(Array.from({ length: 150_000 }, (_, i) => `${i} ${2 * i} ${i % 2}\n`).join(""), async (path) => {
    const { first, second, same } = await readIjbPairs(path);
    assert.equal(first.length, 150_000);
    assert.ok(first.every((x, i) => x === i && second[i] === 2 * i && same[i] === i % 2));
  }));

Deno.test.each<[string, string, (path: string) => Promise<unknown>, RegExp]>([
  ["an empty file", "\n \n", readIjbPairs, /it has no line, expected two templates and a label/],
  ["missing columns", "1 2 1\n3 4\n", readIjbPairs, /line 2: it has 2 columns, expected 3: two templates and a label/],
  ["a label that is none", "1 2 5\n", readIjbPairs, /line 1: "5" is no whole number from 0 to 1/],
  ["a template that is none", "1.jpg x 3\n", readIjbFaces, /line 1: "x" is no whole number/],
  ["a negative medium", "1.jpg 4 -3\n", readIjbFaces, /line 1: "-3" is no whole number/],
  ["a template beyond 32 bits", "1.jpg 4294967296 3\n", readIjbFaces, /line 1: "4294967296" is no whole number/],
  ["a landmark that is none", "a 1 2 3 4 5 6 7 8 9 nan 1\n", readIjbLandmarks, /line 1: "nan" is no finite number/],
  ["too few landmarks", "a 1 2 3 4 1\n", readIjbLandmarks, /line 1: it has 6 columns, expected 12/],
])(
  "the readers of IJB lists refuse %s and name the line",
  (_what, text, read, message) =>
    withText(text, (path) => assert.rejects(read(path), { name: "SyntaxError", message })),
);

Deno.test("readIjbPairs() passes on that a file is not there", () =>
  assert.rejects(readIjbPairs("no-such-list.txt"), { name: "NotFound" }));
