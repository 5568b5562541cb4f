import { contactSheet, filled, type Pixels } from "@/images/mod.ts";
import assert from "node:assert/strict";

function at(sheet: Pixels, x: number, y: number): number[] {
  return [
    ...sheet.data.subarray(
      3 * (y * sheet.width + x),
      3 * (y * sheet.width + x) + 3,
    ),
  ];
}

/** The label line of a sheet of one 23-pixel-wide image as text, "#" for ink. */
function inkOf(label: string, width = 23): string[] {
  const sheet = contactSheet([filled(width, 1, [255, 255, 255])], {
    gap: 0,
    labels: [label],
  });
  return Array.from(
    { length: 9 },
    (_, y) =>
      Array.from(
        { length: width },
        (_, x) => at(sheet, x, 1 + y)[0] === 0 ? "#" : ".",
      ).join(""),
  );
}

Deno.test("contactSheet() lays images out in rows and centres smaller ones", () => {
  const images = [
    filled(4, 4, [255, 0, 0]),
    filled(2, 2, [0, 255, 0]),
    filled(4, 4, [0, 0, 255]),
  ];
  const sheet = contactSheet(images, {
    columns: 2,
    gap: 1,
    background: [9, 9, 9],
  });
  assert.deepEqual([sheet.width, sheet.height], [11, 11]);
  assert.deepEqual(at(sheet, 0, 0), [9, 9, 9]);
  assert.deepEqual(at(sheet, 1, 1), [255, 0, 0]);
  assert.deepEqual(at(sheet, 4, 4), [255, 0, 0]);
  assert.deepEqual(at(sheet, 6, 1), [9, 9, 9]);
  assert.deepEqual(at(sheet, 7, 2), [0, 255, 0]);
  assert.deepEqual(at(sheet, 1, 6), [0, 0, 255]);
  assert.deepEqual(at(sheet, 7, 7), [9, 9, 9]);
});

Deno.test("contactSheet() has no empty columns when there are fewer images", () => {
  assert.equal(contactSheet([filled(5, 5)], { columns: 10, gap: 2 }).width, 9);
});

Deno.test("contactSheet() draws labels centred under the images", () => {
  assert.deepEqual(inkOf("7°T"), [
    ".......................",
    "...#####...##..#####...",
    ".......#..#..#...#.....",
    "......#...#..#...#.....",
    ".....#.....##....#.....",
    "....#............#.....",
    "....#............#.....",
    "....#............#.....",
    ".......................",
  ]);
});

Deno.test("contactSheet() cuts labels to the width and shows unknown characters as question marks", () => {
  assert.deepEqual(inkOf("abcdefgh"), inkOf("abcd"));
  assert.deepEqual(inkOf("é"), inkOf("?"));
  assert.deepEqual(inkOf("日"), inkOf("?"));
  assert.notDeepEqual(inkOf("0"), inkOf("O"));
});

Deno.test("contactSheet() writes light labels on dark backgrounds", () => {
  const sheet = contactSheet([filled(8, 1)], {
    gap: 0,
    background: [0, 0, 40],
    labels: ["|"],
  });
  assert.ok(sheet.data.some((value) => value === 255));
});

Deno.test("contactSheet() throws RangeError when there is no image or an option does not fit", () => {
  const image = filled(2, 2);
  const cases: [() => unknown, string][] = [
    [() => contactSheet([]), "there is no image"],
    [() => contactSheet([image], { columns: 0 }), "columns 0"],
    [() => contactSheet([image], { gap: -1 }), "gap -1"],
    [
      () => contactSheet([image], { labels: ["a", "b"] }),
      "2 labels for 1 images",
    ],
  ];
  for (const [run, part] of cases) {
    assert.throws(
      run,
      (e) => e instanceof RangeError && e.message.includes(part),
    );
  }
});
