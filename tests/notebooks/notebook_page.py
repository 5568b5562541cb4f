"""Turns a notebook that was run into one HTML file that needs nothing else: no network, no other file.

    python3 tests/notebooks/notebook_page.py [--deno PATH] [--output FOLDER] NOTEBOOK ...

nbconvert does the work, with its own "lab" template. Three things differ from `jupyter nbconvert --to html`: the template's
scripts from other servers (require.js, MathJax, Mermaid) are left out, as no notebook here has a formula or a diagram of
Mermaid's; plotly.js is put into a page that has a figure, so that figures can be zoomed offline; links to other notebooks
lead to their pages. (require.js would also keep plotly.js from being `window.Plotly`.)
"""

import argparse
import copy
import html.parser
import os
import pathlib
import re
import shutil
import subprocess
import sys

import nbconvert
import nbformat

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIGURE = "application/vnd.plotly.v1+json"

TEMPLATE = """{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{{ resources.first_script }}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
"""

PLOTLY = """import { embedPlotly } from "@/plots/mod.ts";
const bundle = await embedPlotly()[Symbol.for("Jupyter.display")]();
await Deno.stdout.write(new TextEncoder().encode(bundle["text/html"]));
"""
"""What makes Deno print the script element that the library itself puts into notebooks."""

NOTEBOOK_LINK = re.compile(r"(\]\((?![a-z]+:)[^)\s]*)\.ipynb(?=[)#])")
LOADING = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src", "video": "src", "audio": "src"}
"""Elements that make a browser ask for something, and by which attribute."""


class Loads(html.parser.HTMLParser):
    """What a page loads from elsewhere, how many images it has in itself, and how many figures."""

    def __init__(self):
        super().__init__()
        self.elsewhere, self.images, self.figures = [], 0, 0

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        address = attributes.get(LOADING.get(tag, ""))
        if address and not address.startswith("data:"):
            self.elsewhere.append(address)
        self.images += tag == "img" and bool(address)
        self.figures += "data-figure" in attributes


def displays(notebook):
    """Bundles of all outputs that are shown."""
    return [
        output.data for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
        if output.output_type in ("display_data", "execute_result")
    ]


def plotly_element(deno):
    """A script element with plotly.js in it, from the package that the library draws with."""
    result = subprocess.run(
        [deno, "eval", "--ext=ts", PLOTLY], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300
    )
    if result.returncode != 0 or not result.stdout.startswith("<script>"):
        raise RuntimeError(f"Cannot get plotly.js from lib/plots: {result.stderr.strip()}")
    return result.stdout


def render(notebook, name, plotly):
    """The page of a notebook. `plotly` gives the script element; it is called when the notebook has a figure."""
    has_figures = any(FIGURE in data for data in displays(notebook))
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = NOTEBOOK_LINK.sub(r"\1.html", cell.source)
    exporter = nbconvert.HTMLExporter(raw_template=TEMPLATE)
    resources = {"metadata": {"name": name}, "first_script": plotly() if has_figures else ""}
    page, _ = exporter.from_notebook_node(notebook, resources=resources)
    return page


def problems(page, notebook):
    """What is missing in a page, or would be where there is no network."""
    loads, shown = Loads(), displays(notebook)
    loads.feed(page)
    figures = sum(FIGURE in data for data in shown)
    images = sum("text/html" not in data and any(kind.startswith("image/") for kind in data) for data in shown)
    found = [f"the page loads {address[:100]}" for address in loads.elsewhere]
    if loads.figures != figures:
        found.append(f"the page has {loads.figures} figures, the notebook {figures}")
    if loads.images < images + figures:
        found.append(f"the page has {loads.images} images, the notebook {images}, and one for each of {figures} figures")
    return "\n".join(found)


def write(page, path):
    """Writes a page so that its name never stands for half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(page, encoding="utf-8")
    draft.replace(path)


def main():
    parser = argparse.ArgumentParser(description="Turns notebooks that were run into HTML.")
    parser.add_argument("notebooks", nargs="+", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "output" / "notebooks", help="folder of the pages")
    parser.add_argument("--deno", default=os.environ.get("DENO") or shutil.which("deno"), help="Deno that has plotly.js")
    options = parser.parse_args()
    failed = 0
    for path in options.notebooks:
        notebook = nbformat.read(path, 4)
        page = render(notebook, path.stem, lambda: plotly_element(options.deno))
        problem = problems(page, notebook)
        if problem:
            failed += 1
            print(f"{path.name}: {problem}", file=sys.stderr)
        else:
            write(page, options.output / f"{path.stem}.html")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
