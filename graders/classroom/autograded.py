"""Verdicts read back from graded notebooks: what `nbgrader autograde` leaves, and so the demo."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graders.classroom.handed_in import HandedIn
from graders.classroom.store import Ruling
from graders.course.notebook import CHECK_PREFIX, grade_id, marks
from graders.judge.verdict import TaskVerdict, Verdict, seed_in_words
from graders.outlets.nbgrader.rebuild import OURS
from graders.outlets.nbgrader.timestamp import TIME


class NotGradedError(Exception):
    """There is no verdict in the graded notebook; the message says why, and what to do."""


def graded_verdict(folder: Path, one: HandedIn, ruling: Ruling) -> Verdict:
    """Read the verdict on a notebook from autograded/; NotGradedError where there is none."""
    path = folder / "autograded" / one.student / one.topic.assignment / one.path.name
    try:
        if _is_older(path, one.path):
            raise NotGradedError(
                f"{one.path.name} was handed in again after it was graded; {_grade(one)} again"
            )
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        found = list(_checks(cells))
        if not found:
            raise ValueError("there is no check in it")
    except FileNotFoundError:
        raise NotGradedError(f"{one.path.name} is not judged; {_grade(one)}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise NotGradedError(
            f"{path.name} in autograded/{one.student} is not what this version of the course "
            f"writes; {_grade(one)} again"
        ) from None
    tasks = tuple(task for task, _ in found)
    reasons = dict.fromkeys(reason for _, reason in found if reason)
    if reasons and not any(task.checks for task in tasks):
        raise NotGradedError(" ".join(reasons))
    return Verdict(
        one.topic.path, ruling.isolation or "confined", seed_in_words(ruling.seed), tasks
    )


def _is_older(graded: Path, submitted: Path) -> bool:
    """Whether something else was handed in since; who collects may keep the time of a file."""
    if submitted.stat().st_mtime > graded.stat().st_mtime:
        return True
    return _bytes(submitted.with_name(TIME)) != _bytes(graded.with_name(TIME))


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _grade(one: HandedIn) -> str:
    name = one.topic.assignment
    return f"run `dojo grade {name}` or `nbgrader autograde {name}`"


def _checks(cells: list[dict[str, Any]]) -> Iterator[tuple[TaskVerdict, str]]:
    """Give what is kept with each check cell: the verdict, or else why there is none."""
    for cell in cells:
        about = marks(cell)
        if cell["cell_type"] != "code" or not about.get("grade") or about.get("solution"):
            continue
        ours: Mapping[str, Any] = cell["metadata"][OURS]
        if "task" in ours:
            yield TaskVerdict.from_json(ours["task"]), ""
        else:
            name = grade_id(cell).removeprefix(CHECK_PREFIX)
            points = float(about["points"])
            yield TaskVerdict(name, 0.0, points, True, ()), str(ours.get("reason", ""))
