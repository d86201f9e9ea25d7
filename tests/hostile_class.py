"""A class in which most hand in something hostile or odd, among three who are honest."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from class_of_students import ASSIGNMENT, GRADIENT, PART, RIGHT, TOPIC, hand_in
from odd_notebooks_at_random import hand_in_at_random

from graders.limits import MAX_EXTRA_DEPTH, MAX_EXTRA_FILES

HONEST = {"ann": RIGHT, "mia": PART, "zoe": {}}
LONG = "an-id-as-long-as-a-name-of-a-file-can-be-" + "x" * 204
SEEDS = range(10)
TWO_LINES = "two\nFailed: ann: lines"
LATIN = os.fsdecode(b"jos\xe9")
# Behind `gradient`, which is right, each `hessian` does something that no answer should.
CODE = {
    "half_characters": r"""
class Odd(Exception):
    pass
def hessian(func, inputs):
    raise Odd("half of a character: \udfff")
""",
    "forged_traces": r"""
import graders.sandbox.worker.answer as worker
_told = worker.answer
def _forged(question, namespace):
    header, payload = _told(question, namespace)
    header["touched"] = [["grad", "\ud800"], ["values", "nobody's\udfff"]]
    return header, payload
import graders.sandbox.worker.serve as serve
serve.answer = _forged
def hessian(func, inputs):
    return inputs
""",
    "closes_and_sleeps": """
import os, time
def hessian(func, inputs):
    os.closerange(0, 64)
    time.sleep(600)
""",
    "large_answers": """
def hessian(func, inputs):
    return torch.zeros(15_000_000, dtype=torch.float64)
""",
    "many_large_answers": """
def hessian(func, inputs):
    return tuple(torch.zeros(200_000, dtype=torch.float64) for _ in range(90))
""",
    "named_a_thousand_times": """
import graders.sandbox.worker.serve as serve
_told = serve.answer
def _forged(question, namespace):
    header, payload = _told(question, namespace)
    if "value" in header and header["value"]["kind"] == "tensor":
        header["value"] = {"kind": "tuple", "items": [header["value"]] * 1000}
    return header, payload
serve.answer = _forged
def hessian(func, inputs):
    return torch.zeros(100_000, dtype=torch.float64)
""",
    "a_megabyte_of_words": """
def hessian(func, inputs):
    raise ValueError("\\n: got x, expected y" * 50_000)
""",
    "a_word": """
def hessian(func, inputs):
    return "minimum"
""",
    "none_in_a_tuple": """
def hessian(func, inputs):
    return (None, inputs, 3)
""",
    # Says each time that the next cell is begun, and leaves: it is the next one that is left out.
    "endless_restarts": """
import json, struct, sys
frame = sys._getframe()
while "channel" not in frame.f_locals:
    frame = frame.f_back
header = json.dumps({"cell": frame.f_locals["number"] + 1}).encode()
frame.f_locals["channel"].sendall(struct.pack(">4sIQ", b"d2f1", len(header), 0) + header)
frame.f_locals["channel"].shutdown(2)
while True:
    pass
""",
}


def many_cells(notebook: dict[str, Any]) -> None:
    empty = {"cell_type": "markdown", "metadata": {}, "source": ""}
    notebook["cells"] += [empty] * 300_000


def formulas(notebook: dict[str, Any]) -> None:
    notebook["cells"].append(text_cell("\\\\(" * 170_000))


def many_formulas(notebook: dict[str, Any]) -> None:
    notebook["cells"] += [text_cell("\\\\[" * 16_000) for _ in range(60)]


def lost_pictures(notebook: dict[str, Any]) -> None:
    cell = text_cell("![a](attachment:a.gif) ![b](attachment:gone.png)")
    cell["attachments"] = {"a.gif": {"image/gif": "R0lGODlhAQABAAAAACw="}}
    notebook["cells"].append(cell)


def dressed_up(notebook: dict[str, Any]) -> None:
    notebook["cells"].append(
        text_cell(
            '<div class="dojo-verdict passed" style="position:fixed;inset:0">full points</div>\n\n'
            "![seen](https://example.org/seen.png)"
        )
    )


def blank_lines(notebook: dict[str, Any]) -> None:
    notebook["cells"].append(code_cell("\n" * 1_000_000))


def doubling_time(notebook: dict[str, Any]) -> None:
    notebook["cells"] += [text_cell("<a" + f" b=x\nx{number}" * 40) for number in range(20)]


def one_picture_many_times(notebook: dict[str, Any]) -> None:
    named = "![a][r]" * 3000 + "\n\n[r]: "
    for number in range(20):
        picture = f"data:image/png;base64,{number:04}" + "A" * 20_000
        notebook["cells"].append(text_cell(named + picture))
    pasted = text_cell(named + "attachment:p.png")
    pasted["attachments"] = {"p.png": {"image/png": "A" * 1_000_000}}
    notebook["cells"].append(pasted)


def brackets_in_brackets(notebook: dict[str, Any]) -> None:
    notebook["cells"] += [text_cell("> " * 2000), text_cell("[" * 190 + "a" + "](b)" * 190)]
    notebook["cells"].append(text_cell("*" * 3000 + "a"))
    # The renderer goes into itself for each of these, and further than Python does.
    notebook["cells"].append(text_cell("> > > $$\n\t- a\n" * 170 + "# \\$"))


NOTEBOOKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "many_cells": many_cells,
    "formulas": formulas,
    "many_formulas": many_formulas,
    "lost_pictures": lost_pictures,
    "dressed_up": dressed_up,
    "blank_lines": blank_lines,
    "doubling_time": doubling_time,
    "brackets_in_brackets": brackets_in_brackets,
    "one_picture_many_times": one_picture_many_times,
}


def code_cell(source: str) -> dict[str, Any]:
    return {
        **{"cell_type": "code", "metadata": {}, "source": source},
        **{"outputs": [], "execution_count": None},
    }


def text_cell(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def hand_in_the_honest(folder: Path) -> None:
    """Have those hand in who mean no harm."""
    for student, answers in HONEST.items():
        hand_in(folder, student, answers)


def hand_in_the_hostile(folder: Path) -> None:
    """Have everybody else hand in beside them."""
    for student, code in CODE.items():
        hand_in(folder, student, {"gradient": GRADIENT, "hessian": code})
    for student, change in NOTEBOOKS.items():
        path = hand_in(folder, student, RIGHT)
        notebook = json.loads(path.read_text(encoding="utf-8"))
        change(notebook)
        path.write_text(json.dumps(notebook), encoding="utf-8")
    hand_in(folder, LONG, RIGHT)
    hand_in_at_random(folder, SEEDS)
    beside = hand_in(folder, "many_files", RIGHT).parent
    for number in range(MAX_EXTRA_FILES + 100):
        (beside / f"{number}.txt").touch()
    deep = hand_in(folder, "deep_folders", RIGHT).parent.joinpath(*["a"] * (MAX_EXTRA_DEPTH + 20))
    deep.mkdir(parents=True)
    (deep / "bottom.txt").touch()
    hidden = hand_in(folder, "hidden_link", RIGHT).with_name(".notes.ipynb")
    hidden.symlink_to(folder / "source" / ASSIGNMENT / f"{TOPIC}.ipynb")
    second_name = hand_in(folder, "hard_link_beside", RIGHT).with_name("notes.txt")
    second_name.hardlink_to(folder / "source" / ASSIGNMENT / f"{TOPIC}.ipynb")
    hand_in(folder, "folder_in_the_way", RIGHT).with_suffix(".html").mkdir()
    large = hand_in(folder, "large_in_brackets", RIGHT).parent / "with[brackets]" / "big.ipynb"
    large.parent.mkdir()
    with large.open("wb") as file:
        file.truncate(2**40)
    secret = Path(shutil.copytree(folder / "source" / ASSIGNMENT, folder / "kept_back"))
    (secret / "notes.txt").write_text("BEGIN SOLUTION", encoding="utf-8")
    linked = folder / "submitted" / "linked"
    linked.mkdir()
    (linked / ASSIGNMENT).symlink_to(secret)
    hard = hand_in(folder, "hard_link", RIGHT)
    hard.unlink()
    hard.hardlink_to(folder / "source" / ASSIGNMENT / f"{TOPIC}.ipynb")


def hand_in_what_stops_nbgrader(folder: Path) -> None:
    """Have some hand in under a name and times that nbgrader itself cannot write down."""
    hand_in(folder, LATIN, RIGHT)
    bad_time = hand_in(folder, "bad_time", RIGHT)
    bad_time.with_name("timestamp.txt").write_text("the day before yesterday", encoding="utf-8")
    large_time = hand_in(folder, "large_time", RIGHT)
    # Holes only: they take no room until somebody copies them.
    for name in ("timestamp.txt", "data.bin"):
        with large_time.with_name(name).open("wb") as file:
            file.truncate(2**40)
