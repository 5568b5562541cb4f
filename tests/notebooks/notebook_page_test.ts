/** Pages of notebooks, by nbconvert where a Python here has it. */
import { encodePng, filled, jupyterDisplay } from "@/images/mod.ts";
import { showFigure } from "@/plots/mod.ts";
import assert from "node:assert/strict";
import { pythonWith } from "../datasets/_interop.ts";
import { fromFileUrl, withDir } from "../datasets/_paths.ts";

const python = pythonWith("nbconvert, nbformat");
const maker = python ? "nbconvert" : "nobody, as no Python here has nbconvert: only what goes in is looked at";
const tool = fromFileUrl("./notebook_page.py", import.meta.url);

const TRACE = { type: "scatter", x: [1, 2], y: [3, 4] };
const FIGURE = { data: [TRACE], layout: { width: 336, height: 200 }, description: "a line" };

/** A notebook that was run: a text, and a cell for each bundle that it displays. */
function notebook(text: string, ...bundles: Readonly<Record<string, unknown>>[]): string {
  const code = bundles.map((data) => ({
    cell_type: "code",
    execution_count: 1,
    metadata: {},
    source: "await show();",
    outputs: [{ output_type: "display_data", metadata: {}, data }],
  }));
  const kernelspec = { "display_name": "Deno", language: "typescript", name: "deno" };
  const cells = [{ cell_type: "markdown", metadata: {}, source: text }, ...code];
  return JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 4 });
}

/** Writes a notebook and its page; the page is undefined when there is none. */
async function makePage(dir: string, content: string): Promise<{ code: number; err: string; page?: string }> {
  await Deno.writeTextFile(`${dir}/a.ipynb`, content);
  const { code, stderr } = await new Deno.Command(python!, {
    args: [tool, `${dir}/a.ipynb`, "--output", `${dir}/pages`, "--deno", Deno.execPath()],
  }).output();
  const err = new TextDecoder().decode(stderr);
  const page = code === 0 ? await Deno.readTextFile(`${dir}/pages/a.html`) : undefined;
  return { code, err, ...(page === undefined ? {} : { page }) };
}

Deno.test(`pages of notebooks have figures with plotly.js, images and links to pages: by ${maker}`, () =>
  withDir(async (dir) => {
    const figure = await showFigure(FIGURE)[jupyterDisplay]();
    assert.match(figure["text/html"] as string, /<div data-figure="[0-9a-f]{8}"><img src="data:image\/png;base64,/);
    const picture = { "image/png": (await encodePng(filled(8, 8, [1, 2, 3]))).toBase64(), "text/plain": "blue" };
    const links = "[next](02_x.ipynb#end), [elsewhere](https://example.org/03_y.ipynb)";
    if (!python) return;
    const { code, err, page } = await makePage(dir, notebook(links, figure, figure, picture));
    assert.equal(code, 0, err);
    const [, name, png] = /data-figure="(\w+)".*?src="([^"]+)"/s.exec(figure["text/html"] as string)!;
    const times = (text: string) => page!.split(text).length - 1;
    assert.deepEqual([times(`<div data-figure="${name}">`), times(png!), times(picture["image/png"])], [2, 2, 1]);
    assert.equal(times(`({"name":"${name}","data":[{"type":"scatter"`), 2);
    assert.equal(times("<script>/**\n* plotly.js"), 1);
    assert.ok(page!.includes('href="02_x.html#end"') && page!.includes('href="https://example.org/03_y.ipynb"'));
    const loading = [...page!.matchAll(/<(?:script|link|img)\b[^>]*\b(?:src|href)="(?!data:)[^"]*"/g)].map(([tag]) =>
      tag
    );
    assert.deepEqual(loading, []);
    assert.deepEqual((await Array.fromAsync(Deno.readDir(`${dir}/pages`))).map(({ name }) => name), ["a.html"]);
  }));

Deno.test(`pages of notebooks without a figure have no plotly.js: by ${maker}`, () =>
  withDir(async (dir) => {
    const words = notebook("words", { "text/plain": "ok" });
    if (!python) return assert.ok(!words.includes("plotly"));
    const { page, err } = await makePage(dir, words);
    assert.ok(page !== undefined && page.includes("words") && !page.includes("plotly"), err);
  }));

Deno.test(`pages of notebooks that would load something are refused by its address: by ${maker}`, () =>
  withDir(async (dir) => {
    const outside = notebook("x", { "text/html": '<script src="https://example.org/a.js"></script>' });
    if (!python) return assert.ok(outside.includes("example.org"));
    const { code, err } = await makePage(dir, outside);
    assert.equal(code, 1);
    assert.equal(err.trim().split("\n").at(-1), "a.ipynb: the page loads https://example.org/a.js"); // after warnings
    await assert.rejects(Deno.stat(`${dir}/pages`), Deno.errors.NotFound);
  }));
