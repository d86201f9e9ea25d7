"""Notebooks that are odd or hostile at random: any value in any place of the file.

`python tests/odd_notebooks_at_random.py SECONDS` goes on for so long, from a seed by the clock, and
prints what should not have happened, with the seed that brings it about again.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from class_of_students import ASSIGNMENT, RIGHT, TOPIC, gradebook_rows, hand_in, make_course

from graders.classroom.grade import Order, Outcome, grade
from graders.classroom.local_processes import local_processes
from graders.classroom.pool import Crew
from graders.classroom.store import Ruling
from graders.course import topic
from graders.course.submission import UnreadableSubmissionError, parse_submission

Notebook = dict[str, Any]
Random = random.Random
HONEST = ("a-honest", "zz-honest")
# A person is called by one of these beginnings only: what was handed in cannot be read.
READABLE_REASONS = (" is not UTF-8 text", " is not a notebook", " is JSON but", " holds ", " is ")
GRADERS_FAULT = ("grader failed", "Error", "could not be judged", "Traceback")
LONGEST_PAGE = 5_000_000
# As a tag, and not as the text of one, which a page may show.
_SCRIPT = re.compile(r"alert\(1\)</script>|<\w[^<>]* on\w+=[^<>]*alert")


def _deep(depth: int) -> Any:
    found: Any = []
    for _ in range(depth):
        found = [found]
    return found


_BAD_HTML = "<script>alert(1)</script><img src=x onerror=alert(1)>"
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 7, 2**63, 10**400, 0.5, 1e308, float("nan"), float("inf")),
    *("", " ", "code", "markdown", "raw", "heading", "hessian", "check-hessian", "\x00", "\ud800"),
    *(
        "\u202e gnp",
        "é" * 300,
        "😀",
        "../../x",
        "x" * 5000,
        "\r\n\r",
        "%%bash\nls",
        "!ls",
        "?",
        "{{",
    ),
    *(_BAD_HTML, "```\n" * 50, "$" * 400, "\\(" * 3000, "[" * 3000, "![x](attachment:../../x.png)"),
    *([], {}, [[]], [None], [1, "a", {}], ["print(1)\n", 3], ["a", "b"], {"a": 1}, {"": {}}),
    *({"text/plain": 3}, {"image/png": "no picture"}, {"image/svg+xml": [_BAD_HTML]}, _deep(50)),
    *({"grade_id": "check-hessian", "points": 1000, "grade": True, "locked": False}, [{}] * 200),
    [{"output_type": "stream", "name": 3, "text": [None]}] * 3,
    [{"output_type": "error", "ename": [], "evalue": {}, "traceback": "no list"}],
    [{"output_type": "display_data", "data": {"text/html": _BAD_HTML, "a/b": {}}, "metadata": 3}],
    [{"output_type": "unheard of"}, {}, 3, None, "x"],
)
NAMES = (
    *("cell_type", "source", "metadata", "outputs", "execution_count", "id", "attachments"),
    *("nbgrader", "grade_id", "points", "schema_version", "checksum", "locked", "tags", "dojo"),
    *("cells", "nbformat", "nbformat_minor", "kernelspec", "language_info", "name", "worksheets"),
)


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _value(rng: Random) -> Any:
    return _copy(rng.choice(VALUES))


def _somewhere(rng: Random, value: Any) -> Any:
    """Find a list or a dictionary somewhere inside."""
    while True:
        inside = list(value.values()) if isinstance(value, dict) else value
        holders = [one for one in inside if isinstance(one, (dict, list)) and one]
        if not holders or rng.random() < 0.3:
            return value
        value = rng.choice(holders)


def _put(rng: Random, notebook: Notebook) -> None:
    """Put an odd value in the place of another, or beside it."""
    holder, value = _somewhere(rng, notebook), _value(rng)
    if isinstance(holder, list):
        holder[rng.randrange(len(holder))] = value
    else:
        holder[rng.choice([*holder, *NAMES])] = value


def _take(rng: Random, notebook: Notebook) -> None:
    holder = _somewhere(rng, notebook)
    if isinstance(holder, list):
        del holder[rng.randrange(len(holder))]
    elif holder:
        del holder[rng.choice(list(holder))]


def _repeat(rng: Random, notebook: Notebook) -> None:
    holder = _somewhere(rng, notebook)
    if isinstance(holder, list):
        holder += [_copy(rng.choice(holder))] * rng.choice([1, 2, 100])


def _shuffle(rng: Random, notebook: Notebook) -> None:
    if isinstance(notebook.get("cells"), list):
        rng.shuffle(notebook["cells"])


def _more_cells(rng: Random, notebook: Notebook) -> None:
    kind = rng.choice(["code", "markdown", "raw", "heading", 3, None])
    cell = {"cell_type": kind, "metadata": _value(rng), "source": _value(rng)}
    if isinstance(notebook.get("cells"), list):
        notebook["cells"] += [cell] * rng.choice([1, 3, 1500])


CHANGES: tuple[Callable[[Random, Notebook], None], ...] = (
    *(_put, _put, _put, _take, _repeat, _shuffle, _more_cells),
)


def _cut(rng: Random, raw: bytes) -> bytes:
    return raw[: rng.randrange(len(raw))]


def _flip(rng: Random, raw: bytes) -> bytes:
    flipped = bytearray(raw)
    for _ in range(rng.choice([1, 5, 100])):
        flipped[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(flipped)


def _other_bytes(rng: Random, raw: bytes) -> bytes:
    text = raw.decode("ascii")
    others = [b"", b"\x00" * 100, b"[]", b"3", b"null", b"\xff\xfe", b"[" * 100_000, b"{" + raw]
    others += [text.encode("utf-16"), b"\xef\xbb\xbf" + raw, raw + b"\n\x00", raw * 2]
    others += [b'{"cells": [], "cells": ' + raw + b"}", raw.replace(b"1", b"1e999")]
    return rng.choice(others)


def odd_notebook(seed: int, released: Notebook) -> bytes:
    """Give a right answer's notebook with oddities; most of them can still be read as JSON."""
    rng = Random(seed)
    notebook = _copy(released)
    for _ in range(rng.choice([1, 1, 2, 4, 10])):
        rng.choice(CHANGES)(rng, notebook)
    raw = json.dumps(notebook).encode("ascii")
    if rng.random() < 0.15:
        raw = rng.choice([_cut, _flip, _other_bytes])(rng, raw)
    return raw


def reading_faults(seeds: Sequence[int], released: Notebook) -> Iterator[str]:
    """Read many, and say where that ends in anything but cells or a sentence."""
    for seed in seeds:
        try:
            parse_submission(odd_notebook(seed, released), f"{TOPIC}.ipynb", topic(TOPIC))
        except UnreadableSubmissionError as error:
            if len(str(error)) > 400 or "\n" in str(error):
                yield f"seed {seed}: {error!s:.300}"
        except Exception as error:
            yield f"seed {seed}: {type(error).__name__}: {error!s:.300}"


def released_in(folder: Path) -> Notebook:
    """Give the released notebook with right answers in it."""
    notebook = json.loads((folder / "release" / ASSIGNMENT / f"{TOPIC}.ipynb").read_text("utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = RIGHT.get(name, cell["source"])
    return notebook


def hand_in_at_random(folder: Path, seeds: Sequence[int]) -> None:
    """Have a student for each seed hand in an odd notebook."""
    released = released_in(folder)
    for seed in seeds:
        path = folder / "submitted" / f"seed-{seed}" / ASSIGNMENT / f"{TOPIC}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(odd_notebook(seed, released))


def grading_faults(seeds: Sequence[int], folder: Path, crew: Crew) -> Iterator[str]:
    """Grade a class of odd notebooks between two honest ones, and say what should not be."""
    for student in HONEST:
        hand_in(folder, student, RIGHT)
    alone = _graded(folder, crew)
    before = _kept(folder)
    hand_in_at_random(folder, seeds)
    outcome = _graded(folder, crew, afresh=True)
    if alone.for_a_person or alone.failed or _kept(folder) != before:
        yield "the honest are graded otherwise than before"
    yield from (f"{who}: not written: {why:.300}" for who, why in outcome.failed.items())
    yield from unforeseen_calls(outcome.for_a_person)
    yield from odd_pages(folder, seeds)


def _graded(folder: Path, crew: Crew, *, afresh: bool = False) -> Outcome:
    order = Order(folder, ASSIGNMENT, Ruling(), afresh=afresh)
    return grade(order, crew, crew, lambda _outcome: None)


def _kept(folder: Path) -> dict[str, Any]:
    rows = [row for row in gradebook_rows(folder) if row[0] in HONEST]
    return {"rows": rows, **{student: _page(folder, student) for student in HONEST}}


def _page(folder: Path, student: str) -> str:
    return (folder / "feedback" / student / ASSIGNMENT / f"{TOPIC}.html").read_text("utf-8")


def unforeseen_calls(reasons: Mapping[str, str]) -> Iterator[str]:
    """Say who calls a person by another reason than that a file cannot be read."""
    for who, why in reasons.items():
        foreseen = any(part in why for part in READABLE_REASONS)
        if not foreseen or any(part in why for part in GRADERS_FAULT):
            yield f"{who}: a person is called: {why:.300}"


def odd_pages(folder: Path, seeds: Sequence[int]) -> Iterator[str]:
    """Say for whom there is no page, or one that no reader should be shown."""
    for seed in seeds:
        try:
            page = _page(folder, f"seed-{seed}")
        except (OSError, ValueError) as error:
            yield f"seed {seed}: no page: {error}"
            continue
        if len(page) > LONGEST_PAGE or _SCRIPT.search(page):
            yield f"seed {seed}: a page of {len(page)} characters, or with a script in it"


def main() -> None:
    """Look for faults until the time is up."""
    end, seed = time.monotonic() + float(sys.argv[1]), int(time.time())
    count = 0
    with local_processes(1) as make, Crew(make, 1) as crew:
        while time.monotonic() < end:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name) / "course"
                make_course(folder)
                seeds = range(seed, seed + 40)
                found = [*reading_faults(range(seed, seed + 1000), released_in(folder))]
                for fault in found + [*grading_faults(seeds, folder, crew)]:
                    print(fault, flush=True)
            seed, count = seed + 1000, count + 40
    print(f"{count} notebooks were graded")


if __name__ == "__main__":
    main()
