import assert from "node:assert/strict";
import { withDir } from "../datasets/_paths.ts";
import { call } from "./_sandbox.ts";

const TASK = "../../tasks/plot.ts";
const FIGURE = `const figure = { data: [{ type: "scatter", x: [1, 2], y: [3, 4] }], layout: { width: 336, height: 200 },
  description: "a line" };`;

/** Writes a notebook with these code cells, and a text between them. */
async function notebook(path: string, ...cells: string[]): Promise<string> {
  const all = cells.flatMap((source) => [
    { cell_type: "code", source: source.split("\n").map((line) => `${line}\n`), outputs: [], metadata: {} },
    { cell_type: "markdown", source: "no code; showFigure(", metadata: {} },
  ]);
  await Deno.writeTextFile(path, JSON.stringify({ cells: all, nbformat: 4, nbformat_minor: 5, metadata: {} }));
  return path;
}

const files = async (dir: string) => (await Array.fromAsync(Deno.readDir(dir), ({ name }) => name)).sort();

Deno.test("plot all runs the cells of notebooks and writes what they show, in order", () =>
  withDir(async (dir) => {
    const path = await notebook(
      `${dir}/09_lines.ipynb`,
      `import { showFigure } from "@/plots/mod.ts";\nconst show = Deno.jupyter.display;\n${FIGURE}`,
      `console.log("half way", 1);\nawait show({ picture: 1 });\nawait show(showFigure(figure));`,
      `await show(showFigure({ ...figure, description: "another line" }));`,
    );
    const { code, out, err } = await call(TASK, ["all", path, "--output", `${dir}/figures`, "--format", "svg,html"]);
    assert.equal(code, 0, err);
    const names = ["1.svg", "1.html", "2.svg", "2.html"].map((end) => `${dir}/figures/09_lines-${end}`);
    assert.deepEqual(out.trim().split("\n"), names);
    assert.match(err, /09_lines: running its cells\nhalf way 1/);
    assert.match(await Deno.readTextFile(names[3]!), /<title>another line/);
  }));

Deno.test("plot all says which notebook is wrong, and leaves nothing behind", () =>
  withDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/text.ipynb`, "no notebook");
    await Deno.writeTextFile(`${dir}/list.ipynb`, "[]");
    await notebook(`${dir}/plain.ipynb`, "console.log(1);");
    for (
      const [argv, message] of [
        [[`${dir}/none.ipynb`], /none.ipynb: there is no such file/],
        [[`${dir}/text.ipynb`], /text.ipynb: it is no JSON file, expected a notebook/],
        [[`${dir}/list.ipynb`], /list.ipynb: it has no cells/],
        [[`${dir}/plain.ipynb`], /plain.ipynb: it shows none/],
        [["--log"], /Cannot draw all with --log/],
        [["--output", `${dir}/a.svg`], /a.svg: expected a folder/],
      ] as [string[], RegExp][]
    ) {
      const { code, err } = await call(TASK, ["all", ...argv]);
      assert.equal(code, 2, err);
      assert.match(err, message);
    }
    const failing = await notebook(`${dir}/fails.ipynb`, `throw new Error("a cell failed"); // showFigure(`);
    const { code, err } = await call(TASK, ["all", failing, "--output", `${dir}/figures`]);
    assert.equal(code, 1);
    assert.match(err, /a cell failed/);
    assert.deepEqual(await files(dir), ["fails.ipynb", "list.ipynb", "plain.ipynb", "text.ipynb"]);
  }));
