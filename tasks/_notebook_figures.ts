// deno-lint-ignore-file no-console -- cells print, and what they print goes elsewhere here
/**
 * The figures of notebooks without Jupyter: their cells run as one module, in order, and the figures that they would show
 * are caught.
 */
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Figure, ShownFigure } from "@/plots/mod.ts";
import { UsageError } from "./_cli.ts";
import { PROJECT } from "./_hub_options.ts";

/** A notebook that draws figures. */
export interface NotebookCells {
  /** Its file's name without the end. */
  readonly name: string;
  /** The text of its code cells, one after the other. */
  readonly cells: string;
}

/** What a code cell contains that shows a figure. */
const DRAWS = "showFigure(";

/**
 * Reads notebooks and leaves out those without figures.
 *
 * @param paths Their files; those of the project when there are none.
 */
export async function notebooksWithFigures(paths: readonly string[]): Promise<NotebookCells[]> {
  const folder = join(PROJECT, "notebooks");
  const files = paths.length > 0 ? paths : (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
    .filter((name) => name.endsWith(".ipynb") && !name.startsWith(".")).sort().map((name) => join(folder, name));
  const found = [];
  for (const file of files) {
    const cells = cellsOf(await textOf(file), file);
    if (cells.includes(DRAWS)) found.push({ name: basename(file, ".ipynb"), cells });
    else if (paths.length > 0) throw new UsageError(`Cannot draw the figures of ${file}: it shows none`);
  }
  return found;
}

async function textOf(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`Cannot read ${file}: there is no such file`, { cause: error });
  }
}

/** The code cells of a notebook, format 4 (https://nbformat.readthedocs.io/en/latest/format_description.html). */
function cellsOf(text: string, file: string): string {
  let notebook: unknown;
  try {
    notebook = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot read ${file}: it is no JSON file, expected a notebook`, { cause: error });
  }
  const { cells } = (notebook ?? {}) as { cells?: { cell_type: string; source: string | string[] }[] };
  if (!Array.isArray(cells)) throw new SyntaxError(`Cannot read ${file}: it has no cells, expected a notebook`);
  return cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => [source].flat().join("")).join(
    "\n\n",
  );
}

/** The parts of the runtime that cells meet and that are other things here. */
interface Surroundings {
  jupyter: unknown;
}

/**
 * Runs cells and gives the figures that they show.
 *
 * @param cells Text of the code cells.
 * @param print Takes what they print.
 */
export async function figuresOfCells(cells: string, print: (text: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  const display = (shown: Partial<ShownFigure>) => {
    if (shown?.figure !== undefined) figures.push(shown.figure);
    return Promise.resolve();
  };
  // Outside a kernel the property cannot be read, but it can be set.
  (Deno as unknown as Surroundings).jupyter = { display };
  const printed = console.log;
  console.log = (...values: unknown[]) => print(values.map(String).join(" "));
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, `${cells}\n\nexport {};\n`);
    await import(pathToFileURL(file).href);
  } finally {
    console.log = printed;
    await Deno.remove(file);
  }
  return figures;
}
