import assert from "node:assert/strict";
import { datasetPaths, datasetSheet, openDatasetWriter } from "@/generation/mod.ts";
import { type Colour, encodeJpeg, filled, type Pixels } from "@/images/mod.ts";
import { someRecipe } from "./_fake.ts";

/** Colour of an image by its place. */
const colourOf = (
  label: number,
  image: number,
): Colour => [40 * label, 50 * image, 100];

function colourAt(sheet: Pixels, column: number, row: number): number[] {
  const [x, y] = [2 + column * 10 + 4, 2 + row * 10 + 4];
  return [
    ...sheet.data.subarray(
      (y * sheet.width + x) * 3,
      (y * sheet.width + x) * 3 + 3,
    ),
  ];
}

Deno.test.each(["folder", "lmdb"] as const)(
  "datasetSheet() shows the first identities of a %s, blanks where images are missing",
  async (format) => {
    const directory = await Deno.makeTempDir();
    try {
      const recipe = someRecipe(6, 5, { output: { format, quality: 95 } });
      const paths = datasetPaths(directory, "x", format);
      const writer = await openDatasetWriter(paths, recipe);
      for (
        const [label, image] of [[5, 0], [0, 0], [0, 1], [0, 2], [2, 0], [
          0,
          3,
        ]] as const
      ) {
        await writer.write({
          label,
          image,
          bytes: await encodeJpeg(filled(8, 8, colourOf(label, image))),
        });
      }
      await writer.close();
      const sheet = (await datasetSheet(paths, recipe, { rows: 3, columns: 3 }))!;
      assert.deepEqual([sheet.width, sheet.height], [32, 32]);
      for (let row = 0; row < 3; row++) {
        for (let column = 0; column < 3; column++) {
          const there = row === 0 || (row === 2 && column === 0);
          const expected = there ? colourOf(row, column) : [255, 255, 255];
          colourAt(sheet, column, row).forEach((value, c) =>
            assert.ok(
              Math.abs(value - expected[c]!) <= 3,
              `${row},${column}: ${value}, expected ${expected[c]}`,
            )
          );
        }
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

Deno.test.each(["folder", "lmdb"] as const)(
  "datasetSheet() begins at the first label of a %s",
  async (format) => {
    const directory = await Deno.makeTempDir();
    try {
      const usual = someRecipe(2, 2, { output: { format, quality: 95 } });
      const recipe = { ...usual, identities: { ...usual.identities, firstLabel: 40 } };
      const paths = datasetPaths(directory, "x", format);
      const writer = await openDatasetWriter(paths, recipe);
      for (const row of [0, 1]) {
        await writer.write({ label: 40 + row, image: 0, bytes: await encodeJpeg(filled(8, 8, colourOf(row, 0))) });
      }
      await writer.close();
      const sheet = (await datasetSheet(paths, recipe))!;
      for (const row of [0, 1]) {
        colourAt(sheet, 0, row).forEach((value, c) => assert.ok(Math.abs(value - colourOf(row, 0)[c]!) <= 3));
        assert.deepEqual(colourAt(sheet, 1, row), [255, 255, 255]);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);
