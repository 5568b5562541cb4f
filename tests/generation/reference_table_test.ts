import { readReferenceTable, referencePaths } from "@/generation/mod.ts";
import assert from "node:assert/strict";
import { join } from "node:path";
import { writeFiles } from "../datasets/_images.ts";
import { withDir } from "../datasets/_paths.ts";

Deno.test("referencePaths() puts all files beside the data set, under its name", () => {
  const paths = Object.values(referencePaths("out", "x.y"));
  assert.equal(new Set(paths).size, 4);
  for (const path of paths) assert.ok(path.startsWith(join("out", "x.y.")), path);
});

Deno.test("readReferenceTable() reads used and unused images", () =>
  withDir(async (dir) => {
    const records = [
      { label: 0, image: 'ä "b".jpg', sha256: "0".repeat(64), landmarks: [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]] },
      { label: null, image: "../c.jpg", sha256: null, skipped: "it is not there" },
    ];
    await writeFiles(dir, { t: records.map((record) => `${JSON.stringify(record)}\n`).join("") });
    assert.deepEqual(await readReferenceTable(`${dir}/t`), records);
  }));

Deno.test.each([["half a line", '{"label":0,"image":"a.jpg"}\n{"label'], ["no label", '{"image":"a"}'], [
  "null",
  "null",
], [
  "a label that is no number",
  '{"label":"0","image":"a"}',
], ["no image", '{"label":0}']])(
  "readReferenceTable() throws SyntaxError when a line is %s",
  (_what, text) =>
    withDir(async (dir) => {
      await writeFiles(dir, { t: text });
      await assert.rejects(
        readReferenceTable(`${dir}/t`),
        (error) =>
          error instanceof SyntaxError && /line [12] is .*, expected \{"label": ..., "image"/.test(error.message),
      );
    }),
);
