"""Says which outputs of a cell that was run are missing. Deno 2.9 can lose some of a cell's outputs and keep others.

    python3 tests/notebooks/lost_outputs.py < CELL.json     (for lost_outputs_test.ts)
"""

import json
import re
import sys

SHOW = re.compile(r"^await (?:show|Deno\.jupyter\.display)\(", re.MULTILINE)
"""A display that is made once: those in loops and functions are further in."""
PRINT = re.compile(r"^console\.log\(", re.MULTILINE)
SOME = re.compile(r"\bDeno\.jupyter\.display\(|\bshow\(|\bconsole\.log\(")
"""What a cell that should have an output contains."""


def lost_outputs(source, kinds):
    """What is missing, in words, or "".

    source: text of the cell; kinds: output_type of each of its outputs.
    """
    shows, shown = len(SHOW.findall(source)), kinds.count("display_data")
    if shown < shows:
        return f"shows {shows} things, of which {shown} came out"
    if PRINT.search(source) and "stream" not in kinds:
        return "prints something that did not come out"
    if SOME.search(source) and not kinds:
        return "should show something and does not"
    return ""


if __name__ == "__main__":
    cell = json.load(sys.stdin)
    print(lost_outputs(cell["source"], cell["kinds"]))
