"""Whatever is handed in is read the same way, or refused in one clear sentence."""

from __future__ import annotations

import ast
import json
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
from nbformat import NotebookNode
from warm import judge

from graders import course
from graders.course.patience import within
from graders.course.submission import (
    MAX_FILE_BYTES,
    Submission,
    UnreadableSubmissionError,
    parse_submission,
    read_submission,
)
from graders.judge.verdict import Verdict

pytestmark = pytest.mark.lowest

TOPIC = course.topic("hessian")
ROOT = Path(__file__).resolve().parent.parent
RIGHT = """
def gradient(func, inputs):
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    return torch.autograd.grad(y, x)[0]
"""
RAISES = """
def hessian(func, inputs):
    x = inputs.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(func(x), x)

    return torch.autograd.grad(slope.sum(), x)  # no graph is left
"""
THE_LINE = "return torch.autograd.grad(slope.sum(), x)  # no graph is left"


def notebook(**answers: str) -> NotebookNode:
    """The student notebook with answers in its solution cells."""
    made = nbformat.read(ROOT / "release" / "derivatives" / "hessian.ipynb", as_version=4)
    for cell in made.cells:
        task = cell.metadata.get("nbgrader", {}).get("grade_id")
        if task in answers:
            cell.source = answers[task]
    return made


def as_bytes(made: NotebookNode, **changes: Any) -> bytes:
    return json.dumps({**made, **changes}).encode()


def of_notebook(made: NotebookNode) -> Submission:
    return parse_submission(as_bytes(made), "hessian.ipynb", TOPIC)


def percent(made: NotebookNode) -> str:
    return str(jupytext.writes(made, fmt="py:percent"))


ANSWERED = notebook(gradient=RIGHT, hessian=RAISES)
PLAIN = f"import torch\n\n{RIGHT}\n{RAISES}"
WITHOUT_OUR_CELLS = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(RIGHT + RAISES)])
MAGIC = """%matplotlib inline
%time three = 1 + 2
%env DOJO=1
!ls /
files = !ls
torch?
%%no_such_magic
"""
OLD = nbformat.convert(nbformat.from_dict(json.loads(as_bytes(ANSWERED))), 3)


def with_magics() -> NotebookNode:
    made = notebook(gradient=RIGHT, hessian=RAISES)
    texts = [*MAGIC.splitlines(), "%%time\nfour = 4", "%%timeit -n1 -r1\nfive = 5"]
    made.cells[:0] = [nbformat.v4.new_code_cell(text) for text in texts]
    # There is no system to command, and a command costs no answer.
    commands = "!pip install numpy\nfiles = !ls\n%pip install numpy\n"
    made.cells.append(nbformat.v4.new_code_cell(f"{commands}%time seven = 3 + four\n{RIGHT}"))
    return made


SUBMITTED: dict[str, Callable[[], Submission]] = {
    "a notebook": lambda: of_notebook(ANSWERED),
    "a percent script": lambda: parse_submission(percent(ANSWERED).encode(), "hessian.py", TOPIC),
    "a plain module": lambda: parse_submission(PLAIN.encode(), "hessian.py", TOPIC),
    "a module with a byte-order mark": lambda: parse_submission(
        b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode(), "hessian.py", TOPIC
    ),
    "a notebook of one's own": lambda: of_notebook(WITHOUT_OUR_CELLS),
    "a notebook of format 3": lambda: of_notebook(OLD),
    "a notebook with magics": lambda: of_notebook(with_magics()),
    "a script with magics": lambda: parse_submission(
        percent(with_magics()).encode(), "hessian.py", TOPIC
    ),
}


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    return dict(zip(SUBMITTED, judge([make() for make in SUBMITTED.values()]), strict=True))


@pytest.mark.parametrize("form", SUBMITTED)
def test_one_answer_gets_one_verdict_whatever_its_form(
    verdicts: dict[str, Verdict], form: str
) -> None:
    def essence(verdict: Verdict) -> list[Any]:
        return [
            (task.name, task.score, [(one.name, one.status, one.mistake) for one in task.checks])
            for task in verdict.tasks
        ]

    assert essence(verdicts[form]) == essence(verdicts["a notebook"])
    gradient, hessian = verdicts[form].tasks
    assert (gradient.score, hessian.score) == (3.0, 0.0)
    assert hessian.first_failure is not None
    assert "at " in hessian.first_failure.message


@pytest.mark.parametrize("form", SUBMITTED)
def test_a_message_points_to_the_student_s_own_line(
    verdicts: dict[str, Verdict], form: str
) -> None:
    """In a notebook by cell and line, in a script by the line that an editor shows."""
    failure = verdicts[form].tasks[1].first_failure
    assert failure is not None
    where = failure.message.partition("it raised RuntimeError at ")[2].partition(": `")[0]
    label, _, line = where.partition(", line ")
    lines = {
        "a notebook": RAISES,
        "a notebook with magics": RAISES,
        "a percent script": percent(ANSWERED),
        "a plain module": PLAIN,
        "a module with a byte-order mark": PLAIN,
        "a notebook of one's own": RIGHT + RAISES,
        "a notebook of format 3": RAISES,
        "a script with magics": percent(with_magics()),
    }[form].splitlines()
    assert lines[int(line) - 1].strip() == THE_LINE
    assert f"`{THE_LINE}`" in failure.message
    if form == "a notebook of one's own":
        assert label == "code cell 1"
    else:
        assert label == ("hessian.py" if "notebook" not in form else "cell hessian")


def ours(kind: str) -> list[Any]:
    return [
        cell
        for cell in ANSWERED.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith(kind)
        and cell.cell_type == "code"
    ]


def texts(submission: Submission) -> list[str]:
    return [cell.source for cell in submission.cells]


def reformatted(source: str) -> str:
    """What an editor's formatter may make of a cell: other quotes, spaces, line breaks, remarks."""
    return "# formatted\n" + ast.unparse(ast.parse(source)).replace("\n", "\n\n") + "\n# end\n"


@pytest.mark.parametrize("change", [lambda source: source, reformatted], ids=["as is", "formatted"])
@pytest.mark.parametrize(
    "metadata", [{}, {"nbgrader": {"grade_id": "mine", "locked": False}}, None]
)
@pytest.mark.parametrize("kind", ["check-", "figure-", "demo-", "setup"])
def test_our_cells_are_known_by_what_they_do_and_not_by_their_metadata(
    kind: str, metadata: dict[str, Any] | None, change: Callable[[str], str]
) -> None:
    made = notebook(gradient=RIGHT, hessian=RAISES)
    found = [cell for cell in made.cells if cell.source in {one.source for one in ours(kind)}]
    assert found
    for cell in found:
        cell.source = change(cell.source)
        if metadata is not None:
            cell.metadata = nbformat.from_dict(metadata)
    assert of_notebook(made) == of_notebook(ANSWERED)
    script = parse_submission(percent(made).encode(), "hessian.py", TOPIC)
    assert texts(script)[: len(TOPIC.setup)] == list(TOPIC.setup)
    assert [text.strip() for text in texts(script)] == [
        text.strip() for text in texts(of_notebook(ANSWERED))
    ]


def test_a_changed_check_or_set_up_cell_is_not_run_and_ours_comes_first() -> None:
    made = notebook(gradient=RIGHT, hessian=RAISES)
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("locked") and cell.cell_type == "code":
            cell.source = "import torch; torch.allclose = lambda *_: True"
    assert of_notebook(made) == of_notebook(ANSWERED)
    assert texts(of_notebook(made))[:1] == list(TOPIC.setup)


def test_metadata_that_claims_a_cell_is_locked_does_not_hide_it() -> None:
    made = notebook(gradient=RIGHT, hessian=RAISES)
    for cell in made.cells:
        if cell.source == RIGHT:
            cell.metadata.nbgrader.update(locked=True, grade=True, solution=False)
            cell.metadata.tags = ["figure"]
    assert of_notebook(made) == of_notebook(ANSWERED)


def test_the_student_s_own_cells_keep_their_order_and_get_a_number() -> None:
    made = notebook(gradient=RIGHT)
    made.cells.insert(0, nbformat.v4.new_code_cell("first = 1"))
    made.cells.append(nbformat.v4.new_code_cell(["last = ", "2"]))
    cells = of_notebook(made).cells
    count = sum(cell.cell_type == "code" for cell in made.cells)
    assert [cell.label for cell in cells] == [
        *("set-up 1", "code cell 1", "cell gradient", "cell hessian", f"code cell {count}")
    ]
    assert texts(of_notebook(made))[-1] == "last = 2"


def test_what_python_thinks_of_a_student_s_code_is_told_to_nobody() -> None:
    code = '0if 0else 0\nx = "\\d"\n1 is 1\n'
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        of_notebook(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]))
        parse_submission(code.encode(), "hessian.py", TOPIC)
    assert told == []


def test_markdown_and_raw_cells_are_not_code() -> None:
    cells = [nbformat.v4.new_markdown_cell("exit()"), nbformat.v4.new_raw_cell("exit()")]
    made = of_notebook(nbformat.v4.new_notebook(cells=cells))
    assert texts(made) == list(TOPIC.setup)
    script = parse_submission(b"# %% [markdown]\n# exit()\n\n# %%\nx = 1\n", "hessian.py", TOPIC)
    assert texts(script) == [*TOPIC.setup, "x = 1"]


def test_a_place_says_nothing_of_lines_that_are_not_there() -> None:
    submission = parse_submission(b"\n\nx = 1\ny = 2\n", "hessian.py", TOPIC)
    cell = submission.cells[-1]
    assert str(submission.place(cell.filename, 4)) == "hessian.py, line 4: `y = 2`"
    for line in (0, -1, 99):
        assert str(submission.place(cell.filename, line)) == f"hessian.py, line {line}"
    assert submission.place("/usr/lib/python3/os.py", 4) is None


def test_cells_of_strange_forms_are_read_or_left_out() -> None:
    cells = [
        *(7, None, "x = 1", {"cell_type": "code"}, {"cell_type": ["code"], "source": "x"}),
        {"cell_type": "code", "metadata": [], "source": "a = 1"},
        {"cell_type": "code", "metadata": {"nbgrader": "setup"}, "source": ["b = ", 2]},
        {"cell_type": "code", "metadata": {}, "source": "c = '\ud800'"},
        {"cell_type": "code", "metadata": {}, "source": {"d": 4}},
    ]
    read = texts(parse_submission(json.dumps({"cells": cells}).encode(), "x.ipynb", TOPIC))
    assert read[len(TOPIC.setup) :] == ["", "a = 1", "b = 2", "c = '?'", "{'d': 4}"]


def write(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def link(folder: Path) -> Path:
    write("real.ipynb", as_bytes(ANSWERED))(folder)
    (folder / "hessian.ipynb").symlink_to(folder / "real.ipynb")
    return folder / "hessian.ipynb"


def fifo(folder: Path) -> Path:
    os.mkfifo(folder / "hessian.ipynb")
    return folder / "hessian.ipynb"


def folder_with_the_name(folder: Path) -> Path:
    (folder / "hessian.ipynb").mkdir()
    return folder / "hessian.ipynb"


def sixty_megabytes(folder: Path) -> Path:
    with (folder / "hessian.ipynb").open("wb") as file:
        file.truncate(60 * 10**6)
    return folder / "hessian.ipynb"


UNREADABLE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no file": (lambda folder: folder / "hessian.ipynb", r"there is no file .*hessian\.ipynb$"),
    "no folder": (lambda folder: folder / "a" / "b.py", r"there is no file .*b\.py$"),
    "broken JSON": (
        write("hessian.ipynb", as_bytes(ANSWERED)[:-200]),
        r"is not a notebook: its JSON is broken \(line \d+\); .* a fresh copy",
    ),
    "nothing": (write("hessian.ipynb", b""), r"its JSON is broken \(line 1\)"),
    "endless nesting": (write("hessian.ipynb", b"[" * 10**6), "its JSON is broken"),
    "JSON of something else": (
        write("hessian.ipynb", b'{"score": 10}'),
        r"is JSON but not a notebook: it has no list of cells; hand in the \.ipynb file",
    ),
    "a list": (write("hessian.ipynb", b"[]"), "is JSON but not a notebook"),
    "cells that are a text": (write("hessian.ipynb", b'{"cells": "x"}'), "has no list of cells"),
    "Latin-1": (
        write("hessian.py", "# Größe\n".encode("latin-1")),
        r"is not UTF-8 text \(byte 4\); save it again",
    ),
    "a picture": (write("hessian.ipynb", b"\x89PNG\r\n\x1a\n"), r"is not UTF-8 text \(byte 0\)"),
    "60 MB": (sixty_megabytes, "is 60 MB and the limit is 52 MB; clear the outputs"),
    "too many cells": (
        write("hessian.ipynb", json.dumps({"cells": [{"cell_type": "code"}] * 2001}).encode()),
        "holds 2001 cells and the limit is 2000; delete what",
    ),
    "too many brackets": (
        write("hessian.ipynb", b'{"cells": [], "metadata": {"a": [' + b"[]," * 10**6 + b"[]]}}"),
        r"holds 2,000,00\d brackets and commas and the limit is 2,000,000; clear the outputs",
    ),
    "a link": (link, "is a link, not a notebook; hand in the file itself"),
    "a FIFO": (fifo, "is not a regular file; hand in the notebook itself"),
    "a folder": (folder_with_the_name, "is not a regular file; hand in the notebook itself"),
    "a name with a file for a folder": (
        lambda folder: write("a", b"")(folder) / "hessian.ipynb",
        r"hessian\.ipynb cannot be read: Not a directory",
    ),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
@pytest.mark.parametrize(("make", "sentence"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_is_refused_in_one_sentence(
    tmp_path: Path, make: Callable[[Path], Path], sentence: str
) -> None:
    with pytest.raises(UnreadableSubmissionError, match=sentence) as refused:
        read_submission(make(tmp_path), TOPIC)
    said = str(refused.value)
    assert "\n" not in said and "Error" not in said and len(said) < 250 + len(str(tmp_path))


def test_no_descriptor_is_left_open_by_a_file_that_is_refused(tmp_path: Path) -> None:
    before = sorted(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else []
    for make in (folder_with_the_name, lambda _folder: sixty_megabytes(tmp_path / "deeper")):
        (tmp_path / "deeper").mkdir(exist_ok=True)
        with pytest.raises(UnreadableSubmissionError):
            read_submission(make(tmp_path), TOPIC)
    assert before == (sorted(os.listdir("/proc/self/fd")) if before else [])


def test_a_file_just_below_the_limit_is_read(tmp_path: Path) -> None:
    made = notebook(gradient=RIGHT, hessian=RAISES)
    made.cells.append(nbformat.v4.new_markdown_cell(""))
    room = MAX_FILE_BYTES - len(as_bytes(made))
    made.cells[-1].source = "x" * room
    path = write("hessian.ipynb", as_bytes(made))(tmp_path)
    assert path.stat().st_size == MAX_FILE_BYTES
    assert texts(read_submission(path, TOPIC)) == texts(of_notebook(ANSWERED))


def test_a_script_of_thousands_of_cells_is_refused_before_they_are_looked_for() -> None:
    content = b"# %%\n" * 200_000
    with within(5.0, "reading"), pytest.raises(UnreadableSubmissionError, match="more than 2000"):
        parse_submission(content, "hessian.py", course.topic("hessian"))
