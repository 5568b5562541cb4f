"""Checks and runs the notebooks as a reader would: from top to bottom, in Deno's kernel, without a browser; then writes each
as a page, output/notebooks/NAME.html, that opens offline.

    python3 tests/notebooks/run_notebooks.py [--update] [--pages FOLDER | --no-pages] [--deno PATH] [NOTEBOOK ...]

Five checks for each notebook: format, types, lint, a run in which no cell fails and everything that a cell displays comes
out, and a page that has every figure and image and loads nothing (notebook_page.py). --update also writes the outputs
into the notebook. Prints "N passed, N failed"; exit code 1 when one failed, 3 when this Python lacks nbclient, or nbconvert
and --no-pages is not given.

Deno 2.9 publishes "idle" before the last outputs of a cell, so a client that stops listening there loses them. This one
goes on listening for a moment.
"""

import argparse
import asyncio
import functools
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import uuid

from lost_outputs import lost_outputs

try:
    import nbclient
    import nbclient.exceptions
    import nbclient.util
    import nbformat
except ImportError as error:
    print(f"Cannot run notebooks: {error}; install nbclient (Debian: python3-nbclient)", file=sys.stderr)
    sys.exit(3)
try:
    import notebook_page
except ImportError as error:
    notebook_page, no_pages = None, error

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINGER = 0.3
"""How long to go on listening after "idle", in seconds."""
FORMAT = ["fmt", "--check", "--no-config", "--line-width", "120"]
"""Deno's formatter with the width of deno.json, which itself leaves notebooks out."""


class PatientClient(nbclient.NotebookClient):
    """A client that stops listening to a cell when it is idle and quiet, not only idle."""

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        idle = False
        while True:
            channel = self.kc.iopub_channel
            try:
                message = await nbclient.util.ensure_async(channel.get_msg(timeout=LINGER if idle else None))
            except queue.Empty:
                return
            if message["parent_header"].get("msg_id") != parent_msg_id:
                continue
            try:
                self.process_message(message, cell, cell_index)
            except nbclient.exceptions.CellExecutionComplete:
                idle = True


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def run_deno(deno, *arguments):
    result = subprocess.run([deno, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300)
    return "" if result.returncode == 0 else result.stdout + result.stderr


def check_source(deno, path, notebook, action):
    """Runs Deno over all cells as one module, which also forbids declaring a name twice.

    (`deno fmt --check` of the notebook itself calls every notebook unformatted, whose format it then leaves as it is.)
    """
    module = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:8]}.ts")
    cells = "\n\n".join(cell.source for cell in code_cells(notebook))
    module.write_text(f"// deno-lint-ignore-file no-console\n{cells}\n\nexport {{}};\n")
    try:
        return run_deno(deno, *action, str(module.relative_to(ROOT)))
    finally:
        module.unlink()


def check_run(path, notebook, timeout):
    """Executes all cells and looks at what came out."""
    for cell in code_cells(notebook):
        cell.outputs = []
        cell.execution_count = None
    client = PatientClient(
        notebook, timeout=timeout, kernel_name="deno", resources={"metadata": {"path": str(path.parent)}}
    )
    try:
        client.execute()
    except nbclient.exceptions.CellExecutionError as error:
        return str(error)
    except (nbclient.exceptions.CellTimeoutError, nbclient.exceptions.DeadKernelError) as error:
        return f"{type(error).__name__}: {error}"
    problems = []
    for number, cell in enumerate(code_cells(notebook), 1):
        kinds = [output.output_type for output in cell.outputs]
        if "error" in kinds:
            problems.append(f"code cell {number} ends with an error")
        elif cell.execution_count is None:
            problems.append(f"code cell {number} was not run")
        elif lost := lost_outputs(cell.source, kinds):
            problems.append(f"code cell {number} {lost}")
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                problems.append(f"code cell {number} writes to stderr: {output.text.strip()}")
            if output.output_type == "display_data" and not any(
                kind.startswith("image/") or kind == "text/html" for kind in output.data
            ):
                problems.append(f"code cell {number} displays {', '.join(output.data)}, no picture")
    return "\n".join(problems)


def make_page(path, notebook, folder, plotly):
    """Writes the page of a notebook that was run."""
    page = notebook_page.render(notebook, path.stem, plotly)
    problem = notebook_page.problems(page, notebook)
    if not problem:
        notebook_page.write(page, folder / f"{path.stem}.html")
    return problem


def install_kernel(deno, folder):
    """Puts the kernel into a folder of its own, so that neither the user's kernels nor other Denos are touched."""
    os.environ.update(
        NO_COLOR="1", DENO_NO_UPDATE_CHECK="1", XDG_DATA_HOME=folder, JUPYTER_PATH=f"{folder}/jupyter",
        JUPYTER_RUNTIME_DIR=f"{folder}/runtime", JUPYTER_CONFIG_DIR=f"{folder}/config", IPYTHONDIR=f"{folder}/ipython",
    )
    return run_deno(deno, "jupyter", "--install", "--force")


def main():
    parser = argparse.ArgumentParser(description="Checks and runs the notebooks.")
    parser.add_argument("notebooks", nargs="*", type=pathlib.Path, help="default: all in notebooks/")
    parser.add_argument("--update", action="store_true", help="write the outputs into the notebooks")
    parser.add_argument("--pages", type=pathlib.Path, default=ROOT / "output" / "notebooks", help="folder of the pages")
    parser.add_argument("--no-pages", action="store_true", help="run the notebooks only; needs no nbconvert")
    parser.add_argument("--deno", default=os.environ.get("DENO") or shutil.which("deno"), help="Deno to run them with")
    parser.add_argument("--timeout", type=float, default=180, help="most seconds for one cell (default 180)")
    options = parser.parse_args()
    paths = [path.resolve() for path in options.notebooks] or sorted((ROOT / "notebooks").glob("*.ipynb"))
    if options.deno is None:
        parser.error("Deno is not on PATH; give --deno PATH")
    if notebook_page is None and not options.no_pages:
        print(
            f"Cannot write notebooks as pages: {no_pages}; install nbconvert (Debian: python3-nbconvert), or give --no-pages",
            file=sys.stderr,
        )
        return 3
    if not paths:
        parser.error(f"there is no notebook in {ROOT / 'notebooks'}")
    plotly = functools.cache(lambda: notebook_page.plotly_element(options.deno))
    passed = failed = 0

    def report(what, problem):
        nonlocal passed, failed
        passed, failed = passed + (not problem), failed + bool(problem)
        print(f"{what} ... {'FAILED' if problem else 'ok'}", flush=True)
        if problem:
            print(problem, file=sys.stderr, flush=True)
        return not problem

    with tempfile.TemporaryDirectory() as folder:
        problem = install_kernel(options.deno, folder)
        if problem:
            report("kernel", problem)
        for path in [] if problem else paths:
            notebook = nbformat.read(path, 4)
            report(f"{path.name}: format", check_source(options.deno, path, notebook, FORMAT))
            report(f"{path.name}: types", check_source(options.deno, path, notebook, ["check"]))
            report(f"{path.name}: lint", check_source(options.deno, path, notebook, ["lint"]))
            if not report(f"{path.name}: run", check_run(path, notebook, options.timeout)):
                continue
            if options.update:
                for cell in code_cells(notebook):
                    cell.metadata.pop("execution", None)
                nbformat.write(notebook, path)
            if not options.no_pages:
                report(f"{path.name}: page", make_page(path, notebook, options.pages.resolve(), plotly))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.platform == "win32":
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    sys.exit(main())
